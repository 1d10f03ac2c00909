"""How fast the time scale τ = 1/|f(w)| of a map from weights to rates follows its weight w."""

import numpy as np

from minirnn.theory import memory
from minirnn.theory.parametrizations import RATES


def scale_over_memory(rate: str, what: str, tau: np.ndarray) -> np.ndarray:
    """|dτ/dw| ("scale"), or that divided by |w| ("ratio"), where the time scale is tau.

    >>> scale_over_memory("direct", "scale", np.array([1000.0])).round()
    array([1000000.])
    """
    w = RATES[rate].inverse(-1 / tau)
    size = memory.gradient_scale(RATES[rate], w)
    return size if what == "scale" else size / np.abs(w)


def worse_change(rate: str, w: float, move: float) -> float:
    """The worse of the changes of τ, relative to τ, when w is moved by ±move; inf where the moved rate grows.

    >>> round(worse_change("exp", -3.0, 0.1), 4), worse_change("direct", -0.01, 0.1)
    (0.1052, inf)
    """
    return max(memory.stability_integral(RATES[rate], w, w + side) for side in (-move, move))
