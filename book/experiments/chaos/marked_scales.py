"""The attractors of the chaotic LSTM of `lstm_scales` at some scales of its weights: kind, λ₁ and states."""

from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.chaos.lstm_scales import lstm
from minirnn.dynamics.orbits import attractors, orbit

MARKS = [0.5, 0.6, 0.7, 0.74, 0.8, 0.84, 0.88, 0.9, 0.95, 0.97]
MARKS += [1.0, 1.05, 1.08, 1.15, 1.22, 1.27, 1.3, 1.5, 1.75, 2.0]


class Marked(NamedTuple):
    """An attractor in words, its λ₁, and 4000 states (4000, 2) of h₁ and h₂ on it."""

    words: str
    exponent: float
    states: np.ndarray


@cache
def marked() -> dict[float, Marked]:
    """The attractors by scale, all in one batch."""
    system, h0 = lstm(np.array(MARKS))
    kinds = attractors(system, h0, T=4000, burn_in=2000)
    states = orbit(system, h0, 6000, 2000)[:, :, :2]
    words = {"period": "period {}", "chaotic": "a strange attractor"}
    return {
        s: Marked(words.get(a.kind, a.kind).format(a.period), a.exponent, states[:, i])
        for i, (s, a) in enumerate(zip(MARKS, kinds, strict=True))
    }
