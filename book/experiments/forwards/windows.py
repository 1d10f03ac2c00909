"""Do the gradients of different windows of a chaotic orbit point in one direction, with and without forcing?

A tanh network of 16 units with W ~ N(0, 2.5²/16) makes the data; of ten, those with λ₁ > 0.02 are taken. The model is
the same but for W, of which each entry is off by a tenth of the size of all. It runs along 20 windows of 40 steps, each
from the first of its data; of their 20 gradients in W we take the mean of the cosines of all pairs.
"""

from functools import cache

import numpy as np

from minirnn import VanillaRNN, bptt, unroll
from minirnn.dynamics import lyapunov_exponents
from minirnn.learning import Forced, StateError, forced_inputs

N, GAIN, STEPS, WINDOWS, OFF, CHAOTIC = 16, 2.5, 40, 20, 0.1, 0.02
CELL = VanillaRNN(m=1, n=N)


def cosine(seed: int, alpha: float) -> float | None:
    """The mean cosine, None where the network is not chaotic."""
    rng = np.random.default_rng(seed)
    W, W_off = GAIN * rng.standard_normal((2, N, N)) / np.sqrt(N)
    params = {"W": W, "U": np.zeros((N, 1)), "b": 0.3 * rng.standard_normal(N)}
    h0, X = rng.standard_normal((1, N)), np.zeros((4000, 1, 1))
    if lyapunov_exponents(CELL, params, X, burn_in=500, h0=h0)[0, 0] < CHAOTIC:
        return None
    data, model, rows = unroll(CELL, params, X, h0)[500:], params | {"W": W + OFF * W_off}, []
    for start in range(0, WINDOWS * 4 * STEPS, 4 * STEPS):
        window = data[start : start + STEPS + 1]
        gradient = bptt(Forced(CELL), model, forced_inputs(window, alpha), StateError(window[1:]))[1]["W"].ravel()
        rows.append(gradient / np.linalg.norm(gradient))
    return float((np.array(rows) @ np.transpose(rows))[np.triu_indices(WINDOWS, 1)].mean())


@cache
def cosines(alpha: float) -> np.ndarray:
    """Of all chaotic networks of ten seeds."""
    return np.array([c for c in (cosine(seed, alpha) for seed in range(10)) if c is not None])
