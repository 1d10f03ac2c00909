"""written.csv as spreadsheets, editors and people leave it: each row gives its points or is named; nothing is lost."""

import csv
import io
import sys

import pytest

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import given, tables, written

IDS = ("ada", "ben", "00120", "=eve", "Zoë", "123456")
KNOWN = {(student, "bptt"): 15 for student in IDS} | {("ada", "chaos"): 15}
HEAD = "student,assignment,points,of\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "written.csv"


def take(file, content: str | bytes):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    points, said = written.take(file, KNOWN)
    return {(s if n == "bptt" else f"{s} {n}"): p for (s, n), p in points.items()}, "\n".join(said)


def rows(file) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig")), delimiter=tables.read(file).delimiter))


def test_a_new_file_has_a_row_for_each_grade(file):
    assert written.take(file, KNOWN) == ({}, [])
    assert rows(file)[0] == ["student", "assignment", "points", "of"]
    assert [row[0] for row in rows(file)[1:]] == ["ada", "ben", "00120", "'=eve", "Zoë", "123456", "ada"]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # else a spreadsheet would read "ZoÃ«"


BOTH = {"ada": 12.5, "Zoë": 9.0}


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffstudent,assignment,points,of\nada,bptt,12.5,15\nZoë,bptt,9,15\n",
        'student,assignment,points,of\nada,bptt,"12,5",15\nZoë,bptt,9,15\n',
        "student;assignment;points;of\r\nada;bptt;12,5;15\r\nZoë;bptt;9;15\r\n",
        "student;assignment;points;of\rada;bptt;12,5;15\rZoë;bptt;9;15".encode("cp1252"),
        "student\tassignment\tpoints\tof\r\nada\tbptt\t12,5\t15\r\nZoë\tbptt\t9\t15\r\n".encode("utf-16"),
        "student\tassignment\tpoints\tof\nada\tbptt\t12.5\t15\nZoë\tbptt\t9\t15\n".encode("utf-16-le"),
        "sep=;\nstudent;assignment;points;of\nada;bptt;12,5;15\nZoë;bptt;9;15\n",
        "ada,bptt,12.5,15\nZoë,bptt,9,15\n",  # the head was deleted
        "\n Points , Student ,of,Assignment\n12.5,ada,15,bptt\n\n,,,\n 9 ,Zoë ,,BPTT\n",
        "student,assignment,points\nada,bptt,12.5\nZoe\u0308,bptt,9\n",
        '"student";"assignment";"points";"of";"";""\n"ada";"bptt";"12,50";"15,0";"";""\n="Zoë";bptt;\'9;15\n',
    ],
)
def test_what_a_spreadsheet_saves_is_read(file, content):
    assert take(file, content) == (BOTH, "")
    once = file.read_bytes()
    assert written.take(file, KNOWN)[0] == {("ada", "bptt"): 12.5, ("Zoë", "bptt"): 9.0}
    assert file.read_bytes() == once


@pytest.mark.parametrize(
    "points",
    ["absent", "120", "15.01", "-3", "nan", "inf", "1e1", "1_2", "12/15", "=12", "12.Mai", "٣٠", '"', "12 5"],
)
def test_points_that_are_none_are_named_and_the_others_count(file, points):
    cell = '"' + points.replace('"', '""') + '"'
    got, said = take(file, f"{HEAD}ben,bptt,{cell},15\nada,bptt,3,15\n")
    assert got == {"ada": 3.0}
    assert f"written.csv, row 2 (ben, bptt): `points` must be a number from 0 to 15, got {points!r}" in said
    assert "Correct these rows and give the command again" in said
    table = rows(file)
    assert table[0][-1] == written.PROBLEM
    assert table[1][:4] == ["ben", "bptt", points, "15"]
    assert table[1][-1].startswith("no points: `points` must be")
    assert take(file, file.read_bytes()) == (got, said)


def test_a_corrected_row_counts_and_the_reason_goes(file):
    take(file, HEAD + "ben,bptt,absent,15\n")
    assert take(file, file.read_text("utf-8-sig").replace("ben,bptt,absent", "ben,bptt,0")) == ({"ben": 0.0}, "")
    assert written.PROBLEM not in file.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ada,bptt,12,5,15", "`of` must be 15, got '5' (a decimal comma"),
        ("ada,bptt,9,15,15", "there is a number right of the last column"),
        ("ada,bptt,12,20", "`of` must be 15, got '20'"),
        ("adda,bptt,12,15", "`student` must be a folder with a grade of bptt, got 'adda'; did you mean ada?"),
        ("ben,chaos,12,15", "`student` must be a folder with a grade of chaos, got 'ben'"),
        ("ada,chaoss,12,15", "`assignment` must be graded here (bptt, chaos), got 'chaoss'"),
        (",,12,", "`assignment` must be"),
        ('ada,bptt,"12,15', "`points` must be a number from 0 to 15, got '\"12'"),
        ("1.3E+05,bptt,3,15", "`student` must be"),
    ],
)
def test_rows_that_are_not_certain_are_named_and_kept(file, row, reason):
    got, said = take(file, f"{HEAD}{row}\n123456,bptt,7,15\n")
    assert got == {"123456": 7.0}
    assert reason in said
    kept = ",".join(rows(file)[1]).replace(rows(file)[1][rows(file)[0].index(written.PROBLEM)], "")
    assert [cell for cell in row.split(",") if cell not in kept] == []
    assert take(file, file.read_bytes())[0] == got


