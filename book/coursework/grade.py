"""Grades a folder of submissions, FROM/STUDENT/ASSIGNMENT.ipynb, into a folder of results.

    TO/STUDENT/ASSIGNMENT.json    what each part got, and of which submission and which course this is the grade
    TO/STUDENT/ASSIGNMENT.html    the feedback page
    TO/grades.csv                 a line for each submission
    TO/written/ASSIGNMENT.md      the written parts, side by side; TO/written.csv takes the points given for them

Each submission is run by a process of its own (`one`), so that none can stop the others. A grade is written when it
is complete, and not made again for the same submission, so a run that was killed goes on. Where a student hands in
again, or the assignment has changed, the grade is made anew and the old one is kept beside it.
"""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from coursework import notebooks, report, sandbox

CELLS = 10  # a submission may take as long as so many cells


def submissions(source, names):
    """(student, assignment, file), in order. nbgrader's STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb will do too."""
    folders = sorted(f for f in Path(source).iterdir() if f.is_dir() and not f.name.startswith("."))
    places = [(f.name, name, f / sub / f"{name}.ipynb") for f in folders for name in names for sub in (".", name)]
    return [place for place in places if place[2].is_file()]


def fingerprint(name, file):
    """Changes when the submission does, or the assignment, its answers, or what it runs."""
    cases = (notebooks.BOOK / f"coursework/mistakes/{name}.py").read_text(encoding="utf-8")
    course = "".join([notebooks.source(name), cases, *notebooks.helpers(name).values()])
    return sha256(file.read_bytes() + course.encode()).hexdigest()


def grade(source, target, *, safe=True, only=None, jobs=1, seconds=30):
    """Grades what has no grade yet, `jobs` at a time, with so many seconds for a cell; returns the exit code."""
    if why := unfit():
        print(why, file=sys.stderr)
        return 2
    target = Path(target)
    target.mkdir(parents=True, exist_ok=True)
    names = [name for name in notebooks.names() if only in (None, name)]
    todo = submissions(source, names)
    if not todo:
        print(f"Nothing to grade: no {source}/STUDENT/ASSIGNMENT.ipynb with ASSIGNMENT one of {', '.join(names)}.")
        return 1
    if safe and (why := sandbox.unavailable(notebooks.ASSIGNMENTS, notebooks.BOOK, source, target)):
        print(sandbox.MISSING.format(why=why), file=sys.stderr)
        return 2
    with ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(lambda each: renew(*each, target / each[0], safe, seconds), todo))
    every = sorted(f for name in notebooks.names() for f in target.glob(f"*/{name}.json"))
    for sentence in report.write(target, [(f.parent.name, f.stem, read(f)) for f in every]):
        print(sentence, file=sys.stderr)
    print(f"{len(every)} grades in {target / 'grades.csv'}")
    return 0 if all(done) else 1


def unfit():
    """Why nothing can be graded with this system or this Python, or None."""
    if sys.platform != "linux":
        return sandbox.ELSEWHERE
    copy = sandbox.copy_of_library(sys.path, notebooks.BOOK.parent)
    return copy and sandbox.COPY.format(copy=copy, python=shlex.quote(sys.executable))


def renew(student, name, file, folder, safe, seconds):
    """Makes the grade of a submission, unless there is one of this very submission and course. Is there one now?"""
    try:
        grade_anew(student, name, file, folder, safe, seconds)
        return True
    except Exception as error:  # a full disk, say: the others are graded all the same
        print(f"{student:<24}{name:<14}not graded: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False


def grade_anew(student, name, file, folder, safe, seconds):
    """Makes and keeps the grade of a submission, if it has none yet."""
    kept, now = folder / f"{name}.json", fingerprint(name, file)
    before = read(kept)
    if current(kept, before, now):
        return
    if before:
        kept.rename(folder / f"{name}.before-{time.strftime('%Y%m%dT%H%M%S')}.json")
    result = one(name, student, file, folder, safe, seconds)
    if result.pop("broken", False):  # it may have been this machine: a student gets a second try, and then a human
        result = one(name, student, file, folder, safe, seconds)
        if result.pop("broken", False):
            result["notes"].append("could not be graded, twice: please look at it")
    save(kept, result | {"fingerprint": now})
    print(
        f"{student:<24}{name:<14}{result['points']:>4} of {result['of']}  {result['seconds']:>6.1f} s", flush=True
    )


def current(kept, before, now):
    """Is the grade `before` that of this submission and course, and its page there? A page is made by running alone."""
    return before.get("fingerprint") == now and kept.with_suffix(".html").exists()


def one(name, student, file, folder, safe, seconds):
    """The result of one submission, whatever it does: a process runs it, within a time, and answers in a file."""
    folder.mkdir(parents=True, exist_ok=True)
    answer, start = folder / f".{name}.partial", time.monotonic()
    answer.unlink(missing_ok=True)
    line = [sys.executable, "-m", "coursework", "one", name, student, str(file.resolve()), str(answer.resolve())]
    line += [f"--seconds={seconds}", *([] if safe else ["--unsafe"])]
    env = {**os.environ, "PYTHONPATH": f"{notebooks.BOOK}{os.pathsep}{notebooks.BOOK.parent}"}
    why, broken = "", False
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            line, cwd=notebooks.BOOK, env=env, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            if process.wait(CELLS * seconds):
                why, broken = f"could not be run: {last_line(errors)}", True
        except subprocess.TimeoutExpired:
            why = (
                f"stopped after {CELLS * seconds:g} seconds, the time of {CELLS} cells. Make it faster, or look for a "
                "loop that does not end."
            )
        finally:
            stop(process)
    result = read(answer) if not why else {}
    answer.unlink(missing_ok=True)
    if not result:
        result = report.failed(name, why or "grading ended without a result") | {"broken": broken}
    page = result.pop("page", None) or report.page(name, student, result, None)
    (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return result | {"seconds": round(time.monotonic() - start, 1)}


def stop(process):
    """Ends a process and all that it started; a sandbox dies with the process that made it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_line(file):
    file.seek(0)
    lines = [line for line in file.read()[-4000:].splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a word"


def read(file):
    """A result; empty where there is none, or half of one."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def save(file, result):
    """Whole, or not at all."""
    partial = file.with_suffix(".new")
    partial.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    partial.replace(file)
