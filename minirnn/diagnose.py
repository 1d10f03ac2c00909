"""Why does it not learn? The book's measures on one batch, the likely cause, the remedy, and the page that explains it.

    gradient by lag   ‖∂E/∂a_{T-k}‖, a the pre-activation, for the last step that has an error, over that at lag 0
    far share         Σ_{k <= T/2} ‖g_k‖ / Σ_k ‖g_k‖, g_k the temporal terms: how much of the gradient is long-range
    exponent          the largest Lyapunov exponent along the inputs, nats a step, with the scatter over the batch
    saturated         share of units whose slope is below 1/20 of its largest value, or with |h| above 0.97
    sensitivity       relative change of the last state for a relative change of all parameters, per unit

Each is a symptom and no proof: two causes can share one. Findings come with the most certain first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib import import_module

import numpy as np

from minirnn import checks
from minirnn.arguments import checked
from minirnn.bptt import Loss, adjoints, blocks, check_inputs, errors, unroll
from minirnn.cells import ACTIVATIONS, Cell
from minirnn.dynamics import network, spectrum
from minirnn.params import Params, norm, overflow_allowed, row_norms


@dataclass(frozen=True)
class Finding:
    """A likely cause, what to change first, and the page of the book that explains it."""

    cause: str
    remedy: str
    page: str


@dataclass(frozen=True)
class Report:
    """What `diagnose` measured; `print` it, or show it in a notebook."""

    loss: float
    by_lag: np.ndarray
    far_share: float
    exponent: float
    exponent_error: float
    saturated: float
    sensitivity: float
    clip_rate: float | None
    state_overflow: int | None
    gradient_overflow: int | None
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        T = len(self.by_lag)
        middle, end = self.by_lag[T // 2], self.by_lag[-1]
        lines = [
            f"loss                       {self.loss:.4g}",
            f"gradient, lag 0 being 1    {middle:.2g} at lag {T // 2}, {end:.2g} at lag {T - 1}",
            f"far share of the gradient  {self.far_share:.2g}",
            f"largest exponent           {self.exponent:+.3f} ± {self.exponent_error:.3f} a step; 1/T is {1 / T:.3f}",
            f"saturated units            {100 * self.saturated:.0f} %",
            f"sensitivity                {self.sensitivity:.3g}",
        ]
        if self.clip_rate is not None:
            lines.append(f"clipped updates            {100 * self.clip_rate:.0f} %")
        if self.state_overflow is not None:
            lines.append(f"first state not finite     step {self.state_overflow}")
        if self.gradient_overflow is not None:
            lines.append(f"gradient not finite        from {self.gradient_overflow} steps back on")
        for finding in self.findings:
            lines.append(f"-> {finding.cause}\n   First: {finding.remedy}\n   See: {finding.page}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        try:
            return import_module("minirnn.report").html(self)  # what draws is imported once somebody looks
        except ModuleNotFoundError as error:  # the text holds all that was measured
            return f"<pre>{escape(str(self))}\n\nWithout its figure: {escape(str(error))}</pre>"


@checked
def diagnose(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: Loss,
    norms: Sequence[float] | None = None,
    clip: float | None = None,
) -> Report:
    """The measures on inputs X (T, B, m) and a loss from `losses`; `norms` of past gradients give the clip rate.

    >>> from minirnn import VanillaRNN, losses
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
        E, dE, _ = errors(loss, cell, params, H)
        state_overflow = first_bad(H[1:])
        by_lag, far, gradient_overflow = gradient_by_lag(cell, params, X, H, dE)
        rate, error = exponent(cell, params, X)
        saturated = saturation(cell, H[1:])
        felt = sensitivity(cell, params, X, H[-1])
    report = Report(
        float(E), by_lag, far, rate, error, saturated, felt, clipped, state_overflow, gradient_overflow, findings=()
    )
    return replace(report, findings=tuple(findings(report, T, growing(H))))


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
    """Share of units that hardly answer to their input; 0 for cells without a bound, which cannot saturate; nan where
    a state is."""
    if np.isnan(H).any():
        return float("nan")
    activation = getattr(cell, "activation", None)
    if activation in ("tanh", "sigmoid"):
        slope = ACTIVATIONS[activation][1](H)
        return float((slope < 0.05 * (1.0 if activation == "tanh" else 0.25)).mean())
    return float((np.abs(H[..., : cell.n_out]) > 0.97).mean()) if hasattr(cell, "gates") else 0.0


def sensitivity(cell: Cell, params: Params, X: np.ndarray, last: np.ndarray, size: float = 1e-5) -> float:
    """Relative change of the last state for a relative change of the cell's parameters, by a small random one."""
    rng, size = np.random.default_rng(0), checks.number("size", size, 0.0, open_low=True)
    moved = {key: p * (1 + size * rng.standard_normal(p.shape)).astype(p.dtype) for key, p in params.items()}
    change = unroll(cell, moved, X)[-1] - last
    return float(np.divide(norm({"h": change}), norm({"h": last}))) / size


def findings(report: Report, T: int, growing: bool) -> list[Finding]:
    """What the measures suggest, the most certain first; one finding that all is well if nothing else is found."""
    found = []
    if report.state_overflow is not None:
        cause = f"The states overflow, first at step {report.state_overflow}."
        found.append(Finding(cause, "smaller recurrent weights, or a bounded activation", "exploding"))
    elif report.gradient_overflow is not None:
        cause = f"The gradient overflows {report.gradient_overflow} steps back, while all states are finite."
        found.append(Finding(cause, "smaller recurrent weights; a clip cannot mend inf or nan", "exploding"))
    elif report.exponent - 2 * report.exponent_error > 1 / T and not growing:
        cause = "The network is chaotic: nearby states part, and gradients grow with the lag."
        found.append(Finding(cause, "scale the recurrent weights down until the exponent is near 0", "chaos"))
    elif report.by_lag[-1] > 1e3 or growing:
        cause = "The gradient explodes: it grows with the lag."
        found.append(
            Finding(cause, "clip by norm, at the median of past norms or above; smaller weights", "exploding")
        )
    if report.saturated > 0.5:
        cause = f"{100 * report.saturated:.0f} % of the units are saturated: their slope is nearly 0."
        found.append(Finding(cause, "smaller weights or inputs; inputs of mean 0 and variance 1", "vanishing"))
    if report.state_overflow is report.gradient_overflow is None and report.far_share < 1e-3:
        cause = "The gradient vanishes: what lies far back has no say."
        remedy = "orthogonal or identity weights, a gated cell with a forget bias near log T, or an LRU"
        found.append(Finding(cause, remedy, "vanishing"))
    if report.clip_rate is not None and report.clip_rate > 0.9:
        cause = (
            f"{100 * report.clip_rate:.0f} % of the updates are clipped: the threshold is the learning rate now."
        )
        found.append(Finding(cause, "a higher threshold, near the median of the norms", "exploding"))
    if not found and report.sensitivity > T:
        cause = "The states react violently to small changes of the weights, although no gradient explodes."
        found.append(Finding(cause, "normalise the input of slow units; a smaller rate; Adam", "elementwise"))
    healthy = Finding(
        "Nothing here stands in the way of learning.", "look at the data, the rate and the loss", "field-guide"
    )
    return found or [healthy]
