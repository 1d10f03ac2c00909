"""The attempt that counts: the last one, in TO/STUDENT, or the best of it and those in TO/STUDENT/attempts."""

import time
from datetime import UTC, datetime
from pathlib import Path

from coursework import intake, notebooks
from coursework.children import read
from coursework.dates import Course
from coursework.intake import Remark
from coursework.records import Arrived, Graded, Result

FOLDER = "attempts"


def folder(student: Path, arrived: Arrived, attempt: int = 0) -> Path:
    """Where the results of an earlier attempt are kept, by its time, or by its number counted from the last one."""
    known, stamp = arrived.get("time"), f"before-{attempt}"
    if known:
        stamp = datetime.fromisoformat(known).astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return student / FOLDER / stamp


def put_aside(kept: Path, before: Result, arrived: Arrived) -> None:
    """Keeps a grade that a new one replaces: as another attempt, where the new one came at another time."""
    old = before.get("arrived") or Arrived()
    if not old.get("time") or old.get("time") == arrived.get("time"):
        kept.rename(kept.with_name(f"{kept.stem}.before-{time.strftime('%Y%m%dT%H%M%S')}.json"))
        return
    target = folder(kept.parent, old)
    target.mkdir(parents=True, exist_ok=True)
    for file in (kept.with_suffix(".html"), kept):
        if file.exists():
            file.rename(target / file.name)


def kept(target: Path, course: Course) -> tuple[list[Graded], list[Remark]]:
    """All grades in a folder, also those of earlier runs, and remarks on those that cannot be read."""
    every = sorted(f for name in notebooks.names() for f in target.glob(f"*/{name}.json"))
    results = [(intake.student_id(f.parent.name), f.stem, counted(f, course)) for f in every]
    lost = [Remark(student, name, f"the grade in {target} cannot be read; delete it, and grade again")
            for student, name, result in results if "points" not in result]  # fmt: skip
    return [each for each in results if "points" in each[2]], lost


def counted(last: Path, course: Course) -> Result:
    """The result that counts for a student's assignment, of which the last one is in `last`; with a note on the others.

    The best one is that which is left most points for what was run; of equal ones that which came first.
    """
    others = sorted(last.parent.glob(f"{FOLDER}/*/{last.name}"))
    every = [(file, result) for file in [*others, last] if "points" in (result := read(file))]
    if not every or every[-1][0] != last:
        return {}
    left = [remaining(result, last, course) for _, result in every]
    best = left.index(max(left)) if course.best else len(every) - 1
    file, result = every[best]
    result["file"] = str(file.relative_to(last.parent).with_suffix(""))
    if len(every) > 1:
        which = "the best" if course.best else "the last"
        points = ", ".join(f"{each['points']} points" for i, (_, each) in enumerate(every) if i != best)
        result["notes"].append(f"{which} of {len(every)} attempts; the others: {points}")
    return result


def remaining(result: Result, last: Path, course: Course) -> float:
    """The points of the parts that were run, before any are taken off for lateness."""
    student, points = intake.student_id(last.parent.name), float(result["points"])
    return points - (course.verdict(student, last.stem, result.get("arrived") or {}, points).off or 0)
