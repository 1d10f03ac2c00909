"""`make grade-bench`: seconds for each of 100 generated submissions, and where they go.

The class hands in what classes do: mostly right work, some half-done work, blank notebooks, endless loops if you like.
Times are those of the clock, so nothing else should run. What is written is taken away again.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat

from tests.book import submissions
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import execute, sandbox

KINDS = {  # what of ten submissions is handed in
    "right": (6, submissions.right),
    "half": (
        2,
        lambda s: submissions.with_code(submissions.right(s), "adjoints = lambda *a: a[3]", "adjoints", after=True),
    ),
    "blank": (2, submissions.blank),
}


def hand_in(folder: Path, count: int, loops: int) -> None:
    """Writes folder/STUDENT/bptt.ipynb for so many students, of whom `loops` have a loop that does not end."""
    kinds = [make for number, make in KINDS.values() for _ in range(number)]
    for i in range(count):
        student = f"s{i:04}"
        nb = kinds[i % len(kinds)](student)
        nb = submissions.with_code(nb, "while True: pass", "gradient") if i < loops else nb
        (folder / student).mkdir(parents=True)
        (folder / student / "bptt.ipynb").write_text(json.dumps(nb))


def timed(call: Callable[[], object], times: int = 3) -> float:
    """The shortest time of several calls, in seconds."""

    def one() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return min(one() for _ in range(times))


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "book", check=True)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """What is printed meanwhile, by other processes too, goes nowhere."""
    before, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(before, 1)


def kernel() -> None:
    """A kernel in its sandbox, from its start to its end, that runs nothing; what it prints is not shown."""
    with tempfile.TemporaryDirectory() as folder, silent():
        course, sockets = Path(folder, "course"), Path(folder, "sockets")
        execute.course_folder("bptt", course)
        sockets.mkdir()
        execute.run(nbformat.v4.new_notebook(), str(course), str(sockets))


def grade(folder: Path, target: Path, jobs: int, *more: str) -> float:
    words = ["grade", str(folder), "--out", str(target), f"--jobs={jobs}", *more]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "coursework", *words], cwd=ROOT / "book", stdout=subprocess.DEVNULL
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=100, help="submissions (100)")
    parser.add_argument("--jobs", type=int, default=sandbox.jobs())
    parser.add_argument(
        "--loops", type=int, default=0, help="of them with a loop that does not end, stopped after 10 s"
    )
    args = parser.parse_args()
    lean = "import sys; sys.modules['rfc3987_syntax'] = None; "
    imports = lean + "import coursework.command, coursework.execute, coursework.submitted, jupytext, numpy"
    print(f"Python starts and imports what one submission needs   {timed(lambda: python(imports)):6.2f} s")
    print(f"a kernel starts in its sandbox, and ends              {timed(kernel):6.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        hand_in(Path(folder, "in"), args.count, args.loops)
        seconds = grade(Path(folder, "in"), Path(folder, "out"), args.jobs, "--seconds=10")
        again = grade(Path(folder, "in"), Path(folder, "out"), args.jobs, "--seconds=10")
    each = seconds / args.count
    print(f"{args.count} submissions, {args.jobs} at a time: {seconds:.0f} s, {each:.2f} s each")
    print(f"so 300 take {5 * each:.1f} minutes")
    print(f"the command once more, when all have their grades: {again:.1f} s")


if __name__ == "__main__":
    main()
