"""The parts of assignments over a class: how many solve each, how it goes with the others, which mistakes are made."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import StatisticsError, correlation, fmean
from typing import NamedTuple

from coursework import answers, notebooks
from coursework.records import Graded

FEWEST = 10  # students of whom a correlation is told
TITLE = re.compile(r"^## Part \d+: (.*)$", re.MULTILINE)
GRADED = re.compile(r"grade_id: test-(\w+)")


class Item(NamedTuple):
    """A part of an assignment, over all graded students."""

    name: str
    part: str
    of: int
    students: int
    solved: int  # how many got all its points
    mean: float  # the share of its points that was reached: its difficulty, 1 for the easiest
    discrimination: float | None  # the correlation of its points with those of the other parts
    messages: list[tuple[str, int, bool]]  # what was shown how often, and is it that of a known mistake?


def items(results: Iterable[Graded]) -> list[Item]:
    """All parts that are graded by running, in the order of the assignments."""
    scores: dict[str, dict[str, list[tuple[int, int, str]]]] = defaultdict(lambda: defaultdict(list))
    totals: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, name, result in results:
        for part, got, of, message in result["parts"]:
            scores[name][part].append((got, of, message))
            totals[name][part].append(result["points"] - got)
    return [
        item(name, part, every, totals[name][part])
        for name, parts in scores.items()
        for part, every in parts.items()
    ]


def item(name: str, part: str, every: Sequence[tuple[int, int, str]], rest: Sequence[float]) -> Item:
    got, of = [points for points, _, _ in every], every[-1][1]
    known = {message for message, _ in answers.module(name).mistake.get(part, [])}
    counts = Counter(message.removeprefix("✗ ").removeprefix(f"{part}: ") for _, _, message in every if message)
    messages = [(text, count, text in known) for text, count in sorted(counts.items(), key=lambda m: (-m[1], m[0]))]
    solved = sum(points == most for points, most, _ in every)
    mean = fmean(points / most for points, most, _ in every if most)
    return Item(name, part, of, len(every), solved, mean, related(got, rest), messages)


def related(got: Sequence[float], rest: Sequence[float]) -> float | None:
    """The correlation of points for a part with those for the others; None for few students, or where all are alike.

    >>> related([0, 15] * 5, [10, 70] * 5), related([15] * 10, list(range(10))), related([0, 15], [10, 70])
    (1.0, None, None)
    """
    if len(got) < FEWEST:
        return None
    try:
        return round(correlation(got, rest), 3)
    except StatisticsError:
        return None


def titles(name: str) -> dict[str, str]:
    """{part: its heading in the assignment}"""
    text = notebooks.source(name)
    headings = [(match.start(), match[0].removeprefix("## ")) for match in TITLE.finditer(text)]
    return {
        match[1]: next((title for start, title in reversed(headings) if start < match.start()), match[1])
        for match in GRADED.finditer(text)
    }


def chapter(name: str) -> str:
    """The chapter that an assignment goes with, by the link in its card."""
    match = notebooks.LINK.search(notebooks.source(name))
    return match[1] if match else ""
