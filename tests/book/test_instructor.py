"""The page for teachers: its links, the file for a container and the lines for Colab fit what they are about."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

from tests.book import submissions
from tests.conftest import ROOT

from coursework import children, notebooks, sandbox  # isort: skip

PAGE = (ROOT / "book/grading.md").read_text()
FILE = (ROOT / "book/coursework/Containerfile").read_text().replace("\\\n", " ")


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", FILE, re.MULTILINE)


def test_the_container_gets_the_packages_that_the_page_names():
    installed = re.search(r"apt-get install --yes --no-install-recommends ([\w -]+?) +&&", FILE)[1].split()
    assert installed == re.search(r"^sudo apt-get install (.*)$", PAGE, re.MULTILINE)[1].split()


def test_what_the_container_copies_is_enough_to_grade(tmp_path):
    """Its command is one of the Makefile, and finds there all that it reads; students' work is not copied."""
    for line in instructions("COPY"):
        *sources, target = line.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, tmp_path / target)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/ready").touch()
    python = tmp_path / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    (words,), (given,) = map(json.loads, instructions("ENTRYPOINT")), map(json.loads, instructions("CMD"))
    words = [word.replace("/work", str(work)) for word in [*words, *given]]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert "FROM must be a folder of submissions or a zip" in run.stderr, run.stderr[-2000:]
    assert f"FROM is {work}/submissions.zip" in run.stderr
    assert [line for line in instructions("RUN") if line.startswith("make")] == ["make .venv/ready"]
    settings = (ROOT / "pyproject.toml").read_text()
    assert 'readme = "README.md"' in settings
    assert "git" not in " ".join(instructions("COPY"))


def test_who_runs_the_container_without_its_options_is_told_which(tmp_path, monkeypatch):
    said = "bwrap: Can't mount proc on /proc: Operation not permitted"
    failed = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(sandbox.shutil, "which", lambda tool: tool)
    monkeypatch.setattr(sandbox.subprocess, "run", lambda *args, **words: failed)
    why = sandbox.unavailable(tmp_path)
    option = re.search(r"--security-opt unmask=\S+", why.removesuffix("."))[0]
    assert option in re.search(r"^podman run .*$", PAGE, re.MULTILINE)[0]


def test_the_link_for_a_hub_opens_an_assignment_of_the_release():
    link = urlsplit(re.search(r"^https://\S+git-pull\S+$", PAGE, re.MULTILINE)[0])
    asked = {key: value for key, (value,) in parse_qs(link.query).items()}
    assert link.path == "/hub/user-redirect/git-pull"
    assert asked.keys() == {"repo", "branch", "targetPath", "urlpath"}
    assert asked["repo"] in PAGE.replace("\n", " ").split(), "the repository of the commands above it"
    assert f"--initial-branch={asked['branch']}" in PAGE
    folder, file = asked["urlpath"].removeprefix("lab/tree/").removesuffix("?autodecode").split("/")
    assert folder == asked["targetPath"]
    assert file in notebooks.release_files()


def test_a_correction_merges_with_what_a_student_saved(tmp_path):
    """nbgitpuller merges line by line, so the release is written as Jupyter saves it."""
    release = {path: text for path, text in notebooks.release_files().items() if path.endswith(".ipynb")}
    for text in release.values():
        assert nbformat.writes(nbformat.reads(text, 4)) + "\n" == text
    mine = nbformat.reads(release["bptt.ipynb"], 4)
    cell = next(cell for cell in mine.cells if cell.source == 'student = ""')
    cell.source, cell.execution_count = 'student = "ada"', 2
    files = {
        "mine": nbformat.writes(mine) + "\n",
        "before": release["bptt.ipynb"],
        "theirs": release["bptt.ipynb"].replace("10 minutes, 15 points", "20 minutes, 15 points"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    run = subprocess.run(["git", "merge-file", "-p", *files], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, "a conflict, in which nbgitpuller keeps the student's file"
    text = "".join(cell.source for cell in nbformat.reads(run.stdout, 4).cells)
    assert 'student = "ada"' in text
    assert "20 minutes, 15 points" in text


@pytest.mark.slow
def test_the_cell_for_colab_does_no_harm_when_work_is_graded(sandboxed, tmp_path):
    lines = re.search(r"^!wget .*\n%cd .*$", PAGE, re.MULTILINE)[0]
    nb = submissions.right("ada")
    cell = {
        "cell_type": "code",
        "id": "colab",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": lines,
    }
    nb["cells"].insert(0, cell)
    result = children.one("bptt", "ada", json.dumps(nb).encode(), [], tmp_path, True, 30)
    assert (result["points"], result["of"]) == (85, 85), result["parts"]


def test_the_page_names_each_file_of_students_that_grading_writes():
    """What is stored is told where it is."""
    stored = PAGE.partition("## 8. What is stored, and where")[2].partition("## 9.")[0]
    assert all(word in stored for word in ("`grades/`", "history.jsonl", "gradebook.db", "from-gtt", "not sent"))
    assert 'prefix="from-gtt"' in Path(notebooks.BOOK / "coursework/grade.py").read_text()
