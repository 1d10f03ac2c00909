"""A submission rebuilt upon the assignment, and what of its text a teacher reads.

Locked cells come from the assignment, whatever the submission did to them; of the submission are only the cells that
it was to write, and those it added.
"""

from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursework import notebooks

NO_IDS = "no cell has an id of this assignment: all ran before the tests, and all text counts as the written part"


def rebuilt(submitted: list[NotebookNode], template: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The template with the student's cells, and notes on what the submission had done to its locked ones.

    A cell for the student's code that is missing is not put back: its scaffold would replace what other cells define.
    """
    known = {notebooks.grader(cell)["grade_id"]: cell for cell in template.cells if notebooks.grader(cell)}
    theirs: dict[str, NotebookNode] = {}
    extra: dict[str | None, list[NotebookNode]] = {}  # what stands below each of them, and above the first
    last, notes = None, []
    for cell in submitted:
        key = notebooks.grader(cell).get("grade_id", "")
        if key not in known or key in theirs:
            extra.setdefault(last, []).append(cell)
            continue
        theirs[key] = cell
        last = key
    built = []
    for cell in template.cells:
        key = notebooks.grader(cell).get("grade_id")
        if key is None:
            continue
        mine, solution = theirs.get(key), notebooks.grader(cell).get("solution")
        if mine is None:
            notes.append(f"cell {key} was deleted; {instead(cell)}")
        elif solution:
            cell = nbformat.from_dict(cell | {"source": mine.source})
        elif lines(mine.source) != lines(released(cell)):
            notes.append(f"cell {key} was edited; the original is run")
        built += [cell] if mine is not None or not solution else []
        # after `setup`, which would take back what they define, such as `answer`
        built += extra.get(None, []) if key == "setup" else []
        built += extra.get(key, [])
    if not theirs:
        notes = [NO_IDS]
    clean = [plain(cell, notebooks.grader(cell)) for cell in built]
    return nbformat.v4.new_notebook(cells=clean, metadata=template.metadata), notes


def instead(cell: NotebookNode) -> str:
    """What is done about a cell that was deleted."""
    if not notebooks.grader(cell).get("solution"):
        return "it is put back"
    if cell.cell_type == "code":
        return "what other cells define in its place is run"
    return "text that stands elsewhere is in the folder `written`"


def released(cell: NotebookNode) -> str:
    """A locked cell's text as students have it."""
    return notebooks.stripped(cell.source + "\n")


def lines(source: str) -> list[str]:
    """What is compared of a cell: not the blanks at the ends of lines, which editors take away."""
    return [line.rstrip() for line in source.strip().split("\n")]


def plain(cell: NotebookNode, held: Mapping[str, Any]) -> NotebookNode:
    """A new cell of the same text: nothing else of a submission is kept."""
    new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    made = new(cell.source)
    made.metadata = {"nbgrader": dict(held)} if held else {}
    return made


def written(nb: NotebookNode, template: NotebookNode) -> str:
    """The written part: its cell, and all text that the student added elsewhere, with where it stood.

    Below the tests, text may also stand in cells for code.
    """
    handed_out = [lines(released(cell)) for cell in template.cells]
    keys = [notebooks.grader(cell).get("grade_id") for cell in nb.cells]
    tested = max((i for i, key in enumerate(keys) if key and key != "written"), default=0)
    texts, last = [], "the beginning"
    for i, (cell, key) in enumerate(zip(nb.cells, keys, strict=True)):
        last = f"`{key}`" if key else last
        text = cell.source.strip()
        readable = cell.cell_type == "markdown" or (i > tested and key is None)
        if readable and text and lines(text) not in handed_out:
            texts.append(text if key == "written" else f"[added after {last}]\n\n{text}")
    return "\n\n".join(texts)
