"""Chapters as notebooks: they say what their pages say, show no markup of the book's, and run from top to bottom."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient

from tests.book.test_build import pattern  # noqa: F401  (a fixture)
from tests.conftest import ROOT

PAGES = [page.stem for page in sorted((ROOT / "book").glob("*.md")) if "{code-cell}" in page.read_text()]
MACROS = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
RAW = {
    "a role": re.compile(r"\{[\w:+-]+\}`"),
    "a directive": re.compile(r"^[> ]*(:::|```\{)", re.MULTILINE),
    "a macro of the book": re.compile(rf"\\({'|'.join(MACROS)}|newcommand)(?![A-Za-z])"),
    "a target": re.compile(r"^[> ]*\([\w-]+\)=", re.MULTILINE),
    "a broken link": re.compile(r"\]\([^)\n]*\s[^)\n]*\)"),
    "a comment": re.compile(r"^[> ]*% ", re.MULTILINE),
}
READER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)


@pytest.fixture
def markdown(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    return importlib.import_module("gtt.markdown")


def read(site: Path, page: str) -> Any:
    return nbformat.read(site / f"_notebooks/{page}.ipynb", as_version=4)


def words(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def raw_markup(texts: list[str]) -> list[tuple[str, str]]:
    return [(kind, found[0]) for kind, mark in RAW.items() for text in texts for found in mark.finditer(text)]


def test_raw_markup_is_found() -> None:
    texts = [
        "at {glue:text}`x`",
        "a\n:::{div} b",
        "> ```{margin}",
        r"$\norm{W}$",
        "(a-b)=\nc",
        "[x](#y?z=a b)",
        "% note",
    ]
    assert [kind for kind, _ in raw_markup(texts)] == ["a role", "a directive", "a directive", *[*RAW][2:]]
    assert raw_markup([r"$\normal{x}$, {x}, `y`, 100 % of it"]) == []


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


UNSEEN = [".headerlink", ".citation > .label", ".citation > .backrefs"]  # of no meaning, or hidden on the page
APART = [".cell", ".gtt-download", "gtt-ask form", ".solution > .admonition-title"]


def said_by_page(site: Path, page: str) -> list[str]:
    soup = BeautifulSoup((site / f"book/{page}.html").read_text(), "html.parser")
    return spoken(soup.select_one("article.bd-article"), *UNSEEN, *APART)


def said_by_notebook(notebook: Any) -> list[str]:
    return spoken(BeautifulSoup("\n".join(map(READER.render, words(notebook))), "html.parser"))


def first_missing(said: list[str], told: list[str]) -> list[str]:
    """Of the words that `told` lacks, in their order, the first, with the words before it."""
    rest = iter(told)
    return next((said[max(0, k - 8) : k + 1] for k, word in enumerate(said) if word not in rest), [])


def test_a_missing_word_is_found() -> None:
    assert first_missing(["a", "b", "c"], ["a", "x", "b", "c"]) == []
    assert first_missing(["a", "b", "c"], ["a", "c", "b"]) == ["a", "b", "c"]


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_has_all_words_of_its_page(built_book: Path, page: str) -> None:
    """Rendered by another reader of Markdown: what one of its marks swallowed would be missing."""
    said = said_by_page(built_book, page)
    assert len(said) > 300
    assert first_missing(said, said_by_notebook(read(built_book, page))) == []


@pytest.mark.parametrize("page", PAGES)
def test_equations_have_the_numbers_that_the_page_shows(built_book: Path, page: str) -> None:
    soup = BeautifulSoup((built_book / f"book/{page}.html").read_text(), "html.parser")
    shown = re.findall(r"\((\d+)\)", " ".join(tag.get_text() for tag in soup.select(".eqno")))
    assert re.findall(r"\\tag\{(\d+)\} \$\$", "\n".join(words(read(built_book, page)))) == shown


def undefined(*files: Path) -> list[str]:
    """What ruff says of names that no cell of a notebook defines. Files that git ignores are read if they are named."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", "--output-format=json"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True)
    return [found["message"] for found in json.loads(done.stdout)]


