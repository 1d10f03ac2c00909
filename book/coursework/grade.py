"""Grades a folder of submissions, FROM/STUDENT/ASSIGNMENT.ipynb, into a folder of results.

    TO/STUDENT/ASSIGNMENT.json    what each part got, and of which submission and which course this is the grade
    TO/STUDENT/ASSIGNMENT.html    the feedback page
    TO/grades.csv                 a line for each submission, and for whatever else was found in FROM
    TO/written/ASSIGNMENT.md      the written parts, side by side; TO/written.csv takes the points given for them

Each submission is run by a process of its own (`one`), so that none can stop the others. A grade is written when it
is complete, and not made again for the same submission, so a run that was killed goes on. Where a student hands in
again, or the assignment has changed, the grade is made anew and the old one is kept beside it.
"""

import io
import json
import shlex
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from coursework import children, files, intake, notebooks, report, sandbox
from coursework.children import one, read
from coursework.intake import Remark, Submission
from coursework.records import Graded, Result


def fingerprint(name: str, data: bytes, notes: list[str]) -> str:
    """Changes when the submission does, or what is noted on it, or the assignment, its answers, or what it runs."""
    cases = (notebooks.BOOK / f"coursework/mistakes/{name}.py").read_text(encoding="utf-8")
    course = "".join([notebooks.source(name), cases, *notebooks.helpers(name).values()])
    return sha256(data + json.dumps([notes, course]).encode()).hexdigest()


def grade(
    source: Path, target: Path, *, safe: bool = True, only: str | None = None, jobs: int = 1, seconds: float = 30
) -> int:
    """Grades what has no grade yet, `jobs` at a time, with so many seconds for a cell; returns the exit code."""
    if why := unfit():
        print(why, file=sys.stderr)
        return 2
    source, target = Path(source), Path(target)
    if not source.is_dir() or target.resolve() == source.resolve():
        why = f"FROM must be a folder of submissions, and TO another folder; FROM is {source}, TO is {target}."
        print(why, file=sys.stderr)
        return 2
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # in a notebook or a test it may be of another kind
            stream.reconfigure(errors="backslashreplace")  # whatever a name holds, and wherever this is printed
    target.mkdir(parents=True, exist_ok=True)
    with children.alone(target) as first:
        if not first:
            print(f"Another grading is running in {target}: wait for it, or give another TO.", file=sys.stderr)
            return 2
        try:
            with children.ended_by_signals():
                return grade_all(source, target, safe, only, jobs, seconds)
        except KeyboardInterrupt:
            print("Stopped. What has a grade keeps it: give the command again to go on.", file=sys.stderr)
            return 130


def grade_all(source: Path, target: Path, safe: bool, only: str | None, jobs: int, seconds: float) -> int:
    """`grade`, in a folder of results that no other command uses."""
    found, remarks = intake.look(source, notebooks.names(), target)
    todo = [each for each in found if only in (None, each.name)]
    if todo and safe and (why := sandbox.unavailable(notebooks.ASSIGNMENTS, notebooks.BOOK, source, target)):
        print(sandbox.MISSING.format(why=why), file=sys.stderr)
        return 2
    for remark in remarks:
        tell(remark)
    with ThreadPoolExecutor(jobs) as pool, children.ended_with(pool):
        failures = list(filter(None, pool.map(lambda each: renew(source, each, target, safe, seconds), todo)))
    results, lost = kept(target)
    for sentence in twins(results):
        print(sentence, file=sys.stderr)
    rows = beside(results, [*remarks, *failures, *lost])
    for sentence in report.write(target, results, rows):
        print(sentence, file=sys.stderr)
    if not todo:
        names = ", ".join(notebooks.names() if only is None else [only])
        print(f"Nothing to grade: no {source}/STUDENT/ASSIGNMENT.ipynb with ASSIGNMENT one of {names}.")
    many = "1 grade" if len(results) == 1 else f"{len(results)} grades"
    print(f"{many} in {target / 'grades.csv'}; rows on what was not graded: {len(rows)}")
    return 0 if todo and not failures and not lost else 1


def tell(remark: Remark) -> None:
    print(f"{remark.student:<24}{remark.name or '-':<14}not graded: {remark.text}", flush=True)


