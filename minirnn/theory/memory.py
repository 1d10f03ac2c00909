"""Memory kernels: what a linear network remembers, how it is fitted, and what a change of its weights does to it.

A linear, causal, time-invariant functional of a sequence is one kernel K, and that of a linear network is a sum of
exponentials of its eigenvalues:

    y_t = Σ_k K[k] x_{t-k}                                                                      (eq. functional)
    K[k] = cᵀ W^k u        for  h_t = W h_{t-1} + u x_t,  y_t = cᵀ h_t                          (eq. kernel)

A complex eigenvalue and its conjugate are two real units. Time is in steps, and kernels are arrays (T,). See li2021
for the functionals, wang2024 for the memory function and for stable maps, and `reduction` for what m
units cannot do.

>>> lam = np.array([0.9, 0.5])
>>> fit(two_exponentials(50), lam).weights.round(6)
array([0.5, 0.5])
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.gradients.backpropagation import unroll
from minirnn.learning.losses import readout
from minirnn.optional import extra
from minirnn.theory.parametrizations import RealMap


@checked
def two_exponentials(T: int) -> np.ndarray:
    """½(0.9^k + 0.5^k), k = 0 … T-1: the kernel of a network of two units."""
    k = np.arange(checks.integer("T", T, 1))
    return 0.5 * (0.9**k + 0.5**k)


@checked
def power_law(T: int, p: float = 1.1) -> np.ndarray:
    """(1 + k)^-p: no time scale of its own."""
    return (1.0 + np.arange(checks.integer("T", T, 1))) ** -checks.number("p", p, 0.0, open_low=True)


@checked
def bump(T: int, centre: float = 50.0, width: float = 3.0) -> np.ndarray:
    """exp(-½((k - centre)/width)²): what was `centre` steps ago, give or take `width` steps."""
    k = np.arange(checks.integer("T", T, 1)) - checks.number("centre", centre)
    return np.exp(-0.5 * (k / checks.number("width", width, 0.0, open_low=True)) ** 2)


@checked
def airy(T: int) -> np.ndarray:
    """Ai(k/10 - 6): oscillations that end in a fast decay after 60 steps. Needs SciPy."""
    with extra("theory"):
        from scipy.special import airy as functions

    return functions(0.1 * np.arange(checks.integer("T", T, 1)) - 6)[0]


KERNELS: dict[str, Callable[[int], np.ndarray]] = {
    "exponentials": two_exponentials,
    "power-law": power_law,
    "delay": bump,
    "Airy": airy,
}


@checked
def network_kernel(W: np.ndarray, u: np.ndarray, c: np.ndarray, T: int) -> np.ndarray:
    """(eq. kernel): K (T,) of W (n, n), u (n,), c (n,).

    >>> network_kernel(np.array([[0.5]]), np.ones(1), np.ones(1), 4)
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    checks.float_array("W", W, (len(u), len(u)))
    checks.float_array("c", c, u.shape)
    K, h = np.empty(checks.integer("T", T, 1)), u
    for k in range(T):
        K[k], h = c @ h, W @ h
    return K


@checked
def modes(lam: np.ndarray, T: int) -> np.ndarray:
    """What a network with eigenvalues `lam` can mix: (T, units), λ^k of each, as real and imaginary part if complex.

    Of a pair of conjugates `lam` holds the one with Im λ > 0; the pair is two units.

    >>> modes(np.array([0.5, 0.5j]), 3).tolist()
    [[1.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.25, -0.25, 0.0]]
    """
    lam = np.asarray(lam)
    if lam.ndim != 1 or not lam.size or (np.abs(lam) >= 1).any() or (lam.imag < 0).any():
        raise ValueError(f"lam must be (n,) with |λ| < 1 and Im λ >= 0, got {lam}")
    powers = lam ** np.arange(checks.integer("T", T, 1))[:, None]
    return np.hstack([powers.real, powers.imag[:, lam.imag > 0]])


@dataclass(frozen=True)
class Fit:
    """Eigenvalues, the weights of their `modes`, the kernel (T,) they make, and its error relative to the target."""

    lam: np.ndarray
    weights: np.ndarray
    kernel: np.ndarray
    error: float

    @property
    def units(self) -> int:
        return len(self.weights)


@checked
def fit(target: np.ndarray, lam: np.ndarray, positive: bool = False) -> Fit:
    """The best weights for these eigenvalues: least squares over all T steps of `target`, the eigenvalues stay.

    The error is ‖K - target‖₂ / ‖target‖₂. With `positive` no weight is negative (needs SciPy). Exponentials of near
    rates are nearly parallel: directions below 1e-13 of the largest singular value are left out.

    Raises ValueError if an eigenvalue is not inside the unit circle, or the target is 0.
    """
    checks.float_array("target", target, ("T",))
    if not target.any():
        raise ValueError("target must not be 0 at all steps")
    basis = modes(lam, len(target))
    if positive:
        with extra("theory"):
            from scipy.optimize import nnls

        weights = nnls(basis, target)[0]
    else:
        weights = np.linalg.lstsq(basis, target, rcond=1e-13)[0]
    kernel = basis @ weights
    error = np.linalg.norm(kernel - target) / np.linalg.norm(target)
    return Fit(np.asarray(lam), weights, kernel, float(error))


