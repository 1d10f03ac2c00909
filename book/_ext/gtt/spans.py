"""What stands in a line of a page, as Markdown for a notebook: formulas as TeX without the book's macros; numbers,
titles and citations as the page shows them.

A page without a site has no address, and then a link to another page is its text alone.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, urljoin

from docutils import nodes
from sphinx.application import Sphinx

from .figures import numbers
from .macros import expand

SILENT = (nodes.Invisible, nodes.label, nodes.colspec, nodes.system_message)
MEANT = re.compile(r"[\\*`\[\]<$]|(?<!\w)_|_(?!\w)")  # what Markdown would take for markup
AT_THE_START = re.compile(r"^(\d+)([.)])(?= )|^([#>+-])(?= )")


class Spans:
    """The Markdown of resolved nodes that stand in a line of one page."""

    def __init__(self, app: Sphinx, page: str) -> None:
        site = app.config.html_baseurl
        self.address = urljoin(site, f"{page}.html") if site else ""
        self.macros = app.config.mathjax3_config["tex"]["macros"]
        self.figures = {f"#{name}" for name in numbers(app.env).get(page, []) if name}

    def method(self, kind: str, node: nodes.Node) -> Callable:
        """block_NAME or span_NAME of the node's class, or of the nearest class that it is derived from."""
        for cls in type(node).__mro__:
            if known := getattr(self, f"{kind}_{cls.__name__}", None):
                return known
        raise TypeError(f"no Markdown for the node {type(node).__name__}: {node.astext()[:80]!r}")

    def line(self, parts: Iterable[nodes.Node]) -> str:
        """A paragraph, which does not begin as a list or a heading does."""
        return AT_THE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", self.inline(parts).strip())

    def inline(self, parts: Iterable[nodes.Node]) -> str:
        return "".join(map(self.span, parts))

    def span(self, node: nodes.Node) -> str:
        return self.method("span", node)(node)

    def span_Text(self, node: nodes.Text) -> str:
        text = MEANT.sub(r"\\\g<0>", " ".join(re.split(r"[ \n]+", node.astext())))
        return re.sub(r"&(?=#?\w+;)", "&amp;", text)

    def span_Element(self, node: nodes.Element) -> str:
        return "" if isinstance(node, SILENT) else self.inline(node.children)

    def span_inline(self, node: nodes.inline) -> str:
        """A side note stands in brackets where its number is."""
        if "d-n" in node["classes"]:
            return ""
        is_note = {"sidenote", "marginnote"} & set(node["classes"])
        return f" ({self.inline(node.children[1:])})" if is_note else self.inline(node.children)

    def span_SideNoteNode(self, node: nodes.Element) -> str:
        return ""

    def span_math(self, node: nodes.math) -> str:
        return f"${' '.join(expand(node.astext(), self.macros).split())}$"

    def span_literal(self, node: nodes.literal) -> str:
        text = node.astext()
        return f"`` {text} ``" if "`" in text else f"`{text}`"

    def span_emphasis(self, node: nodes.emphasis) -> str:
        return f"*{self.inline(node.children)}*"

    def span_strong(self, node: nodes.strong) -> str:
        return f"**{self.inline(node.children)}**"

    def span_superscript(self, node: nodes.superscript) -> str:
        return f"<sup>{self.inline(node.children)}</sup>"

    def span_subscript(self, node: nodes.subscript) -> str:
        return f"<sub>{self.inline(node.children)}</sub>"

    def span_raw(self, node: nodes.raw) -> str:
        return node.get("markdown", "")

    def span_reference(self, node: nodes.reference) -> str:
        """A link into the notebook, if it leads to a figure of this page; to another host; to the book's site."""
        text, target = self.inline(node.children), node.get("refuri") or f"#{node.get('refid', '')}"
        target = quote(target, safe="#?&=:/%+;,@~!$'*[]")  # a space or a bracket would end it
        if target.partition("?")[0] in self.figures or re.match(r"(https?|mailto):", target):
            return f"[{text}]({target})"
        return f"[{text}]({urljoin(self.address, target)})" if self.address else text


def cell(text: str) -> str:
    """A text that may hold bars, in a table, whose cells end at a bar.

    >>> cell("$|x|$ or a|b")
    '$\\\\vert x\\\\vert $ or a\\\\|b'
    """
    bars = {r"\|": r"\Vert ", "|": r"\vert "}
    text = re.sub(r"\$[^$]*\$", lambda m: re.sub(r"\\?\|", lambda bar: bars[bar[0]], m[0]), text)
    return text.replace("|", r"\|")