def test_no_name_of_a_notebook_comes_from_a_cell_that_it_does_without(built_book: Path, tmp_path: Path) -> None:
    files = sorted((built_book / "_notebooks").glob("*.ipynb"))
    assert [file.stem for file in files] == PAGES
    assert undefined(*files) == []
    notebook = read(built_book, "intro")
    for cell in notebook.cells:
        cell.source = cell.source.replace("from explorables.intro import knob", "")
    nbformat.write(notebook, tmp_path / "intro.ipynb")
    assert undefined(tmp_path / "intro.ipynb") == ["Undefined name `knob`"]


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


def the_pattern(folder: Path) -> str:
    return "\n\n".join(words(read(folder, "page")))


def test_each_piece_of_markup_has_a_form_in_a_notebook(pattern: Path) -> None:  # noqa: F811
    text = the_pattern(pattern)
    assert raw_markup([text]) == []
    for piece in [
        "> How can one number at the end of a thousand steps",
        "> - **It takes:** 40 minutes; 60 with the exercises",
        "[at a gain of 1.2](#unrolled?lam=1.2)",
        r"Bengio *et al.* \[1994\] said so first",
        "(A *side note* stands in the margin,",
        "the orange curve ends at 4.32.",
        "> **In the margin.**",
        r"\delta_{T+1} = 0 . \tag{1} $$",
        "Equation (1) runs backwards.",
        "> **“A singular value above 1 means explosion”**",
        "> **Theorem 1 (Sufficient for vanishing)**\n>\n> If $",
        "> Proof. Each factor is $",
        "> **Note**\n>\n> A remark that is worth a box. See Theorem 1.",
        "[Fig. 2](#unrolled) shows",
        "| --- | ---: | --- |\n| by hand | 11 µs | the rules |",
        "- **Adjoint:** a derivative that travels backwards",
        "**NumPy**\n\n```python\nimport numpy as np\n",
        "<details><summary>Where the name comes from</summary>",
        "> **Question.** The input is 1",
        "> **2.** The product of the Jacobians.\n>\n> <details><summary>Is it this one?</summary>\n>\n> **Right.**",
        "> **Exercise 1 (Half-life)**",
        "<details><summary>Solution to Exercise 1</summary>\n\nSolve $0.9^t = 1/2$:\n\n</details>",
    ]:
        assert piece in text
    assert text.count("Learning long-term dependencies with gradient descent is difficult") == 1


def test_cells_of_figures_and_solutions_open_folded_and_the_hidden_one_is_left_out(pattern: Path) -> None:  # noqa: F811
    code = [cell for cell in read(pattern, "page").cells if cell.cell_type == "code"]
    assert not any("tell(" in cell.source for cell in code)
    folded = [cell.source for cell in code if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert [source.split("\n")[-1] for source in folded[-2:]] == ["unrolled.FIGURE", "np.log(0.5) / np.log(0.9)"]
    assert len(folded) == len(code) - 1


@pytest.mark.parametrize(
    ("text", "marked"),
    [("a_b * c", r"a_b \* c"), ("_x", r"\_x"), ("$5 [x] <b>", r"\$5 \[x\] \<b>"), ("a\n  b", "a b"),
     ("&lt;", "&amp;lt;"), ("R&D", "R&D"), ("1. first", r"1\. first"), ("# no", r"\# no"), ("-1", "-1")],
)  # fmt: skip
def test_words_stay_words(text: str, marked: str, markdown: Any) -> None:
    spans = object.__new__(markdown.Markdown)
    assert spans.line([nodes.Text(text)]) == marked
    assert BeautifulSoup(READER.render(marked), "html.parser").get_text().strip() == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "inside"),
    [("$|x|$ or a|b", r"$\vert x\vert $ or a\|b"), (r"$\|W\|$", r"$\Vert W\Vert $"), ("x", "x")],
)
def test_a_bar_does_not_end_the_cell_of_a_table(text: str, inside: str, markdown: Any) -> None:
    assert markdown.cell(text) == inside


def test_a_node_without_a_form_stops_the_build(markdown: Any) -> None:
    with pytest.raises(TypeError, match="no Markdown for the node Strange"):
        object.__new__(markdown.Markdown).method(
            "line", type("Strange", (nodes.Node,), {"astext": lambda s: "x"})()
        )
