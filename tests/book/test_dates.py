"""course.toml: what is late, what is taken off, which attempt counts; and what it says of a file that is not clear."""

import json
import sys
from datetime import datetime

import pytest

from tests.book import handed_over
from tests.book.test_intake import graded_in_name_only, put, rows
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import children, dates, grade, report

NAMES = ["bptt", "clipping"]
FILE = """
timezone = "Europe/Zurich"
[late]
grace = "15 minutes"
per_day = "10 percent"
floor = "50 percent"
cutoff = "7 days"
[assignments.bptt]
due = 2026-11-20T23:59:00+01:00
[assignments.clipping]
due = 2026-11-20T22:59:00Z
per_day = "5 points"
floor = "40 points"
[extensions.Ada]
bptt = 2026-11-22T23:59:00+01:00
[submitted.ben]
bptt = 2026-11-21T20:00:00Z
"""


def course(tmp_path, text: str = FILE) -> dates.Course:
    put(tmp_path / "course.toml", text)
    return dates.read(tmp_path / "course.toml", NAMES)


@pytest.mark.parametrize(
    ("student", "name", "time", "late", "off"),
    [
        ("eve", "bptt", "2026-11-20T23:59:00+01:00", "", 0),
        ("eve", "bptt", "2026-11-21T00:14:00+01:00", "", 0),  # the last moment of grace
        ("eve", "bptt", "2026-11-20T23:14:01Z", "15 minutes late", 8),
        ("eve", "bptt", "2026-11-21T23:59:00+01:00", "1 day late", 8),
        ("eve", "bptt", "2026-11-21T23:59:01+01:00", "1 day late", 16),
        ("eve", "bptt", "2026-11-27T01:59:00+01:00", "6 days 2 hours late", 40),  # the floor
        ("eve", "bptt", "2026-11-27T23:59:01+01:00", "7 days late, after the cut-off", 80),
        ("eve", "clipping", "2026-11-22T23:00:00Z", "2 days 1 minute late", 15),
        ("eve", "clipping", "2026-11-27T22:00:00Z", "6 days 23 hours late", 35),
        ("ada", "bptt", "2026-11-22T23:59:00+01:00", "", 0),  # extended
        ("ADA", "bptt", "2026-11-23T23:00:00+01:00", "23 hours 1 minute late", 8),
        ("ada", "clipping", "2026-11-22T23:59:00+01:00", "2 days late", 10),
        ("ben", "bptt", "2026-11-30T00:00:00Z", "21 hours 1 minute late", 8),  # course.toml says when it came
        ("eve", "bptt", "", "when it came is not known", 0),
    ],
)
def test_what_is_taken_off_80_points(student, name, time, late, off, tmp_path):
    got = course(tmp_path).verdict(student, name, {"time": time}, 80)
    assert (got.late, got.off) == (late, off)


