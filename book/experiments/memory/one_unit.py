"""One exponential learns a delay: when it has reached a share of its possible gain, and a time before which it cannot.

The model is that of `theory.plateau`, L(c, w) = c²/(4w) - c e^{-wD}; what can be gained is 1/(2eD).
"""

import math
from functools import cache

import numpy as np

from minirnn.theory import plateau

HALF = 1.3392  # at w = HALF/D the best c gains half of 1/(2eD): the root x > 1 of x e^(1 - x) = ½ is 2 HALF


@cache
def learned(w0: float, D: int) -> plateau.Flow:
    """Gradient flow until w has reached 1/(2D) within a thousandth."""
    return plateau.flow(w0, D, until=1.001)


def shares(w0: float, D: int) -> np.ndarray:
    """The share of 1/(2eD) that is gained, at the times of the flow."""
    flow = learned(w0, D)
    return -2 * math.e * D * plateau.loss(flow.c, flow.w, D)


@cache
def share_gained(w0: float, D: int) -> tuple[np.ndarray, np.ndarray]:
    """The share at 90 times from 0.01 to the end, evenly on a logarithmic axis."""
    times = learned(w0, D).t
    t = np.geomspace(0.01, times[-1], 90)
    return t, np.interp(t, times, shares(w0, D))


def escape_time(w0: float, D: int, share: float = 0.5) -> float:
    """The first time at which more than this share is gained."""
    return float(learned(w0, D).t[np.argmax(shares(w0, D) > share)])


def proved(w0: float, D: int) -> float:
    """The time before which, as is proved, less than half is gained; 0 if w starts too low for the proof."""
    return plateau.time_bound(w0, HALF / D, D) if w0 * D > HALF else 0.0
