"""The cells of a notebook as it was handed in, whatever an editor, a mail program or another Jupyter did to the file.

Of a submission only the text of its cells is run, and only their ids are looked at. So a file that breaks the notebook
format elsewhere is still read, and what had to be repaired is noted.
"""

import json
import re
from collections import Counter
from collections.abc import Collection
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursework import notebooks

MOST = 5000  # cells


class NotANotebook(ValueError):
    """The file has no cells that could be read."""


def cells(data: bytes, known: Collection[str]) -> tuple[list[NotebookNode], list[str]]:
    """(cells, notes) of a file's bytes; those with one of the ids `known` carry it in nbgrader's metadata.

    A cell's own id comes before that of its metadata: where a cell was copied, both have the metadata, and one the id.
    Raises NotANotebook.
    """
    held, notes = parsed(data)
    entries = listed(held)
    every = [entry for entry in entries if isinstance(entry, dict)]
    if not 0 < len(every) <= MOST:
        raise NotANotebook(f"it has {len(every)} cells; one to {MOST} are read")
    own = [own_id(cell, known) for cell in every]
    marked = [grade_id(cell, known) for cell in every]
    keys = [mine or (mark if mark not in own else None) for mine, mark in zip(own, marked, strict=True)]
    texts = [text(cell.get("source", cell.get("input", ""))) for cell in every]  # format 3 has `input`
    told = [mine for mine, mark in zip(own, marked, strict=True) if mine and mine != mark]
    twice = [key for key, count in Counter(filter(None, keys)).items() if count > 1]
    repairs = {
        "the file breaks the notebook format, so only its cells' text and ids were used": breach(held),
        "known by their own ids, not by their metadata": ", ".join(told),
        "there more than once; the first counts, and the others are run after it": ", ".join(twice),
        "entries among the cells that are no cells": len(entries) - len(every),
        "cells with text that is not Unicode, which was replaced": sum(not whole for _, whole in texts),
    }
    notes += [f"{what}: {which}" for what, which in repairs.items() if which]
    return [made(cell, source, key) for cell, (source, _), key in zip(every, texts, keys, strict=True)], notes


def made(cell: dict[str, Any], source: str, key: str | None) -> NotebookNode:
    """A new cell with this text and nothing else."""
    new = nbformat.v4.new_code_cell if cell.get("cell_type") == "code" else nbformat.v4.new_markdown_cell
    return new(source, metadata={"nbgrader": {"grade_id": key}} if key else {})


def parsed(data: bytes) -> tuple[Any, list[str]]:
    """(what the JSON in these bytes holds, notes), in any encoding of Unicode."""
    encoding, notes = json.detect_encoding(data), []
    try:
        string = data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        string = data.decode(encoding, "replace")
        notes.append(f"not all of the file is {encoding}: what could not be read was replaced")
    if encoding != "utf-8":
        notes.append(f"the file is in {encoding}; usual is utf-8 without a byte order mark")
    try:
        return json.loads(string, parse_int=whole), notes
    except (ValueError, RecursionError) as error:
        raise NotANotebook(kind(data, string) or f"its JSON cannot be read: {error}") from error


def whole(digits: str) -> int | float:
    """A number of an output may have more digits than Python turns into an int, and is not looked at."""
    return int(digits) if len(digits) < 20 else float(digits)


def kind(data: bytes, string: str) -> str:
    """What a file is that holds no JSON, and where the notebook may be; empty where it may be a broken notebook."""
    start = string.lstrip("\ufeff \t\r\n")
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return "the file is empty" if not data else "the file holds nothing but blanks"
    if start.startswith("<"):
        return "this is a web page. The notebook itself is got by `Download` in Jupyter's menu `File`"
    if data.startswith((b"PK", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8")):
        return "this is an archive, a document or a picture under the name of a notebook"
    return "" if start[0] in "{[" else f"this is no JSON, as a notebook is, but text or data: {start[:40]!r}"


def listed(held: object) -> list[object]:
    """The list of cells, also of format 3, which has worksheets."""
    if not isinstance(held, dict):
        raise NotANotebook(f"its JSON is of type {type(held).__name__}, not an object with a list of cells")
    sheets = held.get("worksheets")
    if "cells" not in held and isinstance(sheets, list):
        parts = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for part in parts if isinstance(part, list) for cell in part]
    if not isinstance(held.get("cells"), list):
        raise NotANotebook("it has no list of cells")
    return held["cells"]


def breach(held: dict[str, Any]) -> str:
    """The way in which the file breaks Jupyter's format; empty if it does not."""
    if held.get("nbformat") != 4:
        return f"nbformat is {held.get('nbformat')!r:.20}, not 4"
    try:
        error = next(nbformat.validator.iter_validate(held), None)
        return f"{error.message:.120}" if error else ""
    except Exception as error:  # nbformat's validation expects that it is nearly right
        return f"{type(error).__name__}: {error!s:.120}"


def text(held: object) -> tuple[str, bool]:
    r"""(the text of a cell, was it all Unicode?), of one string or several. Its lines end in \n."""
    parts = held if isinstance(held, list) else [held]
    joined = "".join(part for part in parts if isinstance(part, str)).replace("\r\n", "\n").replace("\r", "\n")
    clean = joined.encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "replace"
    )  # two halves that meet are one
    return clean, clean.count("\ufffd") == joined.count("\ufffd")


def own_id(cell: dict[str, Any], known: Collection[str]) -> str | None:
    """Which of the assignment's cells this is by its own id, which Colab keeps in the metadata; None for others."""
    metadata = cell.get("metadata")
    ids = (cell.get("id"), metadata.get("id") if isinstance(metadata, dict) else None)
    return next((each for each in ids if isinstance(each, str) and each in known), None)


def other_assignment(data: bytes, name: str) -> str | None:
    """The assignment that a notebook with no cell of `name` but the common ones is from; None where it is not clear."""
    held = {each: particular(each) for each in notebooks.names()}
    every = frozenset().union(*held.values())
    cells = [cell for cell in listed(parsed(data)[0]) if isinstance(cell, dict)]
    found = {own_id(cell, every) or grade_id(cell, every) for cell in cells} - {None}
    return None if found & held[name] else next((each for each in held if found & held[each]), None)


def particular(name: str) -> set[str]:
    """The ids of an assignment that no other has."""
    parts = re.findall(r"grade_id: test-(\w+)", notebooks.source(name))
    return {*parts, *(f"test-{part}" for part in parts)}


def grade_id(cell: dict[str, Any], known: Collection[str]) -> str | None:
    """Which of the assignment's cells this is by nbgrader's metadata; None for others."""
    metadata = cell.get("metadata")
    held = notebooks.grader({"metadata": metadata if isinstance(metadata, dict) else {}}).get("grade_id")
    return held if isinstance(held, str) and held in known else None
