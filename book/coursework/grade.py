"""Grades submissions, a folder FROM/STUDENT/ASSIGNMENT.ipynb or what a platform gives, into a folder of results.

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
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursework import (
    attempts,
    children,
    cluster,
    collect,
    dates,
    files,
    gradebooks,
    intake,
    notebooks,
    notices,
    overview,
    report,
    roster,
    sandbox,
    term,
    upload,
)
from coursework.children import read
from coursework.cluster import One
from coursework.collect import Collected
from coursework.dates import Course
from coursework.fingerprints import fingerprint
from coursework.gradebooks import Gradebook
from coursework.intake import Remark, Submission
from coursework.progress import Progress
from coursework.records import Arrived, Graded, Pair, Result
from coursework.roster import Roster


@dataclass(frozen=True)
class Options:
    """How to grade: in a sandbox if `safe`, `only` one assignment, `jobs` at a time, a cell in at most `seconds`."""

    safe: bool = True
    only: str | None = None
    jobs: int | None = None  # as many as there are cores, or places on the cluster
    cluster: str | None = None  # the address of a scheduler of Dask
    seconds: float = sandbox.SECONDS
    roster: Path | None = None
    course: Path | None = None
    gradebooks: tuple[Path, ...] = ()


def grade(source: Path, target: Path, **words: Any) -> int:
    """Grades all submissions without a grade, by these options; returns the exit code."""
    if why := unfit():
        print(why, file=sys.stderr)
        return 2
    source, target, options = Path(source), Path(target), Options(**words)
    if (
        not (source.is_dir() or (source.suffix.lower() == ".zip" and source.is_file()))
        or target.resolve() == source.resolve()
    ):
        why = f"FROM must be a folder of submissions or a zip, and TO another folder; FROM is {source}, TO is {target}."
        print(why, file=sys.stderr)
        return 2
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # in a notebook or a test it may be of another kind
            stream.reconfigure(errors="backslashreplace")  # whatever a name holds, and wherever this is printed
    try:
        with children.ended_by_signals(), tempfile.TemporaryDirectory(prefix="from-gtt") as work:
            try:
                plan = prepared(source, Path(work), target, options)
            except (ValueError, files.Refused) as why:
                print(f"{why}. So nothing was graded.", file=sys.stderr)
                return 2
            target.mkdir(parents=True, exist_ok=True)
            with children.alone(target) as first:
                if first:
                    return grade_all(plan)
        print(f"Another grading is running in {target}: wait for it, or give another TO.", file=sys.stderr)
        return 2
    except OSError as why:  # TO is a file, say, or the disk is full
        where = why.filename or target
        print(f"{where}: {why.strerror or why}. Finished grades are kept: mend it, and run again.", file=sys.stderr)
        return 2
    except cluster.Missing as why:
        print(f"{why}. So nothing was graded.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. Finished grades are kept: run the command again to go on.", file=sys.stderr)
        return 130


@dataclass(frozen=True)
class Plan:
    """All that is given: what was handed in, the roster, the dates, gradebooks, where results go, and how to grade."""

    collected: Collected
    people: Roster | None
    course: Course
    books: list[Gradebook]
    target: Path
    options: Options


def prepared(source: Path, work: Path, target: Path, options: Options) -> Plan:
    """Reads all that is given. Raises ValueError or Refused, before anything is written or run, where that fails."""
    people = roster.read(options.roster) if options.roster else None
    books = list(map(gradebooks.read, options.gradebooks))
    people = gradebooks.with_numbers(people, books) if people else None
    course = dates.read(options.course, notebooks.names()) if options.course else Course()
    times = gradebooks.times(books)
    collected = collect.collect(source, work, notebooks.names(), people, course.zone, times)
    return Plan(collected, people, course, books, target, options)


def grade_all(plan: Plan) -> int:
    """`grade`, in a folder of results that no other command uses."""
    target, only = plan.target, plan.options.only
    todo, remarks, passed = chosen(plan)
    visible = (notebooks.ASSIGNMENTS, notebooks.BOOK, *plan.collected.folders, target)
    here = plan.options.safe and not plan.options.cluster  # a worker looks for the sandbox of its own machine
    if todo and here and (why := sandbox.unavailable(*visible)):
        print(sandbox.MISSING.format(why=why), file=sys.stderr)
        return 2
    for remark in remarks:
        tell(remark)
    failures = renew_all(plan, todo)
    results, lost = attempts.kept(target, plan.course)
    notices.passed_over(results, passed)
    for sentence in [*notices.twins(results), *notices.strangers(results, plan.people)]:
        print(sentence, file=sys.stderr)
    remarks += [*failures, *lost]
    handed_in = {each.name for _, each in todo} or {name for _, name, _ in results}
    missing = notices.absent(plan.people, handed_in, [*results, *remarks])
    for remark in missing:
        tell(remark)
    rows = notices.beside(results, remarks) + missing
    publish(plan, results, rows)
    if not todo:
        names = ", ".join(notebooks.names() if only is None else [only])
        print(f"Nothing to grade: no STUDENT/ASSIGNMENT.ipynb with ASSIGNMENT one of {names}.")
    noted = sum(bool(result.get("notes")) for _, _, result in results)
    grades = f"{overview.many(results, 'grade')} in {target / 'grades.csv'}, {noted} with a note"
    print(f"{grades}; rows on files that were not graded: {len(rows)}")
    return 0 if todo and not failures and not lost else 1


def publish(plan: Plan, results: list[Graded], rows: list[Remark]) -> None:
    """Writes the table, all pages, and the files for platforms."""
    finals, sentences = report.write(plan.target, results, rows, plan.course)
    overview.write(plan.target, results, finals, rows, plan.course, plan.people.people if plan.people else ())
    term.write(plan.target, results, finals, plan.course)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    for sentence in upload.write(plan.target, plan.books, finals, plan.people, plan.course):
        print(sentence)
    for sentence in upload.feedback(plan.target, results):
        print(sentence)


def chosen(plan: Plan) -> tuple[list[tuple[int, Submission]], list[Remark], dict[Pair, list[str]]]:
    """What is graded, each with the number of its attempt; remarks on the rest; the times of attempts passed over."""
    todo, remarks, passed = [], list(plan.collected.remarks), defaultdict(list)
    for attempt, folder in enumerate(plan.collected.folders):
        found, said = intake.look(folder, notebooks.names(), plan.target)
        remarks += [
            Remark(each.student, "", f"an earlier attempt: {each.text}") if attempt else each for each in said
        ]
        for each in found:
            if plan.options.only not in (None, each.name):
                continue
            if attempt and not plan.course.best:
                time = plan.collected.of(attempt, each.path).get("time") or "at a time that is not known"
                passed[each.student, each.name].append(time)
            else:
                todo.append((attempt, each))
    return todo, remarks, passed


def tell(remark: Remark) -> None:
    print(f"{remark.student:<24}{remark.name or '-':<14}not graded: {remark.text}", flush=True)


def unfit() -> str | None:
    """Why nothing can be graded with this system or this Python, or None."""
    if sys.platform != "linux":
        return sandbox.ELSEWHERE
    copy = sandbox.copy_of_library(sys.path, notebooks.BOOK.parent)
    return sandbox.COPY.format(copy=copy, python=shlex.quote(sys.executable)) if copy else None


def renew_all(plan: Plan, todo: list[tuple[int, Submission]]) -> list[Remark]:
    """Grades submissions, some at a time; remarks on those for which this failed."""
    progress = Progress(len(todo))
    with cluster.connected(plan.options.cluster) as (one, places):

        def graded(each: tuple[int, Submission]) -> Remark | None:
            remark = renew(plan, one, *each)
            progress.step()
            return remark

        with ThreadPoolExecutor(plan.options.jobs or places) as pool, children.ended_with(pool):
            grades = [pool.submit(graded, each) for each in todo]
            while wait(grades, timeout=0.5).not_done:  # a wait without an end can miss the signal to stop
                pass
            return [remark for grade in grades if (remark := grade.result())]


def renew(plan: Plan, one: One, attempt: int, submission: Submission) -> Remark | None:
    """Makes the grade of a submission, unless there is one of this very submission and course; a remark if it fails."""
    student, name, path, _ = submission
    try:
        data, arrived = files.read(plan.collected.folders[attempt], path), plan.collected.of(attempt, path)
        folder = plan.target / student
        folder = attempts.folder(folder, arrived, attempt) if attempt else folder
        grade_anew(one, submission, data, arrived, folder, plan.options)
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
    one: One, submission: Submission, data: bytes, arrived: Arrived, folder: Path, options: Options
) -> None:
    """Makes and keeps the grade of a submission, if it has none yet."""
    student, name, _, notes = submission
    kept, now = folder / f"{name}.json", fingerprint(name, data, notes)
    before = read(kept)
    if current(kept, before, now, options.seconds):
        if arrived and before.get("arrived") != arrived:
            save(kept, before | {"arrived": arrived})
        return
    if before.get("fingerprint"):
        attempts.put_aside(kept, before, arrived)
    result = one(name, student, data, notes, folder, options.safe, options.seconds)
    if result.get("broken"):  # it may have been this machine: a student gets a second try, and then a human
        result = one(name, student, data, notes, folder, options.safe, options.seconds)
        if result.get("broken"):
            result["notes"].append("grading failed twice: please look at the notebook; the next run tries again")
    save(kept, result | {"arrived": arrived, "fingerprint": None if result.pop("broken", False) else now})
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
