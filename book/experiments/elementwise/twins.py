"""Two units h_t = λh_{t-1} + x_t whose λ differ by SHIFT, on one input of variance 1 and autocorrelation ρ^|lag|.

Long after their start the distance of their outputs, relative to the first one's standard deviation, is exactly
√(⟨(h - h')²⟩/⟨h²⟩), which `population.unit_loss` gives; a run of 200 steps shows it.
"""

from functools import cache

import numpy as np

from experiments.draws import normal
from minirnn.theory.population import unit_loss, variance

SHIFT, STEPS, BURN_IN = 0.01, 200, 3000


@cache
def outputs(lam: float, rho: float) -> np.ndarray:
    """h of λ and of λ - SHIFT, (STEPS, 2): the end of a long run, in units of the first one's standard deviation."""
    x, both = 1.0, np.array([lam, lam - SHIFT])
    h, states = np.zeros(2), []
    for noise in np.sqrt(1 - rho**2) * normal(BURN_IN + STEPS, 1)[:, 0]:
        x = rho * x + noise
        h = both * h + x
        states.append(h)
    return np.array(states[-STEPS:]) / np.sqrt(variance(lam, rho))


def apart(lam: float, rho: float) -> float:
    """The relative distance of the two outputs, √(⟨(h - h')²⟩/⟨h²⟩).

    >>> round(apart(0.5, 0.0), 4), round(apart(0.995, 0.0), 4)
    (0.0147, 0.5777)
    """
    return float(np.sqrt(2 * unit_loss(lam - SHIFT, lam, rho)[0] / variance(lam, rho)))
