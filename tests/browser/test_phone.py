"""All figures of the book at the sizes of two phones and a desktop, on one page without a book. The controls and every
panel are in view together; in the first state and those with names nothing is cut off, letters can be read, and no two
labels meet."""

from base64 import b64encode
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from minirnn.figures.assets import page_assets
from minirnn.figures.explorables import Explorable
from minirnn.figures.frames import draw_frames
from minirnn.figures.markup import element
from minirnn.figures.svg import pack
from tests.book.figures import CHAPTERS, figures_of

HEADER = 56  # px: what the theme keeps at the top of a page
SIZES = [(390, 844), (390, 664), (1280, 800)]
FIGURES = [figure for chapter in CHAPTERS for figure in figures_of(chapter).values()]


def states(figure: Explorable) -> list[tuple[float, ...]]:
    """The first state and those with names, of a live figure six at most with its corners."""
    named = figure.all_states()[:6] if figure.scripts else [figure.start, *figure.states.values()]
    return list(dict.fromkeys(named))


def markup_of(figure: Explorable) -> str:
    """A figure with these states alone, of which `tested` are the frames or, of a live figure, the values."""
    points = [figure.point(state) for state in states(figure)]
    if figure.scripts:
        return element(figure, figure.frame(figure.start), {"tested": points}, [])
    frames = draw_frames(figure.job(), points)  # from the disk, where a build left them
    tags, numbers = pack(frame.svg for frame in frames)
    count = len(figure.all_states())
    data = {"tags": tags, "frames": [numbers[0]] * count, "alts": [frames[0].alt] * count, "tested": numbers}
    return element(figure, frames[0], data | {"panels": [frames[0].panels], "axes": [0] * count}, [])


def faces() -> str:
    """The book's letters, on whose widths it depends what meets."""
    files = resources.files("font_source_sans_pro") / "files"
    named = {"Regular": "400", "Semibold": "600", "It": "400;font-style:italic"}
    return "".join(
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};src:url("data:font/ttf;base64,'
        f'{b64encode((files / f"SourceSansPro-{name}.ttf").read_bytes()).decode()}")}}'
        for name, weight in named.items()
    )


def write_page(folder: Path) -> None:
    for name, text in page_assets().items():
        (folder / name).write_text(text, encoding="utf-8")
    names = [f"{chapter}-{name}" for chapter in CHAPTERS for name in figures_of(chapter)]
    figures = "".join(
        f'<section id="at-{name}">{markup_of(figure).replace(" data-locked", "")}</section>'
        for name, figure in zip(names, FIGURES, strict=True)
    )
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>All figures</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="explorable.css">'
        f'<style>{faces()} body{{margin:0 auto;padding:0 1rem;max-width:43.25rem;font:1.125rem/1.58 "Source Sans Pro"}}'
        # in the book this one spans the page
        "@media (min-width: 1000px) {#at-intro-knob {margin-inline: -9rem}}"
        '</style><script defer src="explorable.js"></script>'
        f'<body>{figures}<div style="height:100vh"></div></body></html>',
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def url(made_once: Any) -> str:
    return (made_once("phone", write_page) / "index.html").as_uri()


# Of each figure, for each of its panels: what of it is not in view while all controls are, in px. A panel is scrolled
# to the top of the page, as a reader does who looks at it.
APART = """header => [...document.querySelectorAll("gtt-explorable")].flatMap((figure) => {
  const form = figure.querySelector(".gtt-form");
  const panels = [...figure.querySelectorAll(".gtt-stage svg")].filter((e) => e.getBoundingClientRect().width > 1);
  return panels.map((panel, i) => {
    scrollTo(0, scrollY + panel.getBoundingClientRect().top - header);
    const { top, bottom } = form.getBoundingClientRect();
    const hidden = Math.max(panel.getBoundingClientRect().bottom - top, bottom - innerHeight);
    return [`${figure.parentElement.id} ${i}`, Math.round(hidden)];
  }).filter(([, hidden]) => hidden > 2);
})"""
SIDEWAYS = """() => [...document.querySelectorAll(".gtt-scroll")].filter((e) => e.scrollWidth > e.clientWidth + 1)
  .map((e) => [e.closest("section").id, e.scrollWidth - e.clientWidth])"""
