"""Two trajectories of one small network, started a little apart on its attractor: when do they part?

The LSTM and the GRU of two units of `lstm_scales`, without input, their weights times s, to the last bit as a page
computes them.
"""

from functools import cache

import numpy as np

from experiments.chaos.small_gru import GRU
from experiments.chaos.to_the_bit import LSTM, run
from experiments.exact import exp

STEPS, APART, LN10 = 120, 0.1, 2.302585092994046
CELLS = {"LSTM": LSTM, "GRU": GRU}


@cache
def exponent(cell: str, s: float) -> float:
    """λ₁ of the cell over 2000 steps after 1000."""
    return float(run(CELLS[cell], np.array([s]), 1000, 2000)[1][0])


@cache
def pair(cell: str, s: float, power: float) -> tuple[np.ndarray, np.ndarray]:
    """h₁ of both trajectories (STEPS + 1, 2) after 500 steps, and the distance of their states (STEPS + 1,), 10^power
    at first."""
    both, H = np.array([s, s]), np.full((CELLS[cell].n, 2), CELLS[cell].start)
    for _ in range(500):
        H, _ = CELLS[cell].step(both, H)
    H[0, 1] += exp(power * LN10)
    states = [H]
    for _ in range(STEPS):
        H, _ = CELLS[cell].step(both, H)
        states.append(H)
    path = np.array(states)
    return path[:, 0], np.linalg.norm(path[:, :, 0] - path[:, :, 1], axis=1)


def parting(distance: np.ndarray, level: float = APART) -> int:
    """The first step at which the distance exceeds the level, or 0.

    >>> parting(np.array([1e-3, 1e-2, 0.2, 0.05]))
    2
    """
    return int(np.argmax(distance > level))
