"""Small questions: in a real page what is right is accepted, each mistake gets its message, all else a clear word."""

import importlib
import json
import re

import pytest
from questions import Question

from tests.conftest import ROOT

CHAPTERS = re.findall(
    r"file: book/(\w+)$", (ROOT / "_toc.yml").read_text().partition("caption: Assignments")[0], re.M
)
ALL = {f"{name}/{key}": question for name in CHAPTERS
       for key, question in importlib.import_module(f"questions.{name}").QUESTIONS.items()}  # fmt: skip
GARBAGE = {
    "": "Type a number or a formula",
    "  ": "Type a number or a formula",
    "2 +": "stops too early",
    "(1": "A bracket is not closed",
    "1)": "has no partner",
    "()": "Before “)” something is missing",
    "* 2": "Before “*” something is missing",
    "$x$": "“$” cannot be read here",
    "alert(1)": "“alert” is not known here",
    "constructor": "“constructor” is not known here",
    "__proto__": "“_” cannot be read here",
    "5 000": "Between two numbers a sign is missing",
    "1/0": "no finite number",
    "1e999": "no finite number",
    "sqrt 2": "After “sqrt” brackets are needed",
    "1" * 201: "too long",
    "(" * 200: "stops too early",
}
SAME = ("0.5", "0,5", "1/2", "2^-1", "2**(-1)", "50 %", "1 − 0.5", "0.25·2", "2⁻¹", "2(1/4)", "-(-.5)",
        "sqrt(1/4)", "ln(exp(0.5))", "5e-1", "1/2e^0")  # fmt: skip


@pytest.fixture(scope="module")
def page(browser):
    tab = browser.new_page()
    tab.set_content("<main></main>")
    tab.add_script_tag(content=(ROOT / "book/_static/ask.js").read_text())
    return tab


def told(page, asked, texts):
    """[is it right, what is said] of each text, as the page's script judges it."""
    call = "([asked, texts]) => texts.map((text) => customElements.get('gtt-ask').judge(asked, text))"
    return page.evaluate(call, [asked, texts])


def test_every_chapter_has_two_questions_and_asks_all_of_them():
    assert CHAPTERS
    for name in CHAPTERS:
        keys = re.findall(r"^:::\{ask\} .*\n:key: (\w+)$", (ROOT / f"book/{name}.md").read_text(), re.MULTILINE)
        assert len(keys) >= 2
        assert sorted(keys) == sorted(importlib.import_module(f"questions.{name}").QUESTIONS)


@pytest.mark.parametrize("page", sorted((ROOT / "book").glob("*.md")), ids=lambda page: page.stem)
def test_the_answer_to_a_right_choice_does_not_say_again_that_it_is_right(page):
    answers = re.findall(
        r"^- \[x\] .*\n\n +(.*)", page.read_text(), re.MULTILINE
    )  # the page puts "Right." before it
    assert not [answer for answer in answers if re.match(r"(Right|Yes|Correct)\b", answer)]


@pytest.mark.browser
@pytest.mark.parametrize("key", ALL)
def test_what_is_right_is_accepted_and_each_mistake_gets_its_message(page, key):
    question = ALL[key]
    asked = json.loads(json.dumps(question.asked(key)))
    assert told(page, asked, [question.answer()]) == [[True, "Right."]]
    assert len(question.mistakes) >= 3, f"a question names at least three mistakes; {key} names too few"
    for wrong, message in asked["mistakes"]:
        assert told(page, asked, [wrong]) == [[False, f"Not yet: {message}"]], wrong
    for right, said in told(page, asked, list(GARBAGE)):
        assert not right
        assert "Not yet" not in said
    words = [said for _, said in told(page, asked, list(GARBAGE))]
    assert all(word in said for said, word in zip(words, GARBAGE.values(), strict=True)), words


@pytest.mark.browser
def test_a_number_or_formula_is_read_as_people_write_it(page):
    half = Question(lambda: 0.5, ()).asked("half")
    assert [text for text, (right, _) in zip(SAME, told(page, half, list(SAME)), strict=True) if not right] == []
    formula = Question(lambda T, lam: T * lam ** (T - 1) - 2, (), names={"T": (2, 9), "lam": (0.1, 0.9)}).asked("f")
    same = ["T*lam^(T-1)-2", "T λ^(T-1) - 2", "-2 + T lambda^T/lam", "T(lam^T)/lam-2", "-(2-lam^(T-1)*T)"]
    assert [text for text, (right, _) in zip(same, told(page, formula, same), strict=True) if not right] == []
    said = {"-0.5": "the sign is wrong", "0.4": "0.4 is too small", "0.7": "0.7 is too large",
            "-2^2": "−4 is too small", "2^3^2": "512 is too large", "8/2/2": "2 is too large"}  # fmt: skip
    assert told(page, half, list(said)) == [[False, f"Not yet: {each}."] for each in said.values()]
    ((_, said),) = told(page, formula, ["T"])
    assert re.fullmatch(r"Not yet: for T = \d, lam = 0\.\d+ it gives \d, and −?[\d.]+ is right\.", said)


QUESTION = """<gtt-ask data-key="a/{key}" data-ask='{asked}'><p id="{key}">Half of one?</p>
<form hidden><input type="text" aria-labelledby="{key}"><button>Check</button></form>
<p role="status"></p><details><summary>Show the answer</summary>0.5</details></gtt-ask>"""


@pytest.mark.browser
@pytest.mark.parametrize("storage", ["works", "fails", "holds another's text"])
def test_answers_are_kept_in_the_browser_saved_and_deleted(browser, storage):
    tab, asked = browser.new_page(), json.dumps(Question(lambda: 0.5, ()).asked("half"))
    html = "".join(QUESTION.format(key=key, asked=asked) for key in ("one", "two"))
    html += '<fieldset class="gtt-check"></fieldset><p>Further below.</p>'
    tab.route(
        "http://book.test/", lambda route: route.fulfill(body=f"<main>{html}</main>", content_type="text/html")
    )
    tab.on("pageerror", lambda error: pytest.fail(str(error)))
    if storage == "fails":
        tab.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } })")

    def opened():
        tab.goto("http://book.test/")
        tab.add_script_tag(content=(ROOT / "book/_static/ask.js").read_text())
        return tab.locator("input").first, tab.locator("[role=status]").first

    if storage == "holds another's text":
        tab.goto("http://book.test/")
        tab.evaluate("localStorage.setItem('gtt-answers', '[1, \"x\"')")
    box, said = opened()
    box.fill("1/3")
    box.press("Enter")
    assert said.inner_text() == "Not yet: 0.3333 is too small."
    assert box.get_attribute("aria-invalid") == "true"
    box.fill("1/2")
    tab.get_by_role("button", name="Check").first.click()
    assert said.inner_text() == "Right."
    assert tab.locator("details").first.get_attribute("open") is not None
    line = tab.locator(".gtt-answered")
    assert line.inner_text().startswith(
        "Questions on this page with an answer to type: 1 of 2 right; in the book: 1."
    )
    assert line.evaluate("line => line.previousElementSibling.className") == "gtt-check"  # not amid the text
    box, said = opened()
    kept = storage != "fails"
    assert (box.input_value(), said.inner_text()) == (("1/2", "Right.") if kept else ("", ""))
    if kept:
        with tab.expect_download() as download:
            tab.get_by_role("link", name="Save my answers").click()
        assert json.loads(download.value.path().read_text()) == {"a/one": {"text": "1/2", "right": True}}
    tab.get_by_role("button", name="Delete them").click()
    assert (box.input_value(), said.inner_text()) == ("", "")
    assert opened()[0].input_value() == ""
    tab.close()
