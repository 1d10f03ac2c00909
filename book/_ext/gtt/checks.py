"""Checks of every page, of its parts and its size. A warning fails the build, since books are built with `-W`."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

BUDGET_KB = 300  # of one page, compressed
FIGURE_KB = 150  # of one figure with controls
FIGURE = re.compile(r'<gtt-explorable id="([\w-]+)".*?</gtt-explorable>', re.DOTALL)

log = logging.getLogger(__name__)


class Pictures(HTMLParser):
    """Collects the pictures of a page that have no text alternative."""

    def __init__(self) -> None:
        super().__init__()
        self.mute: list[str] = []
        self.open: list[bool] = []  # does it speak for what is in it?

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        says = bool(given.get("aria-label") or given.get("aria-labelledby") or given.get("aria-hidden") == "true")
        if tag == "img" and not (given.get("alt") or "").strip():
            self.mute.append(f"<img src={(given.get('src') or '')[:60]!r}>")
        if tag == "svg" and not says and not any(self.open):
            self.mute.append("<svg>")
        if tag in ("div", "figure", "span", "svg", "g"):
            self.open.append(says and (given.get("role") == "img" or given.get("aria-hidden") == "true"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("div", "figure", "span", "svg", "g") and self.open:
            self.open.pop()


def check_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Each written page: is a text file, has a description, and every picture has a text alternative."""
    if doctree is None:
        return
    if not str(app.env.doc2path(pagename)).endswith(".md"):
        log.warning("a page is a text notebook (.md), which cannot store outputs", location=pagename)
    if 'name="description"' not in context["metatags"]:
        missing = (
            "no description: add `myst: html_meta: description:` to the front matter, in quotes if it has a colon"
        )
        log.warning(missing, location=pagename)
    pictures = Pictures()
    pictures.feed(context["body"])
    bare = [node["uri"] for node in doctree.findall(nodes.image) if not node.get("alt", "").strip()]
    for picture in pictures.mute or bare:
        log.warning("a picture without a text alternative: %s", picture, location=pagename)


def unique_ids(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """An id once a page: theorems and exercises give theirs to every box."""
    seen: set[str] = set()
    for node in doctree.findall(nodes.Element):
        node["ids"] = [name for name in dict.fromkeys(node["ids"]) if name not in seen]
        seen.update(node["ids"])


def ran(env: BuildEnvironment, page: str) -> dict[str, Any]:
    """MyST-NB's data, in Sphinx's environment, on the run of a page's code; empty for a page without code."""
    return vars(env)["nb_metadata"][page].get("exec_data") or {}


def report(app: Sphinx, error: Exception | None) -> None:
    """Prints the size of each page and the time that its code took."""
    if error or app.builder.name != "html":
        return
    from minirnn.figures.beside import whole  # found once `assets` has prepared the path

    print(f"\n{'page':<28}{'HTML KB':>9}{'gzip KB':>9}{'run s':>8}")
    for page in sorted(app.env.found_docs):
        html = (Path(app.outdir) / f"{page}.html").read_text(encoding="utf-8")
        kb = compressed(html)
        seconds = ran(app.env, page).get("runtime") or 0
        print(f"{page:<28}{len(html) / 1024:>9.0f}{kb:>9.0f}{seconds:>8.1f}")
        if kb > BUDGET_KB:
            log.warning("%s is %.0f KB compressed; the budget is %s KB", page, kb, BUDGET_KB)
        for figure in FIGURE.finditer(html):
            if (kb := compressed(whole(Path(app.outdir), figure[0]))) > FIGURE_KB:
                log.warning(
                    "%s: the figure %s is %.0f KB compressed; the budget is %s KB", page, figure[1], kb, FIGURE_KB
                )


def compressed(text: str) -> float:
    return len(gzip.compress(text.encode())) / 1024
