"""The commands: see `python -m coursework --help`."""

import argparse
import json
import math
import sys
from pathlib import Path

from coursework import answers, children, grade, notebooks, sandbox


def main(argv=None):
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


def whole(text):
    """A number of jobs."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text!r}")
    return int(text)


def duration(text):
    """A number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, at most a day, got {text!r}")
    return seconds


def run_one(job):
    """Grades one submission: `job` has a line of JSON, then the notebook's bytes. `children.one` reads the answer."""
    import resource  # not on Windows, where the other commands work
    import signal

    from coursework import execute, messages, rebuild, report, submitted

    name, student, work, notes, safe, seconds = json.loads(job.readline())
    answer, course, sockets = (Path(work) / each for each in ("answer.json", "course", "sockets"))
    resource.setrlimit(resource.RLIMIT_AS, (6_000_000_000,) * 2)
    signal.alarm(int(children.limit(seconds)) + 10)  # should the process that started this one be killed
    template = notebooks.notebook(notebooks.without_solutions(notebooks.source(name)))
    known = {notebooks.grader(cell).get("grade_id") for cell in template.cells} - {None}
    data = job.read()
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
    notebooks.with_answers(nb, answers.hidden_code(name, with_right=False))
    cases = answers.arguments(name, answers.HIDDEN_SIZES)
    solved = {"right": answers.right(name, cases), "functions": answers.solutions(name)}
    execute.course_folder(name, course)
    sockets.mkdir()
    stopped = execute.run(nb, str(course), str(sockets), safe, seconds)
    rows = execute.marks(nb, name, student, solved)
    result = {
        "points": sum(got for _, got, _, _ in rows),
        "of": sum(of for _, _, of, _ in rows),
        "parts": rows,
        "notes": [*notes, *repaired, *changed, *messages.notes(rows)],
        "written": rebuild.written(nb, notebooks.notebook(notebooks.source(other)) if other else template),
        "stopped_by": seconds if stopped else None,  # with another limit it is graded anew
    }
    for cell in nb.cells:
        if notebooks.grader(cell).get("grade_id") == "setup":
            cell.source = next(c.source for c in template.cells if notebooks.grader(c).get("grade_id") == "setup")
        cell.source = notebooks.TESTS.sub("", cell.source + "\n").rstrip()
    keep(answer, result | {"page": report.page(name, student, result, nb)})


def keep(answer, result):
    """Writes a result, in Unicode: a student's outputs may hold half a pair of surrogates, which no file can."""
    Path(answer).write_bytes(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


CONFIG = """c = get_config()
c.CourseDirectory.course_id = "gradients-through-time"
c.ClearSolutions.code_stub = {"python": "# your code here\\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
"""


def write_course(folder):
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
