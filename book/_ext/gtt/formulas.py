"""Formulas as MathML, which a browser shows, prints and finds from the start and without a script. MathJax sets them
more finely: book/_static/formulas.js gives it the TeX, which each carries along."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.ext.mathjax import html_visit_displaymath, html_visit_math
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

Macros = Mapping[str, Any]  # {name: text, or [text with #1, #2, number of arguments]}
PLAINER = [  # what docutils does not know, in words that it does
    (r"\\vphantom\{[^{}]*\}", ""),
    (r"\\dots(?![A-Za-z])", r"\\ldots"),
    (r"(\\[tdc]?frac) *(\d)(?=\d|\{)", r"\1{\2}"),
    (r"(\\[tdc]?frac\{\d\}) *(\d)", r"\1{\2}"),
    (r"\\sqrt *(\d)", r"\\sqrt{\1}"),
    (r"\\[Bb]igg?r\|_", "|_"),
    (r"\\operatorname\*", r"\\operatorname"),
    ("·", r"\\cdot "),
    ("½", r"\\tfrac{1}{2}"),
]
BRACES = ("⏟", "⏞")
APPLIED = "\u2061"  # the invisible sign between a function's name and its argument
TOKEN = re.compile(r" *(\\[A-Za-z]+|\\.|[^ ])", re.DOTALL)

log = logging.getLogger(__name__)


def expand(tex: str, macros: Macros) -> str:
    """`tex` without the macros of the settings.

    >>> expand(r"\\norm{W_{ij}} \\le \\norm\\lambda + \\normal", {"norm": [r"|#1|", 1]})
    '|{W_{ij}}| \\\\le |\\\\lambda | + \\\\normal'
    """
    name = re.compile(rf"\\({'|'.join(macros)})(?![A-Za-z])")
    while found := name.search(tex):
        text, count = macros[found[1]] if isinstance(macros[found[1]], list) else (macros[found[1]], 0)
        end = found.end()
        for k in range(1, count + 1):
            argument, end = take(tex, end)
            text = text.replace(f"#{k}", argument)
        tex = tex[: found.start()] + text + tex[end:]
    return tex


def take(tex: str, start: int) -> tuple[str, int]:
    """The token or the group in braces that begins at `start`, and where it ends. Raises MathError where none does."""
    end, depth = start, 0
    while end == start or depth:
        step = TOKEN.match(tex, end)
        if not step:
            raise MathError(f"expected an argument, and each brace closed, got the end after {tex[start:]!r}")
        depth += {"{": 1, "}": -1}.get(step[1], 0)
        end = step.end()
    argument = tex[start:end].lstrip(" ")
    return argument + " " * argument[-1].isalpha(), end  # \lambda, and then perhaps a letter


def mathml(tex: str, block: bool, macros: Macros) -> str:
    """The element <math> of a formula. Raises MathError where docutils has no word for a part of it."""
    tex = expand(tex, macros)
    for pattern, plainer in PLAINER:
        tex = re.sub(pattern, plainer, tex)
    text = latex2mathml.tex2mathml(tex, as_block=block).replace("&ApplyFunction;", APPLIED)
    tree = ET.fromstring(re.sub(r">\s+<", "><", text).replace(' xmlns="http://www.w3.org/1998/Math/MathML"', ""))
    for element in list(tree.iter()):
        place_scripts(element)
        set_apart(element)
    return ET.tostring(tree, encoding="unicode")


def place_scripts(element: ET.Element) -> None:
    """An index of an accented letter stands beside it, and what a brace embraces is named below or above the brace."""
    children = list(element)
    if element.tag == "munderover" and children[0].tag == "mi":  # letter, index, accent
        accented = ET.Element("mover", accent="true")
        accented.extend([children[0], children[2]])
        element.tag, element[:] = "msub", [accented, children[1]]
    if element.tag in ("msub", "msup") and len(children[0]) and children[0][-1].text in BRACES:
        element.tag = {"msub": "munder", "msup": "mover"}[element.tag]
    if element.tag == "mo" and element.text == "|":  # not a relation
        element.attrib |= {"lspace": "0", "rspace": "0"}


def set_apart(element: ET.Element) -> None:
    """Upright names such as tanh, with a thin space between them and a letter, a number or a fraction beside them."""
    if element.tag == "mi" and len(element.text or "") > 1:
        element.set("mathvariant", "normal")  # one letter alone is set in italics
    children = [child for child in element if child.text != APPLIED]
    if element.tag not in ("math", "mrow", "mstyle", "mtd"):
        return
    for left, right in itertools.pairwise(children):
        if (is_name(left) and not is_operator(right)) or (is_name(right) and not is_operator(left)):
            element.insert(list(element).index(right), ET.Element("mspace", width="0.167em"))


def is_name(element: ET.Element) -> bool:
    while element.tag in ("msub", "msup", "msubsup"):
        element = element[0]
    return element.tag == "mi" and len(element.text or "") > 1


def is_operator(element: ET.Element) -> bool:
    """Whether space beside it is not needed: a sign, a space, or what begins with a bracket."""
    while element.tag in ("mrow", "msub", "msup", "msubsup", "munder", "munderover") and len(element):
        element = element[0]
    return element.tag in ("mo", "mspace", "mtext")


def visit(translator: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """In place of Sphinx's two visitors: what they write, with MathML where the TeX stood and the TeX as `data-tex`."""
    block, start = isinstance(node, nodes.math_block), len(translator.body)
    with suppress(nodes.SkipNode):
        (html_visit_displaymath if block else html_visit_math)(translator, node)
    written = "".join(translator.body[start:])
    tex = re.search(r"\\[(\[b].*(?=</\w+>\s*\Z)", written, re.DOTALL)
    if not tex:  # of a block with the option `nowrap`, which is to begin with an environment of its own
        log.warning("no MathML for %r: take the option nowrap away", node.astext(), location=node)
        raise nodes.SkipNode
    try:
        drawn = mathml(node.astext(), block, translator.config.mathjax3_config["tex"]["macros"])
    except MathError as error:
        log.warning("no MathML for the formula %r, write it more plainly: %s", node.astext(), error, location=node)
        drawn = tex[0]
    opening = written[: tex.start()].replace(" class=", f' data-tex="{tex[0]}" class=', 1)
    translator.body[start:] = [opening + drawn + written[tex.end() :]]
    raise nodes.SkipNode
