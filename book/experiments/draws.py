"""Random numbers that a page makes as Python does, by a few lines in each: for figures that compute in both."""

from functools import cache
from math import prod

import numpy as np

STEP, APART = 0x6D2B79F5, 0x9E3779B9  # from number to number; from seed to seed


class Stream:
    """Numbers by hashing a counter: mulberry32 by Tommy Ettinger. Seeds start at places far from each other on its one
    cycle of 2³² numbers.

    >>> Stream(0).uniform(2).round(5).tolist()
    [0.26643, 0.00033]
    """

    def __init__(self, seed: int) -> None:
        self.counter = seed * APART

    def uniform(self, *shape: int) -> np.ndarray:
        """Numbers in [0, 1), row by row."""
        count = prod(shape)
        t = np.uint32(self.counter % 2**32) + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(STEP)
        self.counter += count * STEP
        t = (t ^ t >> 15) * (t | 1)
        t ^= t + (t ^ t >> 7) * (t | 61)
        return ((t ^ t >> 14) / 2**32).reshape(shape)

    def normal(self, *shape: int) -> np.ndarray:
        """Independent N(0, 1) numbers, row by row, by the transform of Box and Muller."""
        size, angle = self.uniform(prod(shape), 2).T
        return (np.sqrt(-2 * np.log(1 - size)) * np.cos(2 * np.pi * angle)).reshape(shape)

    def integers(self, low: int, high: int, *shape: int) -> np.ndarray:
        """Integers from low to high - 1."""
        return low + (self.uniform(*shape) * (high - low)).astype(int)


def uniform(count: int) -> np.ndarray:
    """The first numbers of the seed 0."""
    return Stream(0).uniform(count)


@cache
def normal(rows: int, columns: int) -> np.ndarray:
    """The first N(0, 1) numbers of the seed 0, (rows, columns)."""
    return Stream(0).normal(rows, columns)
