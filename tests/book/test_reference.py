"""The reference: a page for each room, whose papers and equations are linked, and to which other pages lead."""

import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from tests.book.test_build import pages
from tests.book.test_front import MODULES
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt import mentions


def rooms(built_book):
    return {file: page for file, page in pages(built_book).items() if file.parent.name == "api"}


def test_papers_and_equations_are_links(built_book):
    count = 0
    for file, page in rooms(built_book).items():
        for place in page.select("article :is(p, pre)"):
            if ">>>" in place.get_text():
                continue
            count += len(place.select("a"))
            for link in place.select("a"):
                link.extract()
            left = re.findall(r"\beq\. [a-z][a-z0-9-]*|\b[a-z]+(?:19|20)\d\d[a-z]*\b", place.get_text())
            assert left == [], f"{file.name}: {place.get_text()[:200]}"
    assert count > 150


def test_a_name_leads_to_the_reference_where_it_first_stands(built_book):
    """On each page outside the reference: each name in its sentences has one link, and nothing else has one."""
    names, found = mentions.full_names(), {}
    for file, page in pages(built_book).items():
        if file.parent != built_book / "book":
            continue
        links = [link["href"] for link in page.select("article a[href*='api/']") if "#" in link["href"]]
        for link in links:
            room, _, anchor = link.partition("#")
            assert pages(built_book)[built_book / "book" / room].find(id=anchor), link
        codes = page.select("article code:not(:is(pre, h1, h2, h3, h4) code)")
        stand = [names.get(code.get_text().partition("(")[0].removeprefix("minirnn.")) for code in codes]
        wanted = list(dict.fromkeys(name.replace(".", "-") for name in stand if name))
        assert [link.partition("#")[2] for link in links] == wanted, file.name
        for name in filter(None, dict.fromkeys(stand)):
            assert codes[stand.index(name)].find_parent("a"), (file.name, name)
        found[file.stem] = wanted
    assert "minirnn-cells-plain-VanillaRNN" in found["bptt"]
    assert {"minirnn-diagnosis-entry-diagnose", "minirnn-learning-training-train"} <= set(found["diagnosis"])
    assert sum(map(len, found.values())) > 12


def test_words_that_mean_something_else_are_no_names():
    names = mentions.full_names()
    assert names["bptt"] == names["gradients.bptt"] == "minirnn.gradients.backpropagation.bptt"
    assert names["learning.clip_by_norm"].startswith("minirnn.learning.clipping.")
    assert not {"forced", "load"} & names.keys(), "words of every day"


def test_an_equation_is_that_of_the_module_or_of_its_class():
    assert "scan" in mentions.equations_of("minirnn.core.recurrences")
    assert "diagonal" in mentions.equations_of("minirnn.cells.linear"), "in the first line of a class"
    assert not {"adjoint", "scan-adjoints"} & mentions.equations_of("minirnn.core.recurrences")


def test_equations_are_found_in_modules_that_nothing_has_imported():
    """A build of one chapter after all reads no page of the reference, and resolves mentions all the same."""
    code = "from gtt import mentions; import sys; assert 'minirnn.theory.memory' not in sys.modules; "
    code += "mentions.equations_of('minirnn.theory.memory')"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "book/_ext", check=True)


def test_each_equation_that_a_docstring_mentions_is_set_somewhere():
    """What the build would say after minutes."""
    texts = "\n".join(path.read_text() for path in (ROOT / "minirnn").rglob("*.py"))
    chapters = "\n".join(path.read_text() for path in (ROOT / "book").rglob("*.md"))
    mentioned = set(re.findall(mentions.EQUATION, texts))
    known = set().union(*map(mentions.equations_of, MODULES)) | set(re.findall(r"\beq-([a-z][a-z0-9-]*)", chapters))
    assert len(mentioned) > 40
    assert mentioned - known == set()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["cells-gated-LSTM", "gradients", "dependencies"])
def test_a_link_to_the_one_page_of_before_arrives(site, browser, name):
    tab = browser.new_page()
    tab.goto(f"{site}/book/api.html#minirnn-{name}")
    room = {"dependencies": "support"}.get(name, name.partition("-")[0])
    tab.wait_for_url(f"**/book/api/{room}.html#minirnn-{name}")
    assert tab.locator(f"#minirnn-{name}").count() == 1
    tab.goto(f"{site}/book/api.html#anything")
    assert tab.url.endswith("/book/api.html#anything")
    tab.close()


@pytest.mark.slow
def test_words_between_asterisks_are_emphasised(built_book):
    for file in sorted((built_book / "book/api").glob("*.html")):
        article = BeautifulSoup(file.read_text(), "html.parser").select_one("article")
        for code in article.select("pre, code"):
            code.decompose()
        assert re.findall(r"(?<!\w)\*\w[^*]*\w\*(?!\w)", article.get_text()) == [], file.name
