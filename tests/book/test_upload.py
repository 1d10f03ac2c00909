"""What goes back to a platform is what its importer reads, whose rules are written here once more."""

import csv
import io
import sys
import zipfile

import pytest

from tests.book import handed_over
from tests.book.test_intake import graded_in_name_only, put, rows
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import dates, grade, gradebooks, notebooks, upload

POINTS = {("ada", "bptt"): 97.0, ("zoe", "bptt"): 85.25, ("obr", "bptt"): 0.0, ("0042", "bptt"): 100.0}


@pytest.fixture
def people(tmp_path):
    put(tmp_path / "roster.csv", handed_over.ROSTER)
    return grade.roster.read(tmp_path / "roster.csv")


def book(tmp_path, name: str, text: str, encoding: str = "utf-8") -> gradebooks.Gradebook:
    (tmp_path / name).write_bytes(text.encode(encoding))
    return gradebooks.read(tmp_path / name)


def given_back(tmp_path, held: gradebooks.Gradebook, people, points=POINTS, course=dates.NO_COURSE):
    """The rows of the file to import, and what is said."""
    if people:
        people = gradebooks.with_numbers(people, [held])
    said = "\n".join(upload.write(tmp_path / "out", [held], points, people, course))
    files = list((tmp_path / "out").rglob("*.*sv")) + list((tmp_path / "out").rglob("*.xls"))
    if not files:
        return [], said
    text = files[0].read_bytes().decode(held.encoding)
    return list(csv.reader(io.StringIO(text), delimiter=held.table.delimiter)), said


@pytest.fixture(autouse=True)
def out(tmp_path):
    (tmp_path / "out").mkdir()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_moodles_worksheet_keeps_its_columns_and_times(encoding, tmp_path, people):
    held = book(tmp_path, "Grades-RNN-Homework bptt-7001.csv", handed_over.WORKSHEET, encoding)
    got, said = given_back(tmp_path, held, people)
    before = list(csv.reader(io.StringIO(handed_over.WORKSHEET)))
    assert [row[:4] + row[5:] for row in got] == [row[:4] + row[5:] for row in before]
    assert [row[4] for row in got] == ["Grade", "97", "85.25", "100", ""]
    assert "has no row for obr; their bptt is not in it" in said
    assert "Without final points for bptt: Li Wei" in said
    comma = handed_over.WORKSHEET.replace("100.00", '"100,00"').replace("50.00", '"50,00"')
    got, _ = given_back(tmp_path, book(tmp_path, "Grades-RNN-Homework bptt-7001.csv", comma, encoding), people)
    assert [row[4] for row in got[1:]] == ["97", "85,25", "100", ""]


@pytest.mark.parametrize("known", [True, False])
def test_canvas_finds_its_header_its_points_row_and_its_students(known, tmp_path, people):
    text = handed_over.CANVAS_BOOK if known else handed_over.CANVAS_BOOK.replace("@uni.example", "")
    points = POINTS if known else {("ada", "bptt"): 97.0, ("li.wei", "bptt"): 100.0, ("S2", "bptt"): 85.25}
    got, said = given_back(tmp_path, book(tmp_path, "2026-11-26T1200_Grades-RNN.csv", text, "utf-8-sig"),
                           people if known else None, points)  # fmt: skip
    head, posting, possible, *students = got
    # as in the importer's header?, row_has_student_headers? and update_column_count
    assert "Student" in head[0]
    assert head[1:5] == ["ID", "SIS User ID", "SIS Login ID", "Section"]
    assert head[5:] == ["Homework 1, bptt (12)"]
    assert posting == ["", "", "", "", "", "Manual Posting"]
    assert possible == ["    Points Possible", "", "", "", "", "100.00"]
    scores = {row[1]: row[5] for row in students}
    assert scores == {
        "301": "97",
        "302": "85.25",
        "303": "0" if known else "12.50",
        "304": "100",
        "305": "33.00",
        "399": "",
    }
    assert "Without final points for bptt: " + ("Wei, Li, Student, Test" if known else "O'Brien, Seán") in said


