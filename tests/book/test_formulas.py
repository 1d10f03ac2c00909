"""Formulas: readable before and without a script, set by MathJax, copied as TeX, printed at any moment."""

import importlib.util
import re
from types import ModuleType, SimpleNamespace

import pytest
import yaml
from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils.math import MathError

from tests.book.test_build import pages
from tests.conftest import FORMULAS_ARE_SET, ROOT


def extension(name: str) -> ModuleType:
    """A module of the book's extension."""
    spec = importlib.util.spec_from_file_location(f"gtt_{name}", ROOT / f"book/_ext/gtt/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


formulas, markup = extension("formulas"), extension("markup")
MACROS = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]


def text(tex):
    return re.sub("<.*?>", "", formulas.mathml(tex, False, MACROS))


def test_macros_are_written_out():
    assert text(r"\norm{W h_{t}}\T \pd{E}{\theta} \E\abs\lambda") == "‖Wht‖𝖳∂E∂θ𝔼|λ|"


@pytest.mark.parametrize(
    ("tex", "shown"),
    [(r"\tfrac12 a", "12a"), (r"\frac1{n}", "1n"), (r"\sqrt2", "2"), (r"a, \dots, z", "a,…,z"), ("b = ½", "b=12"),
     ("3·10^4", "3⋅104"), (r"\frac{a}{b}\Bigr|_{x}", "ab|x"), (r"a < b", "a&lt;b")],
)  # fmt: skip
def test_what_docutils_does_not_know_is_put_in_its_words(tex, shown):
    assert text(tex) == shown


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\hat y_t", '<msub><mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover><mi>t</mi></msub>'),
        (r"\underbrace{a}_{A}", "<munder><munder><mi>a</mi><mo>⏟</mo></munder><mi>A</mi></munder>"),
        (r"w\tanh(a)", '<mspace width="0.167em" /><mi mathvariant="normal">tanh</mi><mo>\u2061</mo><mo '),
        (r"\tfrac12\ln n", '<mo>\u2061</mo><mspace width="0.167em" /><mi>n</mi>'),
        (r"\sin^2 x", '</msup><mspace width="0.167em" /><mi>x</mi>'),
        (r"|\lambda|", '<mo stretchy="false" lspace="0" rspace="0">|</mo><mi>λ</mi>'),
        (r"\operatorname*{mean}_t x", '<msub><mi mathvariant="normal">mean</mi><mi>t</mi></msub>'),
    ],
)  # fmt: skip
def test_accents_braces_and_names_stand_where_tex_puts_them(tex, part):
    assert part in formulas.mathml(tex, False, MACROS)


def test_a_formula_without_mathml_is_named():
    with pytest.raises(MathError, match="nonsense"):
        text(r"\nonsense{a}")


@pytest.mark.parametrize("tex", [r"a + \norm", r"a + \norm ", r"\norm{a", r"{\norm}"])
def test_a_macro_without_its_argument_is_named(tex):
    with pytest.raises(MathError, match="expected an argument"):
        text(tex)


def test_a_formula_that_is_not_wrapped_and_has_no_environment_is_named(monkeypatch):
    warnings, translator = [], SimpleNamespace(body=["before"])
    monkeypatch.setattr(formulas.log, "warning", lambda message, *args, location: warnings.append(message % args))
    monkeypatch.setattr(formulas, "html_visit_displaymath", lambda page, node: page.body.append("<div>x</div>"))
    with pytest.raises(nodes.SkipNode):
        formulas.visit(translator, nodes.math_block("", "x"))
    assert warnings == ["no MathML for 'x': take the option nowrap away"]
    assert translator.body == ["before", "<div>x</div>"]


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


def test_every_formula_of_the_book_is_mathml(built_book):
    for file, page in pages(built_book).items():
        for formula in page.select(".math"):
            assert formula.find("math"), f"{file.name}: {formula}"
            assert formula["data-tex"].startswith(("\\(", "\\[")), f"{file.name}: {formula}"


