"""The book as one PDF: Chromium prints the joined pages. It writes outline, links and tags by itself; the numbers of
pages in the text it cannot know, so it prints twice, and the second time they are there."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

from . import downloads
from .chromium import FOR_PAPER, running
from .joined import joined

PLACE = re.compile(
    r'(<a\b[^>]*\bhref="#([^"]*)"[^>]*\bclass="paper-page"[^>]*>|<a\b[^>]*\bclass="paper-page"[^>]*\bhref="#([^"]*)"[^>]*>)[^<]*</a>'
)


def numbered(document: str, numbers: dict[str, int]) -> str:
    """The document with numbers of pages in its places for them; 000 where there is none yet.

    >>> numbered('<a href="#end" class="paper-page"></a>', {"end": 7})
    '<a href="#end" class="paper-page">7</a>'
    """
    return PLACE.sub(lambda m: f"{m[1]}{numbers.get(m[2] or m[3], '000')}</a>", document)


def pages_of(pdf: bytes) -> dict[str, int]:
    """{id: page, counted from 1} of all that a link within a PDF leads to."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(pdf))
    return {
        name.removeprefix("/"): (reader.get_destination_page_number(place) or 0) + 1
        for name, place in reader.named_destinations.items()
    }


def printed(file: Path, browser: Any) -> bytes:
    """A page of the disk as the browser prints it, once its faces are there. Raises RuntimeError if it asks for a file
    that is not there, or for one of another host."""
    tab, failed = browser.new_page(), []
    tab.on("requestfailed", lambda request: failed.append(request.url))
    tab.route(re.compile("^https?:"), lambda route: route.abort())
    tab.goto(file.as_uri(), timeout=300_000)
    tab.evaluate("document.fonts.ready.then(() => 0)")
    pdf = tab.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    tab.close()
    if failed:
        raise RuntimeError(f"expected only files that are there, Chromium asked for {', '.join(failed[:5])}")
    return pdf


def made(book: Path, site: Path, browser: Any) -> bytes:
    """The PDF. Raises RuntimeError if its page numbers do not settle."""
    work = site.parent / "paper"
    work.mkdir(exist_ok=True)
    shutil.copy(Path(__file__).with_name("paper.css"), work)
    document = joined(book, site)
    numbers: dict[str, int] = {}
    for _ in range(4):
        (work / "book.html").write_text(numbered(document, numbers), encoding="utf-8")
        pdf = printed(work / "book.html", browser)
        before, numbers = numbers, pages_of(pdf)
        if numbers == before:
            return pdf
    raise RuntimeError("expected the same page numbers in two prints, got others four times")


def write(book: Path, site: Path) -> Path:
    """Writes the PDF among the site's downloads."""
    target = downloads.folder(site) / downloads.PDF
    with running(FOR_PAPER) as browser:
        target.write_bytes(made(book, site, browser))
    downloads.done(target, site)
    return target
