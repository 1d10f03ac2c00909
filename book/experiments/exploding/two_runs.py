"""A run in the page and one beside it, which differs in one thing, and the curves that show them."""

from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from experiments.in_page.descent import Report, descend, percent_right, recent
from experiments.in_page.tasks import TASKS

UNITS, BATCH = 32, 20
RADIUS = 0.999  # the largest of an LRU
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no clip": {"clip": np.inf},
    "gain 1": {"gain": 1.0},
    "tanh": {"cell": "tanh"},
    "GRU": {"cell": "GRU"},
    "LRU": {"cell": "LRU"},
}


def run(
    count: int, *, task: str, cell: str, gain: float, clip: float, rate: float, length: int, seed: int
) -> list[Report]:
    """The first reports of a run. A gain is the largest |λ| of an LRU, which stays below 1."""
    gain = min(gain, RADIUS) if cell == "LRU" else gain
    reports = descend(cell, UNITS, task, seed=seed, gain=gain, rate=rate, clip=clip, T=length, B=BATCH)
    return list(islice(reports, count))


class Curves(NamedTuple):
    """Over the updates: loss, as a share of that of a guess, and exponent, means of the last ten batches; and norms."""

    loss: np.ndarray
    exponent: np.ndarray
    norm: np.ndarray
    lags: np.ndarray  # of the last report, relative to lag 0
    right: float  # percent


def curves(reports: list[Report], task: str) -> Curves:
    loss = recent([r.loss for r in reports]) / TASKS[task].guess
    lags = reports[-1].lags / reports[-1].lags[0]
    right = percent_right(reports, BATCH)
    return Curves(loss, recent([r.exponent for r in reports]), np.array([r.norm for r in reports]), lags, right)
