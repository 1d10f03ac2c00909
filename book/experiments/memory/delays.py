"""How many units recall the input of D steps ago, give or take s steps: a lower bound, and a number that is enough.

The bound is (eq. bound) of the page, the largest over a few sizes n of the Hankel matrix; enough is the size of a
network that is made from the singular values.

>>> at_least(5, 0), enough(5, 0)
(6, 6)
"""

from functools import cache

import numpy as np

from minirnn.theory import memory, reduction

WANTED = 0.1  # the relative error that is allowed


@cache
def spread(D: int, s: int) -> np.ndarray:
    """The kernel of a delay of D steps: exact, or a Gaussian of width s."""
    T = D + 6 * max(s, 1) + 1
    return np.eye(1, T, D).ravel() if s == 0 else memory.bump(T, D, s)


@cache
def sigmas(D: int, s: int) -> np.ndarray:
    """The singular values of the whole Hankel matrix, largest first."""
    return reduction.singular_values(spread(D, s), len(spread(D, s)))


@cache
def at_least(D: int, s: int) -> int:
    """The fewest units that the bound allows for an error of WANTED."""
    K, fewest = spread(D, s), 1
    for n in sorted({max(2, D - s), D + 1, D + s, D + 2 * s + 1}):
        tails = np.cumsum(reduction.singular_values(K, n)[::-1] ** 2)[::-1] / n / (K @ K)
        fewest = max(fewest, int((tails > WANTED**2 * (1 + 1e-12)).sum()))
    return fewest


@cache
def enough(D: int, s: int) -> int:
    """The fewest units with which the network made from the singular values has that error."""
    K = spread(D, s)
    long = np.concatenate([K, np.zeros(200)])
    for m in range(at_least(D, s), len(K) + 1):
        network = reduction.realize(K, m, len(K))
        if np.linalg.norm(memory.network_kernel(*network, len(long)) - long) <= WANTED * np.linalg.norm(K):
            return m
    raise AssertionError("the full rank is exact")
