"""Every state of every figure in the built book is what Python draws. Controls are moved in tests/browser."""

import importlib
import json
import pkgutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from minirnn.dependencies import data_files, needed
from tests.book.figures import CHAPTERS, figures_of

FIGURES = [(chapter, name) for chapter in CHAPTERS for name in figures_of(chapter)]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_records_that_a_figure_depends_on_are_there(chapter: str) -> None:
    package = importlib.import_module(f"explorables.{chapter}")
    modules = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    files = data_files(needed(modules))
    assert [file for file in files if not file.exists()] == []
    assert files


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
