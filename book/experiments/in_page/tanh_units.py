"""A tanh network whose weights a page draws too."""

import numpy as np

from experiments.draws import Stream
from minirnn import VanillaRNN
from minirnn.core.params import Params


def cell(m: int, n: int) -> VanillaRNN:
    return VanillaRNN(m, n)


def init(draws: Stream, m: int, n: int, gain: float) -> Params:
    """W from N(0, gain²/n), U from N(0, 1/m), b = 0."""
    W, U = draws.normal(n, n), draws.normal(n, m)
    return {"W": gain / np.sqrt(n) * W, "U": U / np.sqrt(m), "b": np.zeros(n)}
