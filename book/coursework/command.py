"""The commands: see `python -m coursework --help`."""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from nbformat import NotebookNode

from coursework import answers, children, grade, notebooks, sandbox
from coursework.records import Part, Result


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m coursework", description="The book's assignments.")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("answers", help="make answers/*.json anew, after a change of solutions or mistakes")
    made.add_argument("names", nargs="*")
    released = commands.add_parser("release", help="write the students' notebooks, and a zip of them")
    released.add_argument("folder", type=Path)
    course = commands.add_parser("course", help="write a course for nbgrader: source notebooks and settings")
    course.add_argument("folder", type=Path)
    graded = commands.add_parser("grade", help="grade a folder of submissions, each in a sandbox")
    graded.add_argument("submissions", type=Path, help="holds STUDENT/ASSIGNMENT.ipynb")
    graded.add_argument("--out", type=Path, required=True, help="where grades and feedback go")
    graded.add_argument("--only", choices=notebooks.names(), help="this assignment alone")
    graded.add_argument("--unsafe", action="store_true", help="without a sandbox, with your rights")
    graded.add_argument("--jobs", type=whole, default=1, help="so many submissions at a time (1)")
    graded.add_argument("--seconds", type=duration, default=sandbox.SECONDS, help="for one cell (30)")
    commands.add_parser("one")  # what `grade` starts for each submission: it reads a job from its standard input
    args = parser.parse_args(argv)
    if args.command == "answers":
        for name in args.names or notebooks.names():
            answers.write(name)
    elif args.command == "release":
        notebooks.release(args.folder)
        folder = args.folder.resolve()  # `make` gives the command from another folder than the one its user is in
        print(f"The students' notebooks are in {folder / 'assignments'} and {folder / 'assignments.zip'}")
    elif args.command == "course":
        write_course(args.folder)
    elif args.command == "grade":
        return grade.grade(args.submissions, args.out, safe=not args.unsafe, only=args.only, jobs=args.jobs,
                           seconds=args.seconds)  # fmt: skip
    else:
        run_one(sys.stdin.buffer)
    return 0


def whole(text: str) -> int:
    """A number of jobs."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text!r}")
    return int(text)


def duration(text: str) -> float:
    """A number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, at most a day, got {text!r}")
    return seconds


def run_one(job: BinaryIO) -> None:
    """Grades one submission: `job` has a line of JSON, then the notebook's bytes. `children.one` reads the answer."""
    from coursework import messages, rebuild, report, submitted

    name, student, work, notes, safe, seconds = json.loads(job.readline())
    limit(seconds)
    data, answer = job.read(), Path(work, "answer.json")
    template = notebooks.notebook(notebooks.without_solutions(notebooks.source(name)))
    known = {held["grade_id"] for held in map(notebooks.grader, template.cells) if held}
    try:
        cells, repaired = submitted.cells(data, known)
    except submitted.NotANotebook as error:
        failed = report.failed(name, f"not a notebook: {error!s:.200}")
        keep(answer, failed | {"notes": [*notes, *failed["notes"]]})
        return
    nb, changed = rebuild.rebuilt(cells, template)
    other = submitted.other_assignment(data, name)
    if other:
        changed = [f"these are the cells of {other}, not of {name}: was the wrong file handed in?"]
    stopped, rows = executed(nb, name, student, Path(work), safe, seconds)
    result: Result = {
        "points": sum(got for _, got, _, _ in rows),
        "of": sum(of for _, _, of, _ in rows),
        "parts": rows,
        "notes": [*notes, *repaired, *changed, *messages.notes(rows)],
        "written": rebuild.written(nb, notebooks.notebook(notebooks.source(other)) if other else template),
        "stopped_by": seconds if stopped else None,  # with another limit it is graded anew
    }
    without_hidden_tests(nb, template)
    keep(answer, result | {"page": report.page(name, student, result, nb)})


def limit(seconds: float) -> None:
    """Limits this process in memory, and in time, should the one that started it be killed."""
    import resource  # not on Windows, where the other commands work
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (6_000_000_000,) * 2)
    signal.alarm(int(children.limit(seconds)) + 10)


def executed(
    nb: NotebookNode, name: str, student: str, work: Path, safe: bool, seconds: float
) -> tuple[bool, list[Part]]:
    """Runs a submission with its hidden tests, in place: was it stopped by a limit of time, and what each part got."""
    from coursework import execute

    notebooks.with_answers(nb, answers.hidden_code(name, with_right=False))
    cases = answers.arguments(name, answers.HIDDEN_SIZES)
    solved: execute.Solved = {"right": answers.right(name, cases), "functions": answers.solutions(name)}
    course, sockets = work / "course", work / "sockets"
    execute.course_folder(name, course)
    sockets.mkdir()
    stopped = execute.run(nb, str(course), str(sockets), safe, seconds)
    return stopped, execute.marks(nb, name, student, solved)


def without_hidden_tests(nb: NotebookNode, template: NotebookNode) -> None:
    """Takes out of an executed notebook what its page does not show."""
    for cell in nb.cells:
        if notebooks.grader(cell).get("grade_id") == "setup":
            cell.source = next(c.source for c in template.cells if notebooks.grader(c).get("grade_id") == "setup")
        cell.source = notebooks.TESTS.sub("", cell.source + "\n").rstrip()


def keep(answer: Path, result: Result) -> None:
    """Writes a result, in Unicode: a student's outputs may hold half a pair of surrogates, which no file can."""
    answer.write_bytes(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


CONFIG = """c = get_config()
c.CourseDirectory.course_id = "gradients-through-time"
c.ClearSolutions.code_stub = {"python": "# your code here\\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
"""


def write_course(folder: Path) -> None:
    """A course as nbgrader wants it; its hidden tests know the answers, since nbgrader decides in the kernel."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for name in notebooks.names():
        nb = notebooks.notebook(notebooks.source(name))
        notebooks.with_answers(nb, answers.hidden_code(name, with_right=True))
        files = {f"{name}.ipynb": notebooks.as_json(nb), **notebooks.helpers(name)}
        for path, text in files.items():
            target = folder / "source" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    print(f"A course for nbgrader is in {folder}. Next: cd {folder} && nbgrader generate_assignment NAME")
