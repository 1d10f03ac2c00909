"""Does a measure at the start predict the order of the cells' accuracies? Spearman's rank correlation, and chance.

The points of one cell depend on each other: so an interval resamples whole cells, and a test of chance exchanges them.
"""

from functools import cache
from itertools import permutations
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from experiments.digits.measures import HIGHER_IS_BETTER, measure
from experiments.digits.readers import CELLS
from experiments.digits.saved_runs import accuracies


def table(name: str, tasks: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Medians of a measure and mean accuracies, (tasks, cells) each."""
    return (
        np.array([np.median(measure(task, name), axis=1) for task in tasks]),
        np.array([accuracies(task).mean(axis=1) for task in tasks]),
    )


def promised(name: str, tasks: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The same, the measure with the sign that makes larger better."""
    x, y = table(name, tasks)
    return (x if HIGHER_IS_BETTER[name] else -x), y


def correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation along the last axis; 0 where all values of one are equal."""
    x, y = (rankdata(a, axis=-1) - (a.shape[-1] + 1) / 2 for a in (x, y))
    size = np.sqrt((x * x).sum(-1) * (y * y).sum(-1))
    return np.where(size > 0, (x * y).sum(-1) / np.where(size > 0, size, 1.0), 0.0)


@cache
def orders() -> np.ndarray:
    """All orders of the cells, (5040, 7)."""
    return np.array(list(permutations(range(len(CELLS)))))


@cache
def exchanged(name: str, tasks: tuple[str, ...]) -> np.ndarray:
    """The rank correlations of all 5040 exchanges of the cells' accuracies, alike in all tasks."""
    x, y = promised(name, tasks)
    accuracy = np.moveaxis(y[:, orders()], 1, 0).reshape(len(orders()), -1)
    return correlation(np.broadcast_to(x.ravel(), accuracy.shape), accuracy)


class Rank(NamedTuple):
    """Spearman's ρ, positive if the measure predicts the order; a 95 % interval from resampled cells; and the share of
    all 5040 exchanges of the cells' accuracies with a ρ that is at least as large."""

    value: float
    low: float
    high: float
    chance: float


@cache
def rank_correlation(name: str, tasks: tuple[str, ...]) -> Rank:
    x, y = promised(name, tasks)
    value = float(correlation(x.ravel(), y.ravel()))
    drawn = np.random.default_rng(0).integers(0, len(CELLS), (2000, len(CELLS)))
    draws = correlation(*(np.moveaxis(a[:, drawn], 1, 0).reshape(len(drawn), -1) for a in (x, y)))
    low, high = np.percentile(draws, [2.5, 97.5])
    return Rank(value, float(low), float(high), float(np.mean(exchanged(name, tasks) >= value - 1e-9)))
