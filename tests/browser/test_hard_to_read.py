"""For readers who listen, set their own colours or enlarge: all figures of the book, on the page of test_phone."""

from typing import Any

import pytest

from minirnn.figures.language import SENTENCE
from tests.browser.test_phone import FIGURES, write_page

WORKING = {"slider", "radio", "combobox", "button", "link"}
TEXT = {"StaticText", "InlineTextBox", "generic"}


@pytest.fixture(scope="module")
def url(made_once: Any) -> str:
    return (made_once("phone", write_page) / "index.html").as_uri()


def heard(page: Any) -> list[list[tuple[str, str]]]:
    """(role, name) of what a screen reader comes to in each figure, in its order."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def text(node: dict[str, Any], key: str) -> str:
        return str(node.get(key, {}).get("value", ""))

    def inside(node: dict[str, Any]) -> list[tuple[str, str]]:
        parts = [part for child in node.get("childIds", []) if child in by_id for part in inside(by_id[child])]
        return parts if node["ignored"] else [(text(node, "role"), text(node, "name")), *parts]

    return [inside(node) for node in nodes if not node["ignored"] and text(node, "role") == "figure"]


@pytest.mark.slow
def test_a_screen_reader_comes_to_picture_controls_and_words_in_this_order(open_page: Any, url: str) -> None:
    """A picture is its text alternative, and nothing that is drawn in it is read."""
    page = open_page(url)
    page.evaluate("document.querySelectorAll('.gtt-guess').forEach((form) => form.remove())")
    for figure, parts in zip(FIGURES, heard(page), strict=True):
        roles = [role for role, _ in parts if role not in TEXT]
        assert roles[:2] == ["figure", "image"], figure.name
        image = next(i for i, (role, _) in enumerate(parts) if role == "image")
        assert parts[image][1] == figure.describe(figure.start)
        after = [part for part in parts[image + 1 :] if part[0] not in TEXT]
        if after[0] == ("button", "Read values with the arrow keys"):
            del after[0]
        assert after[0] == ("group", "Controls of the figure"), "after the picture its controls"
        assert roles.index("group") < roles.index("Figcaption") < roles.index("DisclosureTriangle"), figure.name
        assert [part for part in parts if part[0] in WORKING and not part[1].strip()] == [], figure.name
        labels = [c.label for c in figure.controls.values() if c.kind == "slider"]
        assert [name for role, name in parts if role == "slider"] == labels


# Moves the first control of each live figure that has no run to wait for, to its other end.
MOVE = """async () => {
  const figures = [...document.querySelectorAll("gtt-explorable")].filter((f) => f.live && !f.live.runs);
  const before = figures.map((f) => f.querySelector(".gtt-picture").getAttribute("aria-label"));
  for (const figure of figures) {
    const [control] = figure.controls;
    figure.choose({ [control.name]: control.index === control.last ? 0 : control.last });
  }
  const said = (figure) => figure.querySelector("[aria-live=polite]").textContent;
  for (let waits = 0; waits < 300 && !figures.every(said); waits++) await new Promise((done) => setTimeout(done, 100));
  return figures.map((f, i) => [f.id, before[i], f.alt, said(f)]);
}"""


@pytest.mark.slow
def test_what_changed_in_a_figure_is_announced(open_page: Any, url: str) -> None:
    told = open_page(url).evaluate(MOVE)
    assert len(told) > 10
    for name, before, after, said in told:
        assert said, name
        assert [part for part in SENTENCE.findall(said) if part.strip() not in after] == [], name
        assert said not in before


# Whether a control is drawn with a border or underlined, and which borders of handles show; in the reader's colours
PLAIN = """() => [...document.querySelectorAll("gtt-explorable :is(button, select)")].filter((e) => e.checkVisibility())
  .filter((e) => e.offsetWidth > 1) // others show at the focus
  .filter((e) => {
    const { borderTopWidth, borderTopStyle, textDecorationLine } = getComputedStyle(e);
    return !(parseFloat(borderTopWidth) && borderTopStyle !== "none") && !textDecorationLine.includes("underline"); })
  .map((e) => e.outerHTML)"""
# What is drawn in a colour that can hardly be told from the ground, and is not the ground's own
FAINT = """() => {
  const numbers = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith("color(") ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a]; };
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = numbers(getComputedStyle(document.body).backgroundColor);
  const contrast = (c) => (Math.max(light(c), light(ground)) + 0.05) / (Math.min(light(c), light(ground)) + 0.05);
  const found = new Set();
  for (const e of document.querySelectorAll(".gtt-stage svg :is(path, use, text)")) {
    if (e.closest("defs") || !e.checkVisibility()) continue;
    for (const kind of ["stroke", "fill"]) {
      const value = getComputedStyle(e)[kind];
      if (!/\\d/.test(value) || numbers(value)[3] < 0.5) continue;
      const least = e.localName === "text" ? 4.5 : 1.35, much = contrast(numbers(value));
      const paper = e.localName !== "text" && much < 1.001; // what is hollow, or stands out before what is behind it
      if (much < least && !paper) found.add(`${e.closest("section").id}: ${e.localName} ${kind} ${value}`);
    }
  }
  return [...found];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("ground", ["light", "dark"])
def test_figures_show_in_the_readers_own_colours(open_page: Any, url: str, ground: str) -> None:
    """Also where the page's theme, light here, is not that of the system's colours."""
    page = open_page(url, theme=ground, forced_colors="active")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert page.evaluate(PLAIN) == []
    assert page.evaluate(FAINT) == []
    page.locator("#at-intro-knob input").first.focus()
    page.keyboard.press("ArrowRight")
    handle = page.locator("#at-intro-knob .gtt-handle").first
    assert handle.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


# Parts of a figure that are beyond its sides, parts of a control that lie on each other, and controls that stay in
# view and take half of it
IN_THE_WAY = """() => [...document.querySelectorAll("gtt-explorable")].flatMap((figure) => {
  const name = figure.parentElement.id, { left, right } = figure.getBoundingClientRect();
  const shown = (parts) => [...parts].filter((e) => e.checkVisibility()).map((e) => [e, e.getBoundingClientRect()]);
  const found = shown(figure.querySelectorAll(":is(.gtt-form, .gtt-foot, .gtt-guess, figcaption) *"))
    .filter(([, box]) => box.width && (box.right > right + 2 || box.left < left - 2))
    .map(([e]) => [name, "beyond", e.outerHTML]);
  for (const row of figure.querySelectorAll(".gtt-control")) shown(row.children).forEach(([e, a], i, all) =>
    all.slice(0, i).forEach(([f, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 2) found.push([name, "meet", e.outerHTML, f.outerHTML]);
    }));
  const form = figure.querySelector(".gtt-form"), sticks = getComputedStyle(form).position === "sticky";
  return sticks && form.offsetHeight > innerHeight / 2 ? [...found, [name, "high", form.offsetHeight]] : found;
})"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "letters"), [(320, 256, 16), (390, 844, 32)])
def test_enlarged_controls_stand_clear(open_page: Any, url: str, width: int, height: int, letters: int) -> None:
    """320 by 256 px is what 400 % leaves of 1280 by 1024."""
    page = open_page(url)
    page.set_viewport_size({"width": width, "height": height})
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
    page.wait_for_function(f"parseFloat(getComputedStyle(document.documentElement).fontSize) >= {letters}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(IN_THE_WAY) == []
