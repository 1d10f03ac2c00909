"""What the search looks through: sections as plain words, and scripts that no page changes for another."""

import gzip
import importlib
import json
import re
import sys
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from sphinx.builders.html._assets import _JavaScript

from tests.book.test_build import pages
from tests.conftest import ROOT

MACROS = {"norm": ["\\left\\lVert #1 \\right\\rVert", 1], "T": "^{\\mathsf{T}}"}


@pytest.fixture(scope="module")
def gtt():
    """The modules of the book's extension, imported as Sphinx does."""
    sys.path.insert(0, str(ROOT / "book/_ext"))
    try:
        yield SimpleNamespace(
            **{name: importlib.import_module(f"gtt.{name}") for name in ("lean", "plain", "search")}
        )
    finally:
        sys.path.remove(str(ROOT / "book/_ext"))


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\delta_t = \partial E/\partial h_t", "δₜ = ∂E/∂hₜ"),
        (r"w\tanh a", "w tanh a"),  # no glued words
        (r"\tfrac12", "1/2"),
        (r"\hat y_t", "ŷₜ".replace("ŷ", "y\u0302")),
        (r"\bar\lambda", "λ\u0304"),
        (r"2\ln n", "2 ln n"),
        (r"W\T\delta", "Wᵀδ"),
        (r"-7", "−7"),
        (r"e^{2w_0}", "e^(2w₀)"),
        (r"\norm{\norm{x} + 1}", "‖‖x‖ + 1‖"),
        (r"h_{\text{next}}", "hₙₑₓₜ"),
        (r"\unknown{x}", "…"),
    ],
)
def test_a_formula_in_a_line_of_text(gtt, tex, line):
    assert gtt.plain.one_line(tex, MACROS) == line


PAGE = """
Title
=====

The lead.

.. raw:: html

   <gtt-explorable><svg><text>0.5</text></svg><figure><figcaption><span>The state h<sub>t</sub> &lt; 1.</span>
   <span class="gtt-words">gain = 1</span></figcaption></figure></gtt-explorable>

Clipping
--------

**Things to notice**

First *line* of :math:`x_t` or h_{t-1}, and

.. math::

   \\int x

which is it.

::

    code = 1

.. container::

   .. raw:: html

      <gtt-ask data-ask="{}"><p>

   What is 2 + 2? The answer is 4.

- one
- two
"""


def test_sections_are_words_without_code_and_pictures_and_an_ellipsis_for_a_display(gtt):
    doctree = publish_doctree(PAGE, settings_overrides={"doctitle_xform": False})
    entries = gtt.search.entries(doctree, "chapter", MACROS)
    assert entries == [
        ["", "Title", "chapter", "The lead. The state hₜ < 1.", ""],
        [
            "clipping",
            "Clipping",
            "chapter",
            "Things to notice: First line of xₜ or hₜ₋₁, and … which is it. one two",
            "",
        ],
    ]


def test_exercises_of_a_chapter_are_no_chapter_and_lists_of_references_no_section(gtt):
    text = "Page\n====\n\nExercises\n---------\n\na\n\nReferences\n----------\n\n.. [x] A paper in $O(n^3)$ time\n"
    doctree = publish_doctree(text, settings_overrides={"doctitle_xform": False})
    assert len(list(doctree.findall(nodes.citation))) == 1
    assert [entry[1:4] for entry in gtt.search.entries(doctree, "chapter", {})] == [
        ["Page", "chapter", ""],
        ["Exercises", "exercise", "a"],
    ]


def test_what_a_section_speaks_of(gtt):
    body = [
        nodes.math_block("", "x", label="eq-lyapunov"),
        nodes.paragraph("", "", nodes.reference(refuri="glossary.html#term-Lipschitz-constant")),
    ]
    assert gtt.search.keys(body) == "lyapunov Lipschitz constant"


def test_a_page_defers_scripts_for_itself_alone(gtt):
    """All pages share the theme's objects: changed for one, they would change for the page of the search, too."""
    shared = [
        _JavaScript("first.js"),
        _JavaScript("tabs.js", priority=7, async_="async"),
        _JavaScript(None, body="x"),
    ]
    before = [str(script) for script in shared]
    contexts = [{"script_files": list(shared), "metatags": ""} for _ in range(2)]
    for context in contexts:
        gtt.lean.defer(None, "page", "page.html", context, nodes.document(None, None))
    assert [str(script) for script in shared] == before
    assert [context["script_files"][0].attributes for context in contexts] == [{"defer": "defer"}] * 2
    assert contexts[0]["script_files"][1].priority == 7
    assert contexts[0]["script_files"][2] is shared[2]


# ---- of the built book -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(built_book):
    text = (built_book / "sections.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("const book = ").removesuffix(";\n"))


def test_every_section_of_the_index_is_on_its_page(index, built_book):
    soups = pages(built_book)
    ids = {page[0]: {tag["id"] for tag in soups[built_book / page[0]].find_all(id=True)} for page in index["pages"]}
    sections = [(index["pages"][number][0], anchor) for number, anchor, *_ in index["sections"]]
    assert [place for place in sections if place[1] and place[1] not in ids[place[0]]] == []
    assert len(sections) == len(set(sections)) > 400


def test_the_index_holds_no_markup_and_no_ticks(index):
    """Raw TeX, tags, and the numbers along an axis, which follow each other without a word between them."""
    for number, anchor, title, _, text, _ in index["sections"]:
        place = f"{index['pages'][number][0]}#{anchor}"
        assert not re.search(r"\\[a-zA-Z]+|\$[^$]+\$|[_^]\{|(?<!<)</?[a-z]+[ >]", title + text), place
        assert not re.search(r"(?:(?:^|\s)[-−]?[\d.]+(?=\s)){8}", text), place


def test_what_is_absent_is_absent_and_leads_somewhere(index):
    tables = importlib.import_module("yaml").safe_load((ROOT / "book/search.yml").read_text())
    titles = {re.sub(r"\W+", " ", title.lower()).strip() for _, _, title, *_ in index["sections"]}
    for built, entry in zip(index["absent"], tables["absent"], strict=True):
        assert len(built["see"]) == len(entry["see"]) > 0, entry["name"]  # each address is that of a section
        assert titles.isdisjoint(entry["words"]), entry["name"]


def test_the_search_weighs_little(built_book):
    files = ("sections.js", "_static/search.js", "_static/language_data.js")
    weight = sum(len(gzip.compress((built_book / name).read_bytes())) for name in files)
    assert (
        weight < 240_000
    )  # of twelve chapters, eight assignments, a field guide with each finding, and the reference
