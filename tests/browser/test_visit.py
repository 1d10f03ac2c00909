"""One visit of a page does all that can be asked of it while it is open: what it loads, its formulas, its width, its
contrasts, axe, and its figures. A desktop in the light comes from a server, a phone in the dark reads from the disk."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from tests.book.figures import CHAPTERS, figures_of
from tests.browser.conftest import check_every_control
from tests.browser.contrast import faint_texts
from tests.conftest import FORMULAS_ARE_SET, ROOT, cut_code

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
LISTED = [chapter for part in TOC.get("parts", [TOC]) for chapter in part["chapters"]]
CONTENTS = [TOC["root"], *(page["file"] for one in LISTED for page in (one, *one.get("sections", [])))]
PAGES = [f"{name}.html" for name in (*CONTENTS, "search", "genindex")]
PAGES += [f"search.html?q={query}" for query in ("lyapunov", "S4")]
each_page = pytest.mark.parametrize("name", PAGES, ids=lambda name: name.removeprefix("book/"))
LARGE = 150_000  # bytes of a page: there axe takes up to a minute for contrasts, of which `faint_texts` asks more


def open_and_wait(open_page: Any, url: str, **how: Any) -> Any:
    page = open_page(url, **how)
    page.wait_for_load_state()
    page.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    assert not page.locator(".math:not(:has(math))").count()
    return page


def assert_nothing_stands_in_anyones_way(page: Any, large: bool) -> None:
    page.keyboard.press("Tab")  # whoever goes by keys can reach what scrolls, wherever it is
    # without preloading: axe fetches the style sheets of style sheets from the wrong folder
    options: dict[str, Any] = {"preload": False, "resultTypes": ["violations"]}
    found = (
        Axe()
        .run(page, options=options | {"rules": {"color-contrast": {"enabled": not large}}})
        .response["violations"]
    )
    told = [(v["id"], v["impact"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]
    assert not told, json.dumps(told, indent=1)


def is_large(built_book: Path, name: str) -> bool:
    return (built_book / name.partition("?")[0]).stat().st_size >= LARGE


ROWS_CUT = (
    """[...document.querySelectorAll(".gtt-rows td")].filter((e) => e.scrollHeight > e.clientHeight + 1).length"""
)
TABLES_CUT = """[...document.querySelectorAll(".bd-article .pst-scrollable-table-container")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1).length"""


# Formulas in a line that end beyond their paragraph, where nothing scrolls, with what is folded opened: their TeX
FORMULAS_CUT = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  return [...document.querySelectorAll("span.math")].filter((e) => {
    const line = e.closest("p, li, td, dd");
    return line?.checkVisibility({ contentVisibilityAuto: true }) &&
      e.querySelector("math").getBoundingClientRect().right > line.getBoundingClientRect().right + 2;
  }).map((e) => e.dataset.tex);
}"""
CHAPTERS_OF_THE_BOOK = {chapter["file"] for chapter in TOC["parts"][0]["chapters"]}
STRETCH = """(busy) => {
  const article = document.querySelector("article"), edge = (e, side) => e.getBoundingClientRect()[side] + scrollY;
  const exercises = [...article.querySelectorAll("h2")].find((h) => h.textContent.startsWith("Exercises"));
  let last = edge(article, "top"), longest = [0, "nothing"];
  for (const element of article.querySelectorAll(busy)) {
    if (exercises && edge(element, "top") > edge(exercises, "top")) break;
    const length = edge(element, "top") - last;
    if (length > longest[0]) longest = [length, element.textContent.trim().slice(0, 60)];
    last = Math.max(last, edge(element, "bottom"));
  }
  return longest;
}"""


def longest_stretch(page: Any) -> tuple[float, str]:
    """Of text, up to the exercises, with nothing to look at or to do: how high it is, in pixels, and what ends it."""
    length, below = page.evaluate(STRETCH, "gtt-explorable, figure, gtt-ask, .gtt-check, .cell, table")
    return length, below


def too_wide(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@each_page
def test_a_visit_from_a_desktop(open_page: Any, site: str, built_book: Path, name: str) -> None:
    page = open_and_wait(open_page, f"{site}/{name}", width=1280, theme="light")
    assert too_wide(page) <= 0
    assert cut_code(page) == 0
    if name.removesuffix(".html") in CHAPTERS_OF_THE_BOOK:
        length, below = longest_stretch(page)
        assert length <= 3 * 800, (
            f"{length / 800:.1f} screens of text without anything to look at or to do, above {below!r}"
        )
    assert faint_texts(page) == []
    assert_nothing_stands_in_anyones_way(page, large=is_large(built_book, name))
    chapter = name.removeprefix("book/").removesuffix(".html")
    for figure in figures_of(chapter).values() if chapter in CHAPTERS else ():
        assert check_every_control(page, figure) >= 3, figure.name


@each_page
def test_a_visit_from_a_phone(open_page: Any, built_book: Path, name: str) -> None:
    """At last with letters of twice their size, and as wide as a screen of 1280 px is at 400 %."""
    file, _, query = name.partition("?")
    page = open_and_wait(open_page, f"{(built_book / file).as_uri()}?{query}", width=390, theme="dark")
    assert too_wide(page) <= 0
    assert cut_code(page) == 0
    assert page.evaluate(TABLES_CUT) == 0
    assert page.evaluate(ROWS_CUT) == 0
    assert faint_texts(page) == []
    assert_nothing_stands_in_anyones_way(page, large=is_large(built_book, name))
    chapter = file.removeprefix("book/").removesuffix(".html")
    if chapter in CHAPTERS:
        assert check_every_control(page, next(iter(figures_of(chapter).values()))) >= 3
    assert page.evaluate(FORMULAS_CUT) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert too_wide(page) <= 0, "320 px"
    page.set_viewport_size({"width": 390, "height": 800})
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.wait_for_function("parseFloat(getComputedStyle(document.documentElement).fontSize) >= 32")
    assert too_wide(page) <= 0, "large letters"
