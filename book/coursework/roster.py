"""The roster of a class: a CSV with the columns id, name, email and section, of which the last two may be missing.

It may have further columns, of which these tell who is who: `login`, `moodle` (the participant's numbers, one for each
assignment), `canvas` (the user's number).
The id is what a student types into a notebook, and what the folder of their results is called.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from coursework import intake, tables

COLUMNS, NEEDED = ("id", "name", "email", "section", "login", "moodle", "canvas"), ("id", "name")
ROUNDED = re.compile(r"\d+[.,]\d+[eE]\+?\d+|\d+[eE]\+\d+")
MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
DATE = re.compile(rf"\d{{1,2}}\.\d{{1,2}}\.\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}-{MONTH}|{MONTH}-\d\d")
FAILED = re.compile(r"#.*[?!]|#N/A|#NV")  # a spreadsheet took the id for a formula
LISTED = 5  # rows that an error names


class Person(NamedTuple):
    """A row of the roster."""

    id: str
    name: str
    email: str = ""
    section: str = ""
    login: str = ""
    moodle: str = ""
    canvas: str = ""


@dataclass(frozen=True)
class Roster:
    """The people of a class, and where they are listed."""

    people: tuple[Person, ...]
    file: str = "the roster"

    def ids(self) -> set[str]:
        return {intake.folded(person.id) for person in self.people}

    def find(self, platform: str, key: str, name: str, email: str = "") -> Person:
        """Whom a platform means by a key and a name. ValueError where that is nobody, or not certain."""
        number = platform.lower()
        if number in COLUMNS:  # a participant's number may be the id of somebody else
            found = [person for person in self.people if key and key in getattr(person, number).split()]
        else:
            found = [p for p in self.people if key and folded(key) in map(folded, (p.id, p.login, p.email))]
        if not found and email:
            found = [person for person in self.people if folded(person.email) == folded(email)]
        if not found and name:
            found = [person for person in self.people if squeezed(name) in spellings(person.name)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValueError(f"nobody in {self.file} is this")
        ids = ", ".join(person.id for person in found)
        column = f"; write {key} into a column `{number}` of the roster" if number in COLUMNS else ""
        raise ValueError(f"this may be any of {ids} in {self.file}{column}")


def folded(text: str) -> str:
    return normalize("NFC", text).strip().casefold()


def squeezed(name: str) -> str:
    """The letters and digits of a name, as Canvas writes it.

    >>> squeezed("O'Brien, Zoe\\u0308"), squeezed("Müller-Lüdenscheidt")
    ('obrienzoë', 'müllerlüdenscheidt')
    """
    return "".join(c for c in folded(name) if c.isalnum())


def spellings(name: str) -> set[str]:
    """A name squeezed, with any number of its last words first, since a roster may put either first.

    >>> sorted(spellings("Ada King Lovelace"))
    ['adakinglovelace', 'kinglovelaceada', 'lovelaceadaking']
    """
    words = [squeezed(word) for word in name.split()]
    return {"".join(words[i:] + words[:i]) for i in range(max(1, len(words)))}


def read(file: Path) -> Roster:
    """The roster in `file`. ValueError, with what is wrong in which row, where it is not certain who is who."""
    if not file.exists():
        raise ValueError(f"{file} is not there")
    try:
        table = tables.read(file)
    except OSError as why:
        raise ValueError(f"{file} cannot be read: {why.strerror}") from why
    except ValueError as why:
        raise ValueError(f"{file.name}: {why}") from why
    rows = [(i, row) for i, row in enumerate(table.rows, 1) if any(map(str.strip, row))]
    head = [folded(tables.bare(cell)) for cell in rows[0][1]] if rows else []
    if missing := [name for name in NEEDED if head.count(name) != 1]:
        raise ValueError(
            f"{file.name} must have one column {' and one '.join(missing)} in its first row, and has "
            f"{', '.join(head)[:200] or 'nothing'}. The columns are id, name, and if you have them email, section."
        )
    if len(rows) == 1:
        raise ValueError(f"{file.name} has no student below its first row")
    people = [person(head, row) for _, row in rows[1:]]
    wrong = problems([(i, each) for (i, _), each in zip(rows[1:], people, strict=True)])
    if table.stray:
        wrong.append(f"line {table.stray[0]}: a quotation mark has no partner")
    if wrong:
        more = f"; and {len(wrong) - LISTED} more" if len(wrong) > LISTED else ""
        raise ValueError(f"{file.name}, {'; '.join(wrong[:LISTED])}{more}")
    return Roster(tuple(people), file.name)


def person(head: Sequence[str], row: Sequence[str]) -> Person:
    cells = dict(zip(head, map(tables.bare, row), strict=False))
    return Person(*(cells.get(name, "") for name in COLUMNS))


def problems(people: Iterable[tuple[int, Person]]) -> list[str]:
    """What is wrong with the rows of a roster, each with its number."""
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for row, each in people:
        before = seen.setdefault(intake.folded(each.id), row)
        if not each.id:
            wrong.append(f"row {row} ({each.name}): there is no id")
        elif ROUNDED.fullmatch(each.id):
            wrong.append(f"row {row}: a spreadsheet has rounded the id {each.id!r}; write it in full, as text")
        elif DATE.fullmatch(each.id) or FAILED.fullmatch(each.id):
            wrong.append(f"row {row}: a spreadsheet has made {each.id!r} of the id; write the id as text")
        elif why := unfit(each.id):
            wrong.append(f"row {row}: the id {each.id!r} {why}")
        elif before != row:
            wrong.append(f"rows {before} and {row} have one id, {each.id!r}")
    return wrong


def unfit(student: str) -> str:
    """Why an id cannot be the name of a folder; empty if it can."""
    if not student:
        return "is empty"
    if "/" in student or student.startswith("."):
        return "cannot be the name of a folder"
    if not student.isprintable():  # a folder of that name would stand for another id: see `intake.student_id`
        return "has a character that cannot be seen; type it again"
    if intake.RESULTS.fullmatch(student):
        return "is a name that grading itself uses"
    return "is too long" if len(student.encode()) > 200 else ""