@checked
def optimise(target: np.ndarray, lam: np.ndarray, steps: int = 60) -> Fit:
    """A fit whose eigenvalues are moved too, from `lam` to a local optimum of the error. Needs SciPy.

    Moved are log(-log|λ|) of all and the angle of the complex ones; the weights are solved for at each step (variable
    projection). Real eigenvalues must be positive, and stay so. Other starts may end in other optima.
    """
    with extra("theory"):
        from scipy.optimize import least_squares

    checks.integer("steps", steps, 1)
    lam = np.asarray(lam)
    pairs = lam.imag > 0
    if (lam.real[~pairs] <= 0).any() or (np.abs(lam) >= 1).any():
        raise ValueError(f"lam must have |λ| < 1, and be positive where it is real, got {lam}")
    size = np.linalg.norm(target)

    def eigenvalues(theta: np.ndarray) -> np.ndarray:
        moved = np.exp(-np.exp(np.clip(theta[: len(lam)], -20, 3)))  # neither 1 nor 0 to rounding
        if not pairs.any():
            return moved
        angles = np.zeros(len(lam))
        angles[pairs] = np.abs(theta[len(lam) :])
        return moved * np.exp(1j * angles)

    start = np.concatenate([np.log(-np.log(np.abs(lam))), np.angle(lam[pairs])])
    found = least_squares(
        lambda theta: (fit(target, eigenvalues(theta)).kernel - target) / size, start, max_nfev=steps
    )
    return fit(target, eigenvalues(found.x))


@checked
def memory_function(cell: Cell, params: Params, T: int, size: float = 1.0, settle: int = 500) -> np.ndarray:
    """M (T,): how fast the output still moves t steps after the first input was stepped up by `size` for good.

    M[t] = ‖y_{t+1} - y_t‖ / |size|, from the state that the network reaches after `settle` steps without input.
    For a linear network it is |K[t]| (with one input); for others it depends on the size of the step.

    >>> from minirnn import LinearRNN
    >>> one = np.ones((1, 1))
    >>> params = {"W": 0.5 * one, "U": one, "b": np.zeros(1), "V": one, "c_out": np.zeros(1)}
    >>> memory_function(LinearRNN(m=1, n=1), params, 4)
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    checks.integer("T", T, 1)
    size = checks.number("size", size)
    dtype = next(iter(params.values())).dtype
    rest = np.zeros((checks.integer("settle", settle, 1), 1, cell.m), dtype)
    step = np.zeros((T, 1, cell.m), dtype)
    step[:, :, 0] = size
    outputs = readout(params, unroll(cell, params, np.concatenate([rest, step]))[settle:, 0])
    return np.linalg.norm(np.diff(outputs, axis=0), axis=1) / abs(size)


# --- stability: what a change of the parameters w of the rates f(w) does --------------------------------------


@checked
def stability_integral(rate: RealMap, w: float, moved: float) -> float:
    """|f(w)| ∫ |e^{f(w)t} - e^{f(w̃)t}| dt = |f(w)/f(w̃) - 1|; inf where the moved rate does not decay.

    >>> from minirnn.theory.parametrizations import RATES
    >>> bool(np.isclose(stability_integral(RATES["exp"], 0.3, 0.2), np.expm1(0.1)))
    True
    """
    before, after = float(rate(checks.number("w", w))), float(rate(checks.number("moved", moved)))
    if before >= 0:
        raise ValueError(f"w must have f(w) < 0, got f({w:g}) = {before:g}")
    return abs((before - after) / after) if after < 0 else float("inf")


@checked
def gradient_scale(rate: RealMap, w: np.ndarray) -> np.ndarray:
    """|f'(w)| / f(w)² = |dτ/dw|: how fast the time scale τ = 1/|f(w)| moves with the parameter."""
    return np.abs(rate.derivative(w) / rate(w) / rate(w))


@checked
def perturbed_kernels(
    rate: RealMap, rates: np.ndarray, weights: np.ndarray, moves: np.ndarray, t: np.ndarray
) -> np.ndarray:
    """Σ_i weights_i e^{f(w_i + moves_i) t}, where f(w) = rates < 0: (draws, T) for moves (draws, m) and times t (T,).

    What overflows is inf, without a warning: that is the result.
    """
    checks.float_array("weights", weights, rates.shape)
    checks.float_array("moves", moves, ("draws", len(rates)))
    with np.errstate(over="ignore"):
        return np.exp(rate(rate.inverse(rates) + moves)[:, None, :] * t[:, None]) @ weights
