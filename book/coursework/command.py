"""The commands: see `python -m coursework --help`."""

import argparse
import contextlib
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from nbformat import NotebookNode

from coursework import answers, children, grade, new, notebooks, sandbox
from coursework.records import Part, Result


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m coursework", description="The book's assignments.")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("answers", help="make answers/*.json anew, after a change of solutions or mistakes")
    made.add_argument("names", nargs="*")
    begun = commands.add_parser(
        "new", help="write a new assignment, small and complete, to be replaced part by part"
    )
    begun.add_argument("name")
    released = commands.add_parser("release", help="write the students' notebooks, and a zip of them")
    released.add_argument("folder", type=Path)
    course = commands.add_parser("course", help="write a course for nbgrader: source notebooks and settings")
    course.add_argument("folder", type=Path)
    graded = commands.add_parser("grade", help="grade submissions, each in a sandbox")
    graded.add_argument(
        "submissions", type=Path, help="a folder with STUDENT/ASSIGNMENT.ipynb, or a platform's zip"
    )
    graded.add_argument("--out", type=Path, required=True, help="where grades and feedback go")
    graded.add_argument("--roster", type=Path, help="a CSV of the class, with the columns id, name, email, section")
    graded.add_argument(
        "--course", type=Path, help="course.toml: due dates, what late work loses, which attempt counts"
    )
    graded.add_argument("--gradebook", type=Path, action="append", default=[], dest="gradebooks", metavar="FILE",
                        help="an export of Moodle, Canvas or Blackboard, to fill in; may come again")  # fmt: skip
    graded.add_argument("--only", choices=notebooks.names(), help="this assignment alone")
    graded.add_argument("--unsafe", action="store_true", help="without a sandbox, with your rights")
    graded.add_argument("--jobs", type=whole, help="so many submissions at a time (one for each core)")
    graded.add_argument(
        "--cluster", metavar="ADDRESS", help="on the workers of this scheduler of Dask, say tcp://host:8786"
    )
    graded.add_argument("--seconds", type=duration, default=sandbox.SECONDS, help="for one cell (30)")
    marked = commands.add_parser("mark", help="give the points of written parts on a page of this machine")
    marked.add_argument("results", type=Path, help="the folder with the grades")
    marked.add_argument("--only", choices=notebooks.names(), required=True, help="the assignment")
    marked.add_argument("--anonymous", action="store_true", help="show numbers in the place of ids")
    marked.add_argument("--grader", default="", help="keep these points apart from written.csv, under a name")
    compared = commands.add_parser("compare", help="how far graders agree who gave points under their names")
    compared.add_argument("results", type=Path, help="the folder with the grades")
    compared.add_argument("--take", type=float, metavar="POINTS",
                          help="write the mean into written.csv where they differ by so much at most")  # fmt: skip
    commands.add_parser("one")  # what `grade` starts for each submission: it reads a job from its standard input
    args = parser.parse_args(argv)
    if args.command == "answers":
        for name in args.names or notebooks.names():
            answers.write(name)
    elif args.command == "new":
        return begin(args.name)
    elif args.command == "release":
        notebooks.release(args.folder)
        folder = args.folder.resolve()  # `make` gives the command from another folder than the one its user is in
        print(f"The students' notebooks are in {folder / 'assignments'} and {folder / 'assignments.zip'}")
    elif args.command == "course":
        write_course(args.folder)
    elif args.command == "grade":
        return grade.grade(args.submissions, args.out, safe=not args.unsafe, only=args.only, seconds=args.seconds,
                           jobs=args.jobs, cluster=args.cluster, roster=args.roster, course=args.course,
                           gradebooks=tuple(args.gradebooks))  # fmt: skip
    elif args.command in ("mark", "compare"):
        return by_hand(args)
    else:
        run_one(sys.stdin.buffer)
    return 0


def begin(name: str) -> int:
    """Writes a new assignment."""
    try:
        files = new.write(name)
    except ValueError as why:
        print(why, file=sys.stderr)
        return 2
    print("\n".join(["Written:", *(f"  {file}" for file in files)]))
    print(
        "It can be handed out and graded as it is; the table in book/grading.md may list it.\n"
        "Replace its parts by yours, make the answers and run the tests:\n"
        f"  cd book && ../.venv/bin/python -m coursework answers {name} && cd ..\n"
        f'  .venv/bin/python -m pytest -q tests/book/test_assignments.py -k "[{name}"'
    )
    return 0


def by_hand(args: argparse.Namespace) -> int:
    """The commands for points that people give."""
    if sys.platform == "win32":
        print(sandbox.ELSEWHERE, file=sys.stderr)
        return 2
    from coursework import marking, marks

    try:
        if args.command == "compare":
            print("\n".join(marks.compare(args.results, args.take)))
            return 0
        server = marking.serve(marks.Marks(args.results, args.grader), args.only, args.anonymous)
    except ValueError as why:
        print(why, file=sys.stderr)
        return 2
    print(
        f"Open {marking.address(server)}\nIt works on this machine alone, while this command runs. Ctrl-C ends it."
    )
    with contextlib.suppress(KeyboardInterrupt), server:
        server.serve_forever()
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
    """Runs a submission with its hidden tests, in place; was it stopped by a limit of time, and the parts' points."""
    from coursework import execute

    notebooks.with_answers(nb, answers.hidden_code(name, with_right=False))
    solved = answers.Solved(name)
    course, sockets = work / "course", work / "sockets"
    execute.course_folder(name, course)
    sockets.mkdir()
    stopped = execute.run(nb, str(course), str(sockets), safe, seconds)
    return stopped, execute.marks(nb, name, student, solved)


def without_hidden_tests(nb: NotebookNode, template: NotebookNode) -> None:
    """Removes from an executed notebook the parts that its page does not show."""
    for cell in nb.cells:
        if notebooks.grader(cell).get("grade_id") == "setup":
            cell.source = next(c.source for c in template.cells if notebooks.grader(c).get("grade_id") == "setup")
        cell.source = notebooks.TESTS.sub("", cell.source + "\n").rstrip()


def keep(answer: Path, result: Result) -> None:
    """Writes a result, in Unicode: a student's outputs may hold half a pair of surrogates, which no file can."""
    answer.write_bytes(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


SETTINGS = Path(__file__).with_name(
    "nbgrader_settings.txt"
)  # Python, run by nbgrader, in which `get_config` is given


def write_course(folder: Path) -> None:
    """A course as nbgrader wants it; its hidden tests know the answers, since nbgrader decides in the kernel."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(SETTINGS.read_text(encoding="utf-8"), encoding="utf-8")
    for name in notebooks.names():
        nb = notebooks.notebook(notebooks.source(name))
        notebooks.with_answers(nb, answers.hidden_code(name, with_right=True))
        files = {f"{name}.ipynb": notebooks.as_saved(nb), **notebooks.helpers(name)}
        for path, text in files.items():
            target = folder / "source" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    print(f"A course for nbgrader is in {folder}. Next: cd {folder} && nbgrader generate_assignment NAME")
