"""Who handed in what: from a folder FROM to submissions, and a remark on everything in it that is not graded.

A student is a folder in FROM. For an assignment NAME, this rule holds:

1. STUDENT/NAME.ipynb, or nbgrader's STUDENT/NAME/NAME.ipynb, is graded. Others that resemble it are noted.
2. Without it, a file whose name still says NAME, such as `NAME (1).ipynb`, `Copy of NAME.ipynb`, `NAME.ipynb.txt`, or
   a notebook that has NAME's test cells under another name, in the student's folder or further down, is graded with a
   note, if it is the only one.
3. If 1 or 2 leave several that differ, none is graded, and the teacher has to choose.
"""

import functools
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from coursework import files, notebooks
from coursework.files import Names

NOTEBOOK = re.compile(r"(.*)\.ipynb(\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
ARCHIVE = re.compile(r".*\.(zip|tar|t?gz|tgz|7z|rar|bz2|xz)", re.IGNORECASE | re.DOTALL)
TEST_CELL = re.compile(rb'"(test-\w+)"')
RESULTS = re.compile(r"(grades|written)\b.*", re.IGNORECASE | re.DOTALL)  # what grading writes beside the students'
HANDED_OUT = ("selfcheck.py", "hints.py", "milestones.py", "README.txt", "timestamp.txt", "submission_secret.txt")
LISTED = 5  # files that a remark names


class Submission(NamedTuple):
    """A file to grade: `path` are names below FROM."""

    student: str
    name: str
    path: Names
    notes: list[str]


class Remark(NamedTuple):
    """What was not graded; `name` is empty where it is no assignment's."""

    student: str
    name: str
    text: str


def student_id(folder: str) -> str:
    """The id that a folder's name stands for: composed Unicode, whatever the disk or the zip made of it."""
    return normalize("NFC", files.printable(folder))


def same_id(typed: str, student: str) -> bool:
    """Did this student type their own id? In any case and form of Unicode; � stands for letters that a zip broke.

    >>> same_id(" Jose\u0301 ", "jos\xe9"), same_id("jos\xe9", "jos\ufffd"), same_id("jose", "jos\ufffd")
    (True, True, False)
    """
    pattern = re.sub("\ufffd+", r"[^\\x00-\\x7f\\ud800-\\udfff]+", re.escape(folded(student)))
    forms = (typed, files.on_one_line(typed))  # a folder's name comes with what cannot be seen spelled out
    return any(re.fullmatch(pattern, folded(each)) for each in forms)


def folded(student: str) -> str:
    """What is compared of an id."""
    return normalize("NFC", student).strip().lower()


def look(source: Path, names: Sequence[str], results: Path | None = None) -> tuple[list[Submission], list[Remark]]:
    """What the folder `source` holds. A folder `results` that lies in it is no student's."""
    own = os.stat(results) if results is not None and os.path.exists(results) else None
    folders: dict[str, list[str]] = {}
    submissions: list[Submission] = []
    remarks: list[Remark] = []
    for name, status in files.listing(source):
        if own and os.path.samestat(own, status):
            continue
        student = student_id(name)
        if why := no_student(name, student, status):
            remarks.append(Remark(student, "", why))
        else:
            folders.setdefault(folded(student), []).append(name)
    for alike in folders.values():
        for folder in alike:
            if len(alike) == 1:
                graded, more = handed_in(source, folder, names)
            else:
                why = f"several folders are named by one id; leave one of: {listed([files.shown([f]) for f in alike])}"
                graded, more = [], [Remark(student_id(folder), "", why)]
            submissions += graded
            remarks += more
    return submissions, remarks


def no_student(name: str, student: str, status: os.stat_result) -> str:
    """Why something in FROM is no student's folder; empty if it is one."""
    if why := files.refusal(status):
        return f"{files.shown([name])} {why}"
    if not stat.S_ISDIR(status.st_mode):
        what = "what is in it" if ARCHIVE.fullmatch(name) else "it"
        return f"{files.shown([name])} lies beside the students' folders; put {what} into the folder of its student"
    if name.startswith("."):
        return f"{files.shown([name])} is a hidden folder; if it is a student's, give it another name"
    if RESULTS.fullmatch(name):
        return f"{files.shown([name])} is a name that grading itself uses; give the folder another one"
    if len(student.encode()) > 255:
        return f"{files.shown([name])} is too long a name; give the folder a shorter one"
    return ""


def handed_in(source: Path, folder: str, names: Sequence[str]) -> tuple[list[Submission], list[Remark]]:
    """What a student's folder holds."""
    student = student_id(folder)
    found = {path: why for path, why in files.below(source, folder).items() if why or not handed_out(path)}
    said = {path: assignment(path[-1], names) or by_cells(source, path, names) for path in found}
    submissions, remarks = [], []
    for name in names:
        paths = [path for path in found if said[path] == name]
        try:
            if paths:
                path, notes = chosen(source, name, paths, found)
                submissions.append(Submission(student, name, path, notes))
        except files.Refused as why:
            remarks.append(Remark(student, name, str(why)))
    rest = [f"{files.shown(path[1:] or path)} {why or no_notebook(path[-1], names)}"
            for path, why in found.items() if not said[path]]  # fmt: skip
    if rest:
        remarks.append(Remark(student, "", listed(rest)))
    elif not submissions and not remarks:
        remarks.append(Remark(student, "", "the folder holds no notebook of an assignment"))
    return submissions, remarks


def handed_out(path: Names) -> bool:
    """Is it of the students' zip, besides the notebooks, or of nbgrader, as its feedback on an earlier attempt?"""
    *above, folder, name = path
    of_nbgrader = above[-1:] == ["feedback"] and name.endswith(".html")
    return name in HANDED_OUT or of_nbgrader or (folder == "answers" and name.endswith(".json"))


def listed(words: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = [f"and {len(words) - LISTED} more"] if len(words) > LISTED else []
    return "; ".join(words[:LISTED] + more)


def assignment(file: str, names: Sequence[str]) -> str | None:
    """The assignment in a file's name; None where it holds none, or several.

    >>> [assignment(f, ["bptt", "chaos"]) for f in ("Copy of BPTT (1).ipynb", "bptt.ipynb.txt", "chaos-bptt.ipynb")]
    ['bptt', 'bptt', None]
    """
    match = NOTEBOOK.fullmatch(file)
    if not match or file.startswith("."):
        return None
    letter = r"[^\W\d_]"
    said = [n for n in names if re.search(f"(?<!{letter}){re.escape(n)}(?!{letter})", match[1], re.IGNORECASE)]
    return said[0] if len(said) == 1 else None


def by_cells(source: Path, path: Names, names: Sequence[str]) -> str | None:
    """The assignment whose test cells a notebook has; None where these are of none, or of several.

    Its text is searched, and not parsed: what a student wrote is read in a process of its own, which has limits.
    """
    if not NOTEBOOK.fullmatch(path[-1]) or path[-1].startswith("."):
        return None
    try:
        cells = {match.decode() for match in TEST_CELL.findall(files.read(source, path))}
    except files.Refused:
        return None
    said = [name for name in names if cells & test_cells(name)]
    return said[0] if len(said) == 1 else None


@functools.cache
def test_cells(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"grade_id: (test-\w+)", notebooks.source(name)))


def chosen(source: Path, name: str, paths: list[Names], found: dict[Names, str]) -> tuple[Names, list[str]]:
    """The path that is graded for an assignment, and notes on it. Raises Refused where there is none."""
    exact = [path for path in paths if path[1:] in ((f"{name}.ipynb",), (name, f"{name}.ipynb"))]
    likely = exact or paths
    path, *others = likely
    if found[path]:
        raise files.Refused(f"{files.shown(path[1:])} {found[path]}")
    if any(files.read(source, other) != files.read(source, path) for other in others):
        alike = listed([files.shown(each[1:]) for each in likely])
        raise files.Refused(f"several files could be the submission; leave one of: {alike}")
    by = "" if assignment(path[-1], [name]) else ", for its test cells"
    notes = [] if exact else [f"{files.shown(path[1:])} was taken for {name}.ipynb{by}"]
    passed = [files.shown(each[1:]) for each in paths if each != path]
    return path, notes + [f"not graded, since {files.shown(path[1:])} is there: {listed(passed)}"] * bool(passed)


def no_notebook(file: str, names: Sequence[str]) -> str:
    """Why a regular file is not graded."""
    if file.startswith("."):
        return "is a hidden file"
    if NOTEBOOK.fullmatch(file):
        return f"has a name that does not say which one of {', '.join(names)} it is"
    return "is an archive; unpack it" if ARCHIVE.fullmatch(file) else "is no notebook"
