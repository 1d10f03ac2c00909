"""One student's written part as a page: the text, the mark scheme with their own numbers, points and a comment."""

import difflib
import html
import json
import re
from collections.abc import Sequence

from math_core import LatexError, LatexToMathML

from coursework import markup, scheme
from coursework.marks import Marks
from coursework.records import Pair

STYLE = """body{max-width:80rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:2rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}.text{border-left:3px solid var(--bar);padding-left:1rem}
input,textarea,button{font:inherit;color:inherit;background:var(--paper);padding:.4rem;border-radius:4px;
border:1px solid var(--quiet)}input{width:5rem}textarea{width:100%;box-sizing:border-box;min-height:6rem}
[aria-invalid=true]{border-color:var(--bad)}:focus-visible{outline:3px solid var(--bar)}del{color:var(--bad)}"""
LINES = 400  # of a text that are compared: with a longer one it could take minutes
PAGE = """<h1>{name}: {who}</h1>
<p>{i} of {count}; {done} have points. {links}<br><span class="quiet">Enter, or Ctrl+Enter in the comment: save, and the
next one. Alt+PageUp, Alt+PageDown: one back, one on.</span></p>
<div class="two"><section><h2>What was written</h2>{changed}<pre class="text">{text}</pre>
<form action="{i}" method="post">
<p><label>Points, 0 to {most}
<input name="points" inputmode="decimal" autocomplete="off" autofocus value="{points}"></label>
<span role="status">{state}</span></p>
<p><label>Comment for the student<textarea name="comment">{comment}</textarea></label></p>
<button>Save, and the next one</button></form></section>
<section><h2>Mark scheme</h2><pre>{scheme}</pre><h3>This student's numbers</h3>{numbers}
<details><summary>What was asked</summary><pre>{asked}</pre></details></section></div>
<script src="marking.js"></script>"""

FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")
MARKS = (("code", re.compile(r"`([^`]+)`")), ("em", re.compile(r"\*(?=\S)([^*]+)(?<=\S)\*")))


def typeset(text: str) -> str:
    r"""A text of an assignment's source, with its formulas as MathML. A student's own text stays as it was typed.

    >>> typeset(r"*A full answer* says $\alpha < 1$ of `a < b`.")
    '<em>A full answer</em> says <math><mi>α</mi><mo>&lt;</mo><mn>1</mn></math> of <code>a &lt; b</code>.'
    """
    converter = LatexToMathML(fancy_error=False)
    pieces = FORMULA.split(text)
    for i, piece in enumerate(pieces):
        if i % 2:
            try:
                pieces[i] = converter.convert_with_local_state(piece, displaystyle=False)
            except LatexError:  # it is read as TeX, then
                pieces[i] = html.escape(f"${piece}$")
        else:
            pieces[i] = html.escape(piece)
            for tag, mark in MARKS:
                pieces[i] = mark.sub(rf"<{tag}>\1</{tag}>", pieces[i])
    return "".join(pieces)


class Sheets:
    """What is shown of one assignment's written parts, and what is saved; a student is a number from 1."""

    def __init__(self, marks: Marks, name: str, order: Sequence[Pair], anonymous: bool) -> None:
        self.marks, self.name, self.order, self.anonymous = marks, name, order, anonymous
        self.most = marks.known[order[0]]

    def first(self) -> int:
        """Who has no points yet."""
        points, _ = self.marks.read()
        return next((i for i, pair in enumerate(self.order, 1) if pair not in points), 1)

    def save(self, i: int, body: bytes) -> str:
        """Saves the points and comments as typed. Raises ValueError for points that do not fit."""
        held = json.loads(body)
        if not isinstance(held, dict) or not all(isinstance(held.get(key), str) for key in ("points", "comment")):
            raise ValueError("points and comment must be texts")
        self.marks.put(self.order[i - 1], held["points"], held["comment"])
        return "saved" if held["points"] else "saved, without points"

    def page(self, i: int) -> str:
        pair = self.order[i - 1]
        points, comments = self.marks.read()
        given = points.get(pair)
        around = [("prev", i - 1, "the one before"), ("next", i + 1, "the next one")]
        links = [f'<a rel="{rel}" href="{to}">{word}</a>' for rel, to, word in around if 1 <= to <= len(self.order)]
        return PAGE.format(
            name=html.escape(self.name),
            who=f"Student {i}" if self.anonymous else html.escape(pair[0]),
            i=i,
            count=len(self.order),
            done=sum(each in points for each in self.order),
            links=" · ".join(links),
            changed=self.changed(pair),
            text=self.text(pair),
            most=self.most,
            points="" if given is None else f"{given:g}",
            state="" if given is None else "saved",
            comment=html.escape(comments.get(pair, "")),
            scheme=typeset(scheme.scheme(self.name, pair[0])),
            numbers=markup.table(
                ["what is measured", "value"], [*scheme.own_numbers(self.name, pair[0]), self.code(pair)]
            ),
            asked=typeset(scheme.asked(self.name)),
        )

    def text(self, pair: Pair) -> str:
        text = self.marks.texts[pair].strip() or "(nothing)"
        if self.anonymous:  # as far as the id itself stands in it
            text = re.sub(re.escape(pair[0]), "▇▇▇", text, flags=re.IGNORECASE)
        return html.escape(text)

    def code(self, pair: Pair) -> tuple[str, str]:
        """The points of the functions, and the parts that lost some."""
        result = self.marks.results[pair][2]
        lost = [part for part, got, of, _ in result["parts"] if got < of]
        return "points for the code", f"{result['points']} of {result['of']}" + (
            f", without {', '.join(lost)}" if lost else ""
        )

    def changed(self, pair: Pair) -> str:
        """What differs from the text for which the points were given."""
        before = self.marks.before(pair)
        if before is None:
            return ""
        now = self.marks.texts[pair]
        lines = difflib.unified_diff(before.splitlines()[:LINES], now.splitlines()[:LINES], n=0, lineterm="")
        tags = {"-": "del", "+": "ins"}
        # the first two name the texts
        shown = (
            f"<{tag}>{html.escape(line[1:])}</{tag}>" for line in list(lines)[2:] if (tag := tags.get(line[0]))
        )
        return (
            '<p class="bad">The text has changed since its points were given.</p>'
            f"<details><summary>What differs</summary><pre>{'<br>'.join(shown)}</pre></details>"
        )
