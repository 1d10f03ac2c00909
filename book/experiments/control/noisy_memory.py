"""A memory under noise in the blank steps: the best reward that any readout of one linear unit can earn."""

from math import erf, sqrt

import numpy as np


def best(lam: float, L: int, nu: float = 0.1, p: float = 0.9) -> float:
    """The expected reward of the best readout after L steps h ← λh + ν·noise that began with the cue."""
    spread = L if lam == 1 else (1 - lam ** (2 * L)) / (1 - lam**2)
    d = lam**L / (nu * sqrt(spread))
    return (1 - p) + (2 * p - 1) * 0.5 * (1 + erf(d / sqrt(2)))


def simulated(lam: float, L: int, rng: np.random.Generator, runs: int, nu: float = 0.1, p: float = 0.9) -> float:
    """The same measured: the state's sign is read off at the end of so many runs."""
    cue = rng.choice([-1.0, 1.0], runs)
    h = cue.copy()
    for _ in range(L):
        h = lam * h + nu * rng.standard_normal(runs)
    return (1 - p) + (2 * p - 1) * float((np.sign(h) == cue).mean())
