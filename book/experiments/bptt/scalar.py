"""The network of one number, h_t = λ h_{t-1} + x_t with E = h_T: its terms, and the inputs that the figures use."""

from functools import cache

import numpy as np

from minirnn import LinearRNN, temporal_terms, unroll

LENGTH = 60  # of the inputs


def scalar_terms(lam: float, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States h_0 … h_T, adjoints δ_1 … δ_T and the T terms δ_k h_{k-1} of dh_T/dλ, by the library.

    >>> _, delta, terms = scalar_terms(0.5, np.ones(3))
    >>> delta.tolist(), terms.tolist()
    ([0.25, 0.5, 1.0], [0.0, 0.5, 1.5])
    """
    cell, one = LinearRNN(m=1, n=1), np.ones((1, 1))
    params = {"W": lam * one, "U": one, "b": np.zeros(1)}
    X = X.reshape(-1, 1, 1)
    H = unroll(cell, params, X)
    dE = np.zeros_like(H[1:])
    dE[-1] = 1.0
    terms = temporal_terms(cell, params, X, H, dE)
    return H.ravel(), terms["b"].ravel(), terms["W"].ravel()


def regime(lam: float) -> str:
    """The regime of a multiplier: errors vanish below 1, are critical at 1, and explode above.

    >>> [regime(lam) for lam in (0.9, -1.0, 1.1)]
    ['vanishing', 'critical', 'exploding']
    """
    return "critical" if abs(lam) == 1 else "vanishing" if abs(lam) < 1 else "exploding"


@cache
def inputs(kind: str) -> np.ndarray:
    """60 inputs: ones; white noise; or a single one, 30 steps before the end."""
    if kind == "constant":
        return np.ones(LENGTH)
    if kind == "noise":
        return np.random.default_rng(4).standard_normal(LENGTH)
    return (np.arange(1, LENGTH + 1) == LENGTH - 30).astype(float)
