"""Each chapter as a notebook to download: the page's own text, and a first cell that fetches what it imports."""

from pathlib import Path
from typing import Any

import jupytext
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from .language import say

FOLDER = "_notebooks"
RELEASE = "_build/release/assignments"  # where postBuild and `make assignments` write
FETCH = """\
# Outside a copy of the repository (Colab, your own Jupyter): fetch what this chapter imports.
import importlib.util

if importlib.util.find_spec("explorables") is None:
    !git clone --depth 1 {url} gradients-through-time
    %cd gradients-through-time/book
    %pip install -q -e ..[draw,data,sweeps,theory]"""
ASIDE = """\
Run this notebook in the folder `book/` of a copy of the book, with its `requirements.txt` installed."""


def settle(app: Sphinx, config: Config) -> None:
    """On config-inited: no launch buttons while the repository has no address; the theme would fail."""
    if not config.html_theme_options.get("repository_url"):
        config.html_theme_options["launch_buttons"] = {}


def runs(env: BuildEnvironment) -> list[str]:
    """The pages that have code; assignments, whose text holds the solutions, are released in another way."""
    pages = [page for page in sorted(env.found_docs) if "assignments/" not in page]
    return [page for page in pages if ran(env, page)]


def ran(env: BuildEnvironment, page: str) -> dict[str, Any]:
    """MyST-NB's data, in Sphinx's environment, on the run of a page's code; empty for a page without code."""
    return vars(env)["nb_metadata"][page].get("exec_data") or {}


def launch(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """After the theme: an assignment's button opens what students get, which postBuild writes on Binder. Its source
    holds the solutions."""
    folder, _, name = pagename.rpartition("/")
    if folder == "book/assignments":
        for group in context["header_buttons"]:
            for button in group.get("buttons", []):
                if "urlpath=" in button.get("url", ""):
                    button["url"] = button["url"].replace(f"{pagename}.md", f"{RELEASE}/{name}.ipynb")


def offer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """A link at the end of each page that has code."""
    if pagename in runs(app.env):
        depth = "../" * pagename.count("/")
        link = (
            f'<a href="{depth}{FOLDER}/{Path(pagename).name}.ipynb" download>{say("this page as a notebook")}</a>'
        )
        context["body"] += f'<p class="gtt-download">{say("To run and change:")} {link} (.ipynb).</p>'


def write(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the notebooks, without outputs."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    url = app.config.html_theme_options.get("repository_url", "")
    for page in runs(app.env):
        notebook = jupytext.read(str(app.env.doc2path(page)))
        kind = "code" if url else "markdown"
        cell = jupytext.reads(FETCH.format(url=url) if url else ASIDE, fmt="py:percent" if url else "md").cells[0]
        assert cell.cell_type == kind
        notebook.cells.insert(0, cell)
        jupytext.write(notebook, folder / f"{Path(page).name}.ipynb")
