"""An experiment: what varies, one run of it, what is saved of all runs, and what they say about the papers' claims.

    EXPERIMENT = Experiment(
        name="latch",                                        # of this module, and of its record results/latch.json
        run=run,                                             # one run, a function of this module
        grid={"s": NOISES, "w0": STARTS, "T": LENGTHS},      # run(s=…, w0=…, T=…), the last changing fastest
        settings=dict(lr=LR, updates=UPDATES),               # what is the same in all runs, for the record
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
Saved = Callable[..., Any]  # what the record has of the run at a point, saved(gain=1.0, seed=0)
Pair = tuple[Any, Any]  # what was made now, and what is saved of it
Verdict = tuple[str, str]  # what we found, and YES, PARTLY or NO


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a paper says, in a row of the scoreboard. `judge` takes the results of the record."""

    paper: str  # its key in the bibliography
    page: str
    text: str
    theirs: str
    deviation: str
    judge: Callable[[Any], Verdict]


def verdict(found: str, holds: bool, partly: bool = False) -> Verdict:
    return found, YES if holds else PARTLY if partly else NO


def only(entries: Sequence[Any]) -> Any:
    """The entry of a list of one."""
    (entry,) = entries
    return entry


def one(entry: Any) -> list[Any]:
    return [entry]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """`name`, `run` and the grid that it is run on, and:

    settings: what is the same in all runs, as the record has it
    results: from the list of what `run` returned, in the order of the grid, to what the record has
    rows: from there back to the list of what it has of each run, which is as long as the grid
    again: makes a run, or a part of one, anew; returns it and what is saved of it, which must agree. It takes `saved`
    arguments: from a point of the grid to the arguments of `run`, where other runs choose some of them, as a rate
    options: of `sweep`, how the runs are made
    claims: what the record says about papers

    Where nothing varies there is no grid, and one run returns what the record has.
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
        # the record says what the runs took of one core, also those that were kept, and not how long we waited
        started += time.time() - before - sum(outcome.seconds for outcome in outcomes)
        made = sweeps.results(outcomes)
        results = self.results([made[unique.index(point)] for point in points])
        return save(self.name, started, dict(self.settings), results, command)

    def saved(self, **point: Any) -> Any:
        """What the record has of the run at this point of the grid."""
        return self.rows(load(self.name)["results"])[self.points().index(point)]

    def rerun(self) -> Pair:
        """A run made now, and what is saved of it."""
        return self.again(self.saved)
