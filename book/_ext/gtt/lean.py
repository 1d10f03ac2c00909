"""Removes from the theme all that no page uses, and lets a browser show a page once its styles are there."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2
from docutils import nodes
from sphinx.application import Sphinx
from tinycss2.ast import Node


def defer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context: scripts in the head run when the page is there. An inline script needs the first of them.
    All pages share the theme's script objects, so a deferred script is a new one."""
    scripts = []
    for script in context["script_files"]:
        name = str(getattr(script, "filename", None) or "")
        if name and "documentation_options" not in name and not {"async", "defer"} & script.attributes.keys():
            script = type(script)(script.filename, priority=script.priority, **script.attributes, defer="defer")
        scripts.append(script)
    context["script_files"] = scripts


def restore(app: Sphinx, error: Exception | None) -> None:
    """On build-finished, before MyST-NB copies its style: Sphinx does not overwrite another one of its name."""
    for sheet in Path(app.outdir).glob("_static/mystnb.*.css"):
        sheet.unlink()


def names(site: Path) -> set[str]:
    """All classes of all pages, and all words of scripts, which may set a class."""
    names: set[str] = set()
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        names |= {word for value in re.findall(r'class="([^"]*)"', text) for word in value.split()}
        names.update(*map(words, re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", text, re.DOTALL)))
    return names.union(*(words(script.read_text(encoding="utf-8")) for script in site.glob("_static/**/*.js")))


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w-]+", text))


def used_rules(rules: Iterable[Node], used: set[str]) -> str:
    """The rules that can apply where no class but `used` is set.

    >>> css = ".a.b, p .c{ x:1/**/ } .d:not(.e){y:2} :is(.a, .c){q:0} @media print{.c{z:3} .a{z:4}} @font-face{src:q}"
    >>> used_rules(tinycss2.parse_stylesheet(css, skip_whitespace=True), {"a", "b", "d"})
    '.a.b{x:1}.d:not(.e){y:2}:is(.a, .c){q:0}@media print{.a{z:4}}@font-face{src:q}'
    """
    css = ""
    for rule in rules:
        if rule.type == "qualified-rule":
            able = [tinycss2.serialize(s).strip() for s in selectors(rule.prelude) if applies(s, used)]
            if able:
                css += ",".join(able) + "{" + plain(rule.content) + "}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports", "container"):
            inside = used_rules(tinycss2.parse_rule_list(rule.content, True, True), used)
            if inside:
                css += f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        else:
            css += plain([rule])
    return css


def plain(tokens: Iterable[Node]) -> str:
    """Declarations without comments and indents."""
    said = "".join(" " if t.type == "whitespace" else t.serialize() for t in tokens if t.type != "comment")
    return said.strip()


def selectors(prelude: Iterable[Node]) -> list[list[Node]]:
    """The parts between commas; what stands in parentheses is one token."""
    parts: list[list[Node]] = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def applies(selector: list[Node], used: set[str]) -> bool:
    return all(name.value in used for dot, name in pairwise(selector) if dot == ".")