def kept(target: Path) -> tuple[list[Graded], list[Remark]]:
    """All grades in a folder, also those of earlier runs, and remarks on those that cannot be read."""
    every = sorted(f for name in notebooks.names() for f in target.glob(f"*/{name}.json"))
    results = [(intake.student_id(f.parent.name), f.stem, read(f)) for f in every]
    lost = [Remark(student, name, f"the grade in {target} cannot be read; delete it, and grade again")
            for student, name, result in results if "points" not in result]  # fmt: skip
    return [each for each in results if "points" in each[2]], lost


def twins(results: list[Graded]) -> list[str]:
    """Sentences on grades of one student under two names, as where a folder was renamed between two runs; noted too."""
    alike: dict[tuple[str, str], list[Graded]] = {}
    for each in results:
        alike.setdefault((intake.folded(each[0]), each[1]), []).append(each)
    said = []
    for (_, name), same in alike.items():
        if len(same) > 1:
            ids = ", ".join(student for student, _, _ in same)
            said.append(
                f"{name} has grades of {ids}, which are one id: was a folder renamed? Delete the results of the old "
                "name, and give its points in written.csv to the new one."
            )
            for _, _, result in same:
                result["notes"].append(f"one id under several names: {ids}")
    return said


def beside(results: list[Graded], remarks: list[Remark]) -> list[Remark]:
    """The remarks that need a row of their own; those on what has a grade, of an earlier file, are noted there."""
    graded = {(student, name): result for student, name, result in results}
    for remark in remarks:
        if remark[:2] in graded:
            graded[remark[:2]]["notes"].append(f"an earlier file's grade; now not graded: {remark.text}")
    return [remark for remark in remarks if remark[:2] not in graded]


def unfit() -> str | None:
    """Why nothing can be graded with this system or this Python, or None."""
    if sys.platform != "linux":
        return sandbox.ELSEWHERE
    copy = sandbox.copy_of_library(sys.path, notebooks.BOOK.parent)
    return sandbox.COPY.format(copy=copy, python=shlex.quote(sys.executable)) if copy else None


def renew(source: Path, submission: Submission, target: Path, safe: bool, seconds: float) -> Remark | None:
    """Makes the grade of a submission, unless there is one of this very submission and course; a remark if it fails."""
    student, name, path, notes = submission
    try:
        grade_anew(student, name, files.read(source, path), notes, target / student, safe, seconds)
        return None
    except children.Stopped:
        return None
    except files.Refused as why:
        remark = Remark(student, name, str(why))
    except Exception as error:  # a full disk, say: the others are graded all the same
        remark = Remark(student, name, f"{type(error).__name__}: {error}")
    tell(remark)
    return remark


def grade_anew(
    student: str, name: str, data: bytes, notes: list[str], folder: Path, safe: bool, seconds: float
) -> None:
    """Makes and keeps the grade of a submission, if it has none yet."""
    kept, now = folder / f"{name}.json", fingerprint(name, data, notes)
    before = read(kept)
    if current(kept, before, now, seconds):
        return
    if before.get("fingerprint"):
        kept.rename(folder / f"{name}.before-{time.strftime('%Y%m%dT%H%M%S')}.json")
    result = one(name, student, data, notes, folder, safe, seconds)
    if result.get("broken"):  # it may have been this machine: a student gets a second try, and then a human
        result = one(name, student, data, notes, folder, safe, seconds)
        if result.get("broken"):
            result["notes"].append("could not be graded, twice: please look at it; the next run tries again")
    save(kept, result | {"fingerprint": None if result.pop("broken", False) else now})
    print(
        f"{student:<24}{name:<14}{result['points']:>4} of {result['of']}  {result['seconds']:>6.1f} s", flush=True
    )


def current(kept: Path, before: Result, now: str, seconds: float) -> bool:
    """Is the grade `before` that of this submission and course, and its page there? A page is made by running alone.

    What was stopped by a limit of time is graded anew with another limit.
    """
    same = before.get("fingerprint") == now and before.get("stopped_by") in (None, seconds)
    return same and kept.with_suffix(".html").exists()


def save(file: Path, result: Result) -> None:
    files.write_whole(file, json.dumps(result, indent=1, ensure_ascii=False).encode("utf-8"))
