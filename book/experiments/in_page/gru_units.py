"""A GRU whose weights a page draws too."""

import numpy as np

from experiments.draws import Stream
from minirnn import GRU
from minirnn.core.params import Params


def cell(m: int, n: int) -> GRU:
    return GRU(m, n)


def init(draws: Stream, m: int, n: int, gain: float) -> Params:
    """W from N(0, gain²/n), U from N(0, 1/m), biases 0 but for the update gate's, 1: at first it keeps."""
    W, U = draws.normal(3 * n, n), draws.normal(3 * n, m)
    b = np.repeat([0.0, 1.0, 0.0], n)
    return {"W": gain / np.sqrt(n) * W, "U": U / np.sqrt(m), "b": b, "c": np.zeros(n)}
