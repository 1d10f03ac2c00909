"""The German pages: each text of their figures is in the catalogue, and Python and the page say the same."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from sphinx import addnodes

from minirnn.figures import language
from minirnn.figures.assets import script_of
from tests.book.figures import figures_of, figures_on
from tests.browser.referee import expected, random_points, stored_points
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt.language import catalogue, term

LOCALE = ROOT / "book/locale"
TRANSLATED = [(po.parents[2].name, po.stem) for po in sorted(LOCALE.glob("*/LC_MESSAGES/book/*.po"))]
each_page = pytest.mark.parametrize(("tongue", "chapter"), TRANSLATED)


def shown(chapter: str) -> set[str]:
    """The sentences and labels of the chapter's figures, in all their states."""
    texts: set[str] = set()
    page = (ROOT / f"book/{chapter}.md").read_text()
    for figure in (figures_of(chapter)[name] for name in figures_on(page)):
        texts |= {*language.pieces(figure.html()), *(c.work for c in figure.controls.values())}
        once = {name: 1 for name, c in figure.controls.items() if c.work}
        for point in [*stored_points(figure), *random_points(figure), figure.point(figure.start) | once]:
            state = expected(figure, point)
            titles = (part["text"] for part in state["parts"].values())
            lines = {line for title in titles for line in title.split("\n")}
            texts |= {
                state["words"],
                *(re.sub(r"(?<=10)−\d+$", "", line) for line in lines),
            }  # an exponent is a piece
    sentences = {found[0].strip() for text in texts for found in language.SENTENCE.finditer(text)}
    return {sentence for sentence in sentences if re.search(r"[^\W\d_]{2}", sentence)}


def fixed() -> set[str]:
    """What the script of figures says itself."""
    text = "".join(map(script_of, ("explorable.js", "picture.js", "live.js")))
    words = {word for said in re.findall(r"gttSay\((.*?)\)", text) for word in re.findall(r'"(.*?)"', said)}
    words |= {*re.findall(r'button\("([\w ]{4,})"', (ROOT / "book/_static/alone.js").read_text())}
    for module in (ROOT / "book/_ext/gtt").glob("*.py"):
        words |= {*re.findall(r"""\bsay\(["'](.*?)["']\)""", module.read_text())}
    for template in (ROOT / "book/_templates").glob("*.html"):
        words |= {*re.findall(r'\bsay\("(.*?)"\)', template.read_text())}
    for name in ("search.js", "ask.js"):  # a value that is written into a text is a number
        found = re.findall(r"""\bsaid\((["`])(.*?)\1""", (ROOT / "book/_static" / name).read_text())
        words |= {re.sub(r"\$\{.*?\}", "7", text) for _, text in found}
    sentences = {found[0].strip() for text in words for found in language.SENTENCE.finditer(text)}
    return {sentence for sentence in sentences if re.search(r"\w", sentence)}


def test_what_the_search_and_the_questions_say_is_looked_for() -> None:
    assert {"Not yet: {got} is too small.", "The best 7 sections.", "in the book: 7.", "Glossary"} <= fixed()


@each_page
def test_each_text_of_a_figure_is_translated(tongue: str, chapter: str) -> None:
    known = catalogue(LOCALE / tongue / "LC_MESSAGES/figures.po")
    missing = {language.message(sentence)[0] for sentence in shown(chapter) | fixed()} - known.keys()
    assert missing == set()
    numbers = {message: sorted(re.findall(r"\{\d+\}", said)) for message, said in known.items()}
    assert {m for m, said in numbers.items() if said != sorted(re.findall(r"\{\d+\}", m))} == set()


def test_a_term_leads_to_its_place_in_the_english_glossary() -> None:
    """Sphinx keeps its capital letters there."""
    app: Any = SimpleNamespace(config=SimpleNamespace(language="de"), builder=SimpleNamespace(name="html"))
    link = addnodes.pending_xref(reftype="term", reftarget="Lyapunov exponent", refdoc="book/intro")
    found: Any = term(app, app, link, nodes.Text("Exponent"))
    assert found["refuri"] == "../../book/glossary.html#term-Lyapunov-exponent"


@pytest.mark.browser
@each_page
def test_a_page_says_what_python_says(browser: Any, tongue: str, chapter: str, tmp_path: Path) -> None:
    known = catalogue(LOCALE / tongue / "LC_MESSAGES/figures.po")
    texts = [*sorted(shown(chapter)), "−0.5", "1.25 and more", "10^{−5}", "x 2.5"]
    page = browser.new_page()
    page.evaluate(f"globalThis.gttMessages = {json.dumps(known)}")
    page.add_script_tag(content=script_of("language.js").replace("const gttSay", "globalThis.gttSay"))
    said = page.evaluate("texts => texts.map(gttSay)", texts)
    page.close()
    assert said == [language.say(text, known) for text in texts]
    assert sum(a != b for a, b in zip(said, texts, strict=True)) > 20
