"""Notices to the teacher: students without a grade, with two, or missing in the roster."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coursework import intake
from coursework.intake import Remark
from coursework.records import Graded, Pair
from coursework.roster import Roster


def twins(results: list[Graded]) -> list[str]:
    """Sentences on grades of one student under two names, as where a folder was renamed between two runs; noted too."""
    alike: dict[tuple[str, str], list[Graded]] = {}
    for each in results:
        alike.setdefault((intake.folded(each[0]), each[1]), []).append(each)
    said = []
    for (_, name), same in alike.items():
        if len(same) > 1:
            ids = ", ".join(student for student, _, _ in same)
            said.append(
                f"{name} has grades of {ids}, which are one id: was a folder renamed? Delete the results of the old "
                "name, and give its points in written.csv to the new one."
            )
            for _, _, result in same:
                result["notes"].append(f"one id under several names: {ids}")
    return said


def passed_over(results: Iterable[Graded], passed: Mapping[Pair, list[str]]) -> None:
    """Notes the attempts that were not graded, since the last one counts."""
    for student, name, result in results:
        if times := passed.get((student, name)):
            result["notes"].append(f"earlier attempts, not graded: {', '.join(times)}")


def beside(results: list[Graded], remarks: list[Remark]) -> list[Remark]:
    """The remarks that need a row of their own; those on what has a grade, of an earlier file, are noted there."""
    graded = {(student, name): result for student, name, result in results}
    for remark in remarks:
        if remark[:2] in graded:
            graded[remark[:2]]["notes"].append(f"an earlier file's grade; now not graded: {remark.text}")
    return [remark for remark in remarks if remark[:2] not in graded]


def absent(people: Roster | None, names: Iterable[str], seen: Iterable[Sequence[Any]]) -> list[Remark]:
    """Who is in the roster, and has neither a result nor a remark for an assignment that others handed in."""
    pairs = {(intake.folded(each[0]), each[1]) for each in seen}
    known = {student for student, name in pairs if not name}  # of whom something came, and it is said what
    if people is None:
        return []
    return [
        Remark(person.id, name, f"in {people.file}, and nothing was handed in")
        for name in sorted(names)
        for person in people.people
        if (intake.folded(person.id), name) not in pairs and intake.folded(person.id) not in known
    ]


def strangers(results: list[Graded], people: Roster | None) -> list[str]:
    """A sentence on grades of students who are not in the roster; each grade gets a note too."""
    unknown = [each for each in results if people and intake.folded(each[0]) not in people.ids()]
    for _, _, result in unknown:
        result["notes"].append("not in the roster")
    ids = sorted({student for student, _, _ in unknown})
    return [f"Graded, but not in the roster: {', '.join(ids)}"] if ids else []
