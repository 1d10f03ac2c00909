"""What is given back to a platform: its own gradebook with the points filled in, and a zip of the feedback pages.

Of Moodle's worksheet all columns are kept; of Canvas's and Blackboard's those that say who a student is, and the one
of the assignment: the platform leaves alone what is not in the file. Cells of students without points stay as they are.
"""

import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from coursework import notebooks, report, tables
from coursework.dates import Course
from coursework.gradebooks import Entry, Gradebook
from coursework.records import Graded, Pair
from coursework.roster import Roster, folded

FOLDER = "grades-upload"  # in TO; no student can have an id that begins so
COLUMN = {
    "Canvas": re.compile(r"(?P<title>.*) \(\d+\)", re.DOTALL),
    "Blackboard": re.compile(r"(?P<title>.*) \[Total Pts: (?:up to )?(?P<most>[\d.,]+)[^]]*\] *\|\d+", re.DOTALL),
}
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
LISTED = 5
SAY = "say in course.toml what the platform calls it, as [assignments.NAME] column"


def write(
    target: Path, books: Iterable[Gradebook], points: Mapping[Pair, float], people: Roster | None, course: Course
) -> list[str]:
    """Writes each gradebook with the final `points` of students; returns notices to the teacher."""
    said = []
    for book in books:
        where = columns(book, notebooks.names(), course)
        for name, (at, *others) in where.items():
            mine = {student: value for (student, each), value in points.items() if each == name}
            if mine and others:
                titles = " and ".join(repr(book.head[i]) for i in (at, *others))
                said.append(f"{book.file.name}: {titles} may each be {name}; {SAY}.")
            elif mine:
                said += fill(target / FOLDER, book, name, at, mine, people)
            else:
                said.append(f"{book.file.name}: {name} has no final points before its written part has")
        if not where:
            said.append(f"{book.file.name}: no column is named for an assignment; {SAY}.")
    return said


def fill(
    folder: Path, book: Gradebook, name: str, at: int, mine: Mapping[str, float], people: Roster | None
) -> list[str]:
    """Writes a gradebook with the points of one assignment; sentences on whom it does not have."""
    whole = sum(points for _, points in report.parts(name)[0]) + report.parts(name)[1]
    if limits := sorted(most(book, at) - {whole}):
        return [
            f"{book.file.name}: {book.head[at]!r} takes {limits[0]:g} points, and {name} has {whole}. Set {whole} on "
            f"{book.platform}, and export it again; nothing was filled in."
        ]
    rows: dict[int, float] = {}
    without: list[str] = []
    left = dict(mine)
    for entry in book.entries():
        student = whose(book, entry, people, mine)
        if student in left:
            rows[entry.row] = left.pop(student)
        else:
            without.append(entry.name or entry.key)
    file = folder / f"{name}-{book.file.name}"
    folder.mkdir(exist_ok=True)
    tables.save(file, filled(book, at, rows), book.encoding)
    said = [f"For {book.platform}: {file}, with the points of {len(rows)} for {name}"]
    said += [f"{book.file.name} has no row for {', '.join(sorted(left))}; their {name} is not in it"] * bool(left)
    more = f" and {len(without) - LISTED} more" if len(without) > LISTED else ""
    said += [f"Without final points for {name}: {', '.join(without[:LISTED])}{more}"] * bool(without)
    return said


def whose(book: Gradebook, entry: Entry, people: Roster | None, students: Collection[str]) -> str:
    """The id of a row's student; empty if that is nobody here, or not certain."""
    by_id = {folded(student): student for student in students}
    if people:
        for key, name, email in (*((entry.key, "", each) for each in entry.ids), (entry.key, entry.name, "")):
            try:
                return by_id.get(folded(people.find(book.platform, key, name, email).id), "")
            except ValueError:
                continue
        return ""
    ids = (*entry.ids, entry.key) if book.platform == "Blackboard" else entry.ids
    return next((by_id[folded(each)] for each in ids if folded(each) in by_id), "")


