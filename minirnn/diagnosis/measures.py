"""Why does it not learn? The book's measures on one batch, the likely cause, the remedy, and the page that explains it.

    gradient by lag   ‖∂E/∂a_{T-k}‖, a the pre-activation, for the last step that has an error, over that at lag 0
    far share         Σ_{k <= T/2} ‖g_k‖ / Σ_k ‖g_k‖, g_k the temporal terms: how much of the gradient is long-range
    exponent          the largest Lyapunov exponent along the inputs, nats a step, with the scatter over the batch
    saturated         share of units that hardly answer to their input, as the cell's `saturated` says
    sensitivity       relative change of the last state for a relative change of all parameters, per unit

Each is a symptom and no proof: two causes can share one. Findings come with the most certain first.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from minirnn.cells.contract import Cell, Sized
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, norm, overflow_allowed, row_norms
from minirnn.diagnosis.findings import suggest
from minirnn.diagnosis.report import Report
from minirnn.dynamics.exponents import network, spectrum
from minirnn.gradients.backpropagation import adjoints, blocks, check_inputs, unroll
from minirnn.gradients.objective import Objective, evaluate


@checked
def diagnose(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: Objective,
    norms: Sequence[float] | None = None,
    clip: float | None = None,
) -> Report:
    """The measures on inputs X (T, B, m) and a loss from `losses`; `norms` of past gradients give the clip rate.

    >>> from minirnn import VanillaRNN
    >>> from minirnn.learning import losses
    >>> rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=8)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> params["W"] *= 0.5
    >>> loss = losses.at_end(losses.squared_error, np.ones((4, 1)))
    >>> diagnose(cell, params, rng.standard_normal((60, 4, 1)), loss).findings[0].cause
    'The gradient vanishes: what lies far back has no say.'

    Raises TypeError or ValueError if X or params do not fit the cell, or T < 4, or one of norms and clip is missing.
    """
    check_inputs(cell, params, X)
    T = len(X)
    checks.integer("T of X", T, 4)
    if (norms is None) != (clip is None):
        raise ValueError("norms and clip must be given together, or neither")
    clipped = None if norms is None or clip is None else clip_rate(norms, clip)
    H = unroll(cell, params, X)
    with overflow_allowed(), np.errstate(invalid="ignore", divide="ignore"):
        E, dE, _ = evaluate(loss, cell, params, H)
        state_overflow = first_bad(H[1:])
        by_lag, far, gradient_overflow = gradient_by_lag(cell, params, X, H, dE)
        rate, error = exponent(cell, params, X)
        saturated = saturation(cell, H[1:])
        felt = weight_sensitivity(cell, params, X, H[-1])
    report = Report(
        float(E), by_lag, far, rate, error, saturated, felt, clipped, state_overflow, gradient_overflow, findings=()
    )
    return replace(report, findings=tuple(suggest(report, T, growing(H))))


def clip_rate(norms: Sequence[float], clip: float) -> float:
    """Share of the norms above the threshold; those that are nan belong to updates that were skipped."""
    sizes = np.asarray(norms)
    if sizes.ndim != 1 or not sizes.size or sizes.dtype.kind not in "iuf":
        raise ValueError(f"norms must be a non-empty list of real numbers, got {sizes.dtype} {sizes.shape}")
    sizes = sizes[~np.isnan(sizes)]
    return float((sizes > checks.number("clip", clip, 0.0)).mean()) if len(sizes) else float("nan")


def first_bad(A: np.ndarray) -> int | None:
    """The first step t = 1, 2, … at which A (T, ...) is not finite."""
    bad = ~np.isfinite(A).reshape(len(A), -1).all(axis=1)
    return int(bad.argmax()) + 1 if bad.any() else None


def growing(H: np.ndarray) -> bool:
    """Whether states grow without an end in sight: the last quarter a hundred times as large as the second."""
    quarter = max(1, len(H) // 4)
    return not np.abs(H[-quarter:]).max() <= 100 * np.abs(H[quarter : 2 * quarter]).max()


def gradient_by_lag(
    cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray
) -> tuple[np.ndarray, float, int | None]:
    """‖d_{T-k}‖/‖d_T‖ (T,), d = ∂E/∂a, of the last error; the far share; from which lag on it is not finite."""
    asked = np.flatnonzero(np.abs(dE).reshape(len(dE), -1).max(axis=1))
    last = int(asked[-1]) if len(asked) else len(dE) - 1
    only = np.zeros_like(dE)
    only[last] = dE[last]
    sizes, each, carry = np.zeros(len(dE)), np.zeros(len(dE)), np.zeros_like(H[0])
    for block in reversed(blocks(len(X), max(dE[0].size, sum(p.size for p in params.values())))):
        states = H[block.start : block.stop + 1]
        local, D, carry = adjoints(cell, params, X[block], states, only[block], carry)
        terms = cell.vjp_params(params, X[block], states[:-1], local, D).values()
        sizes[block] = row_norms(D.reshape(len(D), -1))
        each[block] = row_norms(np.stack([row_norms(term.reshape(len(D), -1)) for term in terms], axis=1))
    by_lag, each = sizes[last::-1], each[: last + 1]
    bad = first_bad(by_lag)
    return by_lag / by_lag[0], float(each[: (last + 1) // 2].sum() / each.sum()), None if bad is None else bad - 1


def exponent(cell: Cell, params: Params, X: np.ndarray) -> tuple[float, float]:
    """λ₁ along X, a mean over the batch, and its standard error; nan where the states diverge."""
    T, B, _ = X.shape
    found = spectrum(network(cell, params, X), np.zeros((B, cell.n_state), X.dtype), T, k=1, burn_in=T // 4)
    rates = found.exponents[:, 0]
    error = rates.std(ddof=1) / np.sqrt(B) if B > 1 else found.errors[0, 0]
    return float(rates.mean()), float(error)


def saturation(cell: Cell, H: np.ndarray) -> float:
    """Share of units that hardly answer to their input, by what the cell says of its own; nan where a state is."""
    if np.isnan(H).any():
        return float("nan")
    saturated = getattr(cell, "saturated", partial(Sized.saturated, cell))  # a cell that does not say has none
    return float(saturated(H).mean())


def weight_sensitivity(cell: Cell, params: Params, X: np.ndarray, last: np.ndarray, size: float = 1e-5) -> float:
    """Relative change of the last state for a relative change of the cell's parameters, by a small random one."""
    rng, size = np.random.default_rng(0), checks.number("size", size, 0.0, open_low=True)
    moved = {key: p * (1 + size * rng.standard_normal(p.shape)).astype(p.dtype) for key, p in params.items()}
    change = unroll(cell, moved, X)[-1] - last
    return float(np.divide(norm({"h": change}), norm({"h": last}))) / size
