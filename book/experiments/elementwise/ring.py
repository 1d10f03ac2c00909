"""Eigenvalues uniform by area on a ring, r_min <= |λ| <= r_max: which memories they have, and which mean variance."""

from typing import Any

import numpy as np

from experiments.draws import uniform

UNITS = 64


def eigenvalues(r_min: float, r_max: float) -> np.ndarray:
    """64 eigenvalues, of the same draw for every ring: |λ|² = u (r_max² - r_min²) + r_min² with u uniform on [0, 1]."""
    area, turn = uniform(2 * UNITS).reshape(2, UNITS)
    return np.sqrt(area * (r_max**2 - r_min**2) + r_min**2) * np.exp(2j * np.pi * turn)


def share_beyond(tau: Any, r_min: float, r_max: float) -> Any:
    """P(1/(1-|λ|) > τ) on the ring: one minus (r² - r_min²)/(r_max² - r_min²) at r = 1 - 1/τ.

    >>> round(float(share_beyond(100.0, 0.9, 0.999)), 3)
    0.095
    """
    r = np.clip(1 - 1 / tau, r_min, r_max)
    return 1 - (r**2 - r_min**2) / (r_max**2 - r_min**2)


def mean_variance(r_min: float, r_max: float) -> float:
    """The mean of 1/(1-|λ|²) over the ring."""
    return float(np.log((1 - r_min**2) / (1 - r_max**2)) / (r_max**2 - r_min**2))
