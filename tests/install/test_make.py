"""The Makefile's targets in a folder with a space, and what of the coursework runs where there is no Linux."""

import json
import os
import pty
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.book import submissions
from tests.conftest import ROOT

ENV = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "JUPYTER", "IPYTHON", "XDG"))}


@pytest.fixture
def folder(tmp_path) -> Path:
    """With this Python's environment as `env`."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b/env").symlink_to(Path(sys.executable).parents[1])
    return tmp_path / "a b"


def make(*words: str) -> list[str]:
    """The command of a target in the present folder, where no environment is set up; of two BIN the last counts."""
    return ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/ready", "BIN=env/bin", *words]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(make(*words), cwd=folder, env=ENV, capture_output=True, text=True, timeout=60)


def test_processes_of_make_keep_what_python_compiled(folder):
    """The tests start hundreds of them."""
    probe = "--eval=probe: ; @env"
    done = subprocess.run(
        make(probe, "probe"), cwd=folder, env=ENV | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True
    )
    assert "PATH=" in done.stdout
    assert "PYTHONDONTWRITEBYTECODE" not in done.stdout


def test_grade_takes_any_name_of_a_folder(folder):
    """By a Python that prints its arguments."""
    (folder / "bin").mkdir()
    (folder / "bin/python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (folder / "bin/python").chmod(0o755)
    for source, target in (
        ("in x", 'out "y"'),
        ("in'", "-out"),
        ("/in; exit 1", "(out)"),
        ("submissions", "grades"),
    ):
        given = [] if source == "submissions" else [f"FROM={source}", f"TO={target}"]
        done = run(folder, "grade", "BIN=bin", "MORE=--jobs 2", *given)
        expected = ["-m", "coursework", "grade", source, f"--out={target}", "--jobs", "2"]
        assert done.stdout.splitlines() == expected, done.stderr
    more = ["ROSTER=my class.csv", "COURSE=a 'b'.toml", "GRADEBOOK=$(x).csv".replace("$", "$$")]
    done = run(folder, "grade", "BIN=bin", *more)
    expected = ["--roster=my class.csv", "--course=a 'b'.toml", "--gradebook=$(x).csv"]
    assert done.stdout.splitlines()[5:] == expected, done.stderr


def test_the_progress_of_figures_goes_to_the_terminal_if_there_is_one(folder):
    (folder / "bin").mkdir()
    (folder / "bin/jupyter-book").write_text('#!/bin/sh\necho "progress: $MINIRNN_PROGRESS"\nexit 3\n')
    (folder / "bin/jupyter-book").chmod(0o755)
    ours, theirs = pty.openpty()
    for terminal, shown in ((theirs, os.ttyname(theirs)), (subprocess.DEVNULL, "")):
        done = subprocess.run(
            make("book", "BIN=bin"), cwd=folder, env=ENV, stdin=terminal, capture_output=True, text=True
        )
        assert f"progress: {shown}\n" in done.stdout
        assert done.returncode == 2  # the recipe fails as the build does
    os.close(ours)
    os.close(theirs)


def test_a_port_that_is_taken_is_said_with_what_to_do(folder):
    (folder / "_build/html").mkdir(parents=True)
    (folder / "_build/html/index.html").touch()
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        for port in (taken.getsockname()[1], 70_000, "x"):
            done = run(folder, "serve", f"PORT={port}")
            assert done.returncode == 2
            assert f"Port {port} is taken by another program, or cannot be used. Try another: make" in done.stdout
            assert "Traceback" not in done.stdout + done.stderr


def answer(url: str) -> dict:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url) as response:
                return json.load(response)
        except urllib.error.URLError:
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.mark.slow
def test_lab_opens_chapters_as_notebooks_and_leaves_nothing_in_the_home(folder):
    """Also as root. A kernel is started too."""
    (folder / "book").mkdir()
    (folder / "home").mkdir()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = f"MORE=--no-browser --port={port} --IdentityProvider.token=abc"
    server = subprocess.Popen(
        make("lab", words), cwd=folder, env=ENV | {"HOME": str(folder / "home")}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        held = answer(f"{address}/lab/api/settings/@jupyterlab/docmanager-extension:plugin?token=abc")
        viewers = held["schema"]["properties"]["defaultViewers"]["default"]
        assert viewers["markdown"] == viewers["myst"] == "Jupytext Notebook"
        request = urllib.request.Request(f"{address}/api/kernels?token=abc", b"{}", method="POST")
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["id"]
        history = folder / ".venv/lab/ipython/profile_default"
        for _ in range(300):
            time.sleep(0 if history.exists() else 0.2)
        assert history.exists()
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
    assert list((folder / "home").rglob("*")) == []


WITHOUT_UNIX = """
import json, os, signal, sys
for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("geteuid", "getuid", "killpg", "fork"):
    delattr(os, name)
for name in ("alarm", "SIGKILL"):
    delattr(signal, name)
from pathlib import Path
from coursework import answers, notebooks
from coursework.command import main
folder = Path(sys.argv[1])
assert main(["release", str(folder / "release")]) == 0
assert main(["course", str(folder / "course")]) == 0
assert answers.shown("bptt") == (notebooks.ASSIGNMENTS / "answers/bptt.json").read_text(encoding="utf-8")
sys.platform = "win32"
sys.exit(main(["grade", str(folder / "in"), "--out", str(folder / "out"), "--unsafe"]))
"""


def test_without_unix_all_but_grading_works_and_grading_says_why(folder):
    (folder / "in/ada").mkdir(parents=True)
    (folder / "in/ada/bptt.ipynb").write_text(json.dumps(submissions.blank("ada")))
    command = [sys.executable, "-c", WITHOUT_UNIX, folder]
    done = subprocess.run(command, cwd=ROOT / "book", capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("Grading needs Linux")
    assert (folder / "release/assignments.zip").exists()
    assert (folder / "course/source/chaos/chaos.ipynb").exists()
