"""One source for each assignment, book/assignments/NAME.md, and what is made of it.

The source is a notebook with nbgrader's metadata. Between `### BEGIN SOLUTION` and `### END SOLUTION` stands what a
student is to write, between `### BEGIN HIDDEN TESTS` and its end what only the grader runs. `stripped` takes both
out: this is what the book shows, and what students get.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parents[1]
ASSIGNMENTS = BOOK / "assignments"
STUB = "# your code here\nraise NotImplementedError"
HIDDEN = "_hidden = lambda *args: None"  # a line of each source that `with_answers` replaces
SOLUTION = re.compile(r"^([ ]*)### BEGIN SOLUTION\n(.*?)^[ ]*### END SOLUTION\n", re.MULTILINE | re.DOTALL)
TESTS = re.compile(r"^[ ]*### BEGIN HIDDEN TESTS\n(.*?)^[ ]*### END HIDDEN TESTS\n", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\(\.\./[\w./-]+\.md(?:#[\w-]+)?\)")


def names() -> list[str]:
    """The assignments, in the order of the book's contents."""
    return re.findall(r"file: book/assignments/(\w+)", (BOOK.parent / "_toc.yml").read_text(encoding="utf-8"))


def source(name: str) -> str:
    """The text of an assignment with its solutions."""
    return (ASSIGNMENTS / f"{name}.md").read_text(encoding="utf-8")


def stripped(text: str) -> str:
    """A source without solutions and hidden tests.

    >>> print(stripped("def f(x):\\n    ### BEGIN SOLUTION\\n    return 2 * x\\n    ### END SOLUTION\\n"))
    def f(x):
        # your code here
        raise NotImplementedError
    <BLANKLINE>

    Raises ValueError where a region does not end.
    """
    text = SOLUTION.sub(lambda m: "".join(f"{m[1]}{line}\n" for line in stub(m[2]).splitlines()), text)
    text = TESTS.sub("", text)
    if re.search(r"###\s*(BEGIN|END)", text):
        raise ValueError("a region of solutions or hidden tests has no beginning or no end")
    return text


def stub(solution: str) -> str:
    """What stands in the place of a solution: for code an exception, for the written part an invitation."""
    return "*Your answer here.*" if solution.startswith("*") else STUB


def notebook(text: str) -> NotebookNode:
    """A source or a stripped one as a notebook for Jupyter, in which the book's own markup means nothing."""
    import jupytext

    nb = jupytext.reads(text, fmt="md:myst")
    for i, cell in enumerate(nb.cells):
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{i}")
        if cell.cell_type == "markdown":
            lines = LINK.sub(r"\1", cell.source).splitlines()
            lines = [x for x in lines if not x.startswith((":::", "% ")) and "assignments.zip" not in x]
            cell.source = "\n".join(re.sub("^: ", "— ", line) for line in lines).strip()
        cell.metadata.pop("tags", None)
    nb.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    nb.nbformat, nb.nbformat_minor = 4, 5
    return nb


def grader(cell: Mapping[str, Any]) -> dict[str, Any]:
    """nbgrader's metadata of a cell; empty for one without."""
    held = cell.get("metadata", {}).get("nbgrader", {})
    return held if isinstance(held, dict) else {}


def with_answers(nb: NotebookNode, code: str) -> NotebookNode:
    """A source whose hidden tests know the answers: `code` defines `_hidden` in its first cell."""
    first = next(cell for cell in nb.cells if HIDDEN in cell.source)
    before, _, after = first.source.partition(HIDDEN)
    first.source = before + code + after.partition("\n")[1] + after.partition("\n")[2]
    return nb


def without_solutions(text: str) -> str:
    """A source with scaffolds in the place of solutions, and with its hidden tests: what is run to grade."""
    return SOLUTION.sub(lambda m: "".join(f"{m[1]}{line}\n" for line in stub(m[2]).splitlines()), text)


def cells(text: str) -> list[str]:
    """The code of all cells, in order."""
    return [cell.source for cell in notebook(text).cells if cell.cell_type == "code"]


def as_json(nb: NotebookNode) -> str:
    return json.dumps(nb, indent=1, ensure_ascii=False) + "\n"


def as_saved(nb: NotebookNode) -> str:
    """As Jupyter saves it: where a student has saved a notebook, a later release still merges with it line by line."""
    return str(nbformat.v4.writes(nb)) + "\n"


def helpers(name: str) -> dict[str, str]:
    """{path: text} of what a student's notebook imports: the checks, and the numbers they know."""
    paths = ("selfcheck.py", "hints.py", f"answers/{name}.json")
    return {path: (ASSIGNMENTS / path).read_text(encoding="utf-8") for path in paths}


README = """Assignments of the book Gradients Through Time

You need Python 3.11 or later. Open a terminal in this folder. The first two lines make an environment for Python in a
folder .venv, and put into it what the assignments need; the last opens Jupyter, and is all you need the next time.

Linux and macOS (on Debian and Ubuntu first: sudo apt-get install python3-venv):

    python3 -m venv .venv
    .venv/bin/python -m pip install "numpy>=2" matplotlib jupyterlab
    .venv/bin/python -m jupyter lab

Windows, in PowerShell:

    py -m venv .venv
    .venv\\Scripts\\python -m pip install "numpy>=2" matplotlib jupyterlab
    .venv\\Scripts\\python -m jupyter lab

Open a notebook, put in your student id at the top, and work from top to bottom. Hand in the .ipynb file.
mini.py and milestones.py are the project of the term: python milestones.py says what your mini.py can do by now.
"""


def release_files() -> dict[str, str]:
    """{path: text} of the release: notebooks, checks, the project of the term, and what to do."""
    project = ASSIGNMENTS / "project"
    files = {"README.txt": README, "mini.py": stripped((project / "mini.py").read_text(encoding="utf-8"))}
    files["milestones.py"] = (project / "milestones.py").read_text(encoding="utf-8")
    for name in names():
        files[f"{name}.ipynb"] = as_saved(notebook(stripped(source(name))))
        files |= helpers(name)
    return files


def release(folder: Path) -> None:
    """Writes the release to folder/assignments and folder/assignments.zip."""
    folder, packed = Path(folder), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in release_files().items():
            # one date for all: the same release has the same bytes
            archive.writestr(
                zipfile.ZipInfo(f"assignments/{path}", (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED
            )
            target = folder / "assignments" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    (folder / "assignments.zip").write_bytes(packed.getvalue())
