"""Points by hand: none is lost by a second grader, a new text or another test; the page obeys its own tab alone."""

import csv
import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests.book.test_intake import graded_in_name_only, put, rows
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, command, grade, marking, marks, notebooks, report, scheme, sheet, written

TEXT = "<script>alert('ada')</script>\nMy r is -0.05."
EVIL = "=cmd() <img src=x onerror=alert(1)>\nsecond line; with, all"


@pytest.fixture
def graded(tmp_path):
    put(tmp_path / "grades.csv", "")
    for student in ("ada", "ben", "zoé"):
        held = report.failed("bptt", "") | {
            "points": 85,
            "seconds": 1.0,
            "notes": [],
            "written": f"{TEXT} {student}",
        }
        put(tmp_path / f"{student}/bptt.json", json.dumps(held))
        put(tmp_path / f"{student}/bptt.html", "</ul>")
    return tmp_path


@pytest.fixture
def server(graded):
    yield from served(graded, anonymous=False)


def served(folder, anonymous: bool):
    server = marking.serve(marks.Marks(folder), "bptt", anonymous)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(server, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    """The answer to a request to the address of the page, with `path` below it unless it begins with a slash."""
    where = urlsplit(marking.address(server))
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    data = None if body is None else json.dumps(body)
    known = {} if body is None else {"Content-Type": "application/json", "Origin": f"http://{where.netloc}"}
    connection.request("GET" if body is None else "POST", path if path[:1] == "/" else where.path + path, data,
                       known | {key.replace("_", "-"): value for key, value in headers.items()})  # fmt: skip
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_points_and_comments_are_saved_and_what_was_in_the_file_stays(graded):
    put(graded / "written.csv", "student;assignment;points;of;mine\nben;bptt;12,5;15;x\nnobody;bptt;3;15;\n")
    held = marks.Marks(graded)
    held.put(("ada", "bptt"), "7,5", EVIL)
    held.put(("zoé", "bptt"), "", "no points yet")
    assert held.read() == (
        {("ada", "bptt"): 7.5, ("ben", "bptt"): 12.5},
        {("ada", "bptt"): EVIL, ("zoé", "bptt"): "no points yet"},
    )
    text = (graded / "written.csv").read_text("utf-8-sig")
    assert "ben;bptt;12,5;15;x" in text
    assert "nobody;bptt;3;15;" in text
    assert "'=cmd()" in text  # a spreadsheet takes it for text
    for points in ("15.01", "-1", "nan", "1e1", "x"):
        with pytest.raises(ValueError, match="points must be a number from 0 to 15"):
            held.put(("ada", "bptt"), points, "")
    assert held.read()[0]["ada", "bptt"] == 7.5
    assert [entry["points"] for entry in marks.history(graded)] == ["7,5", ""]


def test_a_file_that_is_no_table_is_left_as_it_is(graded):
    put(graded / "written.csv", "PK\3\4")
    with pytest.raises(ValueError, match="workbook"):
        marks.Marks(graded).put(("ada", "bptt"), "7", "")
    assert (graded / "written.csv").read_text() == "PK\3\4"


def test_the_student_reads_the_points_and_the_comment(graded, monkeypatch, tmp_path_factory):
    source = tmp_path_factory.mktemp("in")
    put(source / "x/notes.txt")
    marks.Marks(graded).put(("ada", "bptt"), "7.5", EVIL)
    graded_in_name_only(monkeypatch)
    assert grade.grade(source, graded, safe=False) == 1
    page = (graded / "ada/bptt.html").read_text()
    assert "<strong>92.5 of 100 points" in page
    assert "=cmd() &lt;img src=x" in page
    assert "no points" not in (graded / "ben/bptt.html").read_text()


def test_another_text_loses_no_points_and_shows_what_differs(graded, capsys, monkeypatch, tmp_path_factory):
    held = marks.Marks(graded)
    held.put(("ada", "bptt"), "7", "good")
    result = json.loads((graded / "ada/bptt.json").read_text())
    put(graded / "ada/bptt.json", json.dumps(result | {"written": f"{TEXT} ada\nAnd <b>more</b>."}))
    sheets = marking.Sheets(marks.Marks(graded), "bptt", marks.Marks(graded).order("bptt"), False)
    page = sheets.page(sheets.order.index(("ada", "bptt")) + 1)
    assert "The text has changed since its points were given" in page
    assert "<ins>And &lt;b&gt;more&lt;/b&gt;.</ins>" in page
    assert 'value="7"' in page
    graded_in_name_only(monkeypatch)
    assert grade.grade(tmp_path_factory.mktemp("in"), graded, safe=False) == 1
    assert "ada bptt: the written part has changed since its 7 points were given" in capsys.readouterr().err
    assert next(row["written"] for row in rows(graded) if row["student"] == "ada") == "7"


@pytest.mark.parametrize("name", notebooks.names())
def test_the_scheme_has_the_numbers_of_each_students_own_task(name):
    """Nothing stays unfilled, and nothing is measured for a scheme that does not say it."""
    words = set(scheme.WORD.findall(notebooks.SOLUTION.findall(notebooks.source(name))[-1][1]))
    (part,) = scheme.OWN.findall(notebooks.source(name))
    texts = []
    for student in ("ada", "ben", "zoé"):
        with answers.task(name, answers.of_student(name, student)):
            assert answers.module(name).measured(student).keys() == words
        texts.append(scheme.scheme(name, student))
        assert "<<" not in texts[-1]
        own = answers.Solved(name).own(part, student)
        values = own if isinstance(own, tuple) else (own,)
        assert all(scheme.spoken(value, 4) in texts[-1] for value in values)
        assert scheme.own_numbers(name, student)[0][1] == scheme.spoken(own)
    assert len(set(texts)) == 3
    for text in (texts[0], scheme.asked(name)):
        set_text = sheet.typeset(text)
        assert set_text.count("<math") == len(sheet.FORMULA.findall(text))
        assert "$" not in set_text


def test_a_formula_that_cannot_be_set_is_shown_as_it_is_written():
    assert sheet.typeset(r"so $\nonsense{a}<b$ holds") == r"so $\nonsense{a}&lt;b$ holds"


def test_the_page_has_the_scheme_with_this_students_numbers(server):
    held = marks.Marks(server.RequestHandlerClass.held.marks.target)
    i = held.order("bptt").index(("ada", "bptt")) + 1
    status, page = ask(server, str(i))
    assert status == 200
    assert "r, in nats a step, for the network of a student." in page
    assert scheme.own_numbers("bptt", "ada")[0][1] in page
    assert "&lt;script&gt;alert(&#x27;ada&#x27;)" in page
    assert page.count("<script") == 1
    assert "85 of 85, without forward, error, adjoints, gradient, rate" in page  # as the fixture has it
    assert "<em>A full answer</em> gives both numbers" in page
    assert "In at most 150 words" in page


def test_without_names_the_page_has_no_id(graded):
    for server in served(graded, anonymous=True):
        pages = [ask(server, str(i))[1] for i in (1, 2, 3)]
    assert "Student 1" in pages[0]
    order = marks.Marks(graded).order("bptt")
    assert [student for (student, _), page in zip(order, pages, strict=True) if student in page] == []


def test_who_does_not_know_the_secret_or_comes_from_elsewhere_gets_nothing(server, graded):
    where = urlsplit(marking.address(server))
    mine = {"points": "15", "comment": ""}
    assert ask(server, "")[0] == 302
    assert ask(server, "marking.js")[0] == 200
    for path in ("/", "/1", f"/{'x' * 32}/1", "0", "4", "01x", "../written.csv", "marking.py", "%D9%A3"):
        assert ask(server, path)[0] == 404
    refused = [
        ask(server, "1", Host=f"evil.example:{server.server_port}"),
        ask(server, "1", mine, Host="evil.example"),
        ask(server, "1", mine, Origin="http://evil.example"),
        ask(server, "1", mine, Origin="null"),
        ask(server, "1", mine, Content_Type="text/plain"),
        ask(server, f"/{'x' * (len(where.path) - 2)}/1", mine),
        ask(server, "9", mine),
        ask(server, "1", {"points": 15}),
        ask(server, "1", ["x"]),
        ask(server, "1", {"points": "16", "comment": ""}),
        ask(server, "1", {"points": "1", "comment": "x" * 200_000}),
    ]
    assert [status for status, _ in refused] == [404, 403, 403, 403, 403, 403, 403, 400, 400, 400, 413]
    assert marks.Marks(graded).read()[0] == {}
    assert ask(server, "1", mine) == (200, "saved")


def test_two_graders_are_compared_and_what_they_agree_on_is_taken(graded):
    with pytest.raises(ValueError, match="Nobody has given points"):
        marks.compare(graded)
    given = {"anna": {"ada": "10", "ben": "4", "zoé": "8"}, "ben": {"ada": "11", "ben": "12"}}
    for grader, points in given.items():
        for student, number in points.items():
            marks.Marks(graded, grader).put((student, "bptt"), number, f"by {grader}")
    said = "\n".join(marks.compare(graded))
    assert (
        "anna and ben: 2 in common, 0 with the same points; anna gives -4.50 on average, and they are at most 8 apart"
        in said
    )
    got = list(csv.reader((graded / marks.COMPARED).read_text("utf-8").splitlines()))
    assert got[1:] == [
        ["ben", "bptt", "4", "12", "8", ""],
        ["ada", "bptt", "10", "11", "1", ""],
        ["zoé", "bptt", "8", "", "", ""],
    ]
    assert marks.Marks(graded).read() == ({}, {})
    marks.compare(graded, 1)
    assert marks.Marks(graded).read() == ({("ada", "bptt"): 10.5}, {("ada", "bptt"): "by anna\nby ben"})
    marks.Marks(graded).put(("ada", "bptt"), "3", "mine")
    marks.compare(graded, 15)
    assert marks.Marks(graded).read()[0] == {("ada", "bptt"): 3.0, ("ben", "bptt"): 8.0}
    for name in ("../x", ".", "a/b", "written"):
        with pytest.raises(ValueError, match="the name of a grader"):
            marks.Marks(graded, name)
    for words in (["mark", "--only=bptt"], ["compare"]):
        assert command.main([*words, str(graded / "nowhere")]) == 2
    assert not (graded / "nowhere").exists()
    with pytest.raises(ValueError, match="There are no grades of clipping"):
        marking.serve(marks.Marks(graded), "clipping", False)


def together(*calls) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()


def test_points_typed_while_grading_writes_the_file_are_not_lost(graded, monkeypatch):
    """Grading has read written.csv, and writes it a moment later."""
    before, waits = written.save, iter([0.4])

    def slow(*args) -> None:
        time.sleep(next(waits, 0))
        before(*args)

    held = marks.Marks(graded)
    monkeypatch.setattr(written, "save", slow)
    together(lambda: written.take(held.file, held.known), lambda: held.put(("ada", "bptt"), "7", ""))
    assert held.read()[0] == {("ada", "bptt"): 7.0}


def test_what_two_save_at_the_same_time_is_remembered_in_turn(graded, monkeypatch):
    before, inside, most = marks.given.outdated, [], []

    def slow(*args) -> None:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.1)
        before(*args)
        inside.pop()

    monkeypatch.setattr(marks.given, "outdated", slow)
    together(*(lambda s=s: marks.Marks(graded).put((s, "bptt"), "7", "") for s in ("ada", "ben", "zoé")))
    assert most == [1, 1, 1]
    assert len(marks.history(graded)) == len(marks.Marks(graded).read()[0]) == 3


@pytest.mark.browser
def test_the_keyboard_alone_marks_a_class(server, graded, browser):
    page = browser.new_page()
    page.goto(marking.address(server))
    first, second, _ = marks.Marks(graded).order("bptt")
    page.wait_for_selector("input:focus")  # a browser gives it when it draws the page, which may be after its load
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2")
    page.wait_for_selector("input:focus")
    page.keyboard.type("99")
    page.get_by_text("Not saved: points must be a number from 0 to 15").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.type("Good")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/3")
    page.keyboard.press("Alt+PageUp")
    page.wait_for_url("**/2")
    assert (page.input_value("input"), page.input_value("textarea")) == ("7", "Good")
    page.close()
    assert marks.Marks(graded).read() == ({first: 12.5, second: 7.0}, {second: "Good"})
