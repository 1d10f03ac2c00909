"""The points for written parts, which a teacher fills into written.csv, often with a spreadsheet.

Each row gives its points, or it is named, with what was expected and what came; no other row waits for it. When the
file is written again, every cell stays as it was typed, and a column of our own says why a row gave no points.
"""

import difflib
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from coursework import files, tables
from coursework.records import Pair

COLUMNS, PROBLEM = ("student", "assignment", "points", "of"), "problem (written by grading)"
COMMENT = "comment"  # a column that there may be: what the student reads beside the points
REASON = "no points: "
NUMBER = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")
SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".numbers")
NUMERIC_ID = re.compile(r"\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?")

Most = dict[Pair, int]  # the most points that a written part can get
# {key of an assignment: (its name, {id as a cell says it: [ids]})}
Ids = dict[str, tuple[str, dict[str, list[str]]]]


@dataclass
class Row:
    """A row of the file: its number in a spreadsheet, its cells as typed, and their meaning."""

    number: int
    cells: list[str]
    typed: dict[str, str]  # of the four columns, and the comment
    surplus: list[str]  # right of the last column
    pair: Pair | None = None
    points: float | None = None
    reason: str = ""  # why it gives no points
    changed: str = ""  # how a spreadsheet changed the id


def take(file: Path, known: Most) -> tuple[dict[Pair, float], list[str]]:
    """The points in `file`, which is then written again, and sentences that the teacher must read.

    A pair of `known` that has no row yet gets one.
    """
    with files.locked(file):
        return taken(file, known)


def taken(file: Path, known: Most) -> tuple[dict[Pair, float], list[str]]:
    """`take`, while no other program of ours writes the file."""
    try:
        table = tables.read(file)
        head, rows = judged(table, known)
    except ValueError as why:
        return {}, [f"{file.name} gave no points, and is left as it is: {why}"]
    refuse_doubles(rows)
    save(file, table, head, rows, known)
    said = sentences(file.name, rows)
    if table.stray:
        where = ", ".join(map(str, table.stray))
        said.append(
            f"{file.name}: a quotation mark has no partner, so each line was read as a row of its own, and a cell with "
            f"a line break is two rows now. Look at what was in the lines {where}."
        )
    said += [
        f"{other.name} was not read: only {file.name} is. Save it as CSV under that name."
        for other in sorted(file.parent.glob(f"{file.stem}*"))
        if other != file and other.suffix.lower() in SHEETS
    ]
    return {row.pair: row.points for row in rows if row.pair and row.points is not None}, said


def comments(file: Path, known: Most) -> dict[Pair, str]:
    """What a teacher wrote beside the points; nothing where the file cannot be read, which `take` says."""
    try:
        _, rows = judged(tables.read(file), known)
    except ValueError:
        return {}
    return {row.pair: text for row in rows if row.pair and (text := tables.bare(row.typed[COMMENT]))}


def put(file: Path, pair: Pair, points: str, comment: str, known: Most) -> dict[Pair, float]:
    """Writes the points and the comment for one pair of `known`; returns all points that are in the file then.

    Raises ValueError, and changes nothing, where the points are none, or the file cannot be read.
    """
    if points and (not NUMBER.fullmatch(points) or value(points) > known[pair]):
        raise ValueError(f"points must be a number from 0 to {known[pair]}, got {points!r}")
    with files.locked(file):
        taken(file, known)  # each pair has a row now
        table = tables.read(file)
        head, rows = judged(table, known)
        names = [key(name) for name in head]
        if COMMENT not in names:
            table.rows = [[*row, ""] for row in table.rows]
            table.rows[0][-1] = COMMENT
            names.append(COMMENT)
        cells = {"points": points, COMMENT: tables.protected(comment.strip())}
        mine = [row for row in rows if row.pair == pair]
        if not mine:
            raise ValueError(
                f"{file.name} has no row for {' '.join(pair)} that is certain; correct what it says there"
            )
        for row in mine:
            for name, text in cells.items():
                table.rows[row.number - 1][names.index(name)] = text
        tables.save(file, table, "utf-8-sig")
        return taken(file, known)[0]


