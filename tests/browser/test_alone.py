"""The page of one figure: it fits every screen, its address holds the state, and its picture can be taken along."""

import io
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image

from minirnn.figures.assets import page_assets
from minirnn.figures.theme import PALETTE
from tests.browser.conftest import wait_for_state
from tests.browser.explorable_demo import FIGURES, guess, unrolled
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt.figures import alone


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the build leaves it: the pages of the figures beside what they load."""
    folder = tmp_path_factory.mktemp("site")
    static = {path.name: path.read_text() for path in (ROOT / "book/_static").glob("alone.*")}
    static |= page_assets() | {"tokens.css": "", "faces.js": "gttFaces('@font-face{font-family:Book}');"}
    static["favicon.svg"] = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    for name, text in static.items():
        (folder / "_static").mkdir(exist_ok=True)
        (folder / "_static" / name).write_text(text, encoding="utf-8")
    (folder / "figures").mkdir()
    for name, figure in FIGURES.items():
        page = alone("book/demo", name, figure.html(), "A <demo> & more", "en")
        (folder / "figures" / f"demo-{name}.html").write_text(page, encoding="utf-8")
    return folder


def address(site: Path, name: str, rest: str = "") -> str:
    return (site / f"figures/demo-{name}.html").as_uri() + rest


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1024, 768), (800, 500)])
def test_a_figure_fits_the_screen(open_page: Any, site: Path, name: str, size: tuple[int, int]) -> None:
    tab = open_page(address(site, name))
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    if name == "guess":
        tab.locator(".gtt-skip").click()
    boxes = [
        tab.locator(f"{part} >> visible=true").first.bounding_box() for part in (".gtt-picture svg", ".gtt-form")
    ]
    for box in boxes:
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1, "the controls cover nothing"
    assert max(boxes[0]["width"] / size[0], boxes[0]["height"] / size[1]) > 0.45, "the picture takes the room"
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_within_a_slide_no_guess_is_asked_for(open_page: Any, site: Path) -> None:
    assert open_page(address(site, "guess")).locator(".gtt-guess").is_visible()
    tab = open_page(address(site, "guess", "?bare"))
    assert not tab.locator(".gtt-guess").count()
    wait_for_state(tab, guess, guess.start)


def test_the_address_holds_the_state_and_the_call_draws_it(open_page: Any, site: Path) -> None:
    tab = open_page(address(site, "unrolled", "?bare" + unrolled.link(gain=1.2, kind="tanh")))
    wait_for_state(tab, unrolled, unrolled.state(gain=1.2, kind="tanh"))
    assert not tab.locator(".gtt-take").is_visible()
    tab = open_page(address(site, "unrolled", unrolled.link(gain=1.2, kind="tanh")))
    module, _, call = tab.evaluate("gttAlone.call()").partition("\n")
    assert module.startswith(f"from {unrolled.draw.__module__} import FIGURE")
    assert call == 'FIGURE.at(gain=1.2, T=10, kind="tanh")'
    drawn = eval(call, {"FIGURE": unrolled})
    assert [text.get_text() for text in drawn.axes[0].texts] == ["tanh & <gain> 1.20"]
    tab.locator("#unrolled--gain").press("Home")
    assert "gain=0.8" in tab.locator(".gtt-take code").inner_text()
    assert tab.locator(".gtt-home").get_attribute("href") == "../book/demo.html#unrolled?gain=0.8&T=10&kind=tanh"


def test_the_line_for_an_iframe_shows_this_state(open_page: Any, site: Path) -> None:
    tab = open_page(address(site, "unrolled"))
    tab.locator("#unrolled--gain").press("End")
    line = tab.evaluate("gttAlone.frame()")
    (frame,) = ElementTree.fromstring(f"<p>{line.replace('></iframe>', '/>')}</p>")
    parts = urlsplit(frame.get("src"))
    assert (parts.query, parts.fragment) == ("bare", "unrolled?gain=1.2&T=10&kind=linear")
    tab.set_content(line)
    inside = tab.frame_locator("iframe")
    inside.locator("#unrolled--gain").wait_for()
    assert inside.locator("#unrolled output").first.inner_text() == "1.2"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_as_a_file_needs_nothing_else(open_page: Any, site: Path, theme: str) -> None:
    tab = open_page(address(site, "unrolled"), theme=theme)
    tab.locator("#unrolled--gain").press("End")
    svg = tab.evaluate("gttAlone.svg()")
    root = ElementTree.fromstring(svg)
    assert root.attrib["width"] == "518.4"
    assert "var(" not in svg
    assert "@font-face{font-family:Book}" in svg
    assert PALETTE["exploding"][theme == "dark"] in svg
    assert "& <gain> 1.20" in "".join(root.itertext())
    ids = set(re.findall(r' id="([^"]*)"', svg))
    assert {*re.findall(r'(?:href="#|url\(#)([^")]+)', svg)} <= ids
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="PNG").click()
    picture = Image.open(io.BytesIO(Path(saved.value.path()).read_bytes())).convert("RGB")
    assert saved.value.suggested_filename == "unrolled.png"
    assert picture.size == (2400, round(2400 * 187.2 / 518.4))
    hues = {color for _, color in picture.getcolors(1 << 24)}
    wanted = [PALETTE[name][theme == "dark"].lstrip("#") for name in ("paper", "exploding")]
    assert {tuple(int(hue[k : k + 2], 16) for k in (0, 2, 4)) for hue in wanted} <= hues
