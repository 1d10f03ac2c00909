"""The outcomes of saved runs: how many of `clipping` succeeded, with an interval; how many of `cliff` arrived."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from experiments.intervals import wilson
from experiments.record import load


class Outcome(NamedTuple):
    """The runs of one setting, which differ in their seed, and the updates that those which succeeded needed."""

    runs: list[dict[str, Any]]
    needed: list[int]

    @property
    def share(self) -> float:
        """The share of runs that succeed, in percent."""
        return 100 * len(self.needed) / len(self.runs)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of runs that succeed, in percent."""
        low, high = wilson(len(self.needed), len(self.runs))
        return 100 * float(low), 100 * float(high)

    @property
    def clipped(self) -> float:
        """The mean share of gradients that were clipped, in percent; nan without a clip."""
        shares = [run["clipped"] for run in self.runs]
        return float("nan") if shares[0] is None else 100 * float(np.mean(shares))

    @property
    def largest_norm(self) -> float:
        """The largest norm of all gradients of all runs."""
        return max(run["largest_norm"] for run in self.runs)


@cache
def outcomes() -> dict[str, Outcome]:
    """By the name of the setting, as in `clipping.grid`: "clip 1", "no clip", "clip 1, L 50"."""
    groups = load("clipping")["results"]["runs"]
    return {
        name: Outcome(runs, [run["solved"] for run in runs if run["solved"] is not None])
        for name, runs in groups.items()
    }


@cache
def descents() -> dict[tuple[float, float | None], dict[str, int]]:
    """By rate and threshold: of how many starts a step was thrown, how many arrived, and how many rounding decides."""
    return {(run["rate"], run["threshold"]): run for run in load("cliff")["results"]["descents"]}


def share(rate: float, threshold: float | None, what: str) -> float:
    """Of the descents that are "thrown", that "arrived", or that a few roundings of the start have "changed"."""
    run = descents()[rate, threshold]
    return run[what] / run["starts"]
