"""95 % intervals for the results of several runs, and the statements that rest on them: `above` and `around`."""

import numpy as np
from scipy.special import stdtrit

Interval = tuple[float, float]


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
    return values.mean(-1), stdtrit(k - 1, 0.975) * values.std(-1, ddof=1) / np.sqrt(k)


def of_mean(values: np.ndarray) -> Interval:
    """Student's interval for the mean.

    >>> [round(end, 3) for end in of_mean(np.array([1.0, 2.0, 3.0]))]
    [-0.484, 4.484]
    """
    mean, half = student(np.asarray(values, float))
    return float(mean - half), float(mean + half)


def of_error(mean: float, error: float, runs: int) -> Interval:
    """The same from the standard error over the runs.

    >>> [round(end, 3) for end in of_error(2.0, 3**-0.5, 3)]
    [-0.484, 4.484]
    """
    half = float(stdtrit(runs - 1, 0.975)) * error
    return mean - half, mean + half


def of_difference(a: np.ndarray, b: np.ndarray) -> Interval:
    """Welch's interval for mean(a) - mean(b) of two groups of seeds, whose spreads may differ.

    >>> [round(end, 2) for end in of_difference(np.array([5.0, 6.0, 7.0]), np.array([1.0, 2.0, 3.0]))]
    [1.73, 6.27]
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    if not parts.any():
        return (float(a.mean() - b.mean()),) * 2
    freedom = parts.sum() ** 2 / (parts**2 / [len(a) - 1, len(b) - 1]).sum()
    half = stdtrit(freedom, 0.975) * np.sqrt(parts.sum())
    return float(a.mean() - b.mean() - half), float(a.mean() - b.mean() + half)


def of_shares(a: tuple[int, int], b: tuple[int, int]) -> Interval:
    """Newcombe's interval for the difference of two shares (successes, runs), from Wilson's of each.

    >>> [round(end, 2) for end in of_shares((5, 5), (1, 5))]
    [0.19, 0.96]
    """
    (p, low, high), (q, least, most) = ((k / n, *map(float, wilson(k, n))) for k, n in (a, b))
    return p - q - float(np.hypot(p - low, most - q)), p - q + float(np.hypot(high - p, q - least))


def above(interval: Interval, value: float = 0.0) -> bool:
    """Is the whole interval above a value?"""
    return interval[0] > value


def around(interval: Interval, value: float) -> bool:
    """Is a value in the interval?"""
    return interval[0] <= value <= interval[1]


def mostly(successes: int, runs: int) -> bool:
    """Does the whole interval of Wilson for the share of successful runs lie above a half?

    >>> mostly(5, 5), mostly(4, 5)
    (True, False)
    """
    return float(wilson(successes, runs)[0]) > 0.5
