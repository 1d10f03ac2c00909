"""An experiment: its grid, one run, the record of all runs, and the claims of papers that the record judges.

    EXPERIMENT = Experiment(
        name="latch",                                        # of this module, and of its record results/latch.json
        run=run,                                             # one run, a function of this module
        grid={"s": NOISES, "w0": STARTS, "T": LENGTHS},      # run(s=…, w0=…, T=…), the last changing fastest
        settings=dict(lr=LR, updates=UPDATES),               # the settings that all runs share, for the record
        results=results,                                     # from the runs, in the order of the grid, to the record
        rows=list,                                           # and back
        again=again,
        claims=[Claim(paper="bengio1994", …, judge=success_falls)],
    )

`python -m experiments CHAPTER.RUN`, in book/, makes the runs and the record.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.record import CACHE, load, save
from minirnn.learning import sweeps
from minirnn.learning.sweeps import GridPoint

YES, PARTLY, NO = "reproduced", "in part", "not reproduced"

Grid = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
Saved = Callable[..., Any]  # the entry of the record for a run, saved(gain=1.0, seed=0)
Pair = tuple[Any, Any]  # a result made now, and the one in the record
Verdict = tuple[str, str]  # our result in words, and YES, PARTLY or NO


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of a paper, a row of the scoreboard. `judge` takes the results of the record."""

    paper: str  # its key in the bibliography
    page: str
    text: str
    theirs: str
    deviation: str
    judge: Callable[[Any], Verdict]


NOT_RUN = False  # a comparison that a claim makes and our runs do not


def verdict(ours: str, *holds: bool) -> Verdict:
    """Which of a claim's comparisons hold, each by its interval (`intervals`); the scoreboard's page defines the words.

    >>> verdict("5/5 at 20, 0/5 at 100", True, False)
    ('5/5 at 20, 0/5 at 100', 'in part')
    """
    return ours, YES if all(holds) else PARTLY if any(holds) else NO


def only(entries: Sequence[Any]) -> Any:
    """The entry of a list of one."""
    (entry,) = entries
    return entry


def one(entry: Any) -> list[Any]:
    return [entry]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A `name`, a function `run`, the grid on which it is run, and:

    settings: the settings that all runs share, as the record holds them
    results: maps the results of `run`, a list in the order of the grid, to the results in the record
    rows: maps these back to a list with the entry of each run, which is as long as the grid
    again: takes `saved`, makes a run, or a part of one, anew; returns it and its entry in the record, which must agree
    arguments: maps a point of the grid to the arguments of `run`, if other runs choose some of them, as a rate
    options: options of `sweep`
    claims: the claims of papers that the record judges

    If nothing varies, there is no grid, and a single run returns the results.
    """

    name: str
    run: Callable[..., Any]
    settings: Mapping[str, Any]
    again: Callable[[Saved], Pair]
    grid: Grid = field(default_factory=dict)
    results: Callable[[list[Any]], Any] = only
    rows: Callable[[Any], Sequence[Any]] = one
    arguments: Callable[..., GridPoint] = dict
    options: Mapping[str, Any] = field(default_factory=dict)
    claims: Sequence[Claim] = ()

    def points(self) -> list[GridPoint]:
        return sweeps.expand(self.grid)

    def make(self, command: str) -> Path:
        """Makes the runs that are not finished yet, and the record of all."""
        started = time.time()
        points = [self.arguments(**point) for point in self.points()]
        unique = [point for i, point in enumerate(points) if point not in points[:i]]  # two choices may be the same
        before = time.time()
        outcomes = sweeps.sweep(self.run, unique, folder=CACHE, **self.options)
        # the record holds the time of one core for all runs, also for those made earlier, and not our waiting time
        started += time.time() - before - sum(outcome.seconds for outcome in outcomes)
        by_point = sweeps.results(outcomes)
        results = self.results([by_point[unique.index(point)] for point in points])
        return save(self.name, started, dict(self.settings), results, command)

    def saved(self, **point: Any) -> Any:
        """The record's entry for the run at this point of the grid."""
        return self.rows(load(self.name)["results"])[self.points().index(point)]

    def rerun(self) -> Pair:
        """A run made now, and its entry in the record."""
        return self.again(self.saved)
