"""Intervals for what several runs gave."""

import numpy as np
from scipy.stats import t


def wilson(successes: int | np.ndarray, runs: int, z: float = 1.959964) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of Wilson for a share of successes: honest also at 0 and at all.

    >>> low, high = wilson(0, 40)
    >>> float(low), round(float(high), 3)
    (0.0, 0.088)
    """
    p = np.asarray(successes) / runs
    center, half = p + z**2 / (2 * runs), z * np.sqrt(p * (1 - p) / runs + z**2 / (4 * runs**2))
    return (center - half) / (1 + z**2 / runs), (center + half) / (1 + z**2 / runs)


def student(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean over the last axis, and half the width of its 95 % interval by Student's t.

    >>> mean, half = student(np.array([1.0, 2.0, 3.0]))
    >>> float(mean), round(float(half), 3)
    (2.0, 2.484)
    """
    k = values.shape[-1]
    return values.mean(-1), t.ppf(0.975, k - 1) * values.std(-1, ddof=1) / np.sqrt(k)
