"""Messages to student and teacher on a part without points: what is wrong, what was expected, what to do."""

import re

import nbformat
from nbformat import NotebookNode

from coursework import answers
from coursework.records import Part

WRONG = (
    "✗ Right on the examples you could see, wrong on others. Does your code use a size or a number of the examples?"
)
UNREADABLE = (
    "✗ What the function returned could not be read. It must return numbers and arrays of numbers, or a dict or tuple "
    "of them, as its first line says."
)
SILENT = (
    "✗ The test ended without a result. Either your code keeps errors or output from being shown, or the function "
    "returned more than 2 MB: look at the shapes that its first line names."
)
NOT_YOURS = (
    "✗ `answer` is not what the function gives for your id. It must be what the call above the test returns."
)
BORROWED = "✗ Your function calls {modules:.100}. Write the code yourself, with NumPy."
FORGED = "✗ The cell sent a message that Jupyter does not know: something in it talks to the kernel itself."
OTHER_ID = "✗ `student` is "  # how the message on another student's id begins
LOOP = "Look for a loop that does not end"
ENDED = (
    "✗ Python ended while this cell ran. It needed more than the 4 GB of memory that there are, or called something "
    "like `exit()`."
)
ADVICE = {
    "FileNotFoundError": "Only the notebook is graded: files beside it are not there.",
    "MemoryError": "It needs more than the 4 GB of memory that there are: work on smaller arrays.",
    "ModuleNotFoundError": "It is not there when work is graded. The assignment needs NumPy alone.",
    "PermissionError": "When work is graded, files can be opened and written in the notebook's own folder only.",
    "RecursionError": "The function calls itself without an end.",
    "SyntaxError": "Python cannot read the cell, so nothing in it was run.",
    "SystemExit": "A function ends with `return`; `exit` would end Python.",
}
SAME = {"_ArrayMemoryError": "MemoryError", "IndentationError": "SyntaxError", "TabError": "SyntaxError"}
READ_ONLY = "Read-only file system"


def error(text: str) -> NotebookNode:
    """An output that shows a message as an error, without a traceback."""
    return nbformat.v4.new_output("error", ename="Wrong", evalue=text, traceback=[text])


def stopped(seconds: float) -> str:
    return f"✗ Stopped after {seconds:g} seconds. {LOOP}, or for work that could be done on whole arrays."


def over(seconds: float) -> str:
    return f"✗ Not run: the {seconds:g} seconds that a submission may take were over. {LOOP} in the cells above."


def ended(why: str, cell: NotebookNode, later: int) -> str:
    """For the cell in which a kernel ended, or for one `later`, which could not be run."""
    if later:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        return f"✗ Not run: Python had ended in {f'the cell `{name}`' if name else 'a cell that was added'} above."
    return f"✗ {why}. {LOOP}, and for an `except:` that names no exception." if why.startswith("Stopped") else ENDED


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """The first error that a cell showed, or None."""
    return next((out for out in cell.get("outputs", []) if out.output_type == "error"), None)


def of_error(out: NotebookNode, before: list[NotebookNode], passed: bool = False) -> str:
    """The message for an error, where the cells `before` have been run, some of which may have failed to define a name,
    and the example that students see was `passed`."""
    if out.ename in ("Wrong", "Unwritten"):
        return f"✗ {out.evalue.removeprefix('✗ ')}"
    if out.ename == "NotImplementedError":
        return f"✗ {answers.selfcheck().UNWRITTEN}"
    if missing := re.match(r"name '(\w+)' is not defined", out.evalue):
        return undefined(missing[1], before)
    kind = SAME.get(out.ename, out.ename)
    advice = (
        ADVICE["PermissionError"]
        if READ_ONLY in out.evalue
        else ADVICE.get(kind) or answers.hint(out.ename, out.evalue)
    )
    where = "Right on the examples you could see; on another one your code" if passed else "Your code"
    said = re.sub(r"\(\d+\.py, ", "(", ": ".join(filter(None, (kind, out.evalue))))
    return f"✗ {where} stopped with {said[:500].rstrip('.')}. {advice}".rstrip()


def notes(rows: list[Part]) -> list[str]:
    """What of the messages on parts a teacher must see too: that the work may be another student's."""
    return list(dict.fromkeys(said.removeprefix("✗ ") for *_, said in rows if said.startswith(OTHER_ID)))


def undefined(name: str, before: list[NotebookNode]) -> str:
    """Why a name is not defined: its cell failed, or there is none."""
    makes = re.compile(rf"^[ ]*(?:(?:def|class)\s+{name}\b|{name}\s*[,=:](?!=))", re.MULTILINE)
    for cell in (c for c in reversed(before) if c.cell_type == "code" and makes.search(c.source)):
        if out := error_of(cell):
            return f"✗ `{name}` is not defined, because its cell failed: {of_error(out, []).removeprefix('✗ ')}"
    return f"✗ `{name}` is not defined. Is it misspelt, or was the cell that defines it deleted or renamed?"