def test_a_floor_above_the_points_takes_nothing_and_no_due_date_says_nothing(tmp_path):
    held = course(tmp_path)
    late = {"time": "2026-11-25T23:59:00+01:00"}
    assert held.verdict("eve", "clipping", late, 30).off == 0
    assert held.verdict("eve", "bptt", late, None) == (datetime.fromisoformat(late["time"]), "5 days late", None)
    assert held.verdict("eve", "bptt", {"late": True}, 80)[1:] == ("marked as late; when it came is not known", 0)
    assert dates.NO_COURSE.verdict("eve", "bptt", late, 80)[1:] == ("", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[assignments.bptt]\ndue = 2026-11-20T23:59:00", r"\[assignments.bptt\] due has no zone: write 2026-11"),
        ("[assignments.bptt]\ndue = 2026-11-20", "must be a date with a time and a zone"),
        ("[assignments.bptt]\ndue = '2026-11-20T23:59:00Z'", "without quotes"),
        ("[assignments.bptt]\ndeu = 2026-11-20T23:59:00Z", "deu is not known; did you mean due?"),
        ("[assignments.bpt]\ndue = 2026-11-20T23:59:00Z", "bpt is not known; did you mean bptt?"),
        ("[asignments.bptt]", "asignments is not known; did you mean assignments"),
        ("[late]\nper_week = '1 point'", r"\[late\] per_week is not known"),
        ("[late]\nper_day = 10", 'per_day must be like "10 percent" or "5 points"'),
        ("[late]\nper_day = '110 percent'", "at most 100"),
        ("[late]\ngrace = '15'", 'must be like "15 minutes"'),
        ("[late]\ngrace = '15 minutes'", r"\[late\] needs a due date"),
        ("late = 10", r"late must be a table, \[late\]"),
        ("[assignments]\nbptt = 1", "bptt must be a table"),
        ("timezone = 'Zurich'", 'timezone must be a name such as "Europe/Zurich"'),
        ("timezone = '../../etc/passwd'", "timezone must be a name"),
        ("timezone = 1", "must be a text in quotes"),
        ("attempts = 'first'", 'attempts must be "last" or "best"'),
        ("[extensions.ada]\nbptt = 2026-11-22T23:59:00Z", "bptt, which has no due date"),
        ("[extensions.ada]\nbtt = 2026-11-22T23:59:00Z", r"\[extensions.ada\] btt is not known"),
        ("[extensions]\nada = 2026-11-22T23:59:00Z", r"\[extensions.ada\] must be a table"),
        ("[submitted.ada]\nbptt = 2026-11-22T23:59:00", "has no zone"),
        ("[late", "course.toml is no TOML"),
    ],
)  # fmt: skip
def test_a_course_that_is_not_clear_is_refused(text, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        course(tmp_path, text)


def test_the_table_shows_raw_points_lateness_and_what_is_left(tmp_path, monkeypatch, capsys):
    graded_in_name_only(monkeypatch)
    put(tmp_path / "course.toml", FILE)
    source = handed_over.zipped(
        tmp_path / "nbgrader.zip", handed_over.NBGRADER | {"ben+bptt+2026-11-20 15:30:10 UTC/x": b""}
    )
    words = {"safe": False, "course": tmp_path / "course.toml"}
    late = {
        path.replace("zoe+bptt+2026-11-20", "zoe+bptt+2026-11-22"): data
        for path, data in handed_over.NBGRADER.items()
    }
    source = handed_over.zipped(tmp_path / "nbgrader.zip", late | {"eve+bptt+soon/bptt.ipynb": b""})
    assert grade.grade(source, tmp_path / "out", **words) == 0
    put(
        tmp_path / "out/written.csv",
        (tmp_path / "out/written.csv").read_text().replace("zoe,bptt,,", "zoe,bptt,5,"),
    )
    assert grade.grade(source, tmp_path / "out", **words) == 0
    table = {(row["student"], row["assignment"]): row for row in rows(tmp_path / "out")}
    kept = ("total", "handed_in", "late", "taken_off", "final")
    assert [table["zoe", "bptt"][key] for key in kept] == [
        "90", "2026-11-22 16:30+01:00", "1 day 16 hours late", "18", "72"
    ]  # fmt: skip
    assert [table["ada", "bptt"][key] for key in kept] == ["", "2026-11-20 16:30+01:00", "", "0", ""]
    page = (tmp_path / "out/zoe/bptt.html").read_text()
    assert "22 November 2026 at 16:30 (CET), 1 day 16 hours late: 18 points are taken off, and 72 are left." in page
    assert "has no name as nbgrader gives it" in table["eve+bptt+soon", ""]["notes"]
    assert "earlier attempts, not graded: 2026-11-19T08:00:00.000001+00:00" in table["ada", "bptt"]["notes"]

    canvas = handed_over.zipped(tmp_path / "canvas.zip", handed_over.CANVAS)
    put(tmp_path / "roster.csv", handed_over.ROSTER)
    assert grade.grade(canvas, tmp_path / "canvas", roster=tmp_path / "roster.csv", **words) == 0
    said = capsys.readouterr().err
    assert "nothing is taken off: ada bptt (marked as late), obr bptt, zoe bptt. Write the times" in said


@pytest.mark.parametrize(
    ("which", "points", "note"), [("last", "10", "the last of 3"), ("best", "60", "the best of 3")]
)
def test_the_last_or_the_best_attempt_counts(which, points, note, tmp_path, monkeypatch):
    """After the late penalty: 60 points in time are more than 65 a day late. Attempts of earlier zips count too."""
    earned = {b"a": 65, b"b": 60, b"c": 10}

    def one(name, student, data, notes, folder, safe, seconds):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(f"page of {data.decode()}</ul>")
        return report.failed(name, "") | {"points": earned[data], "notes": list(notes), "seconds": 1.0}

    monkeypatch.setattr(children, "one", one)
    put(tmp_path / "course.toml", f'attempts = "{which}"\n' + FILE)
    times = {b"b": "2026-11-20 20:00:00 UTC", b"a": "2026-11-21 20:00:00 UTC", b"c": "2026-11-22 20:00:00 UTC"}
    zips = [{f"ada+bptt+{times[data]}/bptt.ipynb": data for data in some} for some in ([b"b"], [b"b", b"a", b"c"])]
    put(
        tmp_path / "course.toml",
        (tmp_path / "course.toml").read_text().replace("[extensions.Ada]", "[extensions.x]"),
    )
    for entries in zips:
        source = handed_over.zipped(tmp_path / "in.zip", entries)
        assert grade.grade(source, tmp_path / "out", safe=False, course=tmp_path / "course.toml") == 0
    (row,) = rows(tmp_path / "out")
    assert row["run"] == points
    assert note.replace("of 3", "of 3" if which == "best" else "of 2") in row["notes"]
    assert json.loads((tmp_path / "out/ada/bptt.json").read_text())["points"] == 10
