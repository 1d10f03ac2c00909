"""A term of the loss for the memory of a network: Pascanu's Ω (pascanu2013, eq. 9 and 10).

Ω is 0 if every adjoint keeps its length on its way back through each step:

    Ω = mean over t and the batch of (r_t - 1)²,   r_t = ‖(∂h_t/∂h_{t-1})ᵀ δ_t‖² / ‖δ_t‖²         (eq. omega)

Choices made here, all of them those of the authors' code: r_t is a ratio of *squared* norms (the paper's eq. 9 has
norms, its eq. 10 squares); the adjoint is that of the state h (the paper writes it for the pre-activation); terms
with ‖δ_t‖² below `bound` are left out, and Ω is the mean of the others, so that it does not grow with T (the paper
writes a sum).

Two gradients go by this name. Ω depends on W directly, and through all states and adjoints. The paper holds
states and adjoints constant and keeps the immediate partial derivative in W alone: `omega_immediate`, one matrix
product. `omega_full` is the derivative of (eq. omega) itself, by automatic differentiation of a backward pass.
"""

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad
from autograd.tracer import getval

from minirnn.cells.plain import VanillaRNN
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed, scaled
from minirnn.core.products import outer_sum
from minirnn.gradients.backpropagation import adjoints as pre_activation_adjoints
from minirnn.gradients.backpropagation import check_inputs, forward_scan, sum_over_time
from minirnn.gradients.objective import evaluate
from minirnn.learning import losses


def omega(W: Any, D: Any, delta: Any, bound: float = 1e-20) -> Any:
    """Ω for W (n, n), the adjoints D of the pre-activations and delta of the states, both (T, B, n).

    Every step keeps every length if W is orthogonal and no unit saturates:

    >>> d = np.random.default_rng(0).standard_normal((5, 2, 3))
    >>> round(float(omega(np.eye(3)[::-1], d, d)), 12), float(omega(2 * np.eye(3), d, d))
    (0.0, 9.0)
    """
    counts, k = _counts(delta, bound)
    before = ((delta * k) ** 2).sum(-1)
    ratio = (((D * k) @ W) ** 2).sum(-1) / anp.where(counts, before, 1.0)
    return anp.where(counts, (ratio - 1) ** 2, 0.0).sum() / max(
        int(counts.sum()), 1
    )  # NumPy's would promote float32


def _counts(delta: Any, bound: float) -> tuple[np.ndarray, np.ndarray]:
    """Which terms count, (T, B), and the power of 2 that brings each δ_t near 1: squares could leave the floats."""
    delta = np.asarray(getval(delta))
    small, k = scaled(np.where(np.isfinite(delta), delta, 1))
    with overflow_allowed():
        return (delta**2).sum(-1) >= bound, np.ldexp(np.ones_like(small[..., :1]), -k)


def omega_immediate(W: np.ndarray, D: np.ndarray, delta: np.ndarray, bound: float = 1e-20) -> np.ndarray:
    """∂⁺Ω/∂W (n, n): states and adjoints are held constant, as in the paper; arguments as of `omega`.

    With D = d_t as rows and M terms that count:  ∂⁺Ω/∂W = (4/M) Σ (r_t - 1)/‖δ_t‖² · d_t (Wᵀd_t)ᵀ.
    """
    counts, k = _counts(delta, bound)
    D, before = D * k, ((delta * k) ** 2).sum(-1)
    back = D @ W
    before = np.where(counts, before, 1.0)
    factor = np.where(counts, ((back**2).sum(-1) / before - 1) / before, 0.0)[..., None]
    n = len(W)
    return 4 / max(int(counts.sum()), 1) * outer_sum((factor * D).reshape(-1, n), back.reshape(-1, n))


@checked
def regularized_bptt(
    cell: VanillaRNN,
    params: Params,
    X: np.ndarray,
    loss: losses.Loss,
    alpha: float,
    bound: float = 1e-20,
    h0: np.ndarray | None = None,
) -> tuple[float, Params]:
    """E, and the gradient of E with alpha·∂⁺Ω/∂W added to that of W: what SGD-CR of pascanu2013 clips.

    For `training.train`: gradient=partial(regularized_bptt, alpha=4.0). The E returned is that of the task alone.

    Raises TypeError for a cell that is not a VanillaRNN, ValueError for alpha < 0 or bound <= 0, and as `bptt`.
    """
    _check(cell, params, X, h0, bound)
    alpha = checks.number("alpha", alpha, 0.0)
    with overflow_allowed():
        H = forward_scan(cell, params, X, h0)
        E, dE, readout = evaluate(loss, cell, params, H)
        local, D, _ = pre_activation_adjoints(cell, params, X, H, dE, np.zeros_like(H[0]))
        gradient = sum_over_time(cell, params, X, H[:-1], local, D)
        delta = traced_adjoints(params["W"], D, dE)
        gradient["W"] = gradient["W"] + alpha * omega_immediate(params["W"], D, delta, bound)
        return E, gradient | readout


def traced_adjoints(W: np.ndarray, D: np.ndarray, dE: np.ndarray) -> np.ndarray:
    """δ (T, B, n) of the states, from D of the pre-activations: δ_t = ∂E_t/∂h_t + Wᵀ d_{t+1}   (eq. adjoint)"""
    return np.concatenate([dE[:-1] + D[1:] @ W, dE[-1:]])


def omega_of(
    cell: VanillaRNN, params: Any, X: np.ndarray, loss: losses.Loss, bound: float = 1e-20, h0: Any = None
) -> Any:
    """Ω of a network on a task, by plain loops forwards and backwards that autograd can follow."""
    h = np.zeros((X.shape[1], cell.n), X.dtype) if h0 is None else h0
    states: list[Any] = []
    D: list[Any] = []
    deltas: list[Any] = []
    drives = cell.drive(params, X)
    for drive in drives:
        h = cell.step(params, h, drive)
        states.append(h)
    H = anp.array(states)
    dE = grad(lambda states: loss.value(params, states))(H)
    carry: Any = 0.0
    for t in reversed(range(len(X))):
        deltas.insert(0, dE[t] + carry)
        carry, d = cell.vjp_step(params, cell.linearize(params, drives[t], H[t], H[t]), deltas[0])
        D.insert(0, d)
    return omega(params["W"], anp.array(D), anp.array(deltas), bound)


@checked
def omega_full(
    cell: VanillaRNN,
    params: Params,
    X: np.ndarray,
    loss: losses.Loss,
    bound: float = 1e-20,
    h0: np.ndarray | None = None,
) -> tuple[float, Params]:
    """Ω and its derivative in *all* parameters, through states and adjoints; slow, for small T.

    The terms that are left out are chosen as if they did not depend on the parameters. Raises as `regularized_bptt`.
    """
    _check(cell, params, X, h0, bound)
    value = float(omega_of(cell, params, X, loss, bound, h0))
    return value, grad(lambda p: omega_of(cell, p, X, loss, bound, h0))(params)


def _check(cell: VanillaRNN, params: Params, X: np.ndarray, h0: np.ndarray | None, bound: float) -> None:
    if not isinstance(cell, VanillaRNN):
        raise TypeError(f"cell must be a VanillaRNN, got {type(cell).__name__}")
    bound = checks.number("bound", bound, 0.0, open_low=True)
    check_inputs(cell, params, X, h0)
