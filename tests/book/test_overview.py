"""The class at a glance: its numbers by hand, what is not graded first, all that is a student's escaped."""

import csv
import json
import re
import sys

import pytest

from tests.book.test_intake import put
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, attempts, dates, items, overview, report, term
from coursework.intake import Remark

KNOWN = answers.module("bptt").mistake["forward"][0][0]


def result(*got: int, message: str = KNOWN) -> dict:
    """With so many points for the parts of the assignment, in their order; what is lost has a message."""
    run, _ = report.parts("bptt")
    parts = [
        [part, mine, of, "" if mine == of else f"✗ {part}: {message}"]
        for mine, (part, of) in zip(got, run, strict=True)
    ]
    return {"points": sum(got), "of": 85, "parts": parts, "notes": [], "written": "", "seconds": 2.0}


FULL = (15, 15, 25, 15, 15)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twelve students: six have all, three miss part 1, three have nothing; nobody but the first has part 5."""
    target = tmp_path_factory.mktemp("class")
    every = [FULL, *[(*FULL[:4], 0)] * 5, *[(0, *FULL[1:4], 0)] * 3, *[(0, 0, 0, 0, 0)] * 3]
    for i, got in enumerate(every):
        held = result(*got) if i else result(*got) | {"arrived": {"time": "2026-11-22T00:00:00+00:00"}}
        put(target / f"s{i:02}/bptt.json", json.dumps(held))
        put(target / f"s{i:02}/bptt.html", "</ul>")
    put(
        target / "s11/bptt.json",
        json.dumps(result(0, 0, 0, 0, 0, message="stopped with <script>alert(1)</script>")),
    )
    put(
        target / "s00/clipping.json",
        json.dumps({"points": 0, "of": 85, "parts": [], "notes": [], "written": "", "seconds": 1.0}),
    )
    put(target / "written.csv", "student,assignment,points,of\ns00,bptt,15,15\n")
    due = {"bptt": {"due": dates.datetime.fromisoformat("2026-11-21T00:00:00Z"), "per_day": "10 percent"}}
    course = dates.course({"assignments": due}, ["bptt"])
    results, _ = attempts.kept(target, course)
    remarks = [Remark("<b>eve</b>", "", "'x' is no notebook"), Remark("zoe", "bptt", "nothing was handed in")]
    finals, _ = report.write(target, results, remarks, course)
    overview.write(target, results, finals, remarks, course)
    term.write(target, results, finals, course)
    return target


def test_the_numbers_are_those_by_hand():
    every = [("s", "bptt", result(*got)) for got in [FULL] * 6 + [(0, *FULL[1:])] * 3 + [(0, 0, 0, 0, 0)] * 3]
    first, second, *_ = items.items(every)
    assert (first.part, first.students, first.solved, first.mean) == ("forward", 12, 6, 0.5)
    assert first.messages == [(KNOWN, 6, True)]
    # points for part 1 and for the rest: (15, 70) six times, (0, 70) three times, (0, 0) three times
    assert first.discrimination == pytest.approx(1 / 3**0.5, abs=1e-3)
    assert second.messages[0][2] is False
    assert items.titles("bptt")["forward"] == "Part 1: forwards"
    assert items.chapter("bptt") == "Backpropagation through time"


def test_who_is_not_graded_is_first_and_nothing_is_markup(written):
    page = (written / "grades.html").read_text()
    assert page.index("Not graded") < page.index("<h2>bptt")
    assert "&lt;b&gt;eve&lt;/b&gt;" in page
    assert "nothing was handed in" in page
    assert "<script" not in page
    assert "stopped with &lt;script&gt;" in page
    assert re.findall(r"src=", page) == []
    assert re.findall(r'href="(.*?)"', page) == [f"s{i:02}/index.html" for i in range(12)]
    assert "1 came late" in page
    assert "graded for 1 of them" in page
    assert 'aria-label="Students by points: 3 from 0, 3 from 51, 5 from 68, 1 from 76.5"' in page


def test_the_same_reason_of_many_is_one_row_below_the_others():
    missing = [Remark(f"s{i}", "bptt", "nothing was handed in") for i in range(3)]
    page = overview.not_graded([*missing, Remark("zoe", "", "'x' is no notebook")], {})
    assert page.index("is no notebook") < page.index("3 students: s0, s1, s2")
    assert page.count("nothing was handed in") == 1


def test_each_student_has_points_and_a_link_whatever_the_name_holds():
    given = [("a&b", "bptt", result(*FULL)), ("javascript:0/..", "bptt", result(0, *FULL[1:]))]
    page = overview.students(given, {("a&b", "bptt"): 97.5}, dates.NO_COURSE, {})
    assert re.findall(r'href="(.*?)"', page) == ["a%26b/index.html", "javascript%3A0%2F../index.html"]
    assert ">a&amp;b</a></td><td>97.5<" in page
    assert "<td>70 of 85 so far<" in page


def test_names_of_the_roster_stand_beside_the_ids():
    called = {"s1": "Ada <b> Löve", "s2": "Never Came"}
    page = overview.students([(s, "bptt", result(*FULL)) for s in ("s1", "s9")], {}, dates.NO_COURSE, called)
    assert "<th>name</th>" in page
    assert "<td>Ada &lt;b&gt; Löve</td>" in page
    assert ">s9</a></td><td>–</td>" in page
    page = overview.not_graded([Remark("s2", "bptt", "nothing was handed in")], called)
    assert "s2 (Never Came)" in page


@pytest.mark.parametrize("page", ["grades.html", "s00/bptt.html", "s00/index.html"])
def test_every_page_follows_the_theme_and_the_width_of_the_screen(written, page):
    text = (written / page).read_text()
    assert "prefers-color-scheme:dark" in text
    assert 'name="viewport"' in text
    assert not re.search(r"(?<!-)(?:color|background):#", text)  # colours are names, which the dark theme changes


def test_the_table_of_parts_has_each_message(written):
    table = list(csv.DictReader((written / "grades-parts.csv").read_text().splitlines()))
    first = [row for row in table if row["part"] == "forward"]
    assert [(row["message"], row["times"], row["known"]) for row in first] == [
        (KNOWN, "5", "True"), ("stopped with <script>alert(1)</script>", "1", "False")
    ]  # fmt: skip
    assert first[0]["solved"] == "6"
    assert next(row for row in table if row["part"] == "rate")["solved"] == "1"


def test_a_student_reads_what_is_right_and_where_to_read_on(written):
    page = (written / "s06/index.html").read_text()
    assert "55 of 85, without the written part" in page
    assert "Part 1: forwards" in page
    assert "Read the chapter “Backpropagation through time”" in page
    assert "s00" not in page
    page = (written / "s00/index.html").read_text()
    assert "90 of 100" in page  # 100 points, one day late
    assert "1 day late" in page.replace("24 hours", "1 day")
    assert "Read the chapter “Backpropagation through time”" not in page
    assert set(re.findall(r'href="(.*?)"', page)) == {"bptt.html", "clipping.html"}


def test_a_page_of_one_ungraded_file_speaks_of_one():
    graded, remark = ("ada", "bptt", {"points": 1, "of": 2, "parts": []}), Remark("ben", "bptt", "lost")
    assert "1 grades" not in overview.counts([graded], [remark])
    assert "one is not graded, and stands first" in overview.counts([graded], [remark])
    assert "2 are not graded, and stand first" in overview.counts([graded], [remark, remark])
