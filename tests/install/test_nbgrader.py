"""The course for nbgrader: the same release, and the same points as our own grading gives."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.book import submissions
from tests.conftest import ROOT

from coursework import answers, notebooks  # isort: skip
from coursework.command import main  # isort: skip

pytest.importorskip("nbgrader")
pytestmark = pytest.mark.slow


def nbgrader(folder: Path, *words: str) -> str:
    env = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
    env |= {"HOME": str(folder), "PYTHONPATH": ""}
    env["PATH"] = (
        f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"  # nbgrader calls others of its environment
    )
    run = subprocess.run(
        [Path(sys.executable).with_name("nbgrader"), *words],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
    return run.stdout


def test_each_command_of_the_page_is_one_of_nbgraders():
    from nbgrader.apps import NbGraderApp

    page = (ROOT / "book/grading.md").read_text()
    words = set(re.findall(r"^nbgrader (\w+)", page, re.MULTILINE))
    assert "autograde" in words
    assert words <= NbGraderApp.subcommands.keys()


def test_nbgrader_makes_the_same_release_and_gives_the_same_points(tmp_path):
    course = tmp_path / "course"
    assert main(["course", str(course)]) == 0
    for name in ("bptt",):
        nbgrader(course, "generate_assignment", name)
        theirs = nbformat.read(course / f"release/{name}/{name}.ipynb", 4)
        ours = notebooks.notebook(notebooks.stripped(notebooks.source(name)))
        assert [c.source.strip() for c in theirs.cells] == [c.source.strip() for c in ours.cells]
        assert (course / f"release/{name}/selfcheck.py").exists()

    made = {
        "ada": submissions.right("ada"),
        "ben": submissions.with_code(
            submissions.right("ben"), "adjoints = lambda *a: a[3]", "adjoints", after=True
        ),
        "dan": submissions.with_zeros(submissions.with_code(submissions.right("dan"), submissions.CHEAT)),
    }
    for student, nb in made.items():
        folder = course / f"submitted/{student}/bptt"
        folder.mkdir(parents=True)
        (folder / "bptt.ipynb").write_text(json.dumps(nb))
    nbgrader(course, "autograde", "bptt")
    nbgrader(course, "export", "--to", "grades.csv")
    rows = [row.split(",") for row in (course / "grades.csv").read_text().splitlines()]
    score, student, name = (rows[0].index(key) for key in ("score", "student_id", "assignment"))
    assert {row[student]: float(row[score]) for row in rows[1:] if row[name] == "bptt"} == {
        "ada": 85, "ben": 45, "dan": 0,
    }  # fmt: skip
    nbgrader(course, "generate_feedback", "bptt")
    page = (course / "feedback/ben/bptt/bptt.html").read_text()
    assert "Score: 45" in re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page))
    assert "Wrong" in page  # the verdict of a check
    secrets = re.findall(r"-?\d+\.\d{7,}", answers.hidden_code("bptt", with_right=True))
    assert [secret for secret in [*secrets, "BEGIN HIDDEN", "_hidden"] if secret in page] == []
    graded = (course / "autograded/ben/bptt/bptt.ipynb").read_text()
    assert secrets[0] in graded, "the page hides what is there"