def words(tab):
    """What a reader sees; in code, backslashes are meant."""
    return tab.evaluate("""() => { const all = document.querySelector("main").cloneNode(true);
        all.querySelectorAll("code, pre, script, mjx-assistive-mml").forEach(e => e.remove());
        return all.textContent; }""")


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_no_tex_shows_before_or_without_mathjax(site, browser, script):
    """Printed at once, too: what is printed is what is there."""
    context = browser.new_context(java_script_enabled=script)
    tab = context.new_page()
    tab.route("**/mathjax/**", lambda route: route.abort())
    tab.goto(f"{site}/book/vanishing.html", wait_until="domcontentloaded")
    assert tab.locator(".math math").count() > 200
    if script:
        assert not re.search(r"\\[(\[]|\\(frac|lambda|left)", words(tab))
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    box = tab.locator("div.math math").first.bounding_box()
    assert box["height"] > 15
    assert tab.pdf().startswith(b"%PDF")
    context.close()


@pytest.mark.browser
def test_a_wide_formula_shows_from_its_beginning_before_mathjax(site, browser):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.route("**/mathjax/**", lambda route: route.abort())
    tab.goto(f"{site}/book/elementwise.html")
    offsets = tab.locator("div.math").evaluate_all("""all => all.map(e =>
        e.querySelector("math").getBoundingClientRect().x - e.getBoundingClientRect().x)""")
    assert len(offsets) > 10
    assert min(offsets) > -1
    tab.close()


@pytest.mark.browser
def test_printing_sets_all_formulas_at_once(site, browser):
    tab = browser.new_page()
    tab.goto(f"{site}/book/vanishing.html")
    tab.wait_for_selector("mjx-container")
    left = tab.evaluate("formulas.length")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert left > 0
    assert tab.evaluate(FORMULAS_ARE_SET)
    assert not re.search(r"\\[(\[]", words(tab))
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_formulas_are_no_stops_for_the_keyboard_unless_they_scroll(site, browser, width):
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto(f"{site}/book/control.html")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    boxes = tab.locator("mjx-container, div.math").evaluate_all("""all => all.map(e => ({
        html: e.outerHTML.slice(0, 200), stop: e.tabIndex >= 0, inside: !!e.querySelector("[tabindex], a"),
        scrolls: e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === "auto" }))""")
    assert [e["html"] for e in boxes if e["stop"] and not e["scrolls"]] == []
    assert [e["html"] for e in boxes if e["scrolls"] and not e["stop"] and not e["inside"]] == []
    assert any(e["scrolls"] for e in boxes) or width == 1280
    assert tab.locator("mjx-assistive-mml math").count() == tab.locator(".math").count()
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
@pytest.mark.parametrize("is_set", [True, False])
def test_a_copied_formula_is_its_tex(site, browser, is_set):
    tab = browser.new_page()
    if not is_set:
        tab.route("**/mathjax/**", lambda route: route.abort())
    tab.goto(f"{site}/book/vanishing.html")
    if is_set:
        tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    copied = tab.evaluate(COPY, "section > p:has(span.math)")
    source = (ROOT / "book/vanishing.md").read_text()
    found = re.findall(r"\$[^$]+\$", copied)
    assert found
    assert [formula for formula in found if formula not in source] == []
    assert re.search(r"\$\$.+\$\$", tab.evaluate(COPY, "section:has(> div.math)"), re.DOTALL)
    assert tab.evaluate(COPY, ".lead p") == "", "where there is no formula, the browser copies as it does"
    tab.close()


@pytest.mark.browser
def test_what_a_link_leads_to_stays_in_place_while_formulas_are_set(site, browser):
    tab = browser.new_page()
    tab.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.documentElement.style.overflowAnchor = 'none')"
    )
    tab.goto(f"{site}/book/vanishing.html#exercises")
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    assert 0 < tab.locator("#exercises").bounding_box()["y"] < 120
    tab.goto("about:blank")
    tab.goto(f"{site}/book/vanishing.html#exercises")
    tab.mouse.wheel(0, -900)
    tab.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
    tab.wait_for_timeout(200)
    assert not -200 < tab.locator("#exercises").bounding_box()["y"] < 120, "who has moved is left alone"
    tab.close()
