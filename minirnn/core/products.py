"""Sums and products over the last axes of arrays (..., B, n), which all cells share."""

from typing import Any

import numpy as np

from minirnn.core.params import Params


def outer_sum(D: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Σ_B d zᵀ of D (..., B, k) and Z (..., B, j): (..., k, j), one matrix product for each leading index."""
    return D.swapaxes(-1, -2) @ Z


def row_sum(D: np.ndarray) -> np.ndarray:
    """Σ_B of D (..., B, k): a product with 1s, which BLAS makes in a half to a quarter of the time of a sum."""
    return np.ones(D.shape[-2], D.dtype) @ D


def affine_vjp(X: np.ndarray, D: np.ndarray) -> Params:
    """Gradients of the drive U x + b: U (..., k, m) and b (..., k)."""
    return {"U": outer_sum(D, X), "b": row_sum(D)}


def affine(X: Any, U: Any, b: Any) -> Any:
    """U x + b for the rows X (..., j) of an array: (..., k). b (k,) meets a further input of 1, in the same product."""
    plain = all(type(a) is np.ndarray for a in (X, U, b))  # traced by autograd they are not
    if not plain or U.ndim > 2 or b.ndim > 1:
        return times_many(X, U) + b
    m = X.shape[-1]
    rows, weights = np.ones((X.size // m, m + 1), X.dtype), np.empty((m + 1, len(b)), np.result_type(U, b))
    rows[:, :m], weights[:m], weights[m] = X.reshape(-1, m), U.T, b
    return (rows @ weights).reshape(*X.shape[:-1], -1)


def times(h: Any, W: Any) -> Any:
    """W h for the rows h (..., j) of an array: (..., k), for one W (k, j), or for several networks W (..., k, j)."""
    return h @ (W.T if W.ndim == 2 else W.swapaxes(-1, -2))


def times_many(V: np.ndarray, W: np.ndarray) -> np.ndarray:
    """`times` for many directions V (..., j) at once: where there is one W, by one matrix product. If V has a single
    column it gets a second one: NumPy multiplies a single one in a loop of its own, up to ten times as slow as BLAS."""
    if W.ndim > 2:
        return times(V, W)
    if V.shape[-1] == 1 and type(V) is type(W) is np.ndarray:
        return affine(V, W, np.zeros(len(W), W.dtype))
    return times(V.reshape(-1, V.shape[-1]), W).reshape(*V.shape[:-1], -1)


def parts(a: np.ndarray, count: int) -> list[np.ndarray]:
    """`count` views (..., n), one after the other, of the last axis of a (..., count·n)."""
    n = a.shape[-1] // count
    return [a[..., k * n : (k + 1) * n] for k in range(count)]
