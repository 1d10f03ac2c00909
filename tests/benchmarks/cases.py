"""What the benchmarks give to all libraries: cells, sizes, and the numbers of each."""

import numpy as np

from minirnn import GRU, LRU, LSTM, VanillaRNN
from minirnn.learning import losses

CELLS = {cell.__name__: cell for cell in (VanillaRNN, LSTM, GRU, LRU)}
SIZES = [
    (200, 32, 64, 8),
    (200, 64, 128, 32),
    (1000, 32, 64, 8),
    (784, 100, 128, 1),
    (100, 20, 50, 6),
    (200, 1, 64, 8),
]
DTYPES = ["float64", "float32"]


def case(name: str, dtype: str, T: int, B: int, n: int, m: int) -> tuple:
    """A cell, random parameters with a readout of 10, inputs and targets."""
    rng, cell = np.random.default_rng(0), CELLS[name](m=m, n=n)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=10)
    if name == "LRU":
        params["nu_log"] -= 1.0  # slower decay: no state underflows, where arithmetic on denormals is slow
    X, target = rng.standard_normal((T, B, m)), rng.standard_normal((B, 10))
    return cell, {k: v.astype(dtype) for k, v in params.items()}, X.astype(dtype), target.astype(dtype)
