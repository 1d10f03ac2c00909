"""A table of many columns is wider than a phone: there book.css shows each row as a list, in which each entry needs the
name of its column. Elements that are no longer drawn as a table say by their role that they are one. All of it stands
in the built page: a script would move what the reader has begun to read."""

import re
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx

MANY = 4  # columns
TABLE = re.compile(r'<table\b[^>]*\bclass="(?:[^"]* )?table[ "](?:(?!<table\b).)*?</table>', re.DOTALL)
HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
PART = re.compile(r"<(thead|tbody|tfoot|tr|th|td)\b([^>]*)>")
CELL = re.compile(r"<(th|td)\b([^>]*)>(.*?)</\1>", re.DOTALL)
SPAN = re.compile(r'\bcolspan="?(\d+)')
WORD = re.compile(r'(<span class="pre)(">(?:[^<&]|&\w+;|&#\d+;){1,16}</span>)')
ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def as_lists(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context."""
    if "body" in context:
        context["body"] = TABLE.sub(lambda table: as_list(with_whole_words(table[0])), context["body"])


def as_list(table: str) -> str:
    """The table, with what it takes to show its rows as lists, if it has many columns."""
    head = HEAD.search(table)
    last = CELL.finditer(head[0].rpartition("<tr")[2]) if head else ()
    names = [column_name(cell[0]) for cell in last for _ in range(width(cell))]
    if not head or len(names) < MANY:
        return table
    above, below = table[: head.end()], table[head.end() :]
    below = re.sub(r"(?=<tr\b)", "\0", below)  # each row begins at the first column
    below = "".join(named(row, names) for row in below.split("\0"))
    whole = with_roles(above, th="columnheader") + with_roles(below, th="rowheader")
    return re.sub(r'^<table\b([^>]*\bclass=")', r'<table role="table"\1gtt-rows ', whole)


def with_whole_words(table: str) -> str:
    """The table, in which short words of code say that they have room in a column of a phone.

    >>> with_whole_words('<span class="pre">clip_grad_norm_</span> <span class="pre">submission_metadata.yml</span>')
    '<span class="pre gtt-whole">clip_grad_norm_</span> <span class="pre">submission_metadata.yml</span>'
    """
    return WORD.sub(r"\1 gtt-whole\2", table)


def with_roles(markup: str, **more: str) -> str:
    roles = ROLES | more
    return PART.sub(lambda tag: f'<{tag[1]} role="{roles[tag[1]]}"{tag[2]}>', markup)


def named(row: str, names: list[str]) -> str:
    """The row, each cell of which has the name of its column; one that is empty has none, and is not listed.

    >>> named("<tr><td>1</td><td> <p></p></td><td>2</td>", ["a", "b", "<"])
    '<tr><td data-column="a">1</td><td> <p></p></td><td data-column="&lt;">2</td>'
    """
    column = 0

    def cell(found: re.Match[str]) -> str:
        nonlocal column
        at, column = column, column + width(found)
        tag, attributes, inside = found.groups()
        if tag == "th" or not shows(inside):
            return found[0]
        name = escape(names[at]) if at < len(names) else ""
        return f'<td data-column="{name}"{attributes}>{inside}</td>'

    return CELL.sub(cell, row)


def width(cell: re.Match[str]) -> int:
    """How many columns a cell takes."""
    span = SPAN.search(cell[2])
    return int(span[1]) if span else 1


def shows(inside: str) -> bool:
    return bool("<img" in inside or "<svg" in inside or re.sub(r"<[^>]*>", "", inside).strip())


def column_name(head: str) -> str:
    """The words of a head: a style cannot show a formula, so its powers are signs of their own, and relations keep
    their room.

    >>> column_name("<th>at <msup><mi>c</mi><mn>12</mn></msup><mo>&lt;</mo><mphantom>A</mphantom><mn>1</mn></th>")
    'at c¹² < 1'
    """
    copy = BeautifulSoup(head, "html.parser")
    for phantom in copy.select("mphantom"):
        phantom.decompose()
    for power in copy.select("msup > :last-child"):
        power.string = power.text.translate(RAISED)
    for sign in copy.select("mo"):
        sign.string = re.sub(r"^[=<>≤≥]$", r" \g<0> ", sign.text)
    return " ".join(copy.text.split())
