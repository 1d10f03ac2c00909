"""exp, σ and tanh that a page computes to the last bit as Python does.

Chaos magnifies rounding: with one other bit an orbit is soon another one. Sums, products, quotients and square roots
are the same in every language (IEEE 754), in the same order; exp and tanh are not. Here they are made of the former.
"""

from math import factorial

import numpy as np

LOG2_E, LN2 = (
    1.4426950408889634,
    (0.6931471803691238, 1.9082149292705877e-10),
)  # ln 2 in two parts: k times the first
# is exact for whole |k| < 2000
TAYLOR = [1 / factorial(n) for n in range(13, -1, -1)]


def exp(x: np.ndarray | float) -> np.ndarray:
    """e^x = 2^k e^r for |x| <= 80, and for larger x that of ±80; e^r by its Taylor series, |r| <= ln(2)/2.

    >>> x = np.linspace(-30, 30, 1001)
    >>> bool(np.abs(exp(x) / np.exp(x) - 1).max() < 1e-15)
    True
    """
    x = np.clip(x, -80, 80)
    k = np.floor(x * LOG2_E + 0.5)
    r, series = (x - k * LN2[0]) - k * LN2[1], np.zeros_like(x)
    for coefficient in TAYLOR:
        series = series * r + coefficient
    return np.ldexp(series, k.astype(int))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + exp(-x))


def tanh(x: np.ndarray) -> np.ndarray:
    return 2 * sigmoid(2 * x) - 1
