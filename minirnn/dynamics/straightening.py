"""Gradient flossing (engelken2023flossing): pull leading Lyapunov exponents to 0, so that gradients keep their size.

    F(θ) = Σ_{i <= k} λ_i²,   λ_i = (1/T) Σ_t ln |R_t,ii|,   Q_t R_t = J_t Q_{t-1},   h_t = tanh(W h_{t-1} + U x_t + b)

The gradient is an adjoint written by hand. Through one QR decomposition A = QR the adjoints Q̄, R̄ go to
Ā = (Q̄ + Q sym(M)) R^{-T} with M = R R̄ᵀ - Q̄ᵀQ, where sym copies the lower triangle to the upper; then to
J̄_t = Ā Q_{t-1}ᵀ and Q̄_{t-1} = J_tᵀ Ā.

J_t = diag(1 - h_t²) W depends on W directly, and through h_t on all earlier uses of W, U and b: that part is
backpropagation through time. The adjoint needs the second derivative of the step, which differs from cell to cell;
here it is written for tanh networks only.

>>> from minirnn import VanillaRNN
>>> cell = VanillaRNN(m=1, n=1)
>>> params = {"W": np.array([[0.5]]), "U": np.zeros((1, 1)), "b": np.zeros(1)}
>>> F, gradient = flossing(cell, params, np.zeros((10, 1, 1)), k=1)
>>> bool(np.isclose(F, np.log(0.5) ** 2)), bool(np.isclose(gradient["W"].item(), 2 * np.log(0.5) / 0.5))
(True, True)
"""

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.cells.plain import VanillaRNN
from minirnn.core import checks
from minirnn.core.activations import tanh_slope
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.gradients.backpropagation import backward, unroll


@checked
def qr_adjoint(Q: np.ndarray, R: np.ndarray, Q_bar: np.ndarray, R_bar: np.ndarray) -> np.ndarray:
    """∂F/∂A (B, n, k) of A = QR from ∂F/∂Q (B, n, k) and ∂F/∂R (B, k, k). Needs R without a zero on its diagonal."""
    M = R @ R_bar.mT - Q_bar.mT @ Q
    lower = np.tril(M)
    sym = lower + np.tril(M, -1).mT
    return np.linalg.solve(R, (Q_bar + Q @ sym).mT).mT


@checked
def flossing(
    cell: Cell, params: Params, X: np.ndarray, k: int, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """F = Σ_{i<=k} λ_i², mean over the batch, and its gradient in W, U and b, along the inputs X (T, B, m).

    The exponents are those of T steps from a fixed random frame. The gradient of other keys of `params` is 0, so that
    a loss's can be added key by key.
    Raises TypeError unless the cell is a VanillaRNN with tanh, ValueError unless 1 <= k <= n.
    """
    if type(cell) is not VanillaRNN or cell.activation != "tanh":
        raise TypeError(f"cell must be a VanillaRNN with tanh, got {cell}")
    checks.integer("k", k, 1, cell.n)
    W, H = params["W"], unroll(cell, params, X, h0)
    T, B, _ = X.shape
    slopes = tanh_slope(H[:-1] @ W.T + cell.drive(params, X))  # 1 - h² is 0, and its logarithm -∞, from |a| = 19 on
    frame, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((cell.n, k)))
    Qs, Rs = [np.broadcast_to(frame.astype(W.dtype), (B, cell.n, k))], []
    for t in range(T):
        Q, R = np.linalg.qr(slopes[t, :, :, None] * (W @ Qs[-1]))
        Qs.append(Q)
        Rs.append(R)
    diagonals = np.diagonal(np.array(Rs), axis1=2, axis2=3)  # (T, B, k)
    exponents = np.log(np.abs(diagonals)).mean(axis=0)
    Q_bar, DW, dE = np.zeros((B, cell.n, k), W.dtype), np.zeros_like(W), np.empty_like(slopes)
    for t in reversed(range(T)):
        R_bar = (2 * exponents / (T * B * diagonals[t]))[:, None] * np.eye(k, dtype=W.dtype)
        A_bar = qr_adjoint(Qs[t + 1], Rs[t], Q_bar, R_bar)
        scaled = slopes[t, :, :, None] * A_bar
        DW += (scaled @ Qs[t].mT).sum(0)
        dE[t] = -2 * H[t + 1] * (A_bar * (W @ Qs[t])).sum(-1)
        Q_bar = W.T @ scaled
    D = backward(cell, params, X, H, dE)
    through = {
        "W": DW + np.einsum("tbi,tbj->ij", D, H[:-1]),
        "U": np.einsum("tbi,tbj->ij", D, X),
        "b": D.sum((0, 1)),
    }
    rest = {key: np.zeros_like(value) for key, value in params.items() if key not in through}
    return float((exponents**2).sum(1).mean()), through | rest
