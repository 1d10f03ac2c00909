"""Formulas are set when the book is built: as MathML, which browsers draw, print, zoom and read aloud by themselves, in
one face that `assets` cuts to the signs that pages use. The TeX stands beside it, for those who copy a formula."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

Macros = Mapping[str, Any]  # {name: text, or [text with #1, #2, number of arguments]}
Begins = Callable[[ET.Element, ET.Element], bool]
PLAINER = (("·", r"\cdot "), ("½", r"\tfrac12 "))  # signs whose spaces or parts the converter does not know
OWN = {name: "…" for name in ("dots", "ldots")}  # one sign: the converter's three full stops would be read out
RELATIONS = frozenset("=≠≈<>≤≥≪≫∼∝:≔→←↦⟶⇒")
PRIMES = ("′", "″", "‴")
APPLIED = "\u2061"  # the invisible sign between a function's name and its argument
NORM, TALL = "‖", {"mfrac", "mtable", "msqrt", "mroot", "munder", "munderover"}
ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)
NUMBERED = re.compile(r"\\(begin|end)\{(align|equation|gather|multline)\}")

log = logging.getLogger(__name__)


def mathml(tex: str, block: bool, macros: Macros) -> str:
    r"""A formula as an element <math>, or as a row of them. Raises LatexError where the converter cannot read a part.

    >>> mathml(r"\half{h}\T", False, {"half": [r"\frac{#1}2", 1], "T": r"^{\mathsf{T}}"})
    '<math><msup><mfrac><mi>h</mi><mn>2</mn></mfrac><mi>𝖳</mi></msup></math>'
    """
    for sign, plainer in PLAINER:
        tex = tex.replace(sign, plainer)
    if r"\\" in ENVIRONMENT.sub("", tex):  # lines of one formula, as Sphinx lets one write them
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    tex = NUMBERED.sub(r"\\\1{\2*}", tex)  # the book numbers its equations itself
    texts = OWN | {name: text[0] if isinstance(text, list) else text for name, text in macros.items()}
    for name, text in texts.items():
        if text.startswith("^"):  # when the converter expands a macro, it has read what stands before it
            tex = re.sub(rf"\\{name}(?![A-Za-z])", text.replace("\\", r"\\"), tex)
    written = LatexToMathML(macros=texts, fancy_error=False).convert_with_local_state(tex, displaystyle=block)
    tree = ET.fromstring(written.replace("&ApplyFunction;", APPLIED))
    for element in list(tree.iter()):
        mend(element)
    return ET.tostring(breakable(tree) if block else tree, encoding="unicode")


def mend(element: ET.Element) -> None:
    """What browsers draw otherwise than TeX does: a prime is high enough without being an exponent, a bracket of a
    given size has it only in a row, and a brace would touch what stands above it. Bars of a norm have one size around
    all that is no taller than a letter with an exponent: the next size is twice as tall."""
    base, *scripts = list(element) or [element]
    if element.tag in ("msub", "msup", "msubsup") and "minsize" in base.attrib:
        element[0] = piece("mrow", [base])
    if element.tag in ("msup", "msubsup") and scripts[-1].text in PRIMES:
        scripts[-1].attrib.update(lspace="0", rspace="0")
        primed = piece("mrow", [base, scripts[-1]])
        element.tag, element[:] = ("mrow", primed) if element.tag == "msup" else ("msub", [primed, scripts[0]])
    element.attrib.pop("accentunder", None)
    if (
        element.tag == "mrow"
        and [base.text, element[-1].text] == [NORM] * 2
        and not TALL & {e.tag for e in element.iter()}
    ):
        element[:] = [part for part in element if part.tag != "mpadded"]  # the macro's phantom of a letter's height
        for bar in (element[0], element[-1]):
            bar.set("stretchy", "false")


def breakable(formula: ET.Element) -> ET.Element:
    """A browser breaks no line of MathML. So a displayed formula stands in parts, which end with a wide space, and
    these in pieces, which begin with a relation: each is a formula, and book.css lets them go on below."""
    parts = [split(part, begins_piece) for part in split(formula, lambda before, part: is_wide(before))]
    if len(parts) == len(parts[0]) == 1:
        return formula
    whole = ET.Element("span", {"class": "gtt-parts"})
    for part in parts:
        ET.SubElement(whole, "span").extend(piece("math", elements, displaystyle="true") for elements in part)
    return whole


def split(elements: Iterable[ET.Element], begins: Begins) -> list[list[ET.Element]]:
    """The elements in lists, a new one wherever `begins(element before, element)`."""
    lists: list[list[ET.Element]] = []
    for element in elements:
        if not lists or begins(lists[-1][-1], element):
            lists.append([])
        lists[-1].append(element)
    return lists


def piece(tag: str, elements: Iterable[ET.Element], **attributes: str) -> ET.Element:
    out = ET.Element(tag, attributes)
    out.extend(elements)
    if is_relation(out[0]):
        out[0].set("form", "infix")  # at the beginning it would count as a sign, without spaces
    return out


def begins_piece(before: ET.Element, element: ET.Element) -> bool:
    return is_relation(element) and not is_relation(before)  # := is one


def is_wide(element: ET.Element) -> bool:
    return element.tag == "mspace" and element.get("width") in ("1em", "2em")  # \quad, \qquad


def is_relation(element: ET.Element) -> bool:
    return element.tag == "mo" and element.text in RELATIONS


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(opening(translator, node, "span") + drawn(translator, node, False) + "</span>")
    raise nodes.SkipNode


def visit_displayed(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(opening(translator, node, "div"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(drawn(translator, node, True) + "</div>\n")
    raise nodes.SkipNode


def opening(translator: HTML5Translator, node: nodes.math | nodes.math_block, tag: str) -> str:
    tex = {"data-tex": node.astext().strip()}
    return translator.starttag(node, tag, "", CLASS="math notranslate nohighlight", **tex)


def drawn(translator: HTML5Translator, node: nodes.math | nodes.math_block, block: bool) -> str:
    try:
        return mathml(node.astext(), block, translator.config.mathjax3_config["tex"]["macros"])
    except LatexError as error:
        log.warning("no MathML for the formula %r, write it more plainly: %s", node.astext(), error, location=node)
        return translator.encode(node.astext())