def columns(book: Gradebook, names: Collection[str], course: Course) -> dict[str, list[int]]:
    """{assignment: where its points may stand}. Moodle's worksheet is of one assignment, which its file's name says."""
    if book.platform == "Moodle":
        at, name = book.column("grade"), assignment(book.file.stem, names, course)
        return {name: [at]} if name and at is not None else {}
    found: dict[str, list[int]] = defaultdict(list)
    for i, cell in enumerate(book.head):
        match = COLUMN[book.platform].fullmatch(cell.strip())
        if match and (name := assignment(match["title"], names, course)):
            found[name].append(i)
    return found


def assignment(title: str, names: Iterable[str], course: Course) -> str | None:
    """The assignment that a title names: by the `column` in course.toml, else by its own name as a word."""

    def says(name: str) -> bool:
        if name in course.columns:
            return bool(re.search(rf"(?<!\w){re.escape(course.columns[name])}(?!\w)", title, re.IGNORECASE))
        return bool(re.search(rf"(?<![^\W_]){name}(?![^\W_])", title, re.IGNORECASE))

    said = list(filter(says, names))
    return said[0] if len(said) == 1 else None


def most(book: Gradebook, at: int) -> set[float]:
    """The points that a column can take, as the platform has them; empty where it does not say."""
    if book.platform == "Moodle":
        cells = [
            row[limit]
            for row in book.table.rows[1:]
            if (limit := book.column("maximum grade")) and limit < len(row)
        ]
    elif book.platform == "Canvas":
        cells = [row[at] for row in book.table.rows if row[0].strip() == "Points Possible" and at < len(row)]
    else:
        match = COLUMN["Blackboard"].fullmatch(book.head[at].strip())
        cells = [match["most"]] if match else []
    return {float(cell.strip().replace(",", ".")) for cell in cells if NUMBER.fullmatch(cell.strip())}


def filled(book: Gradebook, at: int, points: Mapping[int, float]) -> tables.Table:
    """The table to import, with {row: points} in the column `at`; other cells stay as they are."""
    width = len(book.head)
    comma = any(NUMBER.fullmatch(cell.strip()) and "," in cell for row in book.table.rows[1:] for cell in row)
    section = book.column("section")
    keep = [
        i
        for i, cell in enumerate(book.head)
        if i == at
        or book.platform == "Moodle"
        or (book.platform == "Canvas" and section is not None and i <= section)
        or (book.platform == "Blackboard" and not COLUMN["Blackboard"].fullmatch(cell.strip()))
    ]
    rows = []
    for i, row in enumerate(book.table.rows):
        cells = row + [""] * (width - len(row))
        if i in points:
            number = f"{points[i]:.2f}".rstrip("0").rstrip(".")
            cells[at] = number.replace(".", ",") if comma else number
        rows.append([cells[k] for k in keep])
    return tables.Table(rows, book.table.delimiter, book.table.first)


def feedback(target: Path, results: Iterable[Graded]) -> list[str]:
    """Zips of the pages under the names by which Moodle and Canvas know whose each is; sentences on where they are."""
    pages: dict[tuple[str, str], list[tuple[str, Path]]] = defaultdict(list)
    for student, name, result in results:
        arrived = result.get("arrived") or {}
        stem, page = arrived.get("stem", ""), target / student / f"{result.get('file', name)}.html"
        platform = arrived.get("platform", "")
        if platform in ("Moodle", "Canvas") and page.exists():
            path = f"{stem}/{name}.html" if platform == "Moodle" else f"{stem}_{name}.html"
            pages[platform, name].append((path, page))
    said = []
    for (platform, name), every in sorted(pages.items()):
        (target / FOLDER).mkdir(exist_ok=True)
        file = target / FOLDER / f"feedback-{name}-{platform}.zip"
        partial = file.with_suffix(".new")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, page in sorted(every):
                archive.write(page, path)
        partial.replace(file)
        said.append(f"Feedback for {platform}: {file}, with {len(every)} pages")
    return said
