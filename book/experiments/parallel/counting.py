"""Counting by hand: one linear unit, its accuracy at parity, and what n positive multipliers can do at most."""

import numpy as np
from scipy.special import gammaln


def expected_accuracy(keep: float, flip: float, T: int, seen: float) -> float:
    """Of the answer sign(g) to parity, g = λ(0)^(T-k) λ(1)^k with k of T inputs 1, each with probability 1/2; where |g|
    is below `seen`, and not only by rounding, a coin answers.

    >>> expected_accuracy(1.0, -1.0, 300, 0.01), expected_accuracy(1.0, 0.5, 4, 0.01)
    (1.0, 0.5)
    """
    k = np.arange(T + 1)
    chance = np.exp(gammaln(T + 1) - gammaln(k + 1) - gammaln(T - k + 1) - T * np.log(2))
    size = np.abs(keep) ** (T - k) * np.abs(flip) ** k
    sign = np.where((T - k) % 2, np.sign(keep), 1) * np.where(k % 2, np.sign(flip), 1)
    right = np.where(size < seen * (1 - 1e-9), 0.5, sign == np.where(k % 2, -1, 1))
    return float((chance * right).sum() / chance.sum())


def reach(keep: float, flip: float, seen: float) -> float:
    """The length at which λ(0)^(T/2) λ(1)^(T/2) falls to `seen`.

    >>> round(reach(0.9, -0.9, 0.01), 2), reach(1.0, -1.0, 0.01), reach(0.5, 0.0, 0.01)
    (43.71, inf, 1.0)
    """
    if keep == 0 or flip == 0:
        return 1.0
    rate = 0.5 * (np.log(abs(keep)) + np.log(abs(flip)))
    return float(np.log(seen) / rate) if rate < 0 else np.inf


def alternating_weights(lam: np.ndarray) -> tuple[np.ndarray, float]:
    """c (n,) and c_0 with c_0 + Σ c_i λ_i^k = (-1)^k for k = 0 … n: the most that n positive multipliers can do."""
    k = np.arange(len(lam) + 1)[:, None]
    weights = np.linalg.solve(np.column_stack([lam**k, np.ones(len(k))]), (-1.0) ** k[:, 0])
    return weights[:-1], float(weights[-1])
