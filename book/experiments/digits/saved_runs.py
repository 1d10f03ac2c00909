"""The runs of each cell and seed in the record `pixels`."""

from functools import cache
from typing import Any

import numpy as np

from experiments.digits.readers import CELLS
from experiments.record import load


@cache
def results() -> dict[str, Any]:
    return load("pixels")["results"]


def saved(part: str, task: str, key: str) -> np.ndarray:
    """Values (cells, seeds, ...) of a task; of the seeds that were run."""
    return np.array([results()[part][task][cell][key] for cell in CELLS], float)


def accuracies(task: str) -> np.ndarray:
    """Accuracy (cells, seeds) on the test part."""
    return saved("trained", task, "test")


def tested(task: str, cell: str) -> np.ndarray:
    """% of the test digits that a cell has right, for each seed."""
    return 100 * accuracies(task)[list(CELLS).index(cell)]


def correct(task: str, cell: str) -> float:
    """The mean of these shares over the seeds."""
    return float(tested(task, cell).mean())


def baseline_share() -> float:
    """The share of the test digits that logistic regression on the 64 pixels has right."""
    return results()["baseline"]["test"]


def exponent(task: str, cell: str) -> float:
    """The largest Lyapunov exponent at the start, median over the seeds."""
    return float(np.median(saved("measured", task, "exponent")[list(CELLS).index(cell)]))


def peak(cell: str) -> float:
    """The largest norm of a gradient in the runs at 208 steps."""
    return float(np.max(results()["trained"]["208"][cell]["largest"]))
