"""Decks on a projector of 1280×800: no slide is longer than the screen, and no figure's caption is cut. On paper and on
the screen a slide's figure is in the state that its vote names, and asks for no guess."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from minirnn.figures.explorables import Explorable
from minirnn.figures.states import State
from tests.book.figures import CHAPTERS, figures_of

SLIDE = """k => {
  const slide = document.querySelectorAll("main > section")[k], frame = slide.querySelector("iframe");
  const { width, height } = frame?.getBoundingClientRect() ?? { width: 0, height: 0 };
  return [slide.scrollHeight - slide.clientHeight, frame?.dataset.src, Math.floor(width), Math.floor(height)];
}"""
CUT = """() => {
  const caption = document.querySelector("figcaption");
  return [caption.scrollHeight - caption.clientHeight, document.documentElement.scrollHeight - innerHeight];
}"""
PRINTED = """() => [...document.querySelectorAll("main > section:has(iframe)")].map((slide) => [
  slide.querySelector("iframe").dataset.state,
  slide.querySelector(".still svg").getBoundingClientRect().height,
  slide.querySelector(".still .gtt-picture").getAttribute("aria-label")])"""
every_deck = pytest.mark.parametrize("chapter", [c for c in CHAPTERS if c not in ("intro", "speed")])


def named(figure: Explorable, query: str) -> State:
    """The state that the query of an address names."""
    return figure.state(**{k: float(v) if figure.controls[k].numeric else v for k, v in parse_qsl(query)})


@every_deck
def test_a_printed_slide_shows_the_state_of_its_vote(open_page: Any, built_book: Path, chapter: str) -> None:
    """Also where no slide but the first was shown before."""
    deck = open_page((built_book / f"slides/{chapter}.html").as_uri())
    deck.emulate_media(media="print")
    printed = deck.evaluate(PRINTED)
    assert any("?" in address for address, *_ in printed)
    for address, height, words in printed:
        name, _, query = address.partition("?")
        figure = figures_of(chapter)[name]
        assert height > 50
        assert words == figure.describe(named(figure, query)), address


def test_a_figure_on_a_slide_asks_for_no_guess(open_page: Any, built_book: Path) -> None:
    """Of a vote, and of a slide without one: those who sit there are asked by the lecturer."""
    deck = open_page((built_book / "slides/vanishing.html").as_uri())
    framed = deck.evaluate("[...document.querySelectorAll('iframe')].map(({ dataset }) => dataset)")
    (cases,) = (d for d in framed if d["state"].startswith("cases"))
    for state in (cases["state"], "cases"):
        deck.goto((built_book / "slides" / cases["src"].partition("?")[0]).resolve().as_uri() + f"?bare#{state}")
        deck.locator("#cases:not([data-locked])").wait_for()
        assert not deck.locator(".gtt-guess").count()


@pytest.mark.slow
@every_deck
def test_a_slide_fits_the_screen_with_the_whole_caption_of_its_figure(
    open_page: Any, built_book: Path, chapter: str
) -> None:
    deck = open_page((built_book / f"slides/{chapter}.html").as_uri(), width=1280)
    deck.set_viewport_size({"width": 1280, "height": 800})
    frames = {}
    for k in range(deck.locator("main > section").count()):
        deck.evaluate("k => { location.hash = `#${k + 1}` }", k)
        deck.locator(f"main > section:nth-of-type({k + 1}):visible").wait_for()
        over, source, *size = deck.evaluate(SLIDE, k)
        assert over <= 2, f"slide {k + 1} is longer than the screen by {over} px"
        if size[0]:
            frames[source] = size
    assert frames
    for source, (width, height) in frames.items():
        deck.goto((built_book / "slides" / source.partition("?")[0]).resolve().as_uri() + "?bare")
        deck.set_viewport_size({"width": width, "height": height})
        deck.wait_for_timeout(100)
        assert max(deck.evaluate(CUT)) <= 2, source
