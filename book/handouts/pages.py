"""The articles of built pages, without what only a screen can use."""

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

Element = Any  # a Tag of Beautiful Soup, whose types leave open whether an attribute is a text or a list
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def article(site: Path, page: str) -> Element:
    """The text of a page, without scripts and the marks beside its headings. Raises ValueError if it has none."""
    text = SCRIPT.sub("", (site / f"{page}.html").read_text(encoding="utf-8"))
    found = BeautifulSoup(text, "html.parser").select_one("article.bd-article")
    if not found:
        raise ValueError(f"{page}: expected a page with <article class='bd-article'>, found none")
    for mark in found.select(".headerlink"):
        mark.decompose()
    return found
