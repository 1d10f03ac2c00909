"""Gradebooks as Moodle, Canvas and Blackboard export them: who is who, when work came, and the file that they import.

    Moodle       an assignment's grading worksheet: Identifier ("Participant 301"), Full name, Grade, Maximum Grade, …
    Canvas       the whole gradebook: Student, ID, SIS User ID, SIS Login ID, Section, then "Homework 1 (1234)", …, and
                 a row "Points Possible"
    Blackboard   the grade centre: Last Name, First Name, Username, then "Homework 1 [Total Pts: 100 Score] |1234"

Moodle's worksheet is known in any language, by what its columns hold. `upload` fills in the points. Sources: Moodle's
mod/assign/feedback/offline/importgradeslib.php, Canvas's lib/gradebook_importer.rb, Blackboard's help on working
offline.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from coursework import tables
from coursework.roster import Person, Roster, folded

HEADS = (  # the columns that each must have
    ("Moodle", ("identifier", "full name", "grade", "last modified (grade)")),
    ("Canvas", ("student", "id", "section")),
    ("Canvas", ("lastname", "firstname", "id", "section")),
    ("Blackboard", ("last name", "first name", "username")),
)
KEYS = {"Moodle": "identifier", "Canvas": "id", "Blackboard": "username"}
NAMES = ("full name", "student")
OTHERS = ("id number", "username", "student id", "sis user id", "sis login id", "integration id", "email address")
DATES = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%d/%m/%Y, %H:%M",
    "%d %B %Y, %I:%M %p",
    "%d %B %Y, %H:%M",
)


IDENTIFIER = re.compile(r"(\D*?)\s*(\d+)")  # Moodle's "Participant 301"
POINTS = re.compile(r"\d+(?:[.,]\d+)?")


class Entry(NamedTuple):
    """A row of a gradebook."""

    row: int
    key: str  # a number, or on Blackboard the user's name
    name: str
    ids: tuple[str, ...]  # what else says who it is: logins, numbers of an institution, an e-mail
    time: datetime | None  # when the last submission came, where that is said; without a zone


@dataclass(frozen=True)
class Gradebook:
    """An export, as typed."""

    platform: str
    file: Path
    table: tables.Table
    encoding: str
    keys: tuple[str, ...] = ()  # what columns are, where their heads are in another language

    @property
    def head(self) -> list[str]:
        return self.table.rows[0]

    def column(self, *names: str) -> int | None:
        """Where a column of one of these names is; None if there is none."""
        cells = list(self.keys) or [folded(cell) for cell in self.head]
        return next((cells.index(name) for name in names if name in cells), None)

    def entries(self) -> list[Entry]:
        return [self.entry(i, row) for i, row in enumerate(self.table.rows) if i and is_student(row)]

    def entry(self, i: int, row: list[str]) -> Entry:
        def cell(*names: str) -> str:
            at = self.column(*names)
            return tables.bare(row[at]) if at is not None and at < len(row) else ""

        key = cell(KEYS[self.platform])
        if self.platform == "Moodle" and (numbered := IDENTIFIER.fullmatch(key)):
            key = numbered[2]
        name = cell(*NAMES) or f"{cell('first name', 'firstname')} {cell('last name', 'lastname')}".strip()
        ids = tuple(filter(None, (cell(each) for each in OTHERS)))
        return Entry(i, key, name, ids, moment(cell("last modified (submission)")))


def is_student(row: list[str]) -> bool:
    """Not Canvas's rows on points and on posting, and not an empty one."""
    first = row[0].strip() if row else ""
    return bool(first) and first != "Points Possible"


def moment(text: str) -> datetime | None:
    """A time as Moodle's English worksheet has it, in the zone of the teacher's profile; None for another text.

    >>> str(moment("Friday, 20 November 2026, 11:59 PM")), moment("-")
    ('2026-11-20 23:59:00', None)
    """
    for form in DATES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def read(file: Path) -> Gradebook:
    """The gradebook in `file`. ValueError where it is none that is known."""
    if not file.is_file():
        raise ValueError(f"{file} is not there")
    data = file.read_bytes()
    try:
        table = tables.parsed(tables.decoded(data))
    except ValueError as why:
        raise ValueError(f"{file.name}: {why}") from why
    if table.stray:
        raise ValueError(f"{file.name}: a quotation mark in line {table.stray[0]} has no partner; export it again")
    table.rows = [row for row in table.rows if any(map(str.strip, row))]
    cells = [folded(cell) for cell in table.rows[0]] if table.rows else []
    platform = next((name for name, needed in HEADS if all(each in cells for each in needed)), None)
    keys = () if platform else worksheet(table.rows)
    platform = "Moodle" if keys else platform
    if platform is None:
        forms = "; ".join(f"{name}: {', '.join(needed)}" for name, needed in HEADS)
        raise ValueError(
            f"{file.name} is no gradebook of a known platform. Its first row must have the columns of one "
            f"({forms}), in English, and has {', '.join(cells)[:200] or 'nothing'}. If it is in another language, set "
            "yours on the platform to English, export again, and import the result before you set it back"
        )
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return Gradebook(
        platform, file, table, "utf-16" if wide else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8", keys
    )


def worksheet(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What the columns of Moodle's worksheet are, by what they hold; empty where it is not certain.

    A row begins with a word and a number, the same word in all; the name follows; points, or none yet, stand left of
    the most there can be, which is one number for all.

    >>> worksheet([["Nr.", "Name", "Bewertung", "Maximum"], ["Teilnehmer/in301", "Ada", "", "100,00"]])
    ('identifier', 'full name', 'grade', 'maximum grade')
    """
    students = rows[1:]
    if not students or any(len(row) != len(rows[0]) for row in students):
        return ()
    numbered = [IDENTIFIER.fullmatch(row[0].strip()) for row in students]
    columns = [[row[i].strip() for row in students] for i in range(len(rows[0]))]
    limits = [i for i in range(3, len(columns)) if len(set(columns[i])) == 1 and POINTS.fullmatch(columns[i][0])
              and all(cell in ("", "-") or POINTS.fullmatch(cell) for cell in columns[i - 1])]  # fmt: skip
    if not all(numbered) or len({match[1] for match in numbered if match}) > 1 or len(limits) != 1:
        return ()
    keys = [f"column {i}" for i in range(len(columns))]
    emails = [i for i, cells in enumerate(columns) if all("@" in cell for cell in cells)]
    for i, key in ((0, "identifier"), (1, "full name"), (limits[0] - 1, "grade"), (limits[0], "maximum grade")):
        keys[i] = key
    for i in emails[:1]:
        keys[i] = "email address"
    return tuple(keys)


def with_numbers(people: Roster, books: Iterable[Gradebook]) -> Roster:
    """The roster with the platforms' numbers, where a gradebook says by a login or an e-mail whose they are."""
    held = {person.id: person for person in people.people}
    for book in books:
        field = book.platform.lower()
        for entry in book.entries():
            same = [person for person in held.values() if {folded(each) for each in entry.ids} & known(person)]
            if len(same) == 1 and field in same[0]._fields:
                numbers = f"{getattr(same[0], field)} {entry.key}".strip()
                held[same[0].id] = same[0]._replace(**{field: numbers})
    return replace(people, people=tuple(held.values()))


def times(books: Iterable[Gradebook]) -> dict[str, datetime]:
    """{key: when the last submission came}, of Moodle's worksheets, whose keys are of one assignment each."""
    return {each.key: each.time for book in books for each in book.entries() if each.time}


def known(person: Person) -> set[str]:
    return {folded(each) for each in (person.id, person.login, person.email) if each}
