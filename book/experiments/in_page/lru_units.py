"""An LRU whose weights a page draws too."""

import numpy as np

from experiments.draws import Stream
from minirnn import LRU
from minirnn.core.params import Params


def cell(m: int, n: int) -> LRU:
    return LRU(m, n)


def init(draws: Stream, m: int, n: int, radius: float) -> Params:
    """λ uniform by area on the disc of this radius, below 1; B with E|B|² = 1/m, γ so that white input gives a state of
    unit variance. (u is below 1, so that neither |λ| nor the angle is 0, which have no logarithm.)"""
    nu, theta = 0.5 * np.log(radius**2 * (1 - draws.uniform(n))), 2 * np.pi * (1 - draws.uniform(n))
    B_re, B_im = draws.normal(n, m), draws.normal(n, m)
    return {
        "nu_log": np.log(-nu),
        "theta_log": np.log(theta),
        "B_re": B_re / np.sqrt(2 * m),
        "B_im": B_im / np.sqrt(2 * m),
        "gamma_log": 0.5 * np.log(-np.expm1(2 * nu)),
    }
