"""Formulas: set when the book is built, in one face; they copy as TeX, and go on below where a page is narrow."""

import html
import re
import sys
from collections import Counter
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree
from math_core import LatexError

from tests.book.test_build import pages
from tests.conftest import FORMULAS_ARE_SET, ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt import formulas, markup

MACROS = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]


def mathml(tex, block=False):
    return formulas.mathml(tex, block, MACROS)


def text(tex):
    return re.sub("<.*?>", "", mathml(tex))


def test_macros_are_written_out():
    assert text(r"\norm{W h_{t}}\T \pd{E}{\theta} \mean\lambda \abs\lambda") == "‖Wht‖𝖳∂E∂θ⟨λ⟩|λ|"


def test_bars_of_a_norm_have_one_size_but_around_a_fraction():
    low, high = mathml(r"\norm{W^t} + \norm{\hat g}"), mathml(r"\norm{\frac{a}{b}}")
    assert low.count('<mo stretchy="false">‖') == low.count("‖") == 4
    assert 'stretchy="false">‖' not in high


@pytest.mark.parametrize(
    ("tex", "shown"),
    [(r"\tfrac12 a", "12a"), (r"\frac1{n}", "1n"), (r"\sqrt2", "2"), (r"a, \dots, z", "a,…,z"), ("b = ½", "b=12"),
     ("3·10^4", "3⋅104"), (r"\frac{a}{b}\Bigr|_{x}", "ab|x"), (r"a < b", "a&lt;b")],
)  # fmt: skip
def test_what_the_chapters_write_is_read(tex, shown):
    assert text(tex) == shown


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\hat y_t", '<msub><mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover><mi>t</mi></msub>'),
        (r"w\tanh(a)", "<mi>tanh</mi></mrow><mo>\u2061</mo>"),
        (r"|\lambda|", '<mo stretchy="false" lspace="0" rspace="0">|</mo><mi>λ</mi>'),
        (r"W\T h", "<msup><mi>W</mi><mi>𝖳</mi></msup><mi>h</mi>"),
        (r"\left(a\right)\T", "</mrow><mi>𝖳</mi></msup>"),
        ("f'(a)", '<mrow><mi>f</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        ("h_T'", '<msub><mrow><mi>h</mi><mo lspace="0" rspace="0">′</mo></mrow><mi>T</mi></msub>'),
        ("a^{2'}", "<msup><mi>a</mi>"),
        (r"\Bigl(a\Bigr)^2", ")</mo></mrow><mn>2</mn></msup>"),
        ("a, \\dots, b", "<mo>,</mo><mi>…</mi><mo>,</mo>"),
    ],
)
def test_signs_have_the_spaces_that_tex_gives_them(tex, part):
    assert part in mathml(tex)


@pytest.mark.parametrize(
    ("tex", "pieces"),
    [
        (r"a", 1),
        (r"a = b", 2),
        (r"a := b", 2),
        (r"= b", 1),
        (r"a = b \le c", 3),
        (r"a = b,\quad c \le d", 4),
        (r"a,\qquad b", 2),
        (r"a \qquad", 1),
        (r"a = \left( b = c \right)", 2),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", 1),
    ],
)
def test_a_displayed_formula_breaks_before_relations_and_after_wide_spaces(tex, pieces):
    formula = BeautifulSoup(mathml(tex, block=True), "html.parser")
    assert len(formula.select("math")) == pieces
    assert formula.find("math").get("display") == ("block" if pieces == 1 else None)
    parts = len(re.split(r"\\q?quad(?=.)", tex))
    assert len(formula.select(".gtt-parts > span")) == (parts if pieces > 1 else 0)
    assert mathml(tex).count("<math") == 1
    assert formula.get_text() == BeautifulSoup(text(tex), "html.parser").get_text(), "nothing of it is lost"


