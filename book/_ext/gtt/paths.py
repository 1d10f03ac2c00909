"""Paths through the book. Only a chapter's card, the box `needs`, names its prerequisites and its time: the
directive {paths} makes its tables of the cards, and stops the build if a card or a path does not add up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from .language import say

CARD = re.compile(r"^:::\{div\} needs\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
TIME = re.compile(r"(\w+) (minutes?|hours?)(?:; (\w+)(?: (minutes?|hours?))? with the exercises)?")
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4}


@dataclass(frozen=True)
class Chapter:
    """A page with a card: its file below book/, its title, the pages it builds on, minutes without and with exercises
    (None where the card does not say)."""

    name: str
    title: str
    after: tuple[str, ...]
    reading: int | None
    working: int | None


def minutes(text: str) -> tuple[int | None, int | None]:
    """The times of a card's second entry.

    >>> minutes("60 minutes; two hours with the exercises"), minutes("45 minutes; 90 with the exercises")
    ((60, 120), (45, 90))
    >>> minutes("20 minutes"), minutes("an afternoon")
    ((20, None), (None, None))
    """
    match = TIME.match(text)
    if not match:
        return None, None

    def count(number: str, unit: str) -> int | None:
        value = WORDS.get(number) or (int(number) if number.isdigit() else None)
        return value * (60 if unit.startswith("hour") else 1) if value else None

    first, unit, second, other = match.groups()
    return count(first, unit), count(second, other or unit) if second else None


def title(name: str, text: str) -> str:
    """The heading of a page. Raises ValueError where there is none."""
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    if not heading:
        raise ValueError(f"{name}: expected a heading, a line that begins with `# `")
    return heading[1]


def chapters(folder: Path) -> tuple[dict[str, Chapter], list[str]]:
    """{name: Chapter} of all pages with a card, and the names of the part "Chapters", in the order of the contents.

    Raises ValueError for a chapter without card or time, and for a card that names no earlier page.
    """
    contents = yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf-8"))
    parts = {
        part["caption"]: [p["file"].removeprefix("book/") for p in part["chapters"]] for part in contents["parts"]
    }
    order = [name for names in parts.values() for name in names]
    texts = {name: (folder / f"book/{name}.md").read_text(encoding="utf-8") for name in order}
    titles = {name: title(name, text) for name, text in texts.items()}
    by_name = {}
    for i, name in enumerate(order):
        card = CARD.search(texts[name])
        entries = dict(re.findall(r"^(\S.*)\n: ((?:.+\n)+?)(?=\n|\Z)", card[1], re.MULTILINE)) if card else {}
        if name in parts["Chapters"] and not {"You need", "It takes", "You will be able to"} <= entries.keys():
            raise ValueError(f"{name}: expected a card {{div}} needs with what it needs, takes and teaches")
        if not entries:
            continue
        need = " ".join(entries["You need"].split())
        linked = {target.rpartition("/")[2] for target in re.findall(r"\]\(([\w/.-]+)\.md", need)}
        after = [x for x in order if x in linked or titles[x].lower() in need.lower()]
        late = [x for x in after if order.index(x) >= i]
        if late or linked - set(after):
            raise ValueError(f"{name}: expected to need earlier pages, got {late or sorted(linked - set(after))}")
        reading, working = minutes(entries["It takes"])
        if name in parts["Chapters"]:
            if not (reading and working and reading < working):
                raise ValueError(
                    f"{name}: expected '45 minutes; 90 with the exercises', got {entries['It takes']!r}"
                )
            if not after and name != parts["Chapters"][0]:
                raise ValueError(f"{name}: expected to need an earlier chapter, got {need!r}")
        by_name[name] = Chapter(name, titles[name], tuple(after), reading, working)
    return by_name, parts["Chapters"]


def check_path(names: list[str], by_name: dict[str, Chapter]) -> None:
    """Raises ValueError unless each chapter exists, says its time, and comes after all that it needs."""
    for i, name in enumerate(names):
        if name not in by_name or not by_name[name].reading:
            raise ValueError(f"{name}: expected a page with a card and a time")
        missing = set(by_name[name].after) - set(names[:i])
        if missing:
            raise ValueError(f"{name}: expected {', '.join(sorted(missing))} before it on the path")


def spoken(minutes: int) -> str:
    """
    >>> spoken(45), spoken(120), spoken(335)
    ('45 min', '2 h', '5 h 35 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


class Paths(SphinxDirective):
    """{paths} with lines "what you want: chapter, chapter": a table of these ways, the last all chapters in order
    and what else is on one of the others, and a table of the chapters."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        try:
            by_name, order = chapters(Path(self.env.srcdir))
            wanted = dict(re.split(r":\s*", line, maxsplit=1) for line in self.content if line.strip())
            ways = {want: names.split(", ") for want, names in wanted.items()}
            ways["all of it"] = [*order, *dict.fromkeys(n for way in ways.values() for n in way if n not in order)]
            for names in ways.values():
                check_path(names, by_name)
        except ValueError as error:
            raise self.error(str(error)) from None
        for name in by_name:
            self.env.note_dependency(str(Path(self.env.srcdir, f"book/{name}.md")))
        lines = [row("you want", "read, in this order", "reading", "with the exercises"), "|---|---|---|---|"]
        for want, names in ways.items():
            lines.append(
                f"| {say(want)} | {', '.join(link(by_name[n]) for n in names)} | {times(by_name[n] for n in names)} |"
            )
        lines += ["", row("chapter", "read before it", "reading", "with the exercises"), "|---|---|---|---|"]
        for chapter in (by_name[name] for name in order):
            before = ", ".join(link(by_name[n]) for n in chapter.after) or say("none")
            lines.append(f"| {link(chapter)} | {before} | {times([chapter])} |")
        box = nodes.container(classes=["gtt-paths"], is_div=True)
        self.state.nested_parse(StringList(lines, source=self.get_source_info()[0]), self.content_offset, box)
        return [box]


def link(chapter: Chapter) -> str:
    return f"[{say(chapter.title)}]({chapter.name}.md)"


def row(*heads: str) -> str:
    return f"| {' | '.join(map(say, heads))} |"


def times(some: Iterable[Chapter]) -> str:
    some = list(some)
    return " | ".join(
        spoken(sum(pair)) for pair in zip(*((c.reading, c.working or c.reading) for c in some), strict=True)
    )
