"""Tasks of memory, drawn from numbers that a page draws too: (draws, B, T) -> X (T, B, m) and what is wanted.

They are those of `minirnn.learning.tasks`, and the one of `experiments.intro.gains`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.draws import Stream
from minirnn.learning import losses
from minirnn.learning.tasks import one_hot
from minirnn.learning.training import named


class Task(NamedTuple):
    """`guess` is the loss of the best answer that does not look at the input."""

    m: int
    outputs: int
    guess: float
    draw: Callable[[Stream, int, int], tuple[np.ndarray, np.ndarray]]
    error: losses.Pointwise
    right: Callable[[np.ndarray, np.ndarray], np.ndarray]  # of readouts and targets, for each sequence


def signs(draws: Stream, B: int) -> np.ndarray:
    return 2.0 * draws.integers(0, 2, B) - 1


def draw_latch(draws: Stream, B: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """A sign, shown in the first three steps, then noise N(0, 0.2²); ±0.8 is wanted."""
    sign, X = signs(draws, B), 0.2 * draws.normal(T, B, 1)
    X[:3, :, 0] = sign
    return X, 0.8 * sign[:, None]


def draw_first_sign(draws: Stream, B: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """A sign, shown in the first step, then noise N(0, 0.3²); its class is wanted."""
    sign, X = signs(draws, B), 0.3 * draws.normal(T, B, 1)
    X[0, :, 0] = sign
    return X, (sign > 0).astype(int)


def draw_order(draws: Stream, B: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """Temporal order: of two symbols among distractors, which came, and in which order."""
    symbols = draws.integers(2, 6, T, B)
    first, second = draws.integers(0, 2, 2, B)
    for symbol, tenth in ((first, 1), (second, 5)):
        at = draws.integers(tenth * T // 10, (tenth + 1) * T // 10, B)
        symbols[at, np.arange(B)] = symbol
    return one_hot(symbols, 6), 2 * first + second


def draw_adding(draws: Stream, B: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean of two marked numbers, one in each half."""
    X = np.zeros((T, B, 2))
    X[:, :, 0] = draws.uniform(T, B)
    marks = np.stack([draws.integers(0, T // 2, B), draws.integers(T // 2, T, B)])
    X[marks, np.arange(B), 1] = 1.0
    return X, X[marks, np.arange(B), 0].mean(axis=0)[:, None]


TASKS = {
    "latch": Task(1, 1, 0.32, draw_latch, losses.squared_error, lambda Y, target: (Y * target > 0)[:, 0]),
    "order": Task(6, 4, np.log(4), draw_order, losses.softmax_cross_entropy, named),
    "adding": Task(
        2, 1, 1 / 48, draw_adding, losses.squared_error, lambda Y, target: ((Y - target) ** 2 < 0.04)[:, 0]
    ),
    "first sign": Task(1, 2, np.log(2), draw_first_sign, losses.softmax_cross_entropy, named),
}
