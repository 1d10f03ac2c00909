"""A page as Markdown for a notebook: boxes as quotations, what is folded as <details>, and where each cell of code
stands. What stands in a line is in spans.py."""

from collections.abc import Callable, Iterable
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from .formulas import expand
from .spans import SILENT, Spans, cell

Piece = str | int  # a block of Markdown, or the index of a cell of code
BOXES = {"notice", "misconception", "needs", "lead"}


class Markdown(Spans):
    """The Markdown of the resolved nodes of one page."""

    def __init__(self, app: Sphinx, page: str) -> None:
        super().__init__(app, page)
        self.titles = app.config.numfig_format
        self.numbers = app.env.toc_fignumbers.get(page, {})
        self.depth = 0

    def blocks(self, parts: Iterable[nodes.Node]) -> list[Piece]:
        """The pieces of nodes that stand below each other."""
        found: list[Piece] = []
        for node in parts:
            found += self.method("block", node)(node)
        return [piece for piece in found if piece != ""]

    def block_Element(self, node: nodes.Element) -> list[Piece]:
        if isinstance(node, SILENT):
            return []
        inside = isinstance(node, nodes.Inline | nodes.TextElement)
        return [self.line([node])] if inside else self.blocks(node.children)

    def block_Text(self, node: nodes.Text) -> list[Piece]:
        return [self.line([node])]

    def block_section(self, node: nodes.section) -> list[Piece]:
        self.depth += 1
        pieces = self.blocks(node.children)
        self.depth -= 1
        return pieces

    def block_title(self, node: nodes.title) -> list[Piece]:
        return ["#" * max(1, self.depth) + " " + self.inline(node.children)]

    def block_rubric(self, node: nodes.rubric) -> list[Piece]:
        return [f"**{self.inline(node.children)}**"]

    def block_paragraph(self, node: nodes.paragraph) -> list[Piece]:
        return [self.line(node.children)]

    def block_literal_block(self, node: nodes.literal_block) -> list[Piece]:
        language = {"ipython3": "python", "default": "python"}.get(
            node.get("language", ""), node.get("language", "")
        )
        return [f"```{language}\n{node.astext().rstrip()}\n```"]

    def block_math_block(self, node: nodes.math_block) -> list[Piece]:
        """On one line: in a quotation JupyterLab would take the marks of further lines for part of the formula."""
        tex = " ".join(expand(node.astext(), self.macros).split())
        if r"\\" in tex and not tex.startswith(r"\begin"):
            tex = rf"\begin{{split}} {tex} \end{{split}}"
        number = self.numbered("displaymath", node, "%s")
        return [f"$$ {tex} \\tag{{{number}}} $$" if number else f"$$ {tex} $$"]

    def block_bullet_list(self, node: nodes.Element) -> list[Piece]:
        return ["\n".join(hang("- ", self.text(item.children)) for item in node)]

    def block_enumerated_list(self, node: nodes.Element) -> list[Piece]:
        first = node.get("start", 1)
        items = enumerate(node, first)
        return ["\n".join(hang(f"{k}. ", self.text(item.children)) for k, item in items)]

    def block_definition_list(self, node: nodes.Element) -> list[Piece]:
        """A list of entries, each with its term before it in bold."""
        entries = []
        for item in node:
            terms = [self.inline(part.children) for part in item if isinstance(part, nodes.term)]
            meaning = self.text(part for part in item if isinstance(part, nodes.definition))
            entries.append(hang("- ", f"**{', '.join(terms)}:** {meaning}"))
        return ["\n".join(entries)]

    def block_table(self, node: nodes.table) -> list[Piece]:
        caption = [self.line(part.children) for part in node if isinstance(part, nodes.title)]
        rows = list(node.findall(nodes.row))
        aligned = ["---:" if "text-right" in entry["classes"] else "---" for entry in rows[0]]
        lines = [
            f"| {' | '.join(cells)} |" for cells in (*map(self.row, rows[:1]), aligned, *map(self.row, rows[1:]))
        ]
        return [*caption, "\n".join(lines)]

    def row(self, row: nodes.Element) -> list[str]:
        return [cell("<br>".join(map(str, self.blocks(entry.children)))) for entry in row]

    def block_block_quote(self, node: nodes.block_quote) -> list[Piece]:
        return self.wrapped(quoted, node.children)

    def block_transition(self, node: nodes.transition) -> list[Piece]:
        return [] if "footnotes" in node["classes"] else ["---"]

    def block_raw(self, node: nodes.raw) -> list[Piece]:
        return [node.get("markdown", "")]

    def block_citation(self, node: nodes.citation) -> list[Piece]:
        return [hang("- ", self.text(node.children[1:2]))]  # in a page that is resolved again its text stands twice

    def block_sidebar(self, node: nodes.sidebar) -> list[Piece]:
        title, *body = node.children
        return self.wrapped(quoted, body, f"**{self.inline(title.children)}.**")

    def block_proof_node(self, node: nodes.Element) -> list[Piece]:
        return self.blocks(node.children)  # the box is in it

    def block_Admonition(self, node: nodes.Element) -> list[Piece]:
        """Boxes: remarks, theorems and proofs, exercises and solutions."""
        titled = bool(node.children) and isinstance(node[0], nodes.title)
        heading = self.heading(node, self.inline(node[0].children) if titled else "")
        body = node.children[titled:]
        if "dropdown" in node["classes"]:
            return self.wrapped(folding(heading), body)
        return self.wrapped(quoted, body, f"**{heading}**" if heading else "")

    def heading(self, node: nodes.Element, title: str) -> str:
        """The heading of a box: its kind and number, and its own title."""
        kind = type(node).__name__
        if kind == "solution_node":
            return node[0].astext().partition(" (")[0]  # without the exercise's own title
        if kind.startswith("exercise"):
            return f"{self.numbered('exercise', node, self.titles['exercise'])} {title.strip()}".strip()
        if "countertype" in node:
            kind = self.numbered(node["countertype"], node, f"{node['realtype'].title()} %s")
            return f"{kind} {title.strip()}".strip()
        return title or ("" if kind == "admonition" else kind.title())

    def numbered(self, counter: str, node: nodes.Element, pattern: str) -> str:
        places = self.numbers.get(counter, {})
        number = next((places[name] for name in node["ids"] if name in places), ())
        return (pattern % ".".join(map(str, number))).strip()

    def block_container(self, node: nodes.container) -> list[Piece]:
        if node.get("nb_element") == "cell_code":
            return [node["cell_index"]]
        if any(isinstance(child, nodes.raw) and "markdown" in child for child in node):  # a question
            return [quoted(self.mixed(node.children))]
        if BOXES & set(node["classes"]):
            return self.wrapped(quoted, node.children)
        return self.blocks(node.children)

    def block_dropdown_main(self, node: nodes.Element) -> list[Piece]:
        title, *body = node.children
        words = [text for text in title.findall(nodes.Text) if not isinstance(text.parent, nodes.raw)]
        return self.wrapped(folding("".join(words).strip()), body)

    def block_sd_tab_label(self, node: nodes.Element) -> list[Piece]:
        return [f"**{self.inline(node.children)}**"]

    def mixed(self, parts: Iterable[nodes.Node]) -> str:
        """Words and blocks among raw markup, which has the breaks between them."""
        words = (nodes.Text, nodes.Inline)
        return "".join(self.span(part) if isinstance(part, words) else f"{self.text([part])}\n\n" for part in parts)

    def wrapped(self, wrap: Callable[[str], str], parts: Iterable[nodes.Node], heading: str = "") -> list[Piece]:
        """Blocks in a box, which ends before a cell of code and begins anew below it."""
        found: list[Piece] = []
        block = [heading] if heading else []
        for piece in [*self.blocks(parts), None]:
            if isinstance(piece, str):
                block.append(piece)
                continue
            found += [wrap("\n\n".join(block))] if block else []
            found += [] if piece is None else [piece]
            block = []
        return found

    def text(self, parts: Iterable[nodes.Node]) -> str:
        """Blocks as one text; there is no cell of code in an entry of a list."""
        return "\n\n".join(map(str, self.blocks(parts)))


def hang(mark: str, text: str) -> str:
    """An entry of a list, whose further lines stand below its first word."""
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace("\n" + " " * len(mark) + "\n", "\n\n")


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def folding(title: str) -> Callable[[str], str]:
    return lambda text: f"<details><summary>{escape(title)}</summary>\n\n{text}\n\n</details>"
