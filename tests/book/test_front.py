"""The pages around the chapters: glossary, reference, scoreboard."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from pybtex.database import parse_file

import minirnn
from minirnn.figures.explorables import Explorable
from tests.book.figures import CHAPTERS, figures_of, figures_on
from tests.conftest import ROOT

BOOK = ROOT / "book"
sys.path.append(str(BOOK))
MODULES = [module.name for module in pkgutil.walk_packages(minirnn.__path__, "minirnn.")]
PAGES = {path: path.read_text() for path in BOOK.glob("*.md")}


def test_every_page_is_in_the_contents():
    listed = re.findall(r"(?:file|root): book/(\S+)", (ROOT / "_toc.yml").read_text())
    absent = {path.stem for path in PAGES} | {f"assignments/{path.stem}" for path in BOOK.glob("assignments/*.md")}
    absent -= set(listed)
    assert not absent, f"_toc.yml must have a line `- file: book/NAME` for {', '.join(sorted(absent))}"


def test_every_term_of_the_glossary_is_linked_from_a_chapter():
    terms = re.findall(
        r"^([a-zA-Z].*)$", PAGES[BOOK / "glossary.md"].split("```{glossary}")[1].split("```")[0], re.M
    )
    linked = {
        match.lower()
        for path, text in PAGES.items()
        if path.stem not in ("glossary", "notation", "field-guide", "errata", "teaching")
        for match in re.findall(r"\{term\}`(?:[^<`]*<)?([^>`]+)>?`", text)
    }
    assert len(terms) > 15
    assert [term for term in terms if term.lower() not in linked] == []


def test_the_reference_has_every_module_once():
    rooms = "".join(file.read_text() for file in (BOOK / "api").glob("*.md"))
    listed = Counter(re.findall(r"\{api\} ([\w.]+)", rooms))
    assert listed == Counter(name for name in MODULES if not name.endswith("__main__"))


def test_the_reference_shows_every_public_name_with_its_docstring(built_book):
    page = "".join(file.read_text() for file in (built_book / "book/api").glob("*.html"))
    for module in map(importlib.import_module, MODULES):
        for name, thing in vars(module).items():
            if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__ == module.__name__:
                shown = f'id="{module.__name__}-{name}"'.replace(".", "-") in page
                assert shown != name.startswith("_"), f"{module.__name__}.{name}"


def test_the_scoreboard_is_made_of_the_records():
    from experiments import claims

    rows = claims.rows()
    assert {row["status"] for row in rows} <= {claims.YES, claims.PARTLY, claims.NO}
    assert all(row["ours"] and (BOOK / f"{row['page']}.md").exists() for row in rows)


def test_the_scoreboard_shows_each_row_whole(built_book):
    from experiments import claims

    page = BeautifulSoup((built_book / "book/scoreboard.html").read_text(), "html.parser")
    rows = page.select("table tbody tr")
    shown = [[cell.get_text().replace("\u00a0", " ") for cell in row.select("td")] for row in rows]
    assert [(row[1], row[-1]) for row in shown] == [(row["theirs"], row["status"]) for row in claims.rows()]


FIGURES = [
    pytest.param(f, id=f"{chapter}.{name}") for chapter in CHAPTERS for name, f in figures_of(chapter).items()
]


@pytest.mark.parametrize("figure", FIGURES)
def test_captions_alternatives_and_answers_are_sentences(figure: Explorable):
    texts = [figure.caption, figure.describe(figure.start)]
    if figure.predict:
        texts += figure.predict.choices.values()
    wrong = [text for text in texts if not text.endswith((".", "?")) or "  " in text]
    assert not wrong, f"must end with a full stop or a question mark, and have no two spaces: {wrong}"


@pytest.mark.parametrize("figure", FIGURES)
def test_panels_that_share_an_axis_each_have_its_labels(figure: Explorable):
    """Columns stand below each other on a phone, where the labels of the one say nothing of the next."""
    panels = figure.at().axes
    shared = [axes for axes in panels if axes.axison and len(axes.get_shared_y_axes().get_siblings(axes)) > 1]
    mute = [axes for axes in shared if axes.yaxis.get_tick_params()["labelleft"] is False]
    assert not [f"panel {panels.index(axes)}" for axes in mute]


UNEVEN = (
    (r"\b[Aa] (LSTM|LRU|MLP|RNN|[aei]\w|8|11|18)", "an"),
    (r"\bof (fixed point|cycle)\b", "an article"),
    (r"\d[eE][-+]?\d", "a power of ten in words"),
    (r"[-−+]0\.0+(?!\d|·|e)", "0 without a sign"),
    (r"(?<![\d.,+])1 (units|steps|updates|runs|networks|exponents)\b", "the singular"),
)


@pytest.mark.slow
@pytest.mark.parametrize("figure", FIGURES)
def test_alternatives_are_sentences_in_every_state(figure: Explorable):
    texts = {figure.describe(state) for state in figure.all_states()}
    for pattern, right in UNEVEN:
        wrong = [found[0] for text in texts for found in re.finditer(rf".{{0,20}}{pattern}.{{0,20}}", text)]
        assert not wrong, f"want {right}: {wrong[:5]}"


def test_no_two_papers_are_cited_alike():
    """Pages cite by authors and year: two papers of a year have letters."""
    cited = Counter()
    for entry in parse_file(str(ROOT / "book/references.bib")).entries.values():
        names = [str(person.last_names[-1]) for person in entry.persons["author"]]
        cited[(names[0], "et al.") if len(names) > 2 else tuple(names), entry.fields["year"]] += 1
    assert not [label for label, count in cited.items() if count > 1]


def test_numbers_are_written_for_readers():
    """Not 3e-4, as Python writes them, but 3·10⁻⁴: on the scoreboard, in captions, and in prose outside code."""
    from experiments import claims

    code = r"```.*?\n```|`[^`]*`"  # of cells and of roles, with the targets of links
    texts = {path.name: re.sub(code, "", text, flags=re.DOTALL) for path, text in PAGES.items()}
    texts |= {figure.values[0].name: figure.values[0].caption for figure in FIGURES} | {
        "scoreboard": claims.table()
    }
    found = {name: re.findall(r".{,20}\d[eE]-?\d.{,20}", text) for name, text in texts.items()}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_is_shown_by_its_page(chapter: str):
    page = BOOK / f"{chapter}.md"
    assert page.exists(), f"the figures in explorables/{chapter} have no page"
    absent = figures_of(chapter).keys() - figures_on(PAGES[page])
    assert not absent, (
        f"book/{chapter}.md does not show {', '.join(sorted(absent))}: a cell imports the figure's module, and has "
        "module.FIGURE on a line of its own"
    )


@pytest.mark.parametrize("figure", [f for f in FIGURES if f.values[0].predict])
def test_notes_below_a_guess_follow_it_at_once(figure: Explorable, request: pytest.FixtureRequest):
    """They give the answer; the style sheet hides those that follow the figure's cell until the guess is made."""
    chapter = request.node.callspec.id.partition(".")[0]
    source = re.split(r"```\{code-cell\}", PAGES[BOOK / f"{chapter}.md"])
    (own,) = [cell for cell in source if figure.name in figures_on("\n" + cell.partition("```")[0])]
    assert own.partition("\n```\n")[2].lstrip().startswith(":::{div} notice")


def test_the_python_call_of_a_figure_finds_it():
    """A figure's own page shows `from MODULE import FIGURE`."""
    wrong = [f.values[0].name for f in FIGURES
             if importlib.import_module(f.values[0].draw.__module__).FIGURE is not f.values[0]]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("figure", FIGURES)
def test_units_of_one_are_singular(figure: Explorable):
    texts = [text for control in figure.controls.values() for text in control.texts]
    assert [text for text in texts if re.fullmatch(r"1\u00a0\w\w+s", text)] == []
