"""What a student reads of their term, TO/STUDENT/index.html: what is right in each assignment, and where to read on."""

import html
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from coursework import items, markup, notebooks, report
from coursework.dates import Course
from coursework.markup import Markup, share, table
from coursework.records import Graded, Pair


def write(target: Path, results: Iterable[Graded], finals: Mapping[Pair, float], course: Course) -> None:
    """Writes a page for each student."""
    mine: dict[str, list[Graded]] = defaultdict(list)
    for each in results:
        mine[each[0]].append(each)
    for student, theirs in mine.items():
        markup.save(target / student / "index.html", student, page(student, theirs, finals, course))


def page(student: str, theirs: Sequence[Graded], finals: Mapping[Pair, float], course: Course) -> str:
    """What a student reads of their term: each assignment, what is right, what is not, and where to read."""
    order = notebooks.names()
    rows, sections = [], ""
    for _, name, result in sorted(theirs, key=lambda each: order.index(each[1])):
        run, by_hand = report.parts(name)
        whole, final = sum(points for _, points in run) + by_hand, finals.get((student, name))
        got = (
            f"{final:g} of {whole}"
            if final is not None
            else f"{result['points']} of {result['of']}, without the written part"
        )
        reached = final / whole if final is not None else result["points"] / max(result["of"], 1)
        bar = share(reached)
        link = Markup(f'<a href="{html.escape(result.get("file", name))}.html">{html.escape(name)}</a>')
        rows.append([link, bar, got, course.verdict(student, name, result.get("arrived") or {}, None).late])
        sections += lost(name, result["parts"])
    return (
        f"<h1>{html.escape(student)}</h1>{table(['assignment', '', 'points', ''], rows)}"
        f"<p>Each name leads to the page with your notebook.</p>{sections}"
    )


def lost(name: str, parts: Iterable[Sequence[object]]) -> str:
    """The parts of an assignment: right, or the mistake, and where to read."""
    title, rows = items.titles(name), []
    for part, got, of, message in parts:
        said = str(message).removeprefix("✗ ").removeprefix(f"{part}: ")
        rows.append([title.get(str(part), str(part)), f"{got} of {of}", said or "✓"])
    wrong = any(row[2] != "✓" for row in rows)
    advice = f"<p>Read the chapter “{html.escape(items.chapter(name))}” on these again.</p>" if wrong else ""
    return f"<h2>{html.escape(name)}</h2>{table(['part', 'points', ''], rows)}{advice}"