def test_lines_are_aligned_and_not_numbered():
    for tex in (r"a &= b \\ c &= d", r"\begin{align} a &= b \\ c &= d \end{align}"):
        formula = BeautifulSoup(mathml(tex, block=True), "html.parser")
        assert len(formula.select("mtr")) == 2
        assert formula.get_text() == "a=bc=d"
    assert "mtr" not in mathml(r"\begin{cases} a \end{cases} b", block=True).split("</mtable>")[1]


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\nonsense{a}", "nonsense"),
        (r"a + \norm", "argument"),
        (r"\norm{a", "Expected"),
        (r"{\norm}", "Unmatched"),
        (r"a &= b", "table"),
        (r"a_b_c", "subscript"),
        (r"\left( a", "right"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named(tex, why, monkeypatch):
    with pytest.raises(LatexError, match=why):
        text(tex)
    warnings = []
    monkeypatch.setattr(formulas.log, "warning", lambda message, *args, location: warnings.append(message % args))
    config = SimpleNamespace(mathjax3_config={"tex": {"macros": MACROS}})
    translator = SimpleNamespace(config=config, encode=html.escape)
    assert formulas.drawn(translator, nodes.math("", tex), False) == html.escape(tex)
    assert len(warnings) == 1
    assert repr(tex) in warnings[0]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("as (", "), or", "as |(x),| or"),
        ("all of\n", "\nand", "all of\n|x|\nand"),
        ("all of (\n", " and", "all of (\n|x| and"),
    ],
)
def test_what_touches_a_formula_stays_with_it(before, after, line):
    """A bracket at the end of a line of the source does not touch the formula that begins the next one."""
    document = publish_doctree("")
    document += nodes.paragraph("", "", nodes.Text(before), nodes.math("", "x"), nodes.Text(after))
    markup.keep_together(None, document, "page")
    assert (
        "".join(part.astext() if isinstance(part, nodes.Text) else f"|{part.astext()}|" for part in document[0])
        == line
    )


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (["with α = 0.6, at L\n= 20"], "with α_=_0.6, at L_=_20"),
        (["about 1 000 of 9.5 %"], "about 1_000 of 9.5_%"),
        (
            ["up to ", nodes.inline("", "58"), " % of λ₁ = ", nodes.inline("", "−0.04"), "."],
            "up to 58_% of λ₁_=_−0.04.",
        ),
        (["as ", nodes.math("", r"\kappa"), " = 0 is"], r"as \kappa_=_0 is"),
        (["what is = 3, a = b, and ", nodes.literal("", "c = 3")], "what is_=_3, a = b, and c = 3"),
    ],
)
def test_a_line_does_not_break_within_a_number_before_its_sign_or_beside_its_equals(parts, line):
    document = publish_doctree("")
    document += nodes.paragraph("", "", *(nodes.Text(part) if isinstance(part, str) else part for part in parts))
    markup.keep_together(None, document, "page")
    assert document[0].astext().replace("\u00a0", "_") == line


def test_every_formula_of_the_book_is_mathml(built_book):
    count = 0
    for file, page in pages(built_book).items():
        assert not page.select("script[src*=mathjax i]"), file.name
        for formula in page.select(".math"):
            count += 1
            assert formula.find("math"), f"{file.name}: {formula}"
            assert formula["data-tex"], f"{file.name}: {formula}"
    assert count > 3000


def fonts_of(tab, selector):
    """The families in which a browser draws what stands in these elements, with the number of signs."""
    client = tab.context.new_cdp_session(tab)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    found = Counter()
    for node in client.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]:
        for font in client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            found[font["familyName"]] += font["glyphCount"]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("page", ["vanishing", "chaos", "elementwise", "control"])
def test_every_sign_of_a_formula_is_of_the_books_own_face(site, browser, page):
    tab = browser.new_page()
    tab.goto(f"{site}/book/{page}.html")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    found = fonts_of(tab, "math :not(mtext, :has(*))")  # of what holds others the words would count too
    assert found.pop("STIX Two Math") > 1000
    assert found == {}
    tab.close()


NARROW = """[...document.querySelectorAll("msqrt")].map((root) => root.getBoundingClientRect().right
  - Math.max(...[...root.children].map((part) => part.getBoundingClientRect().right)))"""
CLIPPED = """[...document.querySelectorAll("span.math")]
  .filter((formula) => getComputedStyle(formula).overflow !== "visible").length"""


@pytest.mark.browser
@pytest.mark.parametrize("page", ["vanishing", "chaos"])
def test_a_formula_in_a_line_is_neither_cut_nor_followed_by_a_gap(site, browser, page):
    """The theme hid what of a letter is higher than its box; Chromium left room after a root for one of all sizes."""
    tab = browser.new_page()
    tab.goto(f"{site}/book/{page}.html")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    tab.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    gaps = tab.evaluate(NARROW)
    assert tab.evaluate(CLIPPED) == 0
    assert gaps
    assert max(gaps) < 1
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_formulas_show_and_print_with_and_without_a_script(site, browser, script):
    context = browser.new_context(java_script_enabled=script)
    tab = context.new_page()
    tab.goto(f"{site}/book/vanishing.html", wait_until="domcontentloaded")
    assert tab.locator(".math math").count() > 200
    pieces = tab.locator("div.math").first.locator("math").all()
    assert max(piece.bounding_box()["height"] for piece in pieces) > 15
    assert min(piece.bounding_box()["height"] for piece in pieces) > 5
    assert tab.pdf().startswith(b"%PDF")
    context.close()


