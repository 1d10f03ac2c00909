"""Newton's rounds on all states of a random tanh network at once, to the last bit as a page computes them.

h_t = tanh(W h_{t-1} + u x_t) of 16 units; entries are uniform of variance gain²/16 (W), 1 (u) and ¼ (x). A round on the
guess s: f_t = tanh(W s_{t-1} + u x_t), e_t = diag(1 - f_t²) W e_{t-1} - (s_t - f_t), and s_t becomes s_t + e_t.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.draws import uniform
from experiments.exact import tanh

UNITS, LONGEST, RIGHT = 16, 2000, 1e-8


class Course(NamedTuple):
    """λ₁ over LONGEST steps; the states (T, UNITS); the guess 0 and what each round makes of it, until all states are
    right to RIGHT."""

    exponent: float
    states: np.ndarray
    guesses: list[np.ndarray]

    @property
    def needed(self) -> int:
        return len(self.guesses) - 1

    def guess(self, made: int) -> np.ndarray:
        return self.guesses[min(made, self.needed)]

    def errors(self, made: int) -> np.ndarray:
        """The largest at each step (T,), of all units."""
        return np.abs(self.guess(made) - self.states).max(axis=1)


@cache
def network() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W for a gain of 1, u and the inputs (LONGEST,)."""
    numbers = np.sqrt(3) * (2 * uniform(UNITS * UNITS + UNITS + LONGEST) - 1)
    W, u, x = np.split(numbers, [UNITS * UNITS, UNITS * UNITS + UNITS])
    return W.reshape(UNITS, UNITS) / 4, u, x / 2


def times(W: np.ndarray, h: np.ndarray) -> np.ndarray:
    """W h for h (..., UNITS), added up in the order of the columns."""
    total = W[:, 0] * h[..., :1]
    for j in range(1, UNITS):
        total = total + W[:, j] * h[..., j : j + 1]
    return total


@cache
def course(gain: float, T: int) -> Course:
    W, u, x = network()
    W, drive = gain * W, x[:T, None] * u
    states = unrolled(gain)[0][:T]
    guesses = [np.zeros((T, UNITS))]
    while np.abs(guesses[-1] - states).max() >= RIGHT and len(guesses) <= T:
        guesses.append(one_round(W, drive, guesses[-1]))
    return Course(unrolled(gain)[1], states, guesses)


@cache
def unrolled(gain: float) -> tuple[np.ndarray, float]:
    """The states (LONGEST, UNITS), and λ₁ of all steps after the first hundred."""
    W, u, x = network()
    W, h, v, logs = gain * W, np.zeros(UNITS), np.ones(UNITS), 0.0
    states = np.empty((LONGEST, UNITS))
    for t in range(LONGEST):
        states[t] = h = tanh(times(W, h) + x[t] * u)
        v = (1 - h * h) * times(W, v)
        size = np.sqrt(sum((v * v).tolist()))
        v = v / size
        logs += np.log(size) if t >= 100 else 0.0
    return states, float(logs / (LONGEST - 100))


def one_round(W: np.ndarray, drive: np.ndarray, s: np.ndarray) -> np.ndarray:
    """States that are not finite stay as they were."""
    with np.errstate(over="ignore", invalid="ignore"):
        f = tanh(times(W, np.concatenate([np.zeros((1, UNITS)), s[:-1]])) + drive)
        moved, e = [], np.zeros(UNITS)
        for t in range(len(s)):
            push = (1 - f[t] * f[t]) * times(W, e)
            e = push - (s[t] - f[t])
            moved.append(f[t] + push)
        after = np.array(moved)
    return np.where(np.isfinite(after), after, s)
