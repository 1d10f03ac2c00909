"""Each chapter as a notebook that reads like its page: the page's words (markdown.py), its cells of code, and one more
cell, which finds what the others import or fetches it.

The hidden cell of a page only hands numbers to the prose, where they stand already; the notebook does without it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .checks import ran
from .markdown import Markdown, Piece

FOLDER = "_notebooks"  # of the built site; the branch `notebooks` has its files in `notebooks/`
HEAD = """\
*This notebook is {page} of the book “{book}”. Run its cells from top to bottom: figures appear as you do, and their
controls ask your own Python.*"""
FIND = """\
# Finds the modules of the book that this notebook imports{otherwise}.
import sys
from pathlib import Path

here = Path.cwd()
book = next((folder / "book" for folder in (here, *here.parents) if (folder / "book/explorables").is_dir()), None)
if book is None:
    {fetch}
sys.path[:0] = [str(book), str(book.parent)]"""
FETCH = """\
!git clone --depth 1 {url} gradients-through-time
    %pip install -q "./gradients-through-time[draw,data,sweeps,theory]"
    book = here / "gradients-through-time/book\""""
REFUSE = (
    'raise ModuleNotFoundError("this notebook belongs into a copy of the book: put it there, and run it again")'
)
CHECKS = """\
# Where the notebook is alone, as on Colab, this fetches its checks.
import importlib.util

if importlib.util.find_spec("selfcheck") is None:
    !wget -q {site}assignments.zip && unzip -qo assignments.zip
    %cd assignments"""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # in JupyterLab, on Colab


def runs(env: BuildEnvironment) -> list[str]:
    """The pages that have code; assignments, whose text holds the solutions, are released in another way."""
    pages = [page for page in sorted(env.found_docs) if "assignments/" not in page]
    return [page for page in pages if ran(env, page)]


def write(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the notebooks of pages and, where the site has an address, of assignments that open alone."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for page in runs(app.env):
        nbformat.write(notebook(app, page), folder / f"{Path(page).name}.ipynb")
    released = Path(app.outdir) / "assignments"
    if app.config.html_baseurl and released.exists():
        shutil.copytree(released, folder / "assignments")
        for file in (folder / "assignments").glob("*.ipynb"):
            alone = nbformat.read(file, as_version=4)
            alone.cells.insert(0, new_code_cell(CHECKS.format(site=app.config.html_baseurl), id="checks"))
            nbformat.write(alone, file)


def notebook(app: Sphinx, page: str) -> NotebookNode:
    """A page as a notebook, without outputs."""
    doctree = app.env.get_and_resolve_doctree(page, app.builder)
    code = code_of(Path(app.env.doc2path(page)).read_text(encoding="utf-8"))
    words = Markdown(app, page)
    title, *pieces = words.blocks(doctree.children)
    named = f"[a chapter]({words.address})" if words.address else "a chapter"
    head = f"{title}\n\n{HEAD.format(page=named, book=app.config.html_title)}"
    finding = find(app.config.html_theme_options.get("repository_url", ""))
    cells = [new_markdown_cell(head), new_code_cell(finding, metadata=FOLDED)]
    in_solutions = solved(doctree)
    for text in grouped(pieces):
        if isinstance(text, str):
            cells.append(new_markdown_cell(text))
            continue
        hidden = FOLDED if text in in_solutions or "remove-input" in code[text].metadata.get("tags", []) else {}
        cells.append(new_code_cell(code[text].source, metadata=hidden))
        if text in in_solutions:
            cells[-1].metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    for k, cell in enumerate(cells):
        cell["id"] = f"{Path(page).name}-{k}"  # the same page gives the same notebook
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})


def find(url: str) -> str:
    """The code of the cell that finds the book or, from the repository's address, fetches it."""
    if not url:
        return FIND.format(otherwise="", fetch=REFUSE)
    return FIND.format(otherwise=", or fetches them", fetch=FETCH.format(url=url))


def code_of(text: str) -> list[NotebookNode]:
    """The cells of a page's text, as MyST-NB numbers them."""
    return read_myst_markdown_notebook(text, MdParserConfig()).cells


def solved(doctree: nodes.document) -> set[int]:
    """The cells of code that stand in solutions, which open folded."""
    solutions = (node for node in doctree.findall() if type(node).__name__ == "solution_node")
    return {node["cell_index"] for each in solutions for node in each.findall() if is_code(node)}


def is_code(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def grouped(pieces: list[Piece]) -> Iterator[Piece]:
    """Blocks of Markdown as texts of cells, of which each heading begins a new one; and cells of code."""
    block: list[str] = []
    for piece in pieces:
        if block and (isinstance(piece, int) or piece.startswith("#")):
            yield "\n\n".join(block)
            block = []
        if isinstance(piece, int):
            yield piece
        else:
            block.append(piece)
    if block:
        yield "\n\n".join(block)
