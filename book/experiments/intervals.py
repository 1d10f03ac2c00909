"""Intervals for what several runs gave."""

import numpy as np


def wilson(successes: int | np.ndarray, runs: int, z: float = 1.959964) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of Wilson for a share of successes: honest also at 0 and at all.

    >>> low, high = wilson(0, 40)
    >>> float(low), round(float(high), 3)
    (0.0, 0.088)
    """
    p = np.asarray(successes) / runs
    center, half = p + z**2 / (2 * runs), z * np.sqrt(p * (1 - p) / runs + z**2 / (4 * runs**2))
    return (center - half) / (1 + z**2 / runs), (center + half) / (1 + z**2 / runs)
