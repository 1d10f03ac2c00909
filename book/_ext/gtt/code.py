"""Lines of code that are too long for the page continue below, further in than their beginning: a line that is cut must
be scrolled to be read, and one that continues at the margin looks like the next statement. A table that a cell has
printed is scrolled: its columns would no longer stand below one another."""

import re
from collections.abc import Iterator

from pygments.formatters import HtmlFormatter
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.highlighting import PygmentsBridge

BEGINNING = re.compile(r"((?:>>>|\.\.\.) )? *")  # what stands before the statement of a line
INDENT = re.compile(r"((?:<[^>]*>)*)( +)")
TAG = re.compile(r"<[^>]*>")
COLUMN = re.compile(r"(?<=\S) {2,}(?=\S)")


class Lines(HtmlFormatter):
    """Each line in an element of its own, with the width of its beginning in characters; a table as it is."""

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        pieces = list(source)
        if is_table([line for is_code, line in pieces if is_code]):
            wrapped = super().wrap(iter(pieces))
            return ((k, text if k else text.replace("<pre", '<pre class="gtt-printed"', 1)) for k, text in wrapped)
        return super().wrap((is_code, line_element(line) if is_code else line) for is_code, line in pieces)


def is_table(lines: list[str]) -> bool:
    """Whether most lines, two at least, have columns, or two have four and more: then sentences may stand below them.
    Sentences are longer; code holds tags.

    >>> is_table(["n   loop", "8    1.5", "16   3.0"]), is_table(["two  words"]), is_table(["<i>a</i>  b", "c  d"])
    (True, False, False)
    >>> is_table(["a  1  2  3", "b  4  5  6", "T = 8: at 41", "T = 9: at 65"])
    True
    """
    full = [line for line in lines if line.strip()]
    gaps = [len(COLUMN.findall(line)) for line in full]
    rows, wide = sum(n >= 1 for n in gaps), sum(n >= 3 for n in gaps)
    return (wide >= 2 or (rows >= 2 and 2 * rows > len(full))) and not any(
        "<" in line or len(line) > 100 for line in full
    )


def line_element(line: str) -> str:
    """The line in an element whose style says how far in the line begins; book.css makes it continue further in.
    The spaces before it stand in one of their own, which a phone narrows.

    >>> line_element("    return a\\n")
    '<span class="gtt-line" style="--in:4"><span class="gtt-in">    </span>return a\\n</span>'
    >>> line_element('<span class="gp">&gt;&gt;&gt; </span><span class="n">a</span>\\n')[:39]
    '<span class="gtt-line" style="--in:4"><'
    """
    text = TAG.sub("", line).replace("&gt;", ">")
    beginning = BEGINNING.match(text)
    assert beginning  # it matches the empty text
    indented = INDENT.sub(r'\1<span class="gtt-in">\2</span>', line, count=1) if INDENT.match(line) else line
    return f'<span class="gtt-line" style="--in:{beginning.end()}">{indented}</span>'


def settle(app: Sphinx, config: Config) -> None:
    PygmentsBridge.html_formatter = Lines
