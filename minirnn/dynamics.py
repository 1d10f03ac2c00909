"""Cells as dynamical systems: Jacobians, and Lyapunov exponents along a trajectory.

The largest exponent λ₁ is the mean rate, in nats a step, at which two nearby states part (λ₁ > 0) or meet (λ₁ < 0).
Adjoints run through the same Jacobians, transposed and backwards; products have the same singular values either way,
so over long lags a generic ‖δ_{t-k}‖ grows or decays like e^{λ₁k}.
This module only evaluates: autograd has no derivative for QR.
"""

import numpy as np

from minirnn import checks
from minirnn.bptt import check_inputs
from minirnn.cells import Cell
from minirnn.params import Params, overflow_allowed


def jacobian(cell: Cell, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """∂h_t/∂h_{t-1}, (B, n_state, n_state), at h_prev (B, n_state) and drive (B, k): [b, i, j] = ∂h_i/∂h_j.

    Row i is the adjoint step of the unit vector e_i, so every cell has a Jacobian without further code.

    >>> from minirnn import LinearRNN
    >>> params = {"W": np.array([[0.0, 2.0], [3.0, 0.0]]), "U": np.zeros((2, 1)), "b": np.zeros(2)}
    >>> jacobian(LinearRNN(m=1, n=2), params, np.zeros((1, 2)), np.zeros((1, 2)))[0]
    array([[0., 2.],
           [3., 0.]])
    """
    B, n = h_prev.shape
    local = cell.linearize(params, drive, h_prev, cell.step(params, h_prev, drive))
    rows, _ = cell.vjp_step(params, local, np.broadcast_to(np.eye(n, dtype=h_prev.dtype)[:, None], (n, B, n)))
    return rows.swapaxes(0, 1)


def lyapunov_exponents(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    k: int = 1,
    burn_in: int = 0,
    h0: np.ndarray | None = None,
) -> np.ndarray:
    """The k largest Lyapunov exponents (B, k), nats a step, along the trajectories driven by X (T, B, m).

    Q_t R_t = J_t Q_{t-1},   λ_i = mean over t of ln |R_ii|     (benettin1980); the first `burn_in` steps, in which Q
    turns to the fastest directions, are not counted. They come out in descending order once T is large. Without
    inputs, pass zeros: then these are the exponents of the autonomous network. A direction that the Jacobians
    annihilate has -inf, or about -36, what rounding leaves of it; where a Jacobian is nan the exponents are.

    >>> from minirnn import LinearRNN
    >>> params = {"W": np.diag([0.5, 2.0]), "U": np.zeros((2, 1)), "b": np.zeros(2)}
    >>> lyapunov_exponents(LinearRNN(m=1, n=2), params, np.zeros((100, 1, 1)), k=2, burn_in=50).round(6)
    array([[ 0.693147, -0.693147]])

    Raises ValueError unless 1 <= k <= n_state and 0 <= burn_in < T, and as `bptt.unroll`.
    """
    check_inputs(cell, params, X, h0)
    T, B, _ = X.shape
    checks.integer("k", k, 1, cell.n_state)
    checks.integer("burn_in", burn_in, 0, T - 1)
    with overflow_allowed():
        drive = cell.drive(params, X)
    h = np.zeros((B, cell.n_state), X.dtype) if h0 is None else h0
    # a random frame: unit vectors would never leave an invariant subspace, and each is one for a diagonal Jacobian
    frame, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((cell.n_state, k)))
    Q, total = np.broadcast_to(frame, (B, cell.n_state, k)), np.zeros((B, k))
    with overflow_allowed(), np.errstate(divide="ignore"):
        for t in range(T):
            Q, R = np.linalg.qr(jacobian(cell, params, h, drive[t]) @ Q)
            h = cell.step(params, h, drive[t])
            if t >= burn_in:
                total += np.log(np.abs(np.diagonal(R, axis1=1, axis2=2)))
    return total / (T - burn_in)
