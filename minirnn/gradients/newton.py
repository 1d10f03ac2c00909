"""All states of a sequence at once, by rounds that need no loop over time.

The states s_1 … s_T of a recurrence solve one equation each. A guess of all of them leaves residuals, and its
linearisation is a linear recurrence, which a scan solves (lim2024):

    R_t = s_t - f_t(s_{t-1})                                                                    (eq. residual)
    e_t = A_t e_{t-1} - R_t,   e_0 = 0                                                          (eq. correction)
    s_t <- f_t(s_{t-1}) + A_t e_{t-1},   which is s_t + e_t

    full        A_t = J_t, the Jacobian at the guess: Newton's method, quadratic near the solution
    diagonal    its diagonal: less work and memory, the same where J_t is diagonal (gonzalez2024)
    none        A_t = 0: s_t <- f_t(s_{t-1}), fixed-point iteration; it needs contraction to be quick
    damping     any of them times 1 - k, between Newton's method and fixed-point iteration: where products of J_t at
                the guess explode, those of (1 - k) J_t may not; no more quadratic

Whatever A_t is, after i rounds the first i states are those of the loop: if s_{t-1} is right, then R and e are 0 there,
and s_t becomes f_t(s_{t-1}). In floating point this holds for the form above, and not for s_t + e_t, which is 0 where
s_t was 1e200. So T rounds are always enough; the question is whether a few are.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, step_jacobian
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.matrix_recurrences import apply, matrix_scan
from minirnn.core.params import Params, overflow_allowed
from minirnn.core.recurrences import scan_states
from minirnn.gradients.backpropagation import check_inputs

JACOBIANS = ("full", "diagonal", "none")
CONVERGED, ROUNDS, OVERFLOW = "converged", "rounds used up", "overflow"


class Solved(NamedTuple):
    """H (T+1, B, n) with H[0] = h_0, the rounds that were made, the largest residual before the first and after each
    round, and the reason for stopping: "converged", "rounds used up", or "overflow" where residuals are not finite or
    states of the last round had to be reset.

    Residuals are relative to states larger than 1. A small one does not mean a small error: errors are as large as
    K⁻¹ R, and K⁻¹ holds the products of Jacobians, which grow exponentially where the network is chaotic.
    """

    H: np.ndarray
    rounds: int
    residuals: np.ndarray
    reason: str

    @property
    def converged(self) -> bool:
        """Whether the largest residual is at most `tol`."""
        return self.reason == CONVERGED


@checked
def newton_unroll(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    h0: np.ndarray | None = None,
    *,
    jacobian: str = "full",
    guess: np.ndarray | None = None,
    tol: float | None = None,
    rounds: int | None = None,
    within: tuple[float, float] | None = None,
    damping: float = 0.0,
) -> Solved:
    """The states that `unroll` finds in T steps, for X (T, B, m), in rounds on all steps at once.

    `jacobian` is "full", "diagonal" or "none" (see above), `guess` (T, B, n_state) where to start, 0 by default: states
    of nearly the same weights, H[1:], save rounds. It stops once the largest residual is at most `tol`, by default the
    rounding of the dtype to the power 3/4, 1.8e-12 in float64; or after `rounds`, T by default. `within` = (low, high)
    is a range that no state leaves, as (-1, 1) for tanh: iterates are clipped to it. `damping` between 0 and 1 takes
    this share off the Jacobian. States that are not finite are reset to the guess.

    >>> from minirnn import GRU, unroll
    >>> cell, rng = GRU(m=1, n=4), np.random.default_rng(0)
    >>> params, X = cell.init(rng), rng.standard_normal((500, 1, 1))
    >>> solved = newton_unroll(cell, params, X)
    >>> solved.reason, solved.rounds < 10, bool(np.allclose(solved.H, unroll(cell, params, X), atol=1e-10))
    ('converged', True, True)

    Raises TypeError or ValueError if X, h0, guess or params do not fit the cell, or another argument is out of range.
    """
    check_inputs(cell, params, X, h0)
    shape = (*X.shape[:2], cell.n_state)
    h0 = np.zeros(shape[1:], X.dtype) if h0 is None else h0
    guess = np.zeros(shape, X.dtype) if guess is None else checks.float_array("guess", guess, shape)
    checks.one_dtype(X=X, guess=guess)
    checks.choice("jacobian", jacobian, JACOBIANS)
    with overflow_allowed():
        drive = cell.drive(params, X)

    def step(H_prev: np.ndarray) -> np.ndarray:
        return cell.step(params, H_prev, drive)

    def full(H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        local = cell.linearize(params, drive, H_prev, H)
        return step_jacobian(cell, params, local, shape[:2], X.dtype)

    def diagonal(H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        """Entry by entry, to avoid an array (T, B, n, n)."""
        local, entries = cell.linearize(params, drive, H_prev, H), np.empty_like(H)
        for i, unit in enumerate(np.eye(cell.n_state, dtype=X.dtype)):
            entries[..., i] = cell.vjp_step(params, local, np.broadcast_to(unit, shape))[0][..., i]
        return entries

    slopes = {"full": full, "diagonal": diagonal, "none": None}[jacobian]
    options: dict[str, Any] = dict(tol=tol, rounds=rounds, within=within, damping=damping)
    return newton_rounds(step, slopes, guess, h0, **options)


@checked
def newton_rounds(
    f: Callable[[np.ndarray], np.ndarray],
    slopes: Callable[[np.ndarray, np.ndarray], np.ndarray] | None,
    guess: np.ndarray,
    h0: np.ndarray,
    *,
    tol: float | None = None,
    rounds: int | None = None,
    within: tuple[float, float] | None = None,
    damping: float = 0.0,
) -> Solved:
    """`newton_unroll` for any recurrence: f maps all s_{t-1} (T, B, n) to all f_t(s_{t-1}).

    `slopes` maps both to A (T, B, n, n), or (T, B, n) where it is diagonal; None stands for 0. The logistic map at its
    fixed point's height, where the slope is -0.8, from a guess that is right at once:

    >>> f = lambda x: 2.8 * x * (1 - x)
    >>> slope = lambda x, _: 2.8 * (1 - 2 * x)
    >>> newton_rounds(f, slope, np.full((50, 1, 1), 1 - 1 / 2.8), np.array([[0.3]])).rounds < 6
    True

    Raises TypeError or ValueError unless guess is (T, B, n), h0 (B, n) and what f and slopes return of these shapes and
    of guess's dtype, and as `newton_unroll`.
    """
    checks.float_array("guess", guess, ("T", "B", "n"))
    checks.float_array("h0", h0, guess.shape[1:])
    checks.one_dtype(guess=guess, h0=h0)
    tol = float(np.finfo(guess.dtype).eps) ** 0.75 if tol is None else checks.number("tol", tol, 0.0)
    rounds = len(guess) if rounds is None else checks.integer("rounds", rounds, 0)
    within, kept = _range(within), 1 - checks.number("damping", damping, 0.0, 1.0)
    s, residuals, finite = guess, [], True
    with overflow_allowed():
        while True:
            H_prev = np.concatenate([h0[None], s[:-1]])
            H_prev.flags.writeable = False  # f must not change what slopes reads
            following = _fitting("f", f(H_prev), [guess.shape], guess.dtype)
            r = s - following
            residuals.append(float(np.max(np.abs(r) / np.maximum(1, np.abs(following)))))
            if residuals[-1] <= tol or len(residuals) > rounds:
                break
            s = following
            if slopes is not None and kept > 0:
                shapes = [guess.shape, (*guess.shape, guess.shape[2])]
                A = _fitting("slopes", slopes(H_prev, following), shapes, guess.dtype)
                s = _corrected(A if kept == 1 else kept * A, following, r)
            if within is not None:
                s = np.clip(s, *within)
            finite = bool(np.isfinite(s).all())
            s = np.where(np.isfinite(s), s, guess)
    overflowed = not finite or not np.isfinite(residuals[-1])
    reason = CONVERGED if residuals[-1] <= tol else OVERFLOW if overflowed else ROUNDS
    return Solved(np.concatenate([h0[None], s]), len(residuals) - 1, np.array(residuals), reason)


def _corrected(A: np.ndarray, following: np.ndarray, R: np.ndarray) -> np.ndarray:
    """f_t(s_{t-1}) + A_t e_{t-1} from (eq. correction)."""
    if A.ndim == R.ndim:
        e = scan_states(A, -R, None)
        return np.concatenate([following[:1], following[1:] + A[1:] * e[:-1]])
    e = matrix_scan(A, -R)
    return np.concatenate([following[:1], following[1:] + apply(A[1:], e[:-1])])


def _fitting(name: str, value: np.ndarray, shapes: list[tuple[int, ...]], dtype: np.dtype) -> np.ndarray:
    """`value`, the result of the caller's function for all states, if it is an array of one of the shapes."""
    if not isinstance(value, np.ndarray) or value.dtype != dtype:
        raise TypeError(f"{name} must return an array of {dtype}, as guess is, got {checks.kind(value)}")
    if value.shape not in shapes:
        raise ValueError(f"{name} must return {' or '.join(map(str, shapes))} for all states, got {value.shape}")
    return value


def _range(within: tuple[float, float] | None) -> tuple[float, float] | None:
    """None, or (low, high) as floats, which change no dtype; raises TypeError or ValueError unless low < high."""
    if within is None:
        return None
    if not isinstance(within, tuple | list) or len(within) != 2:
        raise TypeError(f"within must be (low, high) such as (-1.0, 1.0), got {checks.kind(within)}")
    low, high = (checks.number(f"within[{i}]", end) for i, end in enumerate(within))
    if not low < high:
        raise ValueError(f"within must be (low, high) with low < high, got {within}")
    return low, high