# Letters of panels that are below 10 px, but for indices and exponents; and what of a text lies outside of its panel
SMALL = """() => [...document.querySelectorAll(".gtt-stage svg")].filter((e) => e.clientWidth > 1).flatMap((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll("text")].filter((e) => e.textContent.trim() && e.checkVisibility()).map((e) =>
    Math.max(...[e, ...e.querySelectorAll("tspan")].map((part) => parseFloat(getComputedStyle(part).fontSize))));
  const least = scale * Math.min(...sizes);
  return least < 9.95 ? [[svg.closest("section").id, Math.round(100 * least) / 100]] : [];
})"""
CUT = """() => [...document.querySelectorAll(".gtt-stage svg")].filter((e) => e.clientWidth > 1).flatMap((svg) => {
  const box = svg.getBoundingClientRect(), { width } = svg.viewBox.baseVal, unit = box.width / width;
  const out = [...svg.querySelectorAll("text")].filter((e) => e.checkVisibility() && e.textContent.trim())
    .map((e) => [e.textContent, e.getBoundingClientRect()])
    // a window shows a part of the picture: the texts of other columns lie wholly outside of it
    .filter(([, r]) => svg.dataset.whole !== undefined ||
      (r.width && r.right > box.left + 2 * unit && r.left < box.right - 2 * unit))
    .map(([text, r]) =>
      [text, Math.min(r.left - box.left, box.right - r.right, r.top - box.top, box.bottom - r.bottom)])
    .filter(([, room]) => room < -1.5);
  return out.map(([text, room]) => [svg.closest("section").id, text, Math.round(room)]);
})"""


# Labels that lie on each other, by more than 1.5 px both ways; a formula is one label.
MEET = """() => [...document.querySelectorAll(".gtt-stage svg")].filter((e) => e.clientWidth > 1).flatMap((svg) => {
  const box = svg.getBoundingClientRect(), found = [];
  const labels = [...svg.querySelectorAll("text")].filter((e) => e.checkVisibility() && e.textContent.trim())
    .map((e) => [e.textContent, (e.closest("g[transform]") ?? e).getBoundingClientRect()])
    .filter(([, r]) => r.right > box.left && r.left < box.right);
  labels.forEach(([a, r], i) => labels.slice(0, i).forEach(([b, q]) => {
    const across = Math.min(r.right, q.right) - Math.max(r.left, q.left);
    const down = Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top);
    // a line of letters is higher than what is drawn of it: a quarter of it is air
    const air = 0.25 * Math.min(Math.min(r.height, r.width), Math.min(q.height, q.width));
    const turned = [r, q].some((x) => x.height > 1.5 * x.width);
    if (across > (turned ? 1.5 + air : -3) && down > 1.5 + (turned ? 0 : air))
      found.push([svg.closest("section").id, a, b, Math.round(across), Math.round(down)]);
  }));
  return found;
})"""


# Words for panels beside each other, in captions and text alternatives of figures whose panels stand below each other
SIDE = r"\b(Left|Right)\b(?=[:,])|\b(left|right)\b(?=\)| panel)|\b(on|at) the (left|right)\b|\bBeside it\b"
BESIDE = """side => [...document.querySelectorAll(".gtt-columns")]
  .filter((e) => e.offsetWidth && e.children.length > 1)
  .map((e) => e.closest("gtt-explorable"))
  .flatMap((figure) => ["figcaption", ".gtt-describe p"]
    .flatMap((piece) => figure.querySelector(piece).textContent.match(RegExp(`.*(${side}).{0,9}`))?.[0] ?? [])
    .map((text) => [figure.id, text.slice(-40)]))"""


# Shows each figure's state of this number.
SHOW = """k => document.querySelectorAll("gtt-explorable").forEach((figure) => {
  const state = figure.data.tested[k];
  if (!state) return;
  if (figure.live) figure.live.draw(state);
  else figure.surfaces().forEach((surface) => figure.paint(surface, state));
})"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda side: str(side))
def test_a_figure_and_its_controls_are_in_view_together(open_page: Any, url: str, width: int, height: int) -> None:
    page = open_page(url, width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(200)
    assert page.evaluate("document.querySelectorAll('gtt-explorable').length") == len(FIGURES)
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(APART, HEADER) == []
    assert page.evaluate(BESIDE, SIDE) == []
    for number in range(max(len(states(figure)) for figure in FIGURES)):
        page.evaluate(SHOW, number)
        found = {name: page.evaluate(script) for name, script in (("small", SMALL), ("cut", CUT), ("meet", MEET))}
        assert found == {"small": [], "cut": [], "meet": []}, f"state {number}"
