"""Numbers from the records of the delayed cue: iterations of policies and methods, and the remains of the cue.

Policies and methods have the names of `delayed_cue`. There is one step size of at most 1 for all lengths ("up-to-1",
the record of `small_steps`), one of any size for all lengths ("any"), or one for each length ("each").
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from experiments.control.delayed_cue import LENGTHS
from experiments.record import load


class Trace(NamedTuple):
    """How far apart the states of both cues are at each step, relative to the first; the chance of the turn that was
    seen."""

    apart: np.ndarray
    right: float


@cache
def small_steps() -> dict[str, Any]:
    return load("small_steps")["results"]


@cache
def delayed_cue() -> dict[str, Any]:
    return load("delayed_cue")["results"]


def trace(policy: str, L: int, method: str) -> Trace | None:
    """One run, of the first seed, trained by `method` or at the "start"; None if it diverged."""
    run = small_steps()["trace"][policy][method][LENGTHS.index(L)]
    return None if run["right"] is None else Trace(np.array(run["apart"]), run["right"])


def ended(policy: str, L: int, method: str) -> Trace:
    """The same for a run that must not have diverged."""
    run = trace(policy, L, method)
    assert run is not None
    return run


def runs(policy: str, method: str, sizes: str) -> dict[str, Any]:
    """Step sizes ("rate") and iterations of one policy and method."""
    by_policy = small_steps()["runs"] if sizes == "up-to-1" else delayed_cue()["one" if sizes == "any" else "own"]
    return by_policy[policy][method]


def iterations(policy: str, method: str, sizes: str = "up-to-1") -> np.ndarray:
    """(lengths, seeds), inf for a failure."""
    times = np.array(runs(policy, method, sizes)["iterations"], float)
    return np.where(np.isnan(times), np.inf, times)


def solved(policy: str, method: str, sizes: str = "up-to-1") -> np.ndarray:
    """How many of ten seeds, for each length."""
    return np.isfinite(iterations(policy, method, sizes)).sum(axis=1)


def median(policy: str, method: str, L: int, sizes: str = "up-to-1") -> float:
    """The median of the iterations at one length: of ten, the mean of the fifth and the sixth; inf if one of these is
    a failure."""
    return float(np.median(iterations(policy, method, sizes)[LENGTHS.index(L)]))
