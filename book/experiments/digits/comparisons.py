"""Cells compared: their order by a measure or by accuracy, and differences with an interval over the seeds."""

import numpy as np

from experiments.digits.measures import median
from experiments.digits.ranks import correlation, orders, rank_correlation, table
from experiments.digits.readers import CELLS
from experiments.digits.saved_runs import correct, results, tested
from experiments.intervals import student

SIX = [cell for cell in CELLS if cell != "IRNN"]


def ranked(task: str, by: str = "accuracy") -> list[str]:
    """The cells by their accuracy, or by a measure at the start, the smallest value first."""
    return sorted(CELLS, key=lambda cell: correct(task, cell) if by == "accuracy" else median(task, by, cell))


def interval(values: np.ndarray) -> tuple[float, float]:
    """The mean over the seeds, and half of its interval."""
    mean, half = student(values)
    return float(mean), float(half)


def lead(task: str) -> float:
    """The points by which the IRNN's accuracy is below the LRU's."""
    return correct(task, "LRU") - correct(task, "IRNN")


def bias_gain() -> tuple[float, float]:
    """The gain in points by a forget bias of 1 instead of 0 at 64 steps, and half of its interval."""
    return interval(tested("64", "LSTM, bias 1") - tested("64", "LSTM, bias 0"))


def clip_gain(cell: str, task: str) -> tuple[float, float]:
    """The gain in points by the clip, and half of its interval."""
    free = 100 * np.array(results()["unclipped"][cell][task]["test"])
    return interval(tested(task, cell) - free)


def rank(name: str, task: str) -> float:
    """The rank correlation of a measure on one task."""
    return rank_correlation(name, (task,)).value


def rank_of_six(task: str) -> float:
    """The rank correlation of the far share without the IRNN."""
    x, y = (row[0, [list(CELLS).index(cell) for cell in SIX]] for row in table("far share", (task,)))
    return float(correlation(x, y))


def needed() -> float:
    """The least rank correlation that at most 5 % of all orders of seven cells reach."""
    chance = correlation(np.broadcast_to(np.arange(7), orders().shape), orders()).round(9)
    return min(float(value) for value in np.unique(chance) if np.mean(chance >= value) <= 0.05)