def judged(table: tables.Table, known: Most) -> tuple[list[str], list[Row]]:
    """The head of a table, and its rows with what they mean. Raises ValueError."""
    head, rows = layout(table.rows, {name for _, name in known})
    ids = ids_of(known)
    for row in rows:
        judge(row, known, ids)
    refuse_lost_zeros(rows, ids)
    return head, rows


def layout(rows: list[list[str]], assignments: set[str]) -> tuple[list[str], list[Row]]:
    """The head, and a Row for each row that holds something. ValueError where a column is not there, or is twice."""
    filled = {i: trimmed(cells) for i, cells in enumerate(rows, 1) if any(map(str.strip, cells))}
    first = next(iter(filled), 0)  # rows count from 1
    headless = not first or key(([*filled[first], ""])[1]) in map(key, assignments)
    head = list(COLUMNS) if headless else filled.pop(first)
    names = [key(name) for name in head]
    for name in COLUMNS[:3]:
        if names.count(name) != 1:
            raise ValueError(
                f"row {first} must have one column `{name}`, and has {', '.join(head):.100}. Name the columns "
                f"{', '.join(COLUMNS)}, and give the command again."
            )
    # numbered as they are when the file is written again, without empty rows
    return head, [as_row(i, cells, names) for i, cells in enumerate(filled.values(), 2)]


def as_row(number: int, cells: list[str], names: list[str]) -> Row:
    cells = cells + [""] * (len(names) - len(cells))
    typed = {name: cells[names.index(name)] if name in names else "" for name in (*COLUMNS, COMMENT)}
    return Row(number, cells, typed, cells[len(names) :])


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    return cells[: max(i for i, cell in enumerate(cells, 1) if cell.strip())]


def key(cell: str) -> str:
    return tables.bare(cell).casefold()


def judge(row: Row, known: Most, ids: Ids) -> None:
    """Finds whom a row is for and its points, or the reason why it gives none."""
    try:
        row.pair, row.changed = matched(row.typed["student"], row.typed["assignment"], ids)
        row.points = number(row, known[row.pair]) if row.typed["points"].strip() else None
    except ValueError as why:
        row.reason = str(why) if row.typed["points"].strip() else ""


def ids_of(known: Iterable[Pair]) -> Ids:
    """The pairs of `known`, by what a cell may say of assignment and student."""
    ids: Ids = {}
    for student, name in known:
        held = ids.setdefault(key(name), (name, {}))[1]
        held.setdefault(tables.bare(tables.protected(student)), []).append(student)
    return ids


def matched(student: str, assignment: str, ids: Ids) -> tuple[Pair, str]:
    """The pair that is meant, and how a spreadsheet changed the id, if it did. ValueError where that is not certain."""
    if key(assignment) not in ids:
        names = ", ".join(name for name, _ in ids.values())
        raise ValueError(f"`assignment` must be graded here ({names}), got {assignment!r}")
    name, shown = ids[key(assignment)]
    typed, changed = tables.bare(student), False
    found = shown.get(typed) or [
        s for cell, same in shown.items() if cell.casefold() == typed.casefold() for s in same
    ]
    if not found:
        found, changed = [s for cell, same in shown.items() if same_number(cell, typed) for s in same], True
    if len(found) == 1:
        return (found[0], name), f"{student!r} for {found[0]}" if changed else ""
    if found:
        raise ValueError(f"`student` {student!r} may be any of {', '.join(found)}: write the id in full, as text")
    close = difflib.get_close_matches(typed, shown, 2)
    raise ValueError(
        f"`student` must be a folder with a grade of {name}, got {student!r}"
        + (f"; did you mean {' or '.join(close)}?" if close else "")
    )


def same_number(given: str, typed: str) -> bool:
    """May a spreadsheet have made `typed` of the id `given`?

    >>> same_number("00120", "120"), same_number("123456", "1,23E+05"), same_number("124456", "1.23E+05")
    (True, True, False)
    """
    exact, rounded = numeric(given), numeric(typed)
    if exact is None or rounded is None:
        return False
    return 2 * abs(exact - rounded) <= Decimal(1).scaleb(int(rounded.as_tuple().exponent))


