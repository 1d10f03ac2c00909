"""The articles of built pages, without what only a screen can use."""

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

Element = Any  # a Tag of Beautiful Soup, whose types leave open whether an attribute is a text or a list
FIGURE = re.compile("<gtt-explorable.*?</gtt-explorable>", re.DOTALL)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def article(site: Path, page: str) -> Element:
    """The text of a page, without scripts and the marks beside its headings. Raises ValueError if it has none."""
    from minirnn.figures.beside import whole  # a build that imports this module has not yet prepared the path

    text = FIGURE.sub(lambda figure: whole(site, figure[0]), (site / f"{page}.html").read_text(encoding="utf-8"))
    text = SCRIPT.sub("", text)
    found = BeautifulSoup(text, "html.parser").select_one("article.bd-article")
    if not found:
        raise ValueError(f"{page}: expected a page with <article class='bd-article'>, found none")
    for mark in found.select(".headerlink"):
        mark.decompose()
    return found
