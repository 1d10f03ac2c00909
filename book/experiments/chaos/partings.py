"""Two trajectories of one small network, started a little apart on its attractor: when do they part?

The LSTM and the GRU of two units of `lstm_scales`, without input, their weights times s.
"""

from functools import cache

import numpy as np

from experiments.chaos import lstm_scales
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.orbits import orbit

STEPS, SCALES = 120, [0.5, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5]
CELLS = {"LSTM": lstm_scales.lstm, "GRU": lstm_scales.gru}


@cache
def exponents(cell: str) -> dict[float, float]:
    """λ₁ of the cell at each of SCALES, over 3000 steps after 1000."""
    first = spectrum(*CELLS[cell](np.array(SCALES)), 4000, 1, burn_in=1000).exponents[:, 0]
    return dict(zip(SCALES, first.tolist(), strict=True))


@cache
def pair(cell: str, s: float, power: int) -> tuple[np.ndarray, np.ndarray]:
    """h₁ of both trajectories (STEPS + 1, 2), and the distance of their states (STEPS + 1,), 10^power at first."""
    system, h0 = CELLS[cell](np.array([s, s]))
    h = orbit(system, h0, 500, 499)[-1]
    h[1, 0] += 10.0**power
    H = np.concatenate([h[None], orbit(system, h, STEPS)])
    return H[:, :, 0], np.linalg.norm(H[:, 0] - H[:, 1], axis=1)


def parting(distance: np.ndarray, level: float = 0.1) -> int:
    """The first step at which the distance exceeds the level, or 0.

    >>> parting(np.array([1e-3, 1e-2, 0.2, 0.05]))
    2
    """
    return int(np.argmax(distance > level))
