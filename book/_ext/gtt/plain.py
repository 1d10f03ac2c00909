"""The words of a page as one line of text: without code and pictures; formulas in a line in Unicode, displayed ones as
an ellipsis."""

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from docutils import nodes
from math_core import LatexError

from .formulas import APPLIED, Macros, mathml

SUBSCRIPTS = dict(
    zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
SUPERSCRIPTS = dict(
    zip("0123456789+−=()abdeghijklmnoprtuvw𝖳*∗′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᵈᵉᵍʰⁱʲᵏˡᵐⁿᵒᵖʳᵗᵘᵛʷᵀ**′", strict=True)
)
ACCENTS = {"ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "ˉ": "\u0304", "˙": "\u0307"}
SPACED = "=<>≤≥≈≠≪≫∼∝∈→←↦+−±·×⊙∘∣:"
CAPTION = re.compile(r"<figcaption><span>(.*?)</span>", re.DOTALL)
SILENT = (nodes.image, nodes.literal_block, nodes.citation, nodes.label, nodes.thead, nodes.Invisible)
BETWEEN = {nodes.tbody: "; ", nodes.row: " · ", nodes.definition_list: " · ", nodes.definition_list_item: ": "}


def plain(parts: Iterable[nodes.Node], macros: Macros) -> str:
    """The nodes' words. They are kept apart where a page breaks the line; what stands in a line is joined as it is.

    >>> plain([nodes.paragraph("", "", nodes.Text("at "), nodes.math(text="\\\\lambda_t"), nodes.Text("."))], {})
    'at λₜ.'
    """
    text = " ".join(" ".join(_text(part, macros) for part in parts).split())
    return re.sub(r"\s+([.,;:!?)]+)(?=\s|$)", r"\1", text).replace(".;", ".")


def _text(node: nodes.Node, macros: Macros) -> str:
    if isinstance(node, nodes.Text):  # of docstrings, which write h_{t-1}
        return re.sub(r"([_^])\{([^{}]*)\}", _shifted_braces, node.astext())
    if isinstance(node, nodes.math):
        return one_line(node.astext(), macros)
    if isinstance(node, nodes.math_block):
        return " … "
    if isinstance(node, nodes.paragraph) and [type(child) for child in node.children] == [nodes.strong]:
        return re.sub(r"(?<=\w)$", ":", f" {node.astext()}")  # the heading of a box
    if isinstance(node, nodes.raw):
        return " ".join(html.unescape(_marked(caption)) for caption in CAPTION.findall(node.astext()))
    if isinstance(node, SILENT) or type(node).__name__ == "solution_node" or _is_check(node):
        return " "
    inline = isinstance(node, nodes.TextElement | nodes.Inline)
    between = "" if inline else BETWEEN.get(type(node), " ")
    joined = between.join(_text(child, macros) for child in node.children)
    return joined if inline else f" {joined} "


def _is_check(node: nodes.Node) -> bool:
    """Is it a question? Choices without verdicts would read as statements of the book; no answer is given away."""
    marks = ("gtt-check", "<gtt-ask")
    first = node.children[0].astext() if node.children and isinstance(node.children[0], nodes.raw) else ""
    return any(mark in first for mark in marks)


def _marked(caption: str) -> str:
    """Subscripts and superscripts of a figure's caption, which is HTML, in Unicode; its other tags go."""
    caption = re.sub("<sub>(.*?)</sub>", lambda match: _shifted(match[1], SUBSCRIPTS, "_"), caption)
    caption = re.sub("<sup>(.*?)</sup>", lambda match: _shifted(match[1], SUPERSCRIPTS, "^"), caption)
    return re.sub(r"<[^>]*>", "", caption)


def one_line(tex: str, macros: Macros) -> str:
    r"""A formula in Unicode; "…" where the converter cannot read it.

    >>> macros = {"norm": [r"\left\lVert #1 \vphantom{A}\right\rVert", 1], "abs": [r"\left\lvert #1 \right\rvert", 1]}
    >>> one_line(r"\norm{W^t} \le \tfrac12\rho_{\max} + \abs\lambda^{t-1}", macros)
    '‖Wᵗ‖ ≤ 1/2ρₘₐₓ + |λ|ᵗ⁻¹'
    >>> one_line(r"x_1, \dots, x_T = -1", {}), one_line(r"\begin{cd} A", {})
    ('x₁, …, x_T = −1', '…')
    """
    try:
        tree = ET.fromstring(mathml(tex, False, macros).replace(APPLIED, ""))
    except LatexError:
        return "…"
    line = re.sub(r",(?=[^\s\d])", ", ", " ".join(_line(tree).split()))
    return re.sub(r"(^|[(\[,=<>≤≥≈←→] ?)([−+±]) ", r"\1\2", line)


def _line(element: ET.Element) -> str:
    """The text of an element of MathML."""
    kind = element.tag.rpartition("}")[2]
    parts = [_line(child) for child in element]
    match kind:
        case "msub" | "munder":
            return parts[0] + _shifted(parts[1], SUBSCRIPTS, "_")
        case "msup":
            return parts[0] + _shifted(parts[1], SUPERSCRIPTS, "^")
        case "msubsup" | "munderover":
            return parts[0] + _shifted(parts[1], SUBSCRIPTS, "_") + _shifted(parts[2], SUPERSCRIPTS, "^")
        case "mfrac":
            return "/".join(part if len(part) < 4 else f"({part})" for part in parts)
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mover":
            return parts[0] + ACCENTS.get(parts[1], "")
        case "mspace":
            return " "
        case "mphantom":  # a height, and no sign
            return ""
        case _:
            text = (element.text or "").strip() + "".join(parts)
            word = kind in ("mi", "mo") and len(text) > 1 and text.isalpha()  # tanh, max
            return f" {text} " if word or (kind == "mo" and text in SPACED) else text


def _shifted_braces(match: re.Match[str]) -> str:
    return _shifted(match[2].replace("-", "−"), SUBSCRIPTS if match[1] == "_" else SUPERSCRIPTS, match[1])


def _shifted(text: str, table: dict[str, str], mark: str) -> str:
    text = text.replace(" ", "")
    if all(c in table for c in text):
        return "".join(table[c] for c in text)
    return f"{mark}{text}" if len(text) == 1 or text.isalpha() else f"{mark}({text})"
