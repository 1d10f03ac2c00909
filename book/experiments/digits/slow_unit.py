"""A digit in the state of one slow linear unit, h_t = λ h_{t-1} + x_t with λ = exp(-1/64); and of several."""

from functools import cache

import numpy as np

from experiments.digits import readers

SCALE = 64  # the unit's time scale, steps


@cache
def example(digit: int) -> np.ndarray:
    """The first digit of this class in the training part, 64 pixels."""
    X, target = readers.data("fit", "64")
    return X[:, int((target == digit).argmax()), 0]


def steps_of_pixels(task: str) -> np.ndarray:
    """At which step, from 1, each of the 64 pixels is seen."""
    T, order = readers.TASKS[task]["T"], readers.TASKS[task].get("order", np.arange(64))
    at = np.empty(64, int)
    at[order] = np.arange(64) // 8 * (T // 8) + np.arange(64) % 8 + 1
    return at


def faded(since: np.ndarray) -> np.ndarray:
    """λ^since, what is left of an input after so many steps; 0 for what is to come."""
    return np.where(since >= 0, np.exp(-np.maximum(since, 0) / SCALE), 0.0)


def left_over(task: str, rows: int) -> np.ndarray:
    """What is left of each pixel after `rows` eighths of the sequence."""
    return faded(rows * (readers.TASKS[task]["T"] // 8) - steps_of_pixels(task))


def states(task: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps and h_t, at the steps with a pixel and at the end of each row with its blanks."""
    T, at = readers.TASKS[task]["T"], steps_of_pixels(task)
    steps = np.unique([0, *at, *range(T // 8, T + 1, T // 8)])
    return steps, faded(steps[:, None] - at) @ x


def ink_left(task: str) -> float:
    """The share of a 3's ink that the unit's last state holds."""
    x = example(3)
    return float((left_over(task, 8) * x).sum() / x.sum())


@cache
def by_leaky_units(m: int) -> float:
    """The share of validation digits that a readout of m real multipliers has right."""
    X, X_val = (readers.data(part, "64")[0][:, :, 0].T for part in ("fit", "validation"))
    keep = np.exp(-1 / np.geomspace(1, 64, m)) ** (63 - np.arange(64))[:, None]
    return readers.fitted_readout(X @ keep, X_val @ keep)
