"""Every state of every figure in the built book is what Python draws. Controls are moved in tests/browser."""

import importlib
import json
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book.figures import CHAPTERS, figures_of

FIGURES = [(chapter, name) for chapter in CHAPTERS for name in figures_of(chapter)]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_records_that_a_figure_depends_on_are_there(chapter: str) -> None:
    package = importlib.import_module(f"explorables.{chapter}")
    modules = [m for name, m in sorted(sys.modules.items()) if f"{name}.".startswith(f"{package.__name__}.")]
    assert [file for module in modules for file in getattr(module, "DATA_FILES", ()) if not file.exists()] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_stands_on_its_page(chapter: str, built_book: Path) -> None:
    page = BeautifulSoup((built_book / f"book/{chapter}.html").read_text(), "html.parser")
    assert sorted(tag["id"] for tag in page.select("gtt-explorable")) == sorted(figures_of(chapter))


@pytest.mark.parametrize(("chapter", "name"), FIGURES)
def test_a_page_holds_every_state_of_its_figures(chapter: str, name: str, built_book: Path) -> None:
    """The frames are those on disk, which the build drew; the first and the last are drawn once more."""
    text = (built_book / f"book/{chapter}.html").read_text()
    begin = text.index(
        ">", text.index('<script type="application/json"', text.index(f'<gtt-explorable id="{name}"'))
    )
    data = json.loads(text[begin + 1 : text.index("</script>", begin)])
    figure = figures_of(chapter)[name]
    frames = figure.frames()
    assert ["".join(data["tags"][n] for n in numbers) for numbers in data["frames"]] == [f.svg for f in frames]
    assert data["alts"] == [f.alt for f in frames]
    states = figure.all_states()
    assert all(frames[states.index(state)] == figure.frame(state) for state in (figure.start, states[-1]))
