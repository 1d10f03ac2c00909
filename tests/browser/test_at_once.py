"""A page shows at once and stays where it is: on a phone, whose processor and network are slow, and from the disk."""

import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handouts import chromium
from minirnn.figures import beside
from minirnn.figures.assets import page_assets
from tests.book.figures import CHAPTERS
from tests.browser.conftest import FIGURES_ANSWER, wait_for_state
from tests.browser.explorable_demo import page as demo_page
from tests.browser.explorable_demo import place, unrolled
from tests.conftest import FORMULAS_ARE_SET, ROOT

SHIFTS = """globalThis.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (entry.value > 0.005) shifts.push([entry.value, ...entry.sources.map(({ node }) => node?.className ?? "")]);
})).observe({ type: "layout-shift", buffered: true })"""


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CHAPTERS, "field-guide"])
def test_nothing_moves_while_a_chapter_loads(browser: Any, built_book: Path, site: str, name: str) -> None:
    """On a phone, from a server whose answers come late, and from the disk. A dot that a script places may move."""
    for root in (site, built_book.as_uri()):
        context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
        session.send("Network.emulateNetworkConditions", slow)
        page.add_init_script(SHIFTS)
        page.goto(f"{root}/book/{name}.html", wait_until="load")
        page.wait_for_function(FORMULAS_ARE_SET)
        page.wait_for_timeout(300)
        assert page.evaluate("shifts") == []
        context.close()


ASK_FOR_FIELDS = (
    """document.querySelectorAll("form, form *, input[type=text], select").forEach((e) => e.offsetWidth)"""
)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAPTERS)
def test_who_looks_for_forms_does_not_lay_out_the_page(browser: Any, built_book: Path, name: str) -> None:
    """Chrome's password manager and autofill ask at once whether each form, field of text and menu is visible, and so
    lay out all that is around it. On a phone pictures of figures, which are most of a page, are not."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((built_book / f"book/{name}.html").as_uri())
    page.wait_for_function(FORMULAS_ARE_SET)
    page.evaluate(ASK_FOR_FIELDS)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    counts = {count["name"]: count["value"] for count in session.send("Performance.getMetrics")["metrics"]}
    assert counts["LayoutObjects"] < 3000, "expected those of the first screens and of texts around fields"
    context.close()


LANDED = """name => document.getElementById(name).getBoundingClientRect().top"""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CHAPTERS if name != "intro"])
def test_a_link_into_a_page_lands_where_it_should(browser: Any, site: str, name: str) -> None:
    """Though a phone has not laid out what stands above: from another page, and from the page's own contents."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    for by_hand in (False, True):
        page = context.new_page()
        page.goto(f"{site}/book/{name}.html" + ("" if by_hand else "#summary"), wait_until="load")
        if by_hand:
            page.evaluate("location.hash = '#summary'")
        page.wait_for_timeout(700)
        assert -5 < page.evaluate(LANDED, "summary") < 200
        page.close()
    context.close()


def test_a_figure_fetches_what_it_needs_when_it_is_moved(browser: Any, tmp_path: Path) -> None:
    """Its data in a file of their own: a link with a state and the controls work as with data in the page."""
    html = demo_page(unrolled, place)
    (tmp_path / "figures").mkdir()
    for figure in (unrolled, place):
        markup = figure.html()
        html = html.replace(markup, beside.separate(tmp_path, f"figures/demo-{figure.name}", markup, "", least=0))
    assert html.count("data-src=") == 2
    for name, text in page_assets().items():
        (tmp_path / name).write_text(text)
    (tmp_path / "index.html").write_text(html)
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri() + "#unrolled?gain=1.2")
    page.wait_for_function(FIGURES_ANSWER)
    wait_for_state(page, unrolled, unrolled.state(gain=1.2))
    page.locator("#unrolled--gain").press("Home")
    wait_for_state(page, unrolled, (0, *unrolled.start[1:]))
    page.close()


BRACES = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="book.css">
<style>@font-face {{ font-family: "STIX Two Math"; src: url(face.ttf) }}
p {{ margin: 0; font-size: 30px }}</style>
<article class="bd-article">{}</article>"""
BRACE = "<math displaystyle='true'><munder><mi>xxxx</mi><mo>⏟</mo></munder></math>"


def test_a_brace_is_whole_wherever_it_stands(browser: Any, tmp_path: Path) -> None:
    """Chromium draws a page in tiles, small ones here, and left out of a tile what lies in it of a brace beside it."""
    (folder,) = find_spec("ziamath").submodule_search_locations
    (tmp_path / "face.ttf").write_bytes(Path(folder, "fonts/STIXTwoMath-Regular.ttf").read_bytes())
    (tmp_path / "book.css").write_text((ROOT / "book/_static/book.css").read_text())
    braces = [f"<span style='padding-left: {8 + row}px'>{BRACE}</span>" * 9 for row in range(8)]
    rows = "".join(f"<p>{row}</p>" for row in braces)
    (tmp_path / "index.html").write_text(BRACES.format(rows))
    tiles = ["--default-tile-width=128", "--default-tile-height=128"]
    tiled = browser.browser_type.launch(executable_path=chromium.find(), args=[*chromium.ARGUMENTS, *tiles])
    page = tiled.new_page(viewport={"width": 1000, "height": 800}, device_scale_factor=1.6)
    page.goto((tmp_path / "index.html").as_uri())
    page.wait_for_function(FORMULAS_ARE_SET)
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    widths = set()
    for x, y, width, height in page.evaluate("""[...document.querySelectorAll("munder")].map((e) => {
        const box = e.getBoundingClientRect(), base = e.firstElementChild.getBoundingClientRect();
        return [box.x - 5, base.bottom + 1, box.width + 10, box.bottom - base.bottom].map((side) => side * 1.6); })"""):
        brace = picture.crop((int(x), int(y), int(x + width), int(y + height)))
        ink = brace.point(lambda level: 255 * (level < 128)).getbbox()
        widths.add(ink[2] - ink[0])
    tiled.close()
    assert min(widths) > 80, "stretched"
    assert max(widths) - min(widths) <= 3, widths


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bptt", "memory", "chaos"])
def test_a_link_brings_its_figure_to_the_screen_of_a_phone(browser: Any, site: str, name: str) -> None:
    """Also where the page lays out what it rolls by, and gets another height meanwhile."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}/book/{name}.html")
    page.wait_for_function(FIGURES_ANSWER)
    link = page.locator(".notice a.gtt-goto:visible").last
    figure = link.get_attribute("href").partition("?")[0].removeprefix("#")
    link.click()
    page.wait_for_timeout(2000)
    stage = page.locator(f"#{figure} .gtt-stage").bounding_box()
    assert 0 < stage["y"] < 800 - min(stage["height"], 600)
    context.close()
