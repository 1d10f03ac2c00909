"""Code and aligned tables on paper, where nobody can scroll: what is too wide is closed up, and then set smaller."""

import re

from bs4 import BeautifulSoup

from .pages import Element

ROOM = 96  # characters of a line at the size that code has on paper (0.85rem, in book.css)
SMALLEST = 0.8  # of this size: 6.5 pt, for an aligned table, which falls apart if it is wrapped
SMALLEST_CODE = 0.9  # a line of code continues further in; for one long line a whole script need not be small
NESTED = "details, dd, li, .admonition, .notice, .misconception, gtt-ask"  # each is further in, by three characters
LONG = 30  # lines, beyond which a block goes on over the page
OF_CHAPTER = re.compile(r" of “[^”]*”")
BLANK = re.compile(r" {3,}")


def fit(block: Element) -> None:
    """A `pre` says how large it is on paper, and whether it goes on over the page."""
    for part in block.find_all("span", recursive=False):
        if not part.contents:  # the page could end between it and the first line, below an empty box
            part.decompose()
    if len(lines(block)) - 1 > LONG:
        block["class"] = [*block.get("class", []), "paper-long"]
    room = ROOM - 3 * len(block.find_parents(lambda tag: tag.css.match(NESTED)))
    aligned = not block.select(".gtt-line")
    if aligned and width(block) > room:
        close(block, gaps(lines(block)))
    if aligned and width(block) > room:
        point(block)
    fitting = room / max(width(block), 1)
    if fitting < 1 and (aligned or fitting >= SMALLEST_CODE):
        block["style"] = f"--paper-size:{max(fitting, SMALLEST):.3f}"


def lines(block: Element) -> list[str]:
    """The lines of a block on paper."""
    return "".join(text for text in block.find_all(string=True) if not text.find_parent(class_="paper-not")).split(
        "\n"
    )


def width(block: Element) -> int:
    return max(map(len, lines(block)))


def point(block: Element) -> None:
    """On paper an equation of another chapter has a number of its page, which is shorter than the chapter's name."""
    soup = BeautifulSoup("", "html.parser")
    for link in block.select("a[href^='#']"):
        name: Element = link.next_sibling
        if title := OF_CHAPTER.match(str(name)):
            number = soup.new_tag("a", attrs={"class": "paper-page", "href": link["href"]})
            number.string = "000"
            page = soup.new_tag("span", attrs={"class": "paper-only"})
            page.extend([", page ", number])
            elsewhere = soup.new_tag("span", attrs={"class": "paper-not"})
            elsewhere.string = title[0]
            name.replace_with(page, elsewhere, name[title.end() :])


def gaps(table: list[str]) -> set[int]:
    """The columns of an aligned table that can go: of those that are blank in all lines two stay.

    >>> sorted(gaps(["a      1", "bc     2"]))
    [4, 5, 6]
    """
    longest = max(map(len, table))
    rows = [line.ljust(longest) for line in table]
    blank = "".join(" " if all(row[k] == " " for row in rows) else "x" for k in range(longest))
    return {k for run in BLANK.finditer(blank.rstrip()) if run.start() for k in range(run.start() + 2, run.end())}


def close(block: Element, columns: set[int]) -> None:
    """Takes columns out of all lines of a block; its tags stay."""
    at = 0
    for text in list(block.find_all(string=True)):
        kept = ""
        for letter in text:
            kept += "" if at in columns and letter != "\n" else letter
            at = 0 if letter == "\n" else at + 1
        if kept != text:
            text.replace_with(kept)
