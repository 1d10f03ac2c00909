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

SERVED = {  # what the name or the text of a script has in it: the markup that it serves
    "toggle": r'class="(?:[^"]* )?(?:toggle|dropdown admonition|admonition dropdown)[ "]',
    "design-tabs": r'class="[^"]*\bsd-tab-',
}
CONDITIONS = ("media", "supports", "container")  # of rules within


def defer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context: scripts in the head run when the page is there, and those with nothing to do are left out.
    An inline script needs the first of them."""
    body = context.get("body", "")
    context["script_files"] = [deferred(script) for script in context["script_files"] if serves(script, body)]


def serves(script: Any, body: str) -> bool:
    """Whether this script of the theme's extensions has something to do in a page."""
    said = f"{getattr(script, 'filename', None)} {getattr(script, 'attributes', {}).get('body')}"
    return all(re.search(markup, body) for name, markup in SERVED.items() if name in said)


def deferred(script: Any) -> Any:
    """All pages share the theme's script objects, so a deferred script is a new one."""
    name = str(getattr(script, "filename", None) or "")
    if not name or "documentation_options" in name or {"async", "defer"} & script.attributes.keys():
        return script
    return type(script)(script.filename, priority=script.priority, **script.attributes, defer="defer")


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
    """The rules that can apply where no class but `used` is set, with those variables alone that are in `used`.

    >>> css = ".a.b, p .c{ x:1/**/ } .d:not(.e){y:2} :is(.a, .c){q:0} @media print{.c{z:3} .a{z:4}} @font-face{src:q}"
    >>> used_rules(tinycss2.parse_stylesheet(css, skip_whitespace=True), {"a", "b", "d"})
    '.a.b{x:1}.d:not(.e){y:2}:is(.a, .c){q:0}@media print{.a{z:4}}@font-face{src:q}'
    >>> css = '.a{--f:1;--g:url("x;y");x:1} .b{--f:2} @media print{.a{--f:3}}'
    >>> used_rules(tinycss2.parse_stylesheet(css, skip_whitespace=True), {"a", "b", "--g"})
    '.a{--g:url("x;y");x:1}'
    """
    css = ""
    for rule in rules:
        if rule.type == "qualified-rule":
            able = [tinycss2.serialize(selector).strip() for selector in applying(rule, used)]
            said = [d for d in split(rule.content, ";") if not variable(d) or variable(d) in used]
            text = ";".join(filter(None, map(plain, said)))
            if able and text:
                css += ",".join(able) + "{" + text + "}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONS:
            inside = used_rules(tinycss2.parse_rule_list(rule.content, True, True), used)
            if inside:
                css += f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        else:
            css += plain([rule])
    return css


def asked(rules: Iterable[Node], used: set[str]) -> set[str]:
    """The variables that something asks for: one of the words `used`, a rule that can apply where no other class is
    set, or another variable that is asked for.

    >>> css = "a{--b:1px;--c:var(--b);d:var(--e)} @media print{f{--e:var(--g, 0)}} h{--g:3;--i:4} .k{l:var(--i)}"
    >>> sorted(asked(tinycss2.parse_stylesheet(css, skip_whitespace=True), {"--j"}))
    ['--e', '--g', '--j']
    """
    found, needs = set(used), dict[str, set[str]]()

    def look(rules: Iterable[Node]) -> None:
        for rule in rules:
            if rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONS:
                look(tinycss2.parse_rule_list(rule.content, True, True))
            elif rule.type == "at-rule" or applying(rule, used):
                for declaration in split(rule.content or [], ";"):
                    names = set(re.findall(r"var\(\s*(--[\w-]+)", tinycss2.serialize(declaration)))
                    needs.setdefault(variable(declaration), set()).update(names)

    look(rules)
    new = found | needs.pop("", set())
    while new:
        found |= new
        new = set().union(*(needs.get(name, set()) for name in new)) - found
    return {name for name in found if name.startswith("--")}


def variable(declaration: list[Node]) -> str:
    """The variable that is declared, or "" where something else is."""
    first = next((token for token in declaration if token.type != "whitespace"), None)
    return str(first.value) if first is not None and first.type == "ident" and first.value[:2] == "--" else ""


def plain(tokens: Iterable[Node]) -> str:
    """Declarations without comments and indents."""
    said = "".join(" " if t.type == "whitespace" else t.serialize() for t in tokens if t.type != "comment")
    return said.strip()


def split(tokens: Iterable[Node], at: str) -> list[list[Node]]:
    """The parts between commas or semicolons; what stands in parentheses is one token."""
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def applying(rule: Node, used: set[str]) -> list[list[Node]]:
    """The selectors of a rule that can apply where no class but `used` is set."""
    return [selector for selector in split(rule.prelude, ",") if applies(selector, used)]


def applies(selector: list[Node], used: set[str]) -> bool:
    return all(name.value in used for dot, name in pairwise(selector) if dot == ".")
