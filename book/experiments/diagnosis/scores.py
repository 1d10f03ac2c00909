"""How often the first finding is right: hits, false alarms, their intervals, and the table of confusions.

    python -m experiments.diagnosis.scores      prints all of it for both sets, in book/

The *tuning* set is both halves of the first cases, which a hash of their names drew: `diagnose` was made on the first
half, and before this version not on the second. The *blind* set was written by an author who saw neither rules nor
answers, and asked once, when the rules were final.

A case counts once, whatever the number of its kinds and seeds: these are alike, and no new evidence. Its share is the
mean over them, and the intervals are Wilson's with n = the number of cases. What a case is on a kind of cell, broken or
healthy, training has shown (`learns`); what is neither does not count.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.diagnosis import blind_learns, learns
from experiments.diagnosis.cases import NO_ALARM
from experiments.diagnosis.learns import standing
from experiments.intervals import wilson
from experiments.record import load

SETS = {"tuning": learns.CASES, "blind": blind_learns.CASES}
BROKEN, CASES = learns.BROKEN | blind_learns.BROKEN, learns.CASES | blind_learns.CASES
HEALTHY = "healthy"


class Said(NamedTuple):
    """One run: the case, the kind of cell, the right causes (none at health), the names of the findings in order."""

    case: str
    kind: str
    causes: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.names[0] if self.names else "nothing said"

    @property
    def hit(self) -> bool:
        return self.first in self.causes

    @property
    def among_three(self) -> bool:
        return any(name in self.causes for name in self.names[:3])

    @property
    def alarm(self) -> bool:
        return self.first not in NO_ALARM

    @property
    def wrong(self) -> bool:
        return not self.hit if self.causes else self.alarm

    @property
    def truth(self) -> str:
        """The right cause: where there are several, the one that was found, or else the best one."""
        return HEALTHY if not self.causes else self.first if self.hit and self.alarm else self.causes[0]


class Share(NamedTuple):
    """A mean over cases, its interval of Wilson, and the number of cases."""

    value: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} % ({100 * self.low:.0f} to {100 * self.high:.0f} %, n = {self.cases} cases)"


@cache
def standings() -> dict[tuple[str, str], str]:
    """What each case is on each kind of cell by training: broken, healthy or neither."""
    record = load("learns")["results"] | load("blind_learns")["results"]
    return {(name, kind): standing(**states) for name, kinds in record.items() for kind, states in kinds.items()}


def names_of(text: str) -> tuple[str, ...]:
    """
    >>> names_of("inputs-shifted 0.93, saturated-units 0.40"), names_of("raised ValueError")
    (('inputs-shifted', 'saturated-units'), ('raised ValueError',))
    """
    return (text,) if text.startswith("raised") else tuple(part.split(" ")[0] for part in text.split(", ") if part)


@cache
def said(record: str = "now") -> tuple[Said, ...]:
    """All runs that count: those of both sets now, or of the tuning set "before" it was one as a whole."""
    if record == "now":
        results = load("confusion")["results"] | load("blind_confusion")["results"]
    else:
        results = load("before_tuning")["results"]
    right = {"broken": lambda name: CASES[name].causes, "healthy": lambda name: ()}
    return tuple(
        Said(name, kind, right[standings()[name, kind]](name), names_of(text))
        for name, kinds in results.items()
        for kind, texts in kinds.items()
        for text in texts
        if standings()[name, kind] in right
    )


def chosen(runs: Sequence[Said], name: str | None = None, kind: str | None = None) -> list[Said]:
    """The runs of a set, or of a half of the first cases, and of a kind of cell."""

    def belongs(case: str) -> bool:
        return case in SETS[name] if name in SETS else case in learns.CASES and CASES[case].half == name

    return [run for run in runs if (name is None or belongs(run.case)) and kind in (None, run.kind)]


def share(runs: Sequence[Said], right: Callable[[Said], bool]) -> Share:
    """The mean over cases of the share of their runs that are `right`."""
    by_case: dict[str, list[bool]] = {}
    for run in runs:
        by_case.setdefault(run.case, []).append(right(run))
    n = len(by_case)
    if not n:
        raise ValueError("share needs a run at least, got none: no case of this set and kind was confirmed")
    value = float(np.mean([np.mean(each) for each in by_case.values()]))
    low, high = wilson(np.array(value * n), n)
    return Share(value, float(low), float(high), n)


def of_broken(runs: Sequence[Said]) -> list[Said]:
    return [run for run in runs if run.causes]


def of_healthy(runs: Sequence[Said]) -> list[Said]:
    return [run for run in runs if not run.causes]


def meant_so(runs: Sequence[Said]) -> list[Said]:
    """Of healthy networks those that nobody meant to break."""
    return [run for run in runs if run.case not in BROKEN]


def confusions(runs: Sequence[Said]) -> Counter[tuple[str, str]]:
    """How many runs have each pair of truth and first finding."""
    return Counter((run.truth, run.first) for run in runs)


def right_for(truth: str) -> tuple[str, ...]:
    """The first findings that are right in a row of the table, in an order that is the same in every process:
    `cannot-tell` too where that is an answer."""
    if truth == HEALTHY:
        return tuple(NO_ALARM)
    answers = [case.causes for case in BROKEN.values() if case.causes[0] == truth]
    return truth, *(name for name in NO_ALARM if answers and all(name in causes for causes in answers))


def misses(runs: Sequence[Said]) -> dict[tuple[str, str], list[str]]:
    """By case and kind: the first findings that are wrong, or an alarm at health."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        if run.wrong:
            wrong.setdefault((run.case, run.kind), []).append(run.first)
    return wrong


def lines() -> Iterator[str]:
    """The table for both sets, and by case and kind of cell what was found instead."""
    for name in SETS:
        runs = chosen(said(), name)
        broken, healthy = of_broken(runs), of_healthy(runs)
        yield f"{name}: {len(runs)} runs"
        yield f"  first finding right        {share(broken, lambda run: run.hit)}"
        yield f"  right within first three   {share(broken, lambda run: run.among_three)}"
        yield f"  false alarms at health     {share(healthy, lambda run: run.alarm)}"
        yield f"  where health was meant     {share(meant_so(healthy), lambda run: run.alarm)}"
        for title, some in (
            ("broken, another cause first", broken),
            ("healthy by training, an alarm first", healthy),
        ):
            missed = misses(some)
            yield from [f"  {title}"] * bool(missed)
            for (case, kind), wrong in missed.items():
                instead = ", ".join(f"{finding} {k}" for finding, k in Counter(wrong).most_common())
                yield f"    {case}, {kind}: {instead}"


if __name__ == "__main__":
    print("\n".join(lines()))
