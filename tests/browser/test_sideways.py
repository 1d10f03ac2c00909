"""What a phone cannot show in its width scrolls sideways, and a shade says so; a printed table keeps its columns."""

from pathlib import Path
from typing import Any

import pytest

from tests.book.figures import CHAPTERS

# Of what scrolls in the text: whether it has a shade, and its first words
WIDE = """() => [...document.querySelectorAll(".bd-article :is(pre, .text_html)")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto")
  .map((e) => [getComputedStyle(e).backgroundImage.includes("gradient"), e.textContent.trim().slice(0, 40)])"""
TABLES = """() => [...document.querySelectorAll("pre.gtt-printed")].map((e) => {
  const style = getComputedStyle(e), padding = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
  const shown = (e.clientHeight - padding) / parseFloat(style.lineHeight);
  return [e.textContent.trimEnd().split("\\n").length, Math.round(shown)];
})"""


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_is_wider_than_a_phone_has_a_shade_and_tables_keep_their_lines(
    open_page: Any, built_book: Path, chapter: str
) -> None:
    page = open_page((built_book / f"book/{chapter}.html").as_uri(), width=390)
    page.add_style_tag(content="* { content-visibility: visible !important; }")  # all is laid out
    assert [text for has_shade, text in page.evaluate(WIDE) if not has_shade] == []
    tables = page.evaluate(TABLES)
    assert [lines for lines, shown in tables if lines != shown] == []
    assert tables or chapter == "intro", "each chapter prints a table"


CUT = """() => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  return [...document.querySelectorAll("pre.gtt-printed")].filter((e) => e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.textContent.trim().slice(0, 40));
}"""


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_desktop_shows_all_columns_of_printed_tables(open_page: Any, built_book: Path, chapter: str) -> None:
    """77 signs fit, and 65 in a solution."""
    page = open_page((built_book / f"book/{chapter}.html").as_uri(), width=1280)
    page.add_style_tag(content="* { content-visibility: visible !important; }")
    assert page.evaluate(CUT) == []
