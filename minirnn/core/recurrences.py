"""Linear recurrences, element by element, and their adjoints: three ways to one answer.

    h_t = a_t ⊙ h_{t-1} + b_t                                                                   (eq. scan)
    q_t = g_t + ā_{t+1} ⊙ q_{t+1}:  with dE = Re Σ_t conj(g_t) dh_t, q_t is the gradient in b_t   (eq. scan-adjoint)

b (T, ...), real or complex; a either constant in time, of a shape that broadcasts with b[0], or (T, ...) like b.
Maps h -> a h + b compose to maps of the same kind, so the T of them can be joined in any grouping (martin2018):

    sequential    T operations one after another
    doubling      log₂ T rounds, each on the whole sequence: least depth, T log₂ T work
    blocked       about √T blocks of √T steps, all blocks side by side: 2√T rounds and 2T work

None divides by a product of a's: the code would be shorter, and would compute 0/0 once the product underflows.

Products of a's may leave the range of floats where no h_t does: over 128 steps, 2^128 is inf in float32, and inf·0 is
nan. Or a state overflows and the recurrence stays at inf, while a product with a later, small a is in range again. The
last two ways then hand over to the first, which computes the recurrence as it stands.

Public functions check their arguments. Cells call `states` and `adjoints`, since their callers have checked already.
"""

from collections.abc import Callable
from math import isqrt

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import overflow_allowed

FEW = 512  # entries of b[0] below which a NumPy call costs more than its arithmetic
LARGE = 2.0**10  # a product that underflows is wrong by 1e-45 in float32: times this, the error changes no state


