"""Points and comments for written parts, by one grader or several, so that none is ever lost.

TO/written.csv                    what counts
TO/written/graders/NAME.csv       what a grader gave who was named; `compare` shows where graders differ
TO/written/history.jsonl          each change, with its time and the text that it was given for; only added to
"""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from coursework import attempts, files, given, report, roster, written
from coursework.dates import NO_COURSE, Course
from coursework.records import Graded, Pair

GRADERS, HISTORY, COMPARED = "written/graders", "written/history.jsonl", "written/compared.csv"


@dataclass
class Marks:
    """The written parts of all who were graded in a folder, and where one grader's points for them are."""

    target: Path
    grader: str = ""
    course: Course = NO_COURSE
    texts: dict[Pair, str] = field(default_factory=dict)
    results: dict[Pair, Graded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.target / "grades.csv").is_file():
            raise ValueError(f"{self.target} must be the folder of results of a grading, and has no grades.csv")
        if self.grader and (why := roster.unfit(self.grader)):
            raise ValueError(f"the name of a grader {self.grader!r} {why}")
        results, _ = attempts.kept(self.target, self.course)
        self.results = {each[:2]: each for each in results}
        self.texts = {pair: each[2]["written"] for pair, each in self.results.items()}
        for folder in (self.target / "written", self.file.parent):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def file(self) -> Path:
        return self.target / (f"{GRADERS}/{self.grader}.csv" if self.grader else "written.csv")

    @property
    def known(self) -> written.Most:
        return {pair: report.parts(pair[1])[1] for pair in self.results}

    def read(self) -> tuple[dict[Pair, float], dict[Pair, str]]:
        """(points, comments) of this grader."""
        return written.take(self.file, self.known)[0], written.comments(self.file, self.known)

    def put(self, pair: Pair, points: str, comment: str) -> None:
        """Saves points and a comment, and for which text they are. Raises ValueError where they are none."""
        entry = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "grader": self.grader, "student": pair[0],
                 "assignment": pair[1], "points": points, "comment": comment, "text": self.texts[pair]}  # fmt: skip
        with files.locked(self.target / "written"):
            every = written.put(self.file, pair, points, comment, self.known)
            if not self.grader:
                given.outdated(self.target / "written/given.json", every, self.texts)
            with (self.target / HISTORY).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def before(self, pair: Pair) -> str | None:
        """The text for which the last points were given, if the student has changed it since."""
        mine = [each for each in history(self.target) if (each["student"], each["assignment"]) == pair]
        last = next((each["text"] for each in reversed(mine) if each["points"]), None)
        return None if last == self.texts[pair] else last

    def order(self, name: str) -> list[Pair]:
        """The students with written parts of an assignment, in an order that does not reveal who they are."""
        return sorted(
            (pair for pair in self.results if pair[1] == name),
            key=lambda pair: sha256(repr(pair).encode()).digest(),
        )


def history(target: Path) -> list[dict[str, Any]]:
    """All changes, the first one first; a line that was cut off is left out."""
    file, entries = target / HISTORY, []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries


def compare(target: Path, tolerance: float | None = None) -> list[str]:
    """Writes a table of what graders gave, and sentences on how far they agree.

    With a tolerance, the mean of what two or more gave goes to written.csv, where they differ by no more than this and
    nothing is there yet.
    """
    names = sorted(file.stem for file in (target / GRADERS).glob("*.csv"))
    main = Marks(target)
    if not names:
        raise ValueError(
            f"Nobody has given points in {target} under a name: python -m coursework mark --grader NAME"
        )
    graders = {name: Marks(target, name) for name in names}
    points = {name: held.read()[0] for name, held in graders.items()}
    counted, comments = main.read()
    rows, taken = [], 0
    for pair in sorted({pair for each in points.values() for pair in each}):
        theirs = [points[name][pair] for name in names if pair in points[name]]
        apart = max(theirs) - min(theirs)
        if tolerance is not None and len(theirs) > 1 and apart <= tolerance and pair not in counted:
            main.put(pair, f"{statistics.fmean(theirs):g}", comments.get(pair) or joined(pair, graders))
            taken += 1
        cells = [written_as(points[name].get(pair)) for name in names]
        rows.append([*pair, *cells, f"{apart:g}" if len(theirs) > 1 else "", written_as(counted.get(pair))])
    rows.sort(key=lambda row: (-float(row[-2] or -1), row[:2]))
    report.save_csv(target / COMPARED, [["student", "assignment", *names, "apart", "written.csv"], *rows])
    return [*agreement(points), f"All of it is in {target / COMPARED}, where they differ most first.",
            *([f"Taken into written.csv: {taken}"] if tolerance is not None else [])]  # fmt: skip


def joined(pair: Pair, graders: dict[str, Marks]) -> str:
    return "\n".join(filter(None, (held.read()[1].get(pair) for held in graders.values())))


def written_as(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def agreement(points: dict[str, dict[Pair, float]]) -> Iterable[str]:
    """A sentence on each two graders who gave points for the same work."""
    names = sorted(points)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            both = sorted(points[first].keys() & points[second].keys())
            if not both:
                yield f"{first} and {second} have no work in common."
                continue
            apart = [points[first][pair] - points[second][pair] for pair in both]
            same = sum(not each for each in apart)
            yield (
                f"{first} and {second}: {len(both)} in common, {same} with the same points; {first} gives "
                f"{statistics.fmean(apart):+.2f} on average, and they are at most {max(map(abs, apart)):g} apart."
            )