def test_canvas_may_split_the_name_of_a_student(tmp_path, people):
    text = handed_over.CANVAS_BOOK.replace("Student,ID", "LastName,FirstName,ID").replace(
        '"Lovelace, Ada"', "Lovelace,Ada"
    )
    text = text.replace("\n,,", "\n,,,").replace("Possible,", "Possible,,")
    got, _ = given_back(tmp_path, book(tmp_path, "a.csv", text), people)
    assert got[0][:3] == ["LastName", "FirstName", "ID"]
    assert got[3][:3] + got[3][-1:] == ["Lovelace", "Ada", "301", "97"]


def test_blackboard_gets_its_tabs_and_its_encoding(tmp_path, people):
    held = book(tmp_path, "gc_RNN_fullgc.xls", handed_over.BLACKBOARD_BOOK, "utf-16")
    got, _ = given_back(tmp_path, held, people)
    assert (held.encoding, held.table.delimiter) == ("utf-16", "\t")
    assert got[0] == [
        "Last Name",
        "First Name",
        "Username",
        "Student ID",
        "Last Access",
        "bptt [Total Pts: 100 Score] |2",
    ]
    assert {row[2]: row[-1] for row in got[1:]} == {"ada": "97", "zoe": "85.25", "obr": "0", "0042": "100"}


def test_a_column_is_found_by_its_title_or_by_the_course_and_not_guessed(tmp_path, people):
    two = handed_over.CANVAS_BOOK.replace("Essay (11)", "bptt again (11)")
    got, said = given_back(tmp_path, book(tmp_path, "a.csv", two), people)
    assert got == []
    assert "'bptt again (11)' and 'Homework 1, bptt (12)' may each be bptt; say in course.toml" in said
    course = dates.course({"assignments": {"bptt": {"column": "Homework 1, bptt"}}}, notebooks.names())
    got, _ = given_back(tmp_path, book(tmp_path, "a.csv", two), people, course=course)
    assert got[0][-1] == "Homework 1, bptt (12)"
    _, said = given_back(tmp_path, book(tmp_path, "b.csv", handed_over.CANVAS_BOOK.replace("bptt", "x")), people)
    assert "no column is named for an assignment" in said
    _, said = given_back(tmp_path, book(tmp_path, "b.csv", handed_over.CANVAS_BOOK), people, points={})
    assert "bptt has no final points before its written part has" in said


HEADS = (
    "Nr.,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Maximale Bewertung,Änderbar,Abgabe,Bewertet,Feedback"
)


def in_german(*change: str) -> str:
    """Moodle's worksheet as an export in German has it, with one text replaced."""
    _, *students = handed_over.WORKSHEET.splitlines()
    text = "\n".join([HEADS, *students, ""]).replace("Participant ", "Teilnehmer/in")
    return text.replace("100.00", '"100,00"').replace("50.00", '"50,00"').replace(*change or ("", ""))


def test_moodles_worksheet_is_known_in_another_language(tmp_path, people):
    """By what its columns hold; its heads stay, since Moodle imports it in the language of the export."""
    texts = {"english": handed_over.WORKSHEET, "german": in_german(), "other": in_german("100,00", "20,00")}
    held, got, said = {}, {}, {}
    for name, text in texts.items():
        (tmp_path / name / "out").mkdir(parents=True)
        held[name] = book(tmp_path / name, "Bewertungen-RNN-bptt.csv", text)
        got[name], said[name] = given_back(tmp_path / name, held[name], people)
    assert ",".join(got["german"][0]) == HEADS
    assert [row[4] for row in got["german"][1:]] == ["97", "85,25", "100", ""]
    assert [row[4].replace(".00", "") for row in got["english"][1:]] == ["97", "85.25", "100", ""]
    assert [entry.key for entry in held["german"].entries()] == ["301", "302", "304", "306"]
    assert gradebooks.times([held["german"]]) == {}
    assert "takes 20 points, and bptt has 100" in said["other"]


@pytest.mark.parametrize(
    "change", [("Teilnehmer/in302", "Gast302"), ('"100,00"', "viel"), (',"100,00",', ",100,100,")]
)
def test_a_table_that_may_be_another_is_not_taken_for_moodles(tmp_path, change):
    with pytest.raises(ValueError, match="is no gradebook"):
        book(tmp_path, "Bewertungen-RNN-bptt.csv", in_german(*change))


