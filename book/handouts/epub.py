"""The book as an EPUB: a file for each page of the joined document, as a browser writes it as XHTML. Formulas are
MathML, figures SVG in the states that have names. A reader brings its own letters and sizes."""

import io
import re
import uuid
import zipfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import yaml

import minirnn

from . import downloads
from .chromium import running
from .joined import joined

AS_XHTML = """() => [...document.querySelectorAll("article")].map((article) => {
  for (const own of [...article.querySelectorAll("gtt-explorable, gtt-ask")]) {
    const plain = document.createElement("div");
    if (own.id) plain.id = own.id;
    plain.className = own.localName;
    plain.append(...own.childNodes);
    own.replaceWith(plain);
  }
  for (const part of article.querySelectorAll("mfrac[displaystyle], mtable[scriptlevel]")) {
    const style = document.createElementNS(part.namespaceURI, "mstyle"); // newer MathML than EPUB has
    for (const name of ["displaystyle", "scriptlevel"]) {
      style.setAttribute(name, part.getAttribute(name) ?? "0");
      part.removeAttribute(name);
    }
    part.replaceWith(style);
    style.append(part);
  }
  for (const path of article.querySelectorAll("path:not([d])")) path.setAttribute("d", "M0 0"); // empty lines
  return [article.querySelector("h1").textContent.trim(), new XMLSerializer().serializeToString(article)];
})"""
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" href="epub.css"/></head>
<body>{body}</body></html>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier><dc:title>{title}</dc:title><dc:language>en</dc:language>
<dc:creator>{author}</dc:creator><meta property="dcterms:modified">{time}</meta>
<meta property="schema:accessMode">textual</meta><meta property="schema:accessMode">visual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest><item id="css" href="epub.css" media-type="text/css"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
{items}</manifest>
<spine>{spine}</spine></package>
"""
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""


def pages(document: str, browser: Any, file: Path) -> list[tuple[str, str, str]]:
    """(file, title, article as XHTML) of each article of the joined document, but for its title and its contents."""
    file.write_text(document, encoding="utf-8")
    tab = browser.new_page()
    tab.goto(file.as_uri(), timeout=300_000)
    articles = tab.evaluate(AS_XHTML)[2:]
    tab.close()
    named = [(f"page-{number:02}.xhtml", title, plain(text)) for number, (title, text) in enumerate(articles, 1)]
    home = {name: file for file, _, text in named for name in re.findall(r'\sid="([^"]*)"', text)}
    return [
        (file, title, re.sub(r'(<a [^>]*href=")#([^"]*)"', lambda m: f'{m[1]}{home[m[2]]}#{m[2]}"', text))
        for file, title, text in named
    ]


def plain(text: str) -> str:
    """The colours of the palette as they are, since few readers know variables.

    >>> plain('<path style="stroke: var(--gtt-ink, #1f2a37)"/>')
    '<path style="stroke: #1f2a37"/>'
    """
    return re.sub(r"var\(--gtt-[\w-]+, ?(#\w+)\)", r"\1", text)


def made(book: Path, site: Path, browser: Any) -> bytes:
    """The EPUB."""
    work = site.parent / "paper"
    work.mkdir(exist_ok=True)
    named = pages(joined(book, site), browser, work / "epub.html")
    settings = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    title = escape(settings["title"])
    items = [
        f'<item id="p{k}" href="{file}" media-type="application/xhtml+xml"{properties(text)}/>'
        for k, (file, _, text) in enumerate(named)
    ]
    package = PACKAGE.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{title} {minirnn.__version__}"),
        title=title,
        author=escape(settings["author"]),
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        items="\n".join(items),
        spine="".join(f'<itemref idref="p{k}"/>' for k in range(len(named))),
    )
    entries = "".join(f'<li><a href="{file}">{escape(name)}</a></li>' for file, name, _ in named)
    contents = f'<nav epub:type="toc"><h1>Contents</h1><ol>{entries}</ol></nav>'
    files = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
        "OEBPS/nav.xhtml": PAGE.format(title=title, body=contents),
        "OEBPS/epub.css": Path(__file__).with_name("epub.css").read_text(encoding="utf-8"),
    }
    files |= {f"OEBPS/{file}": PAGE.format(title=escape(name), body=text) for file, name, text in named}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "mimetype", "application/epub+zip", zipfile.ZIP_STORED
        )  # first and not compressed: so readers know it
        for name, content in files.items():
            packed.writestr(name, content)
    return held.getvalue()


def properties(text: str) -> str:
    """What a reader must be able to show for a page, as an attribute of its item."""
    needed = [name for name, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in text]
    return f' properties="{" ".join(needed)}"' if needed else ""


def write(book: Path, site: Path) -> Path:
    """Writes the EPUB among the site's downloads."""
    target = downloads.folder(site) / downloads.EPUB
    with running() as browser:
        target.write_bytes(made(book, site, browser))
    downloads.done(target, site)
    return target
