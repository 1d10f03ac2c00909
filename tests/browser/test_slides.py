"""Decks on a projector of 1280×800: no slide is longer than the screen, and no figure's caption is cut."""

from pathlib import Path
from typing import Any

import pytest

from tests.book.figures import CHAPTERS

SLIDE = """k => {
  const slide = document.querySelectorAll("main > section")[k], frame = slide.querySelector("iframe");
  const { width, height } = frame?.getBoundingClientRect() ?? { width: 0, height: 0 };
  return [slide.scrollHeight - slide.clientHeight, frame?.dataset.src, Math.floor(width), Math.floor(height)];
}"""
CUT = """() => {
  const caption = document.querySelector("figcaption");
  return [caption.scrollHeight - caption.clientHeight, document.documentElement.scrollHeight - innerHeight];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if chapter not in ("intro", "speed")])
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