@pytest.mark.browser
def test_a_wide_formula_goes_on_below_and_shows_from_its_beginning(site, browser):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto(f"{site}/book/elementwise.html")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    shown = tab.locator("div.math").evaluate_all("""all => all.map(e => {
        const pieces = [...e.querySelectorAll(".gtt-parts math")].map(p => p.getBoundingClientRect());
        const box = e.getBoundingClientRect(), eqno = e.querySelector(".eqno")?.getBoundingClientRect();
        const covers = p => p.right > eqno.left && p.top < eqno.bottom && p.bottom > eqno.top;
        const start = e.querySelector("math").getBoundingClientRect().x - box.x;
        return { start, covered: !!eqno && pieces.some(covers),
            lines: new Set(pieces.map(p => Math.round(p.bottom / 10))).size }; })""")
    assert min(formula["start"] for formula in shown) > -1
    assert sum(formula["lines"] > 1 for formula in shown) > 5
    assert [formula for formula in shown if formula["covered"]] == []
    tab.close()


# As a reader goes: a phone lays out, and then measures, what is near its screen.
THROUGH = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
        scrollTo(0, y);
        for (const _ of "123") await new Promise(requestAnimationFrame);
    }
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_formulas_are_no_stops_for_the_keyboard_unless_they_scroll(site, browser, width):
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto(f"{site}/book/control.html")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    tab.evaluate(THROUGH)
    boxes = tab.locator(".math, .math *").evaluate_all("""all => all.map(e => ({
        html: e.outerHTML.slice(0, 200), stop: e.tabIndex >= 0 && e.localName !== "a",
        inside: !!e.querySelector("[tabindex], a"),
        scrolls: e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === "auto" }))""")
    assert [e["html"] for e in boxes if e["stop"] and not e["scrolls"]] == []
    assert [e["html"] for e in boxes if e["scrolls"] and not e["stop"] and not e["inside"]] == []
    tab.close()


COPY = """selector => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(selector));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return new Promise(done => {
        addEventListener("copy", event => done(event.clipboardData.getData("text/plain")), { once: true });
        document.execCommand("copy");
    });
}"""


@pytest.mark.browser
def test_a_copied_formula_is_its_tex(site, browser):
    tab = browser.new_page()
    tab.goto(f"{site}/book/vanishing.html")
    copied = tab.evaluate(COPY, "section > p:has(span.math)")
    source = (ROOT / "book/vanishing.md").read_text()
    found = re.findall(r"\$[^$]+\$", copied)
    assert found
    assert [formula for formula in found if formula not in source] == []
    assert re.search(r"\$\$.+\$\$", tab.evaluate(COPY, "section:has(> div.math)"), re.DOTALL)
    assert tab.evaluate(COPY, ".lead p") == "", "where there is no formula, the browser copies as it does"
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", ["vanishing", "memory"])
def test_a_link_into_a_page_lands_and_stays(site, browser, page):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto(f"{site}/book/{page}.html#exercises")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    landed = tab.locator("#exercises").bounding_box()["y"]
    assert 0 < landed < 120
    tab.wait_for_timeout(300)
    assert tab.locator("#exercises").bounding_box()["y"] == landed
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", ["vanishing", "memory", "parallel"])
def test_a_figure_that_begins_moves_nothing_below_it(site, browser, page):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.add_init_script("requestIdleCallback = () => {}; IntersectionObserver.prototype.observe = () => {};")
    tab.goto(f"{site}/book/{page}.html")
    figures = tab.locator("gtt-explorable")
    before, after = figures.evaluate_all("""async all => {
        const heights = () => all.map(figure => [figure.id, figure.offsetHeight]), before = heights();
        if (all.slice(1).some(figure => figure.data)) throw Error("a figure has begun already");
        all.forEach(figure => figure.begin());
        await Promise.all(all.map(figure => figure.coming));
        for (const _ of "12") await new Promise(requestAnimationFrame);
        return [before, heights()]; }""")
    assert len(before) > 1
    assert after == before
    tab.close()


@pytest.mark.browser
def test_the_face_of_formulas_is_asked_for_at_once(site, browser):
    """Those of texts come with the styles."""
    tab = browser.new_page()
    for page, count in (("vanishing", 1), ("api/theory", 0)):
        tab.goto(f"{site}/book/{page}.html")
        faces = tab.locator("link[rel=preload][as=font]").evaluate_all("all => all.map(link => link.href)")
        assert len(faces) == count
        assert [tab.request.get(face).status for face in faces] == [200] * count
    tab.close()
