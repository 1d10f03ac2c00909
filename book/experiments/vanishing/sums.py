"""The gradient of the scalar network as a sum over the past: dh_T/dλ = Σ_j j λ^(j-1) x_{T-j}, j = 1 … T-1."""

from functools import cache

import numpy as np

LONGEST = 100


@cache
def stream(kind: str) -> np.ndarray:
    """100 inputs: a single 1 at step 1; ones; or one sample of white noise."""
    if kind == "impulse":
        return (np.arange(LONGEST) == 0).astype(float)
    return np.ones(LONGEST) if kind == "constant" else np.random.default_rng(3).standard_normal(LONGEST)


def typical_gradient(lam: float, kind: str, T: np.ndarray) -> np.ndarray:
    """|dh_T/dλ| in closed form; for white noise its standard deviation over noises.

    >>> typical_gradient(1.0, "constant", np.array([10, 50])).tolist()
    [45.0, 1225.0]
    """
    if kind == "impulse":
        return (T - 1) * np.abs(lam) ** (T - 2.0)
    values = []
    for length in T:
        j = np.arange(1, length)
        sizes = j * lam ** (j - 1.0)
        values.append(np.sqrt((sizes**2).sum()) if kind == "noise" else abs(sizes.sum()))
    return np.array(values)
