"""Nobody is shut out: the keyboard, the reader's own colours, no site data. axe is run in test_visit."""

import io
import math
from typing import Any

import pytest
from PIL import Image

from tests.browser.contrast import faint_texts
from tests.conftest import FORMULAS_ARE_SET

# What has the focus: what it is, and the contrast of its outline with the page where this shows, else 0
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const luminance = color => color.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  // a choice's radio button is transparent, and a field of the search has its mark around the icon too
  const drawn = element.closest(".gtt-choice label, form.bd-search") ?? element;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(drawn);
  const { width, height } = drawn.getBoundingClientRect();
  const [a, b] = [outlineColor, getComputedStyle(document.body).backgroundColor].map(luminance);
  const shows = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && width && height;
  const contrast = shows ? (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) : 0;
  return [`${element.localName}.${element.className}`, contrast];
}"""


def focused(page: Any) -> list[tuple[str, float]]:
    """What Tab comes to, from where the page stands to its end or to where it began."""
    found: list[tuple[str, float]] = []
    while len(found) < 400:
        page.keyboard.press("Tab")
        one = page.evaluate(FOCUSED)
        if one is None:
            break
        found.append(one)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_what_has_the_focus_shows_it(open_page: Any, site: str, width: int, theme: str) -> None:
    page = open_page(f"{site}/book/exploding.html", width=width, theme=theme)
    page.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    found = focused(page)
    assert len({kind for kind, _ in found}) > 15
    assert [(kind, contrast) for kind, contrast in found if contrast < 3] == []


def test_menus_and_search_on_a_phone_show_the_focus(open_page: Any, site: str) -> None:
    page = open_page(f"{site}/book/exploding.html", width=390)
    for button in (".primary-toggle", ".secondary-toggle", ".search-button"):
        page.locator(button).first.click()
        page.wait_for_timeout(400)
        kinds = {}
        for _ in range(12):
            page.keyboard.press("Tab")
            kind, contrast = page.evaluate(FOCUSED) or ("body", 3)
            kinds[kind] = contrast
        assert [kind for kind, contrast in kinds.items() if contrast < 3] == [], button
        page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("style", "contrast"),
    [
        ("color: #767676", None),  # on white 4.54
        ("color: #777777", 4.48),
        ("color: rgba(0, 0, 0, .5)", 3.98),
        ("color: color(srgb .467 .467 .467)", 4.48),
        ("color: #000; opacity: .5", 3.98),
        ("color: #767676; background: rgba(0, 0, 0, .1)", 3.62),
        ("color: #fff", 1),
        ("color: #fff; background: #767676", None),
        ("color: #fff; visibility: hidden", None),
        ("color: lab(50 0 0)", math.nan),  # of which the test cannot tell
    ],
)
def test_faint_text_is_found(browser: Any, style: str, contrast: float | None) -> None:
    page = browser.new_page()
    page.set_content(f'<body style="background: #fff"><p>black <b style="{style}">text</b>')
    found = faint_texts(page)
    page.close()
    if contrast is None:
        assert found == []
    else:
        assert found == [["text", pytest.approx(contrast, abs=0.01, nan_ok=True)]]


def test_faint_text_of_a_picture_is_found(browser: Any) -> None:
    page = browser.new_page()
    page.set_content('<svg><text fill="#000">a</text><text fill="#999">b</text></svg>')
    assert [text for text, _ in faint_texts(page)] == ["b"]
    page.close()


BLOCKED = """for (const kind of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, kind, {
        configurable: true, get() { throw new DOMException("no", "SecurityError"); } });"""


def test_the_theme_can_be_chosen_where_site_data_are_blocked(open_page: Any, site: str) -> None:
    page = open_page(f"{site}/book/intro.html", script=BLOCKED)
    button = page.locator(".theme-switch-button")
    for mode in ("dark", "light"):
        button.click()
        assert page.locator("html").get_attribute("data-mode") == mode
        assert page.locator("html").get_attribute("data-theme") == mode
    page.get_by_role("link", name="Vanishing gradients").first.click()
    page.wait_for_url("**/vanishing.html")
    page.wait_for_function("document.documentElement.dataset.mode === 'light'")  # the tab keeps it


def test_a_field_of_the_search_has_one_mark_of_focus(open_page: Any, site: str) -> None:
    page = open_page(f"{site}/search.html")
    marks = page.evaluate("""() => { const field = document.querySelector(".gtt-search input");
        field.focus();
        return [field, field.form].map(e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).boxShadow]); }""")
    assert marks == [["none", "none"], ["solid", "none"]]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_closed_list_of_contents_is_no_stop_for_the_keyboard(open_page: Any, site: str, width: int) -> None:
    page = open_page(f"{site}/book/exploding.html", width=width)
    links = "#pst-secondary-sidebar .page-toc a, dialog[open] .page-toc a"
    assert (page.locator(f":is({links}):visible").count() > 10) == (width == 1280)
    if width == 390:
        page.locator(".secondary-toggle:visible").click()
        page.wait_for_function(
            "links => [...document.querySelectorAll(links)].some(e => e.checkVisibility({ visibilityProperty: true }))",
            arg=links,
        )


def colours(page: Any, locator: Any) -> int:
    """How many colours there are where an element is drawn; 1 where nothing shows."""
    picture = Image.open(io.BytesIO(page.screenshot(clip=locator.bounding_box()))).convert("RGB")
    return len(picture.getcolors(1 << 20))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_and_icons_show_in_the_readers_own_colours(open_page: Any, site: str, theme: str) -> None:
    page = open_page(f"{site}/book/vanishing.html", theme=theme, forced_colors="active")
    slider = page.locator("[data-kind=slider] input >> visible=true").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    picture = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    ends = [picture.getpixel((round(x * box["width"]), picture.height // 2)) for x in (0.05, 0.95)]
    assert picture.getpixel((2, 2)) not in ends, "the track shows at both ends"
    for choice in page.locator(".gtt-choice:visible").all()[:1]:
        fills = choice.locator("span").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
        assert len(set(fills)) == 2
    page.evaluate("scrollTo(0, 0)")
    for icon in page.locator(".fa-solid:visible").all():
        if icon.bounding_box()["y"] < 700:
            assert colours(page, icon) > 1, icon.evaluate("e => e.outerHTML")
    strokes = page.evaluate("""() => [...document.querySelectorAll(".gtt-picture svg text")]
        .map(e => getComputedStyle(e).fill)""")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground not in strokes
