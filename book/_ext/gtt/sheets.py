"""All styles of a page in one file, without the rules that no page uses. A browser shows nothing before it has the last
sheet, and extensions bring fifteen, one of which names another."""

import posixpath
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx
from tinycss2.ast import Node

from .lean import asked, names, used_rules, words

ALL = "all.css"  # in _static. It begins with the names of its sheets: a page that is not written anew has only this one
OWN = (
    "explorable.css",
    "book.css",
)  # all of them stays: a translation that is built later brings markup of its own
# The faces that first screens need come with the styles: later ones would move what is read. The others are files.
FIRST = tuple(
    f"fonts/source-{name}.woff2" for name in ("serif-regular", "serif-italic", "sans-regular", "sans-semibold")
)
LINK = re.compile(r'<link\b[^>]*\brel="stylesheet"[^>]*>\s*')
HREF = re.compile(r'\bhref="((?:\.\./)*)_static/([^"?]+)[^"]*"')
# of the theme: its icons, and scripts fetched before the styles that run after everything
HASTE = re.compile(
    r'<script\b[^>]*scripts/fontawesome\.js[^>]*></script>\s*|<link\b[^>]*rel="preload" as="script"[^>]*>\s*'
)
# the theme asks all code and tables for their widths, which lays out all of a page, whenever something in it changes;
# book/_static/formulas.js asks those near the screen
MEASURING = re.compile(r'"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)')


def join(app: Sphinx, error: Exception | None) -> None:
    """On build-finished, when all files are there."""
    if error or app.builder.name != "html":
        return
    join_sheets(Path(app.outdir))
    script = Path(app.outdir, "_static/scripts/pydata-sphinx-theme.js")
    script.write_text(MEASURING.sub("0", script.read_text(encoding="utf-8")), encoding="utf-8")


def join_sheets(site: Path) -> None:
    """Writes the file of all styles, and lets the pages of this site load it in place of what they loaded."""
    static, pages = site / "_static", dict(pages_of(site))
    (static / "scripts/fontawesome.js").unlink(
        missing_ok=True
    )  # 1.4 MB for icons; book.css draws the few that show
    sheets: list[str] = next((found for text in pages.values() if ALL not in (found := linked(text))), [])
    if sheets:
        differing = [str(page) for page, text in pages.items() if linked(text) not in (sheets, [ALL])]
        if differing:
            raise ValueError(
                f"pages of a site: expected those of one list of style sheets, got others in {differing}"
            )
    elif pages:
        sheets = (static / ALL).read_text(encoding="utf-8").partition(" */")[0].removeprefix("/* ").split()
    used = names(site).union(
        *(words((static / sheet).read_text(encoding="utf-8")) for sheet in OWN if sheet in sheets)
    )
    rules = [rule for sheet in sheets for rule in rules_of(static, sheet)]
    used |= asked(rules, used.union(*(re.findall(r"--[\w-]+", page) for page in pages.values())))
    text = f"/* {' '.join(sheets)} */\n{used_rules(rules, used)}"
    for file in FIRST:
        data = b64encode((static / file).read_bytes()).decode() if (static / file).exists() else ""
        text = text.replace(f'url("{file}")', f'url("data:font/woff2;base64,{data}")') if data else text
    (static / ALL).write_text(text, encoding="utf-8")
    digest = sha256(text.encode()).hexdigest()[:8]
    for page, before in pages.items():
        if (after := with_one(before, digest)) != before:
            page.write_text(after, encoding="utf-8")


def pages_of(site: Path) -> Iterator[tuple[Path, str]]:
    """The pages that have the theme's look, and this site's: not those of slides, nor of a translation within it."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        found = [HREF.search(link[0]) for link in LINK.finditer(text.partition("</head>")[0])]
        first = next((href for href in found if href and href[2] in ("book.css", ALL)), None)
        if first and (page.parent / first[1]).resolve() == site.resolve():
            yield page, text


def linked(page: str) -> list[str]:
    """The style sheets of a page, as they lie in _static. Raises ValueError for one that lies elsewhere."""
    found = []
    for link in LINK.finditer(page.partition("</head>")[0]):
        href = HREF.search(link[0])
        if not href or "media=" in link[0]:
            raise ValueError(
                f"style sheet of a page: expected one in _static, for all media, got {link[0].strip()}"
            )
        found.append(href[2])
    return found


def with_one(page: str, digest: str) -> str:
    """The page with one link to styles, in the place of the first.

    >>> with_one('<link rel="stylesheet" href="../_static/a.css?v=1"> <link href="b.css" rel="stylesheet"></head>', "7")
    '<link rel="stylesheet" href="../_static/all.css?v=7">\\n</head>'
    """
    head, end, body = page.partition("</head>")
    first = LINK.search(head)
    href = first and HREF.search(first[0])
    if not first or not href:
        return page
    one = f'<link rel="stylesheet" href="{href[1]}_static/{ALL}?v={digest}">\n'
    head = head[: first.start()] + one + LINK.sub("", head[first.end() :])
    return HASTE.sub("", head) + end + body


def rules_of(static: Path, sheet: str) -> Iterator[Node]:
    """The rules of a sheet, and in their places those of the sheets that it names; addresses count from _static."""
    text = (static / sheet).read_text(encoding="utf-8")
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            named = [token for token in rule.prelude if token.type != "whitespace"]
            if [token.type for token in named] != ["string"]:
                raise ValueError(f"{sheet}: expected @import of a text alone, got {rule.serialize()}")
            yield from rules_of(static, moved(named[0].value, sheet))
        elif rule.type == "error":
            raise ValueError(f"{sheet}: {rule.message}, in line {rule.source_line}")
        elif not (rule.type == "at-rule" and rule.lower_at_keyword == "charset"):
            move([*(rule.prelude or []), *(rule.content or [])], sheet)
            yield rule


def move(tokens: Iterable[Node], sheet: str) -> None:
    """Writes the addresses among these tokens of a sheet as they are from _static."""
    for token in tokens:
        if token.type == "url":
            token.value = moved(token.value, sheet)
            token.representation = f'url("{token.value}")'
        elif token.type == "function" and token.lower_name == "url":
            for text in (inside for inside in token.arguments if inside.type == "string"):
                text.value = moved(text.value, sheet)
                text.representation = '"' + text.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for part in ("arguments", "content"):
            move(getattr(token, part, None) or [], sheet)


def moved(address: str, sheet: str) -> str:
    """An address in a sheet, from the folder _static.

    >>> [moved(a, "styles/theme.css") for a in ("../basic.css", "data:image/svg+xml,", "#clip")]
    ['basic.css', 'data:image/svg+xml,', '#clip']
    """
    if re.match(r"[a-z]+:|#|/", address):
        return address
    return posixpath.normpath(posixpath.join(posixpath.dirname(sheet), address))
