"""Grading in the sandbox: what each of a folder of bad submissions gets, and what it cannot do."""

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.book import submissions
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, sandbox, tables

pytestmark = pytest.mark.slow


# what other tests make meanwhile
OF_TESTS = {"_build", *(f".{tool}_cache" for tool in ("pytest", "mypy", "ruff")), ".hypothesis", ".cache"}


def command(*words: object, **more) -> list[str]:
    return [sys.executable, "-m", "coursework", *map(str, words)]


def grade(source: Path, target: Path, *more: str, env: dict | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("grade", source, "--out", target, "--seconds=10", *more),
        cwd=ROOT / "book", env=env, capture_output=True, text=True, timeout=900,
    )  # fmt: skip


@pytest.fixture(scope="module")
def graded(sandboxed, tmp_path_factory):
    base = tmp_path_factory.mktemp("grading")
    server = socket.create_server(("127.0.0.1", 0))
    met: list = []
    threading.Thread(target=lambda: met.append(server.accept()), daemon=True).start()
    expected = submissions.folder(base / "in", server.getsockname()[1], base / "outside")
    before = os.listdir(ROOT)
    run = grade(base / "in", base / "out", "--jobs=2")
    assert run.returncode == 0, run.stderr[-3000:]
    results = {s: json.loads((base / f"out/{s}/bptt.json").read_text()) for s in expected}
    print("\n" + run.stdout)
    return SimpleNamespace(
        base=base, expected=expected, results=results, met=met, new=set(os.listdir(ROOT)) - set(before) - OF_TESTS
    )


def test_each_submission_gets_what_it_earned(graded):
    got = {student: result["points"] for student, result in graded.results.items()}
    assert {s: p for s, p in got.items() if not graded.expected[s][0] <= p <= graded.expected[s][1]} == {}


def test_all_are_in_the_table_and_have_a_page(graded):
    rows = list(csv.DictReader((graded.base / "out/grades.csv").read_text().splitlines()))
    assert [row["student"] for row in rows] == sorted(graded.expected)
    pages = {s: graded.base / f"out/{s}/bptt.html" for s in graded.expected}
    assert [s for s, page in pages.items() if not 500 < page.stat().st_size < 300_000] == []
    assert [s for s, page in pages.items() if "_hidden" in page.read_text()] == []
    assert [s for s, page in pages.items() if "http" in page.read_text().replace("http://www", "")] == []


def page(graded, student: str) -> str:
    return (graded.base / f"out/{student}/bptt.html").read_text()


def notes(graded, student: str) -> str:
    return "; ".join(graded.results[student]["notes"])


def test_what_was_deleted_or_edited_is_said(graded):
    assert (
        notes(graded, "deleted")
        == "cell setup was deleted; it is put back; cell test-adjoints was deleted; it is put back"
    )
    assert "test-error was edited" in notes(graded, "edited")
    assert notes(graded, "correct") == ""
    assert (
        notes(graded, "copied") == "`student` is 'correct', but this was handed in by 'copied'. Put in your own id."
    )
    assert "not a notebook" in notes(graded, "json")


def test_the_reason_is_said(graded):
    said = {s: {part: message for part, _, _, message in r["parts"]} for s, r in graded.results.items()}
    assert "Stopped after 10 seconds" in page(graded, "loop")
    assert "took no notice of an interrupt" in page(graded, "stubborn")
    assert said["exit"]["gradient"] == "✗ Not run: Python had ended in the cell `gradient` above."
    assert "handed in by 'copied'" in said["copied"]["rate"]
    assert (
        "`gradient` is not defined, because its cell failed: Stopped after 10 seconds" in said["loop"]["gradient"]
    )
    assert (
        "`error` is not defined, because its cell failed: Your code stopped with Syntax" in said["syntax"]["error"]
    )
    assert "its cell failed: Your code stopped with MemoryError: Unable to allocate" in said["memory"]["error"]
    assert "KeyboardInterrupt" not in page(graded, "loop")
    assert said["blank"]["rate"] == f"✗ rate: {answers.selfcheck().UNWRITTEN}"
    assert "cut after" in page(graded, "print")
    assert "not written yet" in said["blank"]["forward"]


def test_nothing_was_reached(graded):
    assert graded.met == []
    assert "no network" in page(graded, "connect")
    assert not (graded.base / "outside").exists()
    assert graded.new == set()
    assert "solutions found: [] others: False code: False" in page(graded, "read")
    started = int(re.findall(r"started (\d+)", page(graded, "forks"))[-1])
    assert 0 < started < sandbox.PROCESSES