@functools.cache
def numeric(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if NUMERIC_ID.fullmatch(text) else None


def number(row: Row, most: int) -> float:
    """The points of a row. ValueError where they are not certain."""
    points, of = tables.bare(row.typed["points"]), tables.bare(row.typed["of"])
    split = "a decimal comma splits a number in two here: write 12.5"
    if not NUMBER.fullmatch(points) or value(points) > most:
        raise ValueError(f"`points` must be a number from 0 to {most}, got {row.typed['points']!r}")
    if of and not (NUMBER.fullmatch(of) and value(of) == most):
        raise ValueError(f"`of` must be {most}, got {row.typed['of']!r} ({split})")
    if any(NUMBER.fullmatch(tables.bare(cell)) for cell in row.surplus):
        raise ValueError(f"there is a number right of the last column ({split})")
    return value(points)


def value(text: str) -> float:
    return float(text.replace(",", "."))


def refuse_lost_zeros(rows: list[Row], ids: Ids) -> None:
    """Where a number is one id, and without its zeros another that has no row, it is nobody's: 120 may be 00120."""
    typed = {(tables.bare(row.typed["student"]), row.pair[1]) for row in rows if row.pair}
    for row in rows:
        if not row.pair or row.changed or not row.typed["points"].strip():
            continue
        student, name = row.pair
        _, shown = ids[key(name)]
        missing = [cell for cell in shown if (cell, name) not in typed and same_number(cell, student)]
        if missing:
            row.pair, row.points = None, None
            row.reason = (
                f"`student` {row.typed['student']!r} may be any of {', '.join([student, *missing])}: give each a row, "
                "with its id in full, as text"
            )


def refuse_doubles(rows: list[Row]) -> None:
    """Where rows for the same pair differ, none gives points."""
    by_pair: dict[Pair, list[Row]] = {}
    for row in rows:
        if row.pair:
            by_pair.setdefault(row.pair, []).append(row)
    for pair, same in by_pair.items():
        if len({row.typed["points"].strip() for row in same}) > 1:
            where = ", ".join(str(row.number) for row in same)
            for row in same:
                row.points = None
                row.reason = row.reason or f"rows {where} are all for {' '.join(pair)}, and differ: keep one"


def save(file: Path, table: tables.Table, head: list[str], rows: list[Row], known: Most) -> None:
    """Writes the file again, with a row for each pair that has none, and a column of reasons if there are any."""
    names = [key(name) for name in head]
    at = names.index(PROBLEM) if PROBLEM in names else len(names)
    seen = {row.pair for row in rows}
    new = [{"student": tables.protected(s), "assignment": n, "of": str(most)} for (s, n), most in known.items()
           if (s, n) not in seen]  # fmt: skip
    reasons = [row.reason and REASON + row.reason for row in rows] + [""] * len(new)
    lines = [head, *(row.cells for row in rows), *([cells.get(name, "") for name in names] for cells in new)]
    column = [[PROBLEM], *([reason] for reason in reasons)] if any(reasons) else [[]] * len(lines)
    table.rows = [line[:at] + add + line[len(names[: at + 1]) :] for line, add in zip(lines, column, strict=True)]
    plain = all(cell.isascii() for line in table.rows for cell in line)
    tables.save(file, table, "utf-8" if plain else "utf-8-sig")


def sentences(name: str, rows: list[Row]) -> list[str]:
    """What the teacher must read about the rows."""
    refused = [row for row in rows if row.reason]
    said = [
        f"{name}, row {row.number} ({row.typed['student']}, {row.typed['assignment']}): {row.reason}"
        for row in refused
    ]
    if refused:
        said.append(
            "Correct these rows and give the command again. They are kept as they were typed; the others count."
        )
    if changed := [row.changed for row in rows if row.changed]:
        said.append(f"{name}: a spreadsheet seems to have changed ids. Taken were {', '.join(changed)}.")
    return said