def test_other_points_than_the_platforms_are_refused(tmp_path, people):
    texts = {"m-bptt.csv": handed_over.WORKSHEET.replace("100.00", "20.00"),
             "c.csv": handed_over.CANVAS_BOOK.replace("100.00", "20.00"),
             "b.xls": handed_over.BLACKBOARD_BOOK.replace("Pts: 100", "Pts: 20")}  # fmt: skip
    for name, text in texts.items():
        got, said = given_back(tmp_path, book(tmp_path, name, text), people)
        assert got == []
        assert "takes 20 points, and bptt has 100" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has nothing"),
        (handed_over.ROSTER, "has id, name, email, section"),
        ("ID;Vollständiger Name;Bewertung\n", "in English, and has id, vollständiger name, bewertung"),
        ("ID;Vollständiger Name;Bewertung\n", "set yours on the platform to English, export again"),
        ('Student,ID,Section\n"a,b\n', "has no partner"),
        ("PK\3\4", "it is a workbook"),
    ],
)
def test_a_gradebook_whose_head_is_not_known_is_refused(text, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        book(tmp_path, "x.csv", text)


def test_the_worksheet_says_who_is_who_and_when(tmp_path, monkeypatch, capsys):
    """Two of one name are told apart by their e-mail, and the time is Moodle's."""
    graded_in_name_only(monkeypatch)
    put(tmp_path / "roster.csv", handed_over.ROSTER)
    put(tmp_path / "Grades-bptt.csv", handed_over.WORKSHEET)
    put(tmp_path / "course.toml", 'timezone = "Europe/Zurich"\nlate.per_day = "10 points"\n'
        "assignments.bptt.due = 2026-11-20T23:59:00+01:00")  # fmt: skip
    source = handed_over.zipped(tmp_path / "in.zip", handed_over.MOODLE)
    words = {"safe": False, "roster": tmp_path / "roster.csv", "course": tmp_path / "course.toml",
             "gradebooks": (tmp_path / "Grades-bptt.csv",)}  # fmt: skip
    assert grade.grade(source, tmp_path / "out", **words) == 0
    written = (tmp_path / "out/written.csv").read_text("utf-8-sig")
    put(tmp_path / "out/written.csv", written.replace("bptt,,15", "bptt,10,15"))
    assert grade.grade(source, tmp_path / "out", **words) == 0
    table = {row["student"]: (row["handed_in"], row["final"]) for row in rows(tmp_path / "out")}
    assert table["ada"] == ("2026-11-20 23:59+01:00", "95")
    assert table["zoe"] == ("2026-11-21 08:00+01:00", "85")
    assert table["0042"] == ("2026-11-20 15:00+01:00", "95")
    assert table["0043"] == ("", "")
    got = list(csv.reader((tmp_path / "out/grades-upload/bptt-Grades-bptt.csv").read_text().splitlines()))
    assert [row[4] for row in got[1:]] == ["95", "85", "95", ""]
    assert "Feedback for Moodle: " in capsys.readouterr().out

    with zipfile.ZipFile(tmp_path / "out/grades-upload/feedback-bptt-Moodle.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    found = {}
    for path, page in pages.items():  # as in the importer's is_valid_filename_for_import
        folder, *rest = path.split("/")
        _, number, kind, plugin, *more = folder.split("_", 4)
        assert (kind, plugin, more in ([], [""])) == ("assignsubmission", "file", True)
        found[number] = (rest, page.split("<title>")[1].split("<")[0])
    assert found == {
        n: (["bptt.html"], f"bptt: {s}")
        for n, s in (("301", "ada"), ("302", "zoe"), ("303", "obr"), ("304", "0042"))
    }


def test_canvas_finds_whose_a_page_is(tmp_path, monkeypatch):
    graded_in_name_only(monkeypatch)
    put(tmp_path / "roster.csv", handed_over.ROSTER)
    source = handed_over.zipped(tmp_path / "in.zip", handed_over.CANVAS)
    assert grade.grade(source, tmp_path / "out", safe=False, roster=tmp_path / "roster.csv") == 0
    with zipfile.ZipFile(tmp_path / "out/grades-upload/feedback-bptt-Canvas.zip") as archive:
        names = archive.namelist()
    # as in the importer's infer_comment_context_from_filename: the first two that are numbers
    found = {tuple([part for part in name.split("_") if part.isdecimal()][:2]) for name in names}
    assert found == {("301", "9001"), ("302", "9002"), ("303", "9003")}
    assert all("/" not in name and name.endswith("_bptt.html") for name in names)
