"""What the students of a sweep leave unexplained at their best learning rates; losses are (..., rate, seed)."""

from functools import cache
from typing import Any

import numpy as np

from experiments.record import load


def best_rate(losses: np.ndarray) -> Any:
    """Which rate has the least median over the seeds, (...); nan is no least.

    >>> best_rate(np.array([[3.0, 5.0], [1.0, 2.0], [np.nan, 0.0]]))
    np.int64(1)
    """
    return np.median(np.nan_to_num(losses, nan=np.inf), axis=-1).argmin(-1)


def at_best_rate(losses: np.ndarray) -> np.ndarray:
    """The losses of the seeds (..., seed) at that rate."""
    best = np.asarray(best_rate(losses))
    return np.take_along_axis(losses, best[..., None, None], axis=-2)[..., 0, :]


@cache
def student_losses(name: str) -> np.ndarray:
    """The share not explained by a student of `teachers`, [ν₀, rate, seed]."""
    results = load("teachers")["results"]
    return np.array(results["loss"][results["architecture"].index(name)])