@checked
def linear_scan(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """All h_t (T, ...) of (eq. scan) by the fastest way for these sizes; h0 is 0 by default.

    >>> linear_scan(np.array(0.5), np.array([1.0, 0.0, 0.0]))
    array([1.  , 0.5 , 0.25])

    Raises ValueError unless a and h0 fit b (T, ...) with T >= 1.
    """
    return _by(_fastest, a, b, h0)


@checked
def linear_scan_adjoint(
    a: np.ndarray, g: np.ndarray, carry: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """All q_t (T, ...) of (eq. scan-adjoint), and ā_1 q_1, the carry to h_0 and to earlier steps.

    `carry` comes from the steps after these, 0 by default. The same recurrence, run backwards.

    >>> linear_scan_adjoint(np.array(0.5), np.array([0.0, 0.0, 1.0]))
    (array([0.25, 0.5 , 1.  ]), np.float64(0.125))

    Raises ValueError unless a and carry fit g (T, ...) with T >= 1.
    """
    _check(a, g, carry, "g", "carry")
    with overflow_allowed():
        return scan_adjoints(a, g, carry)


@checked
def sequential(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. scan) as it is written, in T steps."""
    return _by(_sequential, a, b, h0)


@checked
def blocked(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. scan) in about √T blocks, each from 0 and all at once; then each gets the last state of its neighbour."""
    return _by(_blocked, a, b, h0)


@checked
def doubling(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """(eq. scan) in ⌈log₂ T⌉ rounds: after round r each entry has taken in the 2^r steps up to its own.

    hillis1986. The rounds could run on as many processors as there are entries; on one they are just more work.
    """
    return _by(_doubling, a, b, h0)


def scan_states(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None) -> np.ndarray:
    """`linear_scan` for arguments that fit."""
    return _fastest(*_fitted(a, b, h0))


def scan_adjoints(a: np.ndarray, g: np.ndarray, carry: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """`linear_scan_adjoint` for arguments that fit."""
    a = _constant(a).conj()
    varying = a.ndim == g.ndim
    shifted = np.concatenate([a[:1], a[:0:-1]]) if varying else a  # reversed, ā_{t+1} meets q_{t+1}
    shifted, g, _ = _fitted(shifted, g, None)
    q = np.empty_like(
        g
    )  # the loop writes to a view of it that runs backwards, so its result lies in the order of time
    q = _fastest(shifted, g[::-1], carry, q[::-1])[::-1]
    return q, (a[0] if varying else a) * q[0]


# The three ways, from the a and b that `_fitted` returns, and what comes to b_1 from h0.


def _fastest(a: np.ndarray, b: np.ndarray, first: np.ndarray | None, out: np.ndarray | None = None) -> np.ndarray:
    if b.size < FEW * len(b) and len(b) > 8:
        return _blocked(a, b, first)
    return _sequential(a, b, first, out)


def _sequential(
    a: np.ndarray, b: np.ndarray, first: np.ndarray | None, out: np.ndarray | None = None
) -> np.ndarray:
    H = np.empty_like(b) if out is None else out
    H[0] = b[0] if first is None else b[0] + first
    before, factors = H[:1], a[1:] if a.ndim == b.ndim else [a] * (len(b) - 1)
    for factor, b_t, h in zip(factors, b[1:, None], H[1:, None], strict=True):  # views, also of numbers (T,)
        np.multiply(factor, before, out=h)  # new memory at each step takes as long as the product
        h += b_t
        before = h
    return H


def _doubling(a: np.ndarray, b: np.ndarray, first: np.ndarray | None) -> np.ndarray:
    start = _started(b, first)
    H, A, step = start.copy(), np.broadcast_to(a, start.shape).copy(), 1
    while step < len(H):
        H[step:] += A[step:] * H[:-step]  # the product is a new array, so H is read before it is changed
        A[step:] = A[step:] * A[:-step]
        step *= 2
    return H if _in_range(a, start, H, H, A) else _sequential(a, start, None)


def _blocked(a: np.ndarray, b: np.ndarray, first: np.ndarray | None) -> np.ndarray:
    start = _started(b, first)
    T, varying = len(start), a.ndim == start.ndim
    length = isqrt(T - 1) + 1
    count = -(-T // length)

    def cut(x: np.ndarray, fill: float) -> np.ndarray:
        rest = np.full((count * length - T, *x.shape[1:]), fill, x.dtype)  # steps that fill the last block
        return np.concatenate([x, rest]).reshape(count, length, *x.shape[1:])

    H = cut(start, 0)
    A = cut(a, 1) if varying else np.repeat(a[None], length, axis=0)
    for t in range(1, length):
        H[:, t] += (A[:, t] if varying else a) * H[:, t - 1]
    powers = A.cumprod(axis=1 if varying else 0)  # the share of the block before that is left after each step
    for k in range(1, count):
        H[k] += (powers[k] if varying else powers) * H[k - 1, -1]
    ends, H = H[:, -1], H.reshape(-1, *start.shape[1:])[:T]
    return H if _in_range(a, start, H, ends, powers) else _sequential(a, start, None)


def _in_range(a: np.ndarray, start: np.ndarray, H: np.ndarray, carried: np.ndarray, products: np.ndarray) -> bool:
    """Are these states H (T, ...) the recurrence's own? Not if a number left the range of floats: a state, a product
    a_t h_{t-1}, or a product of a's that multiplied `carried` (count, ...).

    To test every entry would take as long as a round. Two sums of squares nearly always suffice: if those of H and of
    the inputs in `start` are finite, no a_t h_{t-1}, which is their difference, can have overflowed."""
    if not np.isfinite(np.vdot(H, H) + np.vdot(start, start)):
        steps = (a[1:] if a.ndim == H.ndim else a) * H[:-1]
        if not (np.isfinite(H).all() and np.isfinite(steps).all()):
            return False
    if np.vdot(carried, carried).real <= LARGE**2:
        return True
    underflow = (np.abs(carried).max(axis=0) > LARGE) & (np.abs(products) < np.finfo(H.dtype).tiny)
    return not underflow.any()


def _by(way: Callable[..., np.ndarray], a: np.ndarray, b: np.ndarray, h0: np.ndarray | None) -> np.ndarray:
    _check(a, b, h0, "b", "h0")
    with overflow_allowed():
        return way(*_fitted(a, b, h0))


def _fitted(
    a: np.ndarray, b: np.ndarray, h0: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """a with as many axes as b[0] or b; b in the dtype of the result; and a_1 h0."""
    a, b = _constant(a), b.astype(np.result_type(a, b), copy=False)
    varying = a.ndim == b.ndim
    first = None if h0 is None else (a[0] if varying else a) * h0
    return a if varying else a.reshape((1,) * (b.ndim - 1 - a.ndim) + a.shape), b, first


def _started(b: np.ndarray, first: np.ndarray | None) -> np.ndarray:
    """A copy of b in which b_1 contains `first`."""
    start = b.copy()
    if first is not None:
        start[0] += first
    return start


def _constant(a: np.ndarray) -> np.ndarray:
    """a without the leading axes along which NumPy only repeats it: a constant a takes less work."""
    while a.ndim and a.strides[0] == 0:
        a = a[0]
    return a


def _check(a: np.ndarray, b: np.ndarray, h0: np.ndarray | None, b_name: str, h0_name: str) -> None:
    """Raises ValueError unless a and h0 fit b. Messages use the caller's names of h0 and b."""
    if b.ndim == 0 or not b.size:
        raise ValueError(f"{b_name} must be (T, ...) with every size >= 1, got {b.shape}")
    checks.choice(f"the dtype of {b_name}", b.dtype.kind, "fc")
    fits = (
        a.shape == b.shape
        if a.ndim == b.ndim
        else a.ndim < b.ndim
        and all(have in (1, want) for have, want in zip(a.shape[::-1], b.shape[:0:-1], strict=False))
    )
    if not fits:
        raise ValueError(
            f"a must be constant, to fit {b_name}[0] {b.shape[1:]}, or {b.shape} as {b_name} is, got {a.shape}"
        )
    if h0 is not None and h0.shape != b.shape[1:]:
        raise ValueError(f"{h0_name} must be {b.shape[1:]} as {b_name}[0] is, got {h0.shape}")
