"""Sums and products over the last axes of arrays (..., B, n), which all cells share."""

import numpy as np

from minirnn.core.params import Params


def outer_sum(D: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Σ_B d zᵀ of D (..., B, k) and Z (..., B, j): (..., k, j), one matrix product for each leading index."""
    return D.swapaxes(-1, -2) @ Z


def affine_vjp(X: np.ndarray, D: np.ndarray) -> Params:
    """Gradients of the drive U x + b: U (..., k, m) and b (..., k)."""
    return {"U": outer_sum(D, X), "b": D.sum(-2)}


def times(V: np.ndarray, W: np.ndarray) -> np.ndarray:
    """W v for the rows v of V (..., j), (..., k): one matrix product for W (k, j), one a network for several W."""
    return V @ W.T if W.ndim > 2 else (V.reshape(-1, V.shape[-1]) @ W.T).reshape(*V.shape[:-1], -1)


def parts(a: np.ndarray, count: int) -> list[np.ndarray]:
    """`count` views (..., n), one after the other, of the last axis of a (..., count·n)."""
    n = a.shape[-1] // count
    return [a[..., k * n : (k + 1) * n] for k in range(count)]
