"""Small tasks on which networks break or learn: each draws a batch (X, target), and says how its error is measured.

Some need the whole sequence, some a few steps, some only the last one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from minirnn.learning import losses, tasks
from minirnn.learning.losses import Loss

Batch = tuple[np.ndarray, np.ndarray]
B = 32


@dataclass(frozen=True)
class Problem:
    """m inputs and `outputs` of the readout; draw(rng, B, T) -> (X, target); loss(target), T steps where not said."""

    m: int
    outputs: int
    T: int
    draw: Callable[..., Batch]
    loss: Callable[[np.ndarray], Loss]


def first_sign(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Was +1 or -1 shown in the first three steps? (`tasks.latch`, as two classes)"""
    X, target = tasks.latch(rng, B, T)
    return X, (target[:, 0] > 0).astype(int)


def majority(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Of four symbols, one-hot: did a come more often than b? Each step counts as much as any other."""
    symbols = rng.integers(0, 4, (T, B))
    return tasks.one_hot(symbols, 4), ((symbols == 0).sum(0) > (symbols == 1).sum(0)).astype(int)


def yes_or_no(rng: np.random.Generator, B: int, T: int) -> Batch:
    """`majority` as a number of 0 or 1."""
    X, target = majority(rng, B, T)
    return X, target[:, None].astype(float)


def last_symbol(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Which of four symbols came last? Needs one step."""
    symbols = rng.integers(0, 4, (T, B))
    return tasks.one_hot(symbols, 4), symbols[-1]


def echo(rng: np.random.Generator, B: int, T: int, lag: int = 3) -> Batch:
    """At each step, the number that came `lag` steps before: 0 until there was one."""
    X = rng.uniform(-1.0, 1.0, (T, B, 1))
    return X, np.concatenate([np.zeros((lag, B, 1)), X[:-lag]])


def wave(rng: np.random.Generator, B: int, T: int) -> Batch:
    """The next value of a sine wave of period 8 to 20 and random phase, with noise of 0.05: two steps say it."""
    period, phase = rng.uniform(8, 20, B), rng.uniform(0, 2 * np.pi, B)
    X = np.sin(2 * np.pi * np.arange(T + 1)[:, None] / period + phase) + 0.05 * rng.standard_normal((T + 1, B))
    return X[:-1, :, None], X[1:, :, None]


def sensors(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Three channels that drift as a slow process of mean 0 and variance 1; the target is the mean of the first
    channel over the second half of the sequence, less that over the first."""
    X = rng.standard_normal((T, B, 3))
    for t in range(1, T):
        X[t] = 0.9 * X[t - 1] + np.sqrt(1 - 0.9**2) * X[t]
    first, second = np.split(X[: T // 2 * 2, :, 0], 2)
    return X, (second.mean(0) - first.mean(0))[:, None]


@cache
def _rows() -> Batch:
    return tasks.digits("train")


def rows(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Handwritten digits, read row by row in eight steps."""
    return tasks.drawn_from(*_rows(), B)(rng)


def _repeated(rng: np.random.Generator, B: int, T: int) -> Batch:
    return tasks.copy(rng, B, T - 6, symbols=4, length=3)


@cache
def _favourites() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 5, (5, 5))


def text(rng: np.random.Generator, B: int, T: int) -> Batch:
    """The next of five symbols: in 85 of 100 cases the one that usually follows the last two."""
    symbols, usual = rng.integers(0, 5, (T + 1, B)), rng.random((T + 1, B)) < 0.85
    for t in range(2, T + 1):
        symbols[t] = np.where(usual[t], _favourites()[symbols[t - 2], symbols[t - 1]], symbols[t])
    return tasks.one_hot(symbols[:-1], 5), symbols[1:]


def pair(rng: np.random.Generator, B: int, T: int) -> Batch:
    """At each step: does b follow a? It does so at one step in sixteen."""
    symbols = rng.integers(0, 4, (T, B))
    target = np.zeros((T, B), int)
    target[1:] = (symbols[:-1] == 0) & (symbols[1:] == 1)
    return tasks.one_hot(symbols, 4), target


def average(rng: np.random.Generator, B: int, T: int) -> Batch:
    """At each step the exponential average of what came so far: y_t = 0.8 y_{t-1} + 0.2 x_t."""
    X = rng.uniform(-1.0, 1.0, (T, B, 1))
    y = 0.2 * X
    for t in range(1, T):
        y[t] += 0.8 * y[t - 1]
    return X, y


def unchecked_error(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """`losses.squared_error` as somebody writes it who checks nothing: its targets may be nan."""
    return 0.5 * ((Y - target) ** 2).sum() / len(Y), (Y - target) / len(Y)


classes, values = (partial(losses.at_end, error) for error in (losses.softmax_cross_entropy, losses.squared_error))
labels_of_steps, values_of_steps = (
    partial(losses.at_every_step, error) for error in (losses.softmax_cross_entropy, losses.squared_error)
)
PROBLEMS: dict[str, Problem] = {
    "first sign": Problem(1, 2, 50, first_sign, classes),
    "order": Problem(6, 4, 20, tasks.temporal_order, classes),
    "adding": Problem(2, 1, 20, tasks.adding, values),
    "majority": Problem(4, 2, 20, majority, classes),
    "yes or no": Problem(4, 1, 20, yes_or_no, values),
    "last symbol": Problem(4, 4, 20, last_symbol, classes),
    "echo": Problem(1, 1, 30, echo, values_of_steps),
    "wave": Problem(1, 1, 40, wave, values_of_steps),
    "sensors": Problem(3, 1, 30, sensors, values),
    "rows": Problem(8, 10, 8, rows, classes),
    "copy": Problem(6, 5, 12, _repeated, labels_of_steps),
    "text": Problem(5, 5, 25, text, labels_of_steps),
    "pair": Problem(4, 2, 25, pair, labels_of_steps),
    "average": Problem(1, 1, 30, average, values_of_steps),
}


def best_constant(target: np.ndarray) -> float:
    """The loss of the best answer that ignores the inputs: of class shares, or of the mean target.

    >>> round(best_constant(np.array([0, 0, 1, 1])), 4)
    0.6931
    """
    if np.issubdtype(target.dtype, np.integer):
        shares = np.unique(target, return_counts=True)[1] / target.size
        return float(-(shares * np.log(shares)).sum())
    flat = target.reshape(-1, target.shape[-1])
    return 0.5 * float(flat.var(0).sum())
