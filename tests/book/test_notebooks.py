"""Chapters as notebooks: they say what their pages say, show no markup of the book's, and run from top to bottom."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient

from tests.conftest import ROOT

PAGES = [page.stem for page in sorted((ROOT / "book").glob("*.md")) if "{code-cell}" in page.read_text()]
MACROS = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
RAW = {
    "a role": re.compile(r"\{[\w:+-]+\}`"),
    "a directive": re.compile(r"^[> ]*(:::|```\{)", re.MULTILINE),
    "a macro of the book": re.compile(rf"\\({'|'.join(MACROS)}|newcommand)(?![A-Za-z])"),
    "a target": re.compile(r"^[> ]*\([\w-]+\)=", re.MULTILINE),
    "a comment": re.compile(r"^[> ]*% ", re.MULTILINE),
}
READER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)


def read(site: Path, page: str) -> Any:
    return nbformat.read(site / f"_notebooks/{page}.ipynb", as_version=4)


def words(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def raw_markup(texts: list[str]) -> list[tuple[str, str]]:
    return [(kind, found[0]) for kind, mark in RAW.items() for text in texts for found in mark.finditer(text)]


def test_raw_markup_is_found() -> None:
    texts = ["at {glue:text}`x`", "a\n:::{div} b", "> ```{margin}", r"$\norm{W}$", "(a-b)=\nc", "% note"]
    assert [kind for kind, _ in raw_markup(texts)] == ["a role", "a directive", "a directive", *[*RAW][2:]]
    assert raw_markup([r"$\normal{x}$, {x}, a `{role}`, 100 % of it"]) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_notebook_shows_markup_of_the_book(built_book: Path, page: str) -> None:
    notebook = read(built_book, page)
    nbformat.validate(notebook)
    assert raw_markup(words(notebook)) == []
    assert not any(cell.get("outputs") for cell in notebook.cells)


def spoken(soup: BeautifulSoup, *without: str) -> list[str]:
    """The words of a text, without formulas, code and what `without` selects."""
    for tag in soup.select(", ".join(["script", "style", "pre", ".math", *without])):
        tag.replace_with(" ")
    return re.findall(r"[^\W_]+", soup.get_text(" "))


def said_by_page(site: Path, page: str) -> Counter[str]:
    soup = BeautifulSoup((site / f"book/{page}.html").read_text(), "html.parser")
    article = soup.select_one("article.bd-article")
    return Counter(spoken(article, ".cell", ".headerlink", ".gtt-download", "gtt-ask form", ".sd-summary-icon"))


def said_by_notebook(notebook: Any) -> Counter[str]:
    return Counter(spoken(BeautifulSoup("\n".join(map(READER.render, words(notebook))), "html.parser")))


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_has_all_words_of_its_page(built_book: Path, page: str) -> None:
    """Rendered by another reader of Markdown: what one of its marks swallowed would be missing."""
    missing = said_by_page(built_book, page) - said_by_notebook(read(built_book, page))
    assert not missing


def test_no_name_of_a_notebook_comes_from_a_cell_that_it_does_without(built_book: Path) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", "--output-format=concise"]
    done = subprocess.run([*command, str(built_book / "_notebooks")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = subprocess.run(
        [*command, "--show-files", str(built_book / "_notebooks")], capture_output=True, text=True
    )
    assert len(checked.stdout.splitlines()) >= len(PAGES)


def run(notebook: Any, folder: Path) -> None:
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()


@pytest.mark.slow
def test_a_notebook_runs_where_it_lies_in_a_copy_of_the_book(built_book: Path) -> None:
    notebook = read(built_book, "intro")
    run(notebook, built_book / "_notebooks")
    kinds = {
        mime for cell in notebook.cells for output in cell.get("outputs", []) for mime in output.get("data", {})
    }
    assert "application/vnd.jupyter.widget-view+json" in kinds


def test_elsewhere_it_says_what_it_needs(built_book: Path, tmp_path: Path) -> None:
    notebook = read(built_book, "intro")
    notebook.cells = notebook.cells[:2]
    with pytest.raises(Exception, match="belongs into a copy of the book"):
        run(notebook, tmp_path)
