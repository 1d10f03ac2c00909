"""The share that the students of a sweep leave unexplained, each seed at the rate that the other seeds choose; losses
are (..., rate, seed)."""

from functools import cache
from typing import Any

import numpy as np

from experiments.record import load


def chosen_rates(losses: np.ndarray) -> Any:
    """The index of each seed's rate (..., seed): the rate with the least median over the *other* seeds, nan excluded.

    A rate that is chosen and judged on the same seeds looks better than it is.

    >>> chosen_rates(np.array([[3.0, 5.0, 9.0], [1.0, 2.0, 1.0], [np.nan, 0.0, 0.0]]))
    array([2, 1, 1])
    """
    losses = np.nan_to_num(losses, nan=np.inf)
    others = [np.delete(losses, seed, axis=-1) for seed in range(losses.shape[-1])]
    return np.stack([np.median(group, axis=-1).argmin(-1) for group in others], axis=-1)


def at_chosen_rates(losses: np.ndarray) -> np.ndarray:
    """The losses of the seeds (..., seed) at these rates."""
    return np.take_along_axis(losses, chosen_rates(losses)[..., None, :], axis=-2)[..., 0, :]


@cache
def student_losses(name: str) -> np.ndarray:
    """The share not explained by a student of `teachers`, [ν₀, rate, seed]."""
    results = load("teachers")["results"]
    return np.array(results["loss"][results["architecture"].index(name)])
