"""The class at a glance: TO/grades.html, and TO/grades-parts.csv with a row for each message that a part showed."""

import html
from collections.abc import Iterable, Mapping, Sequence, Sized
from pathlib import Path
from statistics import fmean, quantiles
from urllib.parse import quote

from coursework import items, notebooks, report
from coursework.dates import Course
from coursework.intake import Remark
from coursework.items import Item
from coursework.markup import Markup, histogram, save, share, table
from coursework.records import Graded, Pair
from coursework.roster import Person

WEAK = 0.2  # a discrimination below which a part says little about the rest
COLUMNS = [
    "assignment",
    "part",
    "points",
    "students",
    "solved",
    "mean",
    "discrimination",
    "message",
    "times",
    "known",
]
MEANING = f"""<p class="quiet">The mean is the share of a part's points that was reached. The discrimination is the
correlation of the points for a part with those for the other parts of its assignment, for {items.FEWEST}
students or more: near 1, who solves the part does well on the others too; below {WEAK:g}, the part tells
little about them.</p>"""


def write(
    target: Path,
    results: list[Graded],
    finals: Mapping[Pair, float],
    remarks: Sequence[Remark],
    course: Course,
    people: Sequence[Person] = (),
) -> None:
    """Writes the page, with the names of those in the roster, and the table of parts."""
    called = {person.id: person.name for person in people if person.name}
    parts = items.items(results)
    sections = "".join(assignment(name, results, finals, parts, course) for name in names(results))
    first = f"<h1>The class</h1>{counts(results, remarks)}{not_graded(remarks, called)}"
    body = f"{first}{sections}{ranked(parts)}{students(results, finals, course, called)}"
    save(target / "grades.html", "The class", body)
    rows = [
        [i.name, i.part, i.of, i.students, i.solved, f"{i.mean:.3f}", number(i.discrimination), *message]
        for i in parts
        for message in (i.messages or [("", 0, False)])
    ]
    report.save_csv(target / "grades-parts.csv", [COLUMNS, *rows])


def names(results: Iterable[Graded]) -> list[str]:
    """The assignments of which there are grades, in the order of the book."""
    held = {name for _, name, _ in results}
    return [name for name in notebooks.names() if name in held]


def counts(results: Sequence[Graded], remarks: Sequence[Remark]) -> str:
    students = {student for student, _, _ in results}
    few = (
        "one is not graded, and stands first"
        if len(remarks) == 1
        else f"{len(remarks)} are not graded, and stand first"
    )
    missing = f"; {few}" if remarks else "; nothing is without a grade"
    return f"<p>{many(results, 'grade')} of {many(students, 'student')}{missing}.</p>"


def many(things: Sized, noun: str) -> str:
    """How many there are, as a text: 1 grade, 2 grades."""
    return f"{len(things)} {noun}{'s' * (len(things) != 1)}"


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def not_graded(remarks: Sequence[Remark], called: Mapping[str, str]) -> str:
    """What a teacher has to look at, and who handed in nothing."""
    if not remarks:
        return ""
    who: dict[tuple[str, str], list[str]] = {}  # of what is the same for many there is one row, below what is not
    for each in sorted(remarks):
        name = f" ({called[each.student]})" if each.student in called else ""
        who.setdefault((each.name, each.text), []).append(each.student + name)
    rows = [
        [
            students[0] if len(students) == 1 else f"{len(students)} students: {', '.join(students)}",
            name or "–",
            why,
        ]
        for (name, why), students in sorted(who.items(), key=lambda item: len(item[1]))
    ]
    return f"<h2>Not graded</h2>{table(['who', 'assignment', 'why'], rows)}"