def test_a_second_run_grades_nothing_and_takes_the_written_points(graded):
    written = graded.base / "out/written.csv"
    written.write_text(written.read_text().replace("correct,bptt,,", "correct,bptt,12,"))
    stamps = {s: (graded.base / f"out/{s}/bptt.json").stat().st_mtime_ns for s in graded.expected}
    assert grade(graded.base / "in", graded.base / "out").returncode == 0
    assert stamps == {s: (graded.base / f"out/{s}/bptt.json").stat().st_mtime_ns for s in graded.expected}
    rows = {r["student"]: r for r in csv.DictReader((graded.base / "out/grades.csv").read_text().splitlines())}
    assert (rows["correct"]["written"], rows["correct"]["total"]) == ("12", "97")
    assert "97 of 100 points" in page(graded, "correct")
    assert "def forward" in page(graded, "correct")
    assert len(rows) == len(graded.expected)


def test_a_killed_run_goes_on(graded, tmp_path):
    for student in ("correct", "partly", "blank"):
        shutil.copytree(graded.base / "in" / student, tmp_path / "in" / student)
    first = tmp_path / "out/blank/bptt.json"
    run = subprocess.Popen(
        command("grade", tmp_path / "in", "--out", tmp_path / "out"), cwd=ROOT / "book", start_new_session=True
    )
    end = time.monotonic() + 120
    while not first.exists() and time.monotonic() < end:
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (tmp_path / "out/grades.csv").exists()
    stamp = first.stat().st_mtime_ns
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 0
    assert first.stat().st_mtime_ns == stamp
    points = [
        json.loads((tmp_path / f"out/{s}/bptt.json").read_text())["points"] for s in ("correct", "partly", "blank")
    ]
    assert points == [85, 45, 0]

    # handed in again: a new grade, and the old one is kept
    (tmp_path / "in/blank/bptt.ipynb").write_text(json.dumps(submissions.right("blank")))
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 0
    assert json.loads(first.read_text())["points"] == 85
    assert [json.loads(f.read_text())["points"] for f in first.parent.glob("bptt.before-*.json")] == [0]

    # another assignment, alone: the grades that are there stay in the table, and so do the points of written parts
    written = tmp_path / "out/written.csv"
    written.write_text(written.read_text() + "eve,bptt,9,15\n")
    (tmp_path / "in/blank/clipping.ipynb").write_text(json.dumps(submissions.right("blank", "clipping")))
    assert grade(tmp_path / "in", tmp_path / "out", "--only=clipping").returncode == 0
    rows = list(csv.DictReader((tmp_path / "out/grades.csv").read_text().splitlines()))
    assert [(r["student"], r["assignment"], r["run"]) for r in rows] == [
        ("blank", "bptt", "85"), ("blank", "clipping", "85"), ("correct", "bptt", "85"), ("partly", "bptt", "45"),
    ]  # fmt: skip
    assert "eve,bptt,9" in written.read_text()


def test_unusual_names_and_forms_of_a_right_notebook_cost_no_points(sandboxed, tmp_path):
    students = submissions.unusual(tmp_path / "in")
    (tmp_path / "in/link").symlink_to(ROOT / "book")
    (tmp_path / "in/pipe").mkdir()
    os.mkfifo(tmp_path / "in/pipe/bptt.ipynb")
    run = grade(tmp_path / "in", tmp_path / "out", "--jobs=2")
    assert run.returncode == 0, run.stderr[-3000:]
    rows = list(csv.DictReader((tmp_path / "out/grades.csv").read_text().splitlines()))
    assert {(r["student"], r["run"]) for r in rows} == {
        ("link", ""), ("pipe", ""), *((tables.protected(s), "85") for s in students)
    }  # fmt: skip
    notes = {tables.bare(row["student"]): row["notes"] for row in rows}
    assert "edited" not in notes["-dash"]
    assert "'bptt (1).ipynb' was taken for bptt.ipynb; the file is in utf-16" in notes["jos�"]
    assert "nbformat is 3" in notes["zoé"]
    assert "'bptt.ipynb.txt' was taken for bptt.ipynb" in (tmp_path / "out/bare/bptt.html").read_text().replace(
        "&#x27;", "'"
    )


def test_without_a_sandbox_nothing_runs_unless_told(tmp_path):
    (tmp_path / "in/ada").mkdir(parents=True)
    (tmp_path / "in/ada/bptt.ipynb").write_text(json.dumps(submissions.right("ada")))
    env = {**os.environ, "PATH": str(tmp_path)}  # where no bwrap is
    refused = grade(tmp_path / "in", tmp_path / "out", env=env)
    assert refused.returncode == 2
    assert "bwrap is not installed" in refused.stderr
    assert "--unsafe" in refused.stderr
    assert not (tmp_path / "out/ada").exists()
    assert grade(tmp_path / "in", tmp_path / "out", "--unsafe", env=env).returncode == 0
    assert json.loads((tmp_path / "out/ada/bptt.json").read_text())["points"] == 85
