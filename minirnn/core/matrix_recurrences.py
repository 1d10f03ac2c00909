"""Linear recurrences with a matrix at each step, and their adjoints: three ways to one answer.

    h_t = A_t h_{t-1} + b_t                                                                     (eq. matrix-scan)
    q_t = g_t + A_{t+1}ᵀ q_{t+1}                                                                (eq. matrix-adjoint)

A (T, ..., n, n) and b (T, ..., n), real. Maps h -> A h + b compose to maps of the same kind, (A₂A₁, A₂b₁ + b₂), so they
can be joined in any grouping, as in `recurrences`, where A is diagonal. Here a join costs a product of matrices, n³,
where a step of the loop costs n²:

    sequential    T steps                              T n² work
    doubling      log₂ T rounds, the least depth       T n³ log₂ T
    blocked       2√T rounds                           about T n³

Products of A's may leave the range of floats, above or below, where no h_t does; or a state does, and a product brings
it back. The last two ways then hand over to the first, which computes the recurrence as it stands.
"""

from collections.abc import Callable
from math import isqrt

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import overflow_allowed
from minirnn.core.recurrences import LARGE

SMALL = 2**12  # up to so many multiplications a join takes less time than the calls of a loop


def apply(A: np.ndarray, h: np.ndarray) -> np.ndarray:
    """A h for A (..., n, n) and h (..., n)."""
    return (A @ h[..., None])[..., 0]


@checked
def matrix_scan(A: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """All h_t (T, ..., n) of (eq. matrix-scan) by the fastest way for these sizes; h0 (..., n) is 0 by default.

    >>> turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> matrix_scan(np.stack([turn] * 3), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]

    Raises TypeError or ValueError unless A, b and h0 are float arrays that fit, with T >= 1.
    """
    return _by(_fastest, A, b, h0)


@checked
def matrix_scan_adjoint(
    A: np.ndarray, g: np.ndarray, carry: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """All q_t (T, ..., n) of (eq. matrix-adjoint), and A_1ᵀ q_1, the carry to earlier steps.

    `carry` (..., n) comes from the steps after these, 0 by default. This is the same recurrence, run backwards: for any
    cell, however nonlinear its step, backpropagation through time is one such scan.

    >>> A = np.stack([np.diag([0.5, 2.0])] * 2)
    >>> [a.tolist() for a in matrix_scan_adjoint(A, np.array([[0.0, 0.0], [1.0, 1.0]]))]
    [[[0.5, 2.0], [1.0, 1.0]], [0.25, 4.0]]

    Raises as `matrix_scan`.
    """
    _check(A, g, carry, "g", "carry")
    transposed = A.swapaxes(-1, -2)
    shifted = np.concatenate([transposed[:1], transposed[:0:-1]])  # reversed, A_{t+1} meets q_{t+1}
    start = g[::-1].copy()
    if carry is not None:
        start[0] += carry
    with overflow_allowed():
        q = _fastest(shifted, start)[::-1]
        return q, apply(transposed[0], q[0])


@checked
def matrix_sequential(A: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. matrix-scan) as it is written, in T steps."""
    return _by(_sequential, A, b, h0)


@checked
def matrix_doubling(A: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. matrix-scan) in ⌈log₂ T⌉ rounds: after round r each entry has taken in the 2^r steps up to its own."""
    return _by(_doubling, A, b, h0)


@checked
def matrix_blocked(A: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. matrix-scan) in about √T blocks, each from 0 and all at once; then each block gets the last state of the
    block before."""
    return _by(_blocked, A, b, h0)


# The three ways. They start from A and b, where b_1 already contains A_1 h0, and may overwrite b.


def _fastest(A: np.ndarray, H: np.ndarray) -> np.ndarray:
    return (_blocked if A[0].size * H.shape[-1] <= SMALL and len(H) > 8 else _sequential)(A, H)


def _sequential(A: np.ndarray, H: np.ndarray) -> np.ndarray:
    for t in range(1, len(H)):
        H[t] += apply(A[t], H[t - 1])
    return H


def _doubling(A: np.ndarray, start: np.ndarray) -> np.ndarray:
    H, P, step = start.copy(), A.copy(), 1
    while step < len(H):
        H[step:] += apply(P[step:], H[:-step])  # the product is a new array, so H is read before it is changed
        P[step:] = P[step:] @ P[:-step]
        step *= 2
    return H if _in_range(A, start, H, H, P, len(H)) else _sequential(A, start)


def _blocked(A: np.ndarray, start: np.ndarray) -> np.ndarray:
    T = len(start)
    length = isqrt(T - 1) + 1
    count = -(-T // length)

    def cut(x: np.ndarray) -> np.ndarray:
        rest = np.zeros((count * length - T, *x.shape[1:]), x.dtype)  # steps that fill the last block
        return np.concatenate([x, rest]).reshape(count, length, *x.shape[1:])

    H, P = cut(start), cut(A)
    for t in range(1, length):
        H[:, t] += apply(P[:, t], H[:, t - 1])
        P[:, t] = P[:, t] @ P[:, t - 1]
    for k in range(1, count):
        H[k] += apply(P[k], H[k - 1, -1])
    ends, H, products = H[:, -1], H.reshape(-1, *start.shape[1:])[:T], P.reshape(-1, *A.shape[1:])[:T]
    return H if _in_range(A, start, H, ends, products, length) else _sequential(A, start)


def _in_range(
    A: np.ndarray, start: np.ndarray, H: np.ndarray, carried: np.ndarray, products: np.ndarray, length: int
) -> bool:
    """Are these states H (T, ..., n) the recurrence's own? As in `recurrences`, no step must have left the range of
    floats, nor a product of up to `length` A's that multiplied the states in `carried`.

    An entry that underflows loses less than the least float. Times the largest state and the rest of the product this
    is mostly far below all states. Where it is not, every small entry counts, even one that was 0 from the start."""
    small = np.isfinite(np.vdot(H, H) + np.vdot(start, start))  # then no A_t h_{t-1} overflowed, their difference
    if not small and not (np.isfinite(H).all() and np.isfinite(apply(A[1:], H[:-1])).all()):
        return False
    if np.vdot(carried, carried) <= LARGE**2:
        return True
    tiny = np.finfo(H.dtype).tiny
    growth = max(1.0, A.shape[-1] * np.abs(A).max()) ** np.float64(length)
    if np.abs(carried).max() * growth <= tiny**-0.5:
        return True
    joined = (products != A).any(axis=(-1, -2))
    return not (joined & (np.abs(products) < tiny).any(axis=(-1, -2))).any()


def _by(way: Callable[..., np.ndarray], A: np.ndarray, b: np.ndarray, h0: np.ndarray | None) -> np.ndarray:
    _check(A, b, h0, "b", "h0")
    start = b.copy()
    with overflow_allowed():
        if h0 is not None:
            start[0] += apply(A[0], h0)
        return way(A, start)


def _check(A: np.ndarray, b: np.ndarray, h0: np.ndarray | None, b_name: str, h0_name: str) -> None:
    """Raises TypeError or ValueError unless A and h0 fit b. Messages use the caller's names of h0 and b."""
    if b.ndim < 2 or not b.size:
        raise ValueError(f"{b_name} must be (T, ..., n) with every size >= 1, got {b.shape}")
    checks.float_array("A", A, (*b.shape, b.shape[-1]), finite=False)
    checks.float_array(b_name, b, b.shape, finite=False)
    if h0 is not None:
        checks.float_array(h0_name, h0, b.shape[1:], finite=False)
    checks.one_dtype(**{"A": A, b_name: b, **({} if h0 is None else {h0_name: h0})})
