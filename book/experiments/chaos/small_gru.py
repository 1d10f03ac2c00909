"""The GRU of two units of `lstm_scales`, its weights times s, to the last bit as a page computes it."""

from typing import Any

import numpy as np

from experiments.chaos.lstm_scales import W_GRU
from experiments.chaos.to_the_bit import Small, scaled
from experiments.exact import sigmoid, tanh


def gru(s: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, Any]:
    a = scaled(s, W_GRU[:4], h)
    r, z = sigmoid(a[:2]), sigmoid(a[2:])
    n = tanh(scaled(s, W_GRU[4:], r * h))
    return (1 - z) * n + z * h, (r, z, n, h)


def turn_gru(s: np.ndarray, local: Any, V: np.ndarray) -> np.ndarray:
    (r, z, n, h), d = local, scaled(s, W_GRU[:4], V)
    dr, dz = r * (1 - r) * d[:2], z * (1 - z) * d[2:]
    dn = (1 - n * n) * scaled(s, W_GRU[4:], r * V + h * dr)
    return (1 - z) * dn + (h - n) * dz + z * V


GRU = Small(2, 0.5, gru, turn_gru)