def assignment(
    name: str, results: Sequence[Graded], finals: Mapping[Pair, float], parts: Sequence[Item], course: Course
) -> str:
    """The section on one assignment: how its points are spread, its parts, what was shown most often."""
    every = [(student, result) for student, each, result in results if each == name]
    marked = [finals[student, name] for student, _ in every if (student, name) in finals]
    of = report.parts(name)
    run, whole = sum(points for _, points in of[0]), sum(points for _, points in of[0]) + of[1]
    points, most, what = [float(result["points"]) for _, result in every], run, "for what was run"
    if len(marked) == len(every):
        points, most, what = marked, whole, "in all"
    late = sum(
        course.verdict(s, name, r.get("arrived") or {}, None).late.endswith(("late", "cut-off")) for s, r in every
    )
    seconds = [result["seconds"] for _, result in every]
    lines = [
        f"{len(every)} students: {spread(points)} of {most} points {what}.",
        f"The written part is graded for {len(marked)} of them. {late} came late." if marked or late else "",
        f"A submission took {fmean(seconds):.1f} seconds, the longest {max(seconds):.1f}.",
    ]
    mine = [item for item in parts if item.name == name]
    title = items.titles(name)
    rows = [
        [
            title.get(i.part, i.part),
            i.of,
            f"{i.solved} of {i.students}",
            share(i.mean),
            f"{100 * i.mean:.0f} %",
            number(i.discrimination),
            remark(i),
        ]
        for i in mine
    ]
    shown = sorted(
        ((count, i.part, text, known) for i in mine for text, count, known in i.messages),
        key=lambda m: (-m[0], m[1:]),
    )
    messages = [
        [count, title.get(part, part), text, "" if known else "no known mistake"]
        for count, part, text, known in shown[:12]
    ]
    return (
        f"<h2>{html.escape(name)}</h2><p>{' '.join(filter(None, lines))}</p>{histogram(points, most)}"
        + table(["part", "points", "solved by", "", "mean", "discrimination", ""], rows, (1, 4, 5))
        + (
            f"<h3>What was shown most often</h3>{table(['times', 'part', 'message', ''], messages, (0,))}"
            if messages
            else ""
        )
    )


def spread(points: Sequence[float]) -> str:
    """
    >>> spread([10, 20, 30, 40]), spread([85])
    ('mean 25.0, quartiles 12.5, 25.0 and 37.5', 'mean 85.0')
    """
    mean = f"mean {fmean(points):.1f}"
    if len(points) < 4:
        return mean
    low, middle, high = quantiles(points)
    return f"{mean}, quartiles {low:.1f}, {middle:.1f} and {high:.1f}"


def students(
    results: Sequence[Graded], finals: Mapping[Pair, float], course: Course, called: Mapping[str, str]
) -> str:
    """What each student has, with links to the pages that they get."""
    order = names(results)
    cells: dict[str, dict[str, str]] = {}
    for student, name, result in results:
        final, late = (
            finals.get((student, name)),
            course.verdict(student, name, result.get("arrived") or {}, None).late,
        )
        points = f"{final:g}" if final is not None else f"{result['points']} of {result['of']} so far"
        cells.setdefault(student, {})[name] = f"{points}; {late}" if late else points
    rows = [
        [Markup(f'<a href="{quote(student, safe="")}/index.html">{html.escape(student)}</a>'),
         *([called.get(student, "–")] if called else []),
         *(mine.get(name, "–") for name in order)]
        for student, mine in sorted(cells.items())
    ]  # fmt: skip
    head = ["student", *(["name"] if called else []), *order]
    return f"<h2>The students</h2>{table(head, rows)}" if rows else ""


def remark(item: Item) -> Markup:
    """What a teacher should look at."""
    if not item.solved:
        return Markup('<span class="bad">solved by nobody</span>')
    if item.discrimination is not None and item.discrimination < WEAK:
        return Markup('<span class="bad">tells little about the rest</span>')
    return Markup("")


def ranked(parts: Sequence[Item]) -> str:
    """All parts, the hardest first."""
    if not parts:
        return ""
    hardest = sorted(parts, key=lambda i: (i.mean, i.name, i.part))
    rows = [
        [
            i.name,
            items.titles(i.name).get(i.part, i.part),
            share(i.mean),
            f"{100 * i.mean:.0f} %",
            number(i.discrimination),
            i.students,
        ]
        for i in hardest
    ]
    head = ["assignment", "part", "", "mean", "discrimination", "students"]
    return f"<h2>Parts by difficulty</h2>{table(head, rows, (3, 4, 5))}{MEANING}"
