"""What answers a reader comes once the page is shown, and then each button answers: book/_ext/gtt/scripts.py."""

from pathlib import Path
from typing import Any

import pytest

PAINT_AND_SCRIPT = """() => {
  const first = performance.getEntriesByName("first-contentful-paint")[0];
  const script = performance.getEntriesByType("resource").find(({ name }) => name.includes("late.js"));
  return [first.startTime, script.startTime];
}"""


def test_what_answers_is_asked_for_after_the_first_paint(open_page: Any, site: str) -> None:
    page = open_page(f"{site}/book/vanishing.html", width=390)
    page.wait_for_function("window.bootstrap")
    paint, script = page.evaluate(PAINT_AND_SCRIPT)
    assert paint < script


@pytest.mark.slow
@pytest.mark.parametrize("name", ["book/vanishing", "book/speed", "book/notation"])
def test_contents_follow_what_is_read(open_page: Any, site: str, name: str) -> None:
    page = open_page(f"{site}/{name}.html", width=1400)
    sections = page.locator("#pst-page-toc-nav a")
    last = sections.count() - 2
    address = sections.nth(last).get_attribute("href")
    page.evaluate("href => document.querySelector(href).scrollIntoView()", address)
    page.wait_for_selector(f'#pst-page-toc-nav a.active[href="{address}"]', state="attached")


ONE_IS_MARKED = """address => {
  const marked = [...document.querySelectorAll("#pst-page-toc-nav a.active")].map(a => a.getAttribute("href"));
  return marked.length === 1 && marked[0] === address;
}"""


def test_contents_mark_what_was_opened_and_what_was_clicked(open_page: Any, site: str) -> None:
    """Also a section of many screens, of which ScrollSpy never saw a tenth, and the last, which stays low."""
    page = open_page(f"{site}/book/bptt.html#any-network", width=1400)
    page.wait_for_function(ONE_IS_MARKED, arg="#any-network")
    for address in ("#what-goes-wrong-in-practice", "#references", "#exercises", "#ten-lines"):
        page.locator(f'#pst-page-toc-nav a[href="{address}"]').click()
        page.wait_for_function(ONE_IS_MARKED, arg=address)
    page.goto(f"{site}/book/bptt.html#what-truncation-loses")
    page.mouse.move(500, 400)
    page.mouse.wheel(0, 300)
    page.wait_for_function(ONE_IS_MARKED, arg="#what-truncation-loses")


@pytest.mark.slow
def test_each_button_of_the_theme_answers(open_page: Any, built_book: Path) -> None:
    """From the disk: the menu of ways to run it, the contents on a phone and on a desktop, the colours, and copying."""
    page = open_page((built_book / "book/bptt.html").as_uri())
    page.locator(".dropdown-launch-buttons > button").click()
    assert page.locator(".dropdown-launch-buttons .dropdown-menu").is_visible()
    page.keyboard.press("Escape")
    before = page.evaluate("document.documentElement.dataset.mode")
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.documentElement.dataset.mode") != before
    page.locator(".primary-toggle").first.click()
    page.wait_for_selector("#pst-primary-sidebar.pst-sidebar-hidden", state="attached")
    block = page.locator("div.highlight").first
    block.hover()
    block.locator("button.copybtn").click()
    page.wait_for_selector("button.copybtn.success")
    phone = open_page((built_book / "book/bptt.html").as_uri(), width=390)
    phone.locator(".primary-toggle").first.click()
    assert phone.locator("#pst-primary-sidebar-modal").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_a_solution_unfolds_wherever_its_title_is_touched(open_page: Any, site: str, width: int) -> None:
    """And a link in the title goes where it leads. The sign stands in the title's first line."""
    page = open_page(f"{site}/book/elementwise.html", width=width)
    solutions = page.locator(".solution")
    first, second = solutions.nth(0), solutions.nth(1)
    first.locator(".admonition-title").click(position={"x": 3, "y": 8})
    assert "toggle-hidden" not in first.get_attribute("class")
    title, sign = (second.locator(part).bounding_box() for part in (".admonition-title", ".toggle-button"))
    assert title["y"] - 6 < sign["y"] < title["y"] + 12
    assert second.locator(".admonition-title").inner_text().startswith("Solution to Exercise")
    address = second.locator("a").first.get_attribute("href")
    second.locator("a").first.click()
    assert page.evaluate("location.hash") == address
    assert "toggle-hidden" in second.get_attribute("class")


IDLE = ("togglebutton", "design-tabs", "clipboard", "copybutton", "bootstrap", "pydata-sphinx-theme")


def test_a_page_asks_for_no_script_that_it_does_not_need_at_once(built_book: Path) -> None:
    text = (built_book / "book/glossary.html").read_text()
    assert not [name for name in IDLE if f"{name}." in text or f"{name}Selector" in text]
