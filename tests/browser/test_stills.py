"""Still figures on a phone: each column of panels stands below the last, as large as a reader needs it."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from minirnn.figures.pictures import Picture
from minirnn.figures.theme import palette_css
from tests.browser.test_phone import faces
from tests.conftest import ROOT

STILLS = (
    "chaos.constants",
    "chaos.sine",
    "control.sampled",
    "memory.escape",
    "speed.checkpoints",
    "vanishing.order",
)
LARGE = """() => [...document.querySelectorAll(".gtt-still-columns svg")].map((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const drawing = document.querySelector(svg.firstElementChild.getAttribute("href"));
  const sizes = [...drawing.querySelectorAll("text")].filter((e) => e.textContent.trim()).map((e) =>
    Math.max(...[e, ...e.querySelectorAll("tspan")].map((part) => parseFloat(getComputedStyle(part).fontSize))));
  return [svg.closest("section").id, scale * Math.min(...sizes)];
})"""


def pictures() -> dict[str, Picture]:
    return {name: importlib.import_module(f"explorables.{name}").picture() for name in STILLS}


@pytest.mark.slow
def test_columns_of_panels_stand_below_each_other(open_page: Any, tmp_path: Path) -> None:
    stills = pictures()
    style = faces() + palette_css() + (ROOT / "book/_static/book.css").read_text("utf-8")
    cells = "".join(
        f'<section id="{name}"><div class="cell"><figure><div class="text_html">{still._repr_html_()}</div></figure>'
        "</div></section>"
        for name, still in stills.items()
    )
    page = tmp_path / "stills.html"
    page.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>Stills</title><style>{style}</style><body><article class="bd-article">{cells}</article></html>',
        encoding="utf-8",
    )
    tab = open_page(page.as_uri(), width=390)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    wide = (
        "() => [...document.querySelectorAll('.text_html')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert tab.evaluate(wide) == 0
    sizes = tab.evaluate(LARGE)
    assert {name for name, _ in sizes} == {*STILLS}, "each has columns"
    assert min(size for _, size in sizes) > 9.5, sizes
    tab.set_viewport_size({"width": 1280, "height": 800})
    assert not tab.locator(".gtt-still-columns svg >> visible=true").count()


def test_windows_show_all_of_the_drawing() -> None:
    """Each panel lies in one of them."""
    for name, still in pictures().items():
        views = [tuple(map(float, view.split('"')[0].split())) for view in still.columns.split('viewBox="')[1:]]
        width, height = (72 * side for side in still.figure.get_size_inches())
        for axes in still.figure.axes:
            box = axes.get_position()
            left, right, top, bottom = box.x0 * width, box.x1 * width, (1 - box.y1) * height, (1 - box.y0) * height
            inside = [x <= left and right <= x + w and y <= top and bottom <= y + h for x, y, w, h in views]
            assert sum(inside) == 1, name
