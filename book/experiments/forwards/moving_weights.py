"""What real-time recurrent learning computes when the weights move at every step.

A tanh network of 16 units learns, by SGD on each E_t, to recall its input of three steps ago. Its influence has passed
through all earlier weights; BPTT over the same inputs, from h_0, gives the exact gradient of E_T at the last weights.
Their difference is relative to the exact one.
"""

import numpy as np

from minirnn import VanillaRNN, bptt
from minirnn.core.params import flatten
from minirnn.gradients.realtime import FULL, advance
from minirnn.learning import losses

N, M, T, LAG, GAIN = 16, 2, 200, 3, 0.9
CELL = VanillaRNN(M, N)


def compared(lr: float, seed: int, gain: float = GAIN) -> tuple[float, float]:
    """The relative difference at the last step, and the cosine."""
    rng = np.random.default_rng(seed)
    params = CELL.init(rng) | {"W": gain * rng.standard_normal((N, N)) / np.sqrt(N)}
    V, X = rng.standard_normal((1, N)) / np.sqrt(N), rng.standard_normal((T, 1, M))
    target = np.concatenate([np.zeros((LAG, 1, 1)), X[:-LAG, :, :1]])
    h, P = np.zeros((1, N)), None
    for t in range(T):
        h, P = advance(FULL, CELL, params, X[t], h, P)
        gradient = FULL.gradient(P, (h @ V.T - target[t]) @ V)
        if t < T - 1:
            params = {key: params[key] - lr * gradient[key] for key in params}
    last = losses.at_end(losses.squared_error, target[-1])
    exact = bptt(CELL, params | {"V": V, "c_out": np.zeros(1)}, X, last)[1]
    ours, theirs = flatten(gradient), flatten({key: exact[key] for key in gradient})
    size = np.linalg.norm(theirs)
    return float(np.linalg.norm(ours - theirs) / size), float(ours @ theirs / size / np.linalg.norm(ours))