def test_ids_that_a_spreadsheet_changed_are_matched_and_said(file):
    got, said = take(file, f"{HEAD}120,bptt,1,15\n1.23E+05,bptt,2,15\n'=eve,bptt,3,15\nADA,bptt,4,15\n")
    assert got == {"00120": 1.0, "123456": 2.0, "=eve": 3.0, "ada": 4.0}
    assert "Taken were '120' for 00120, '1.23E+05' for 123456." in said
    assert [row[0] for row in rows(file)[1:5]] == ["120", "1.23E+05", "'=eve", "ADA"]


def test_a_number_that_may_be_two_ids_is_nobodys(tmp_path):
    known = {(student, "bptt"): 15 for student in ("0120", "00120", "123456", "123457")}
    for typed in ("120", "1.23E+05"):
        (tmp_path / "written.csv").write_text(f"{HEAD}{typed},bptt,3,15\n")
        points, said = written.take(tmp_path / "written.csv", known)
        assert points == {}
        assert "may be any of" in said[0]


@pytest.mark.parametrize("times", [1, 2])
def test_a_number_may_be_an_id_and_another_that_lost_its_zeros(tmp_path, times):
    known = {(student, "bptt"): 15 for student in ("120", "00120", "ada")}
    file = tmp_path / "written.csv"
    file.write_text(HEAD + "120,bptt,3,15\n" * times + "ada,bptt,4,15\n")
    for _ in range(3):  # it does not become certain by giving the command again
        points, said = written.take(file, known)
        assert points == {("ada", "bptt"): 4.0}
        assert said != []
    file.write_text(HEAD + "120,bptt,3,15\n")
    assert "`student` '120' may be any of 120, 00120" in written.take(file, known)[1][0]
    file.write_text(HEAD + "120,bptt,3,15\n00120,bptt,,15\n")
    assert written.take(file, known) == ({("120", "bptt"): 3.0}, [])


@pytest.mark.parametrize("second", ["9", "", "absent"])
def test_doubles_that_differ_give_nothing(file, second):
    got, said = take(file, f"{HEAD}ada,bptt,3,15\nben,bptt,5,15\nada,bptt,{second},15\n")
    assert got == {"ben": 5.0}
    assert "row 2 (ada, bptt): rows 2, 4 are all for ada bptt, and differ: keep one" in said
    assert take(file, f"{HEAD}ada,bptt,3,15\nada,bptt,3,15\n") == ({"ada": 3.0}, "")


def test_a_stray_quote_costs_one_row(file):
    got, _ = take(file, HEAD + 'ada,bptt,"3,15\nben,bptt,5,15\nZoë,bptt,"9",15\n')
    assert got == {"ben": 5.0, "Zoë": 9.0}
    got, _ = take(file, HEAD + 'ada,bptt,"3,15\nben,bptt,5,15\nZoë,bptt,"9,15\n')
    assert got == {"ben": 5.0}


def test_a_stray_quote_is_said(file):
    _, said = take(file, 'student,comment,assignment,points,of\nada,"two\nlines",bptt,3,15\nben,,bptt,"4,15\n')
    assert "a quotation mark has no partner" in said
    assert "in the lines 2, 3, 4." in said
    assert "partner" not in take(file, 'student,comment,assignment,points,of\nada,"two\nlines",bptt,3,15\n')[1]


def test_points_for_a_text_that_has_changed_are_said(tmp_path):
    file, pair = tmp_path / "given.json", ("ada", "bptt")
    assert given.outdated(file, {}, {pair: "old"}) == []
    assert given.outdated(file, {pair: 12.0}, {pair: "old"}) == []
    assert given.outdated(file, {pair: 12.0}, {pair: "new"}) == [pair]
    assert given.outdated(file, {pair: 12.0}, {pair: "new"}) == [pair]  # until a teacher does something
    assert given.outdated(file, {pair: 13.0}, {pair: "new"}) == []
    assert given.outdated(file, {pair: 13.0}, {pair: "newer"}) == [pair]
    assert given.outdated(file, {}, {pair: "newer"}) == []
    assert given.outdated(file, {pair: 13.0}, {pair: "newer"}) == []


def test_columns_and_remarks_of_the_teachers_own_are_kept(file):
    take(file, 'student,comment,assignment,points,of\nada,"good,\nreally",bptt,absent,15,hm\nzoe,gone?,bptt,,15\n')
    assert rows(file)[1][:5] == ["ada", "good,\nreally", "bptt", "absent", "15"]
    assert rows(file)[1][5].startswith("no points: ")
    assert rows(file)[1][6] == "hm"
    assert rows(file)[2][:2] == ["zoe", "gone?"]
    take(file, HEAD[:-1] + ",problem\nada,bptt,3,15,look again\n")
    assert rows(file)[1] == ["ada", "bptt", "3", "15", "look again"]
    take(file, HEAD[:-1] + ",problem\nada,bptt,absent,15,no points: has copied\n")
    assert rows(file)[1][:5] == ["ada", "bptt", "absent", "15", "no points: has copied"]
    assert rows(file)[1][5].startswith("no points: `points` must be")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Name,assignment,points\nada,bptt,3\n", "row 1 must have one column `student`, and has Name, assignment"),
        ("student,assignment,points,points\nada,bptt,3,4\n", "one column `points`"),
        (b"PK\x03\x04 a workbook", "it is a workbook"),
        (bytes(range(128, 256)), "must have one column"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_left_as_it_is(file, content, why):
    points, said = take(file, content)
    assert points == {}
    assert why in said
    assert "left as it is" in said
    assert file.read_bytes() == (content if isinstance(content, bytes) else content.encode())


def test_other_files_of_that_name_are_mentioned(file):
    for name in ("written.xlsx", "written (1).csv", "written.csv~"):
        (file.parent / name).write_text("x")
    (file.parent / "written").mkdir()
    _, said = take(file, HEAD)
    assert said.count("was not read") == 2
