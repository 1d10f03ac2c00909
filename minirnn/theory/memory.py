"""Memory kernels of linear networks: how to fit them, and how a change of the weights changes them.

A linear, causal, time-invariant functional of a sequence is one kernel K, and that of a linear network is a sum of
exponentials of its eigenvalues:

    y_t = Σ_k K[k] x_{t-k}                                                                      (eq. functional)
    K[k] = cᵀ W^k u        for  h_t = W h_{t-1} + u x_t,  y_t = cᵀ h_t                          (eq. memory-kernel)

A complex eigenvalue and its conjugate are two real units. Time is in steps, and kernels are arrays (T,). See li2021
for the functionals, wang2024 for the memory function and for stable maps, and `reduction` for the limits of m units.

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
    """exp(-½((k - centre)/width)²): the input of `centre` steps ago, give or take `width` steps."""
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
    """(eq. memory-kernel): K (T,) of W (n, n), u (n,), c (n,).

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
    """The modes λ^k (T, units) of a network with eigenvalues `lam`; of a complex λ the real and the imaginary part.

    Of a pair of conjugates `lam` holds the one with Im λ > 0; the pair is two units.

    >>> modes(np.array([0.5, 0.5j]), 3).tolist()
    [[1.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.25, -0.25, 0.0]]
    """
    lam = _inside(lam)
    powers = lam ** np.arange(checks.integer("T", T, 1))[:, None]
    return np.hstack([powers.real, powers.imag[:, lam.imag > 0]])


@checked
def orthonormal_modes(lam: np.ndarray, T: int) -> np.ndarray:
    """An orthonormal basis (T, units) of the same modes, well conditioned even where eigenvalues meet. Needs SciPy.

    A chain (broome1965): each link is a unit h_t = λ h_{t-1} + x_t, or the two of a pair, and the next link reads
    h_{t-1} - λ h_t, which has the inner products of x and is orthogonal to h. So the columns are orthonormal on an
    endless horizon. Several links with one λ span λ^k, k λ^k, k² λ^k, …, the limits of `modes`.

    >>> columns = orthonormal_modes(np.array([0.5, 0.5, 0.7j]), 200)
    >>> bool(np.allclose(columns.T @ columns, np.eye(4)))
    True
    """
    with extra("theory"):
        from scipy.signal import lfilter

    columns, passed = [], np.eye(1, checks.integer("T", T, 1)).ravel()
    for eigenvalue in _inside(lam):
        r, p = 2 * eigenvalue.real, np.abs(eigenvalue) ** 2
        if (
            eigenvalue.imag > 0
        ):  # h_t = r h_{t-1} - p h_{t-2} + x_t; h_t and h_{t-1} have one size, so h_t ± h_{t-1}
            poles, gains = [1.0, -r, p], {s: (1 - p) * (1 + p - s * r) / 2 for s in (-1, 1)}  # are orthogonal
        else:
            poles, gains = [1.0, -eigenvalue.real], {0: 1 - p}
        columns += [np.sqrt(gain) * lfilter([1.0, s], poles, passed) for s, gain in gains.items()]
        passed = lfilter(poles[::-1], poles, passed)
    return np.array(columns).T


def _inside(lam: np.ndarray) -> np.ndarray:
    lam = np.asarray(lam)
    if lam.ndim != 1 or not lam.size or (np.abs(lam) >= 1).any() or (lam.imag < 0).any():
        raise ValueError(f"lam must be (n,) with |λ| < 1 and Im λ >= 0, got {lam}")
    return lam


@dataclass(frozen=True)
class Fit:
    """Eigenvalues, the weights of their modes, the kernel (T,) they make, and its error relative to the target.

    The modes are `modes` for `fit`, and `orthonormal_modes` for `project` and `optimise`.
    """

    lam: np.ndarray
    weights: np.ndarray
    kernel: np.ndarray
    error: float

    @property
    def units(self) -> int:
        return len(self.weights)


@checked
def fit(target: np.ndarray, lam: np.ndarray, positive: bool = False) -> Fit:
    """The best weights for these eigenvalues, which stay fixed: least squares over all T steps of `target`.

    The error is ‖K - target‖₂ / ‖target‖₂. With `positive` no weight is negative (needs SciPy). Exponentials of similar
    rates are nearly parallel. Directions below 1e-13 of the largest singular value are left out, so the error may be
    far above the least that a network with these eigenvalues can reach; `project` computes the least.

    Raises ValueError if an eigenvalue is not inside the unit circle, or the target is 0.
    """
    _check_target(target)
    basis = modes(lam, len(target))
    if positive:
        with extra("theory"):
            from scipy.optimize import nnls

        weights = nnls(basis, target)[0]
    else:
        weights = np.linalg.lstsq(basis, target, rcond=1e-13)[0]
    return _made(target, lam, weights, basis @ weights)


@checked
def project(target: np.ndarray, lam: np.ndarray) -> Fit:
    """The best fit of any network with these eigenvalues, even if some are nearly or exactly equal. Needs SciPy.

    >>> K = np.arange(400) * 0.9 ** np.arange(400)      # the limit of two rates that meet at 0.9
    >>> near = np.array([0.9, 0.9 - 1e-15])
    >>> project(K, near).error < 1e-12 < 0.1 < fit(K, near).error
    True

    Raises ValueError as `fit` does.
    """
    _check_target(target)
    Q, R = np.linalg.qr(orthonormal_modes(lam, len(target)))  # on T steps they are orthonormal only nearly
    along = Q.T @ target
    return _made(target, lam, np.linalg.lstsq(R, along)[0], Q @ along)


def _check_target(target: np.ndarray) -> None:
    checks.float_array("target", target, ("T",))
    if not target.any():
        raise ValueError("target must not be 0 at all steps")


def _made(target: np.ndarray, lam: np.ndarray, weights: np.ndarray, kernel: np.ndarray) -> Fit:
    return Fit(np.asarray(lam), weights, kernel, float(np.linalg.norm(kernel - target) / np.linalg.norm(target)))


@checked
def optimise(target: np.ndarray, lam: np.ndarray, steps: int = 60) -> Fit:
    """A projection with optimal eigenvalues: descent from `lam` to a local optimum of the error. Needs SciPy.

    The free parameters are log(-log|λ|) of real eigenvalues, which keep their sign; and of a pair, the roots of
    1 - r z⁻¹ + p z⁻², artanh(p) and artanh(r / (1 + p)), so that it may also become two real ones. Each step solves for
    the weights (variable projection). Other starts may end in other optima.
    """
    with extra("theory"):
        from scipy.optimize import least_squares

    checks.integer("steps", steps, 1)
    lam, size = _inside(lam), np.linalg.norm(target)
    real, pairs = lam.real[lam.imag == 0], lam[lam.imag > 0]
    if (real == 0).any():
        raise ValueError(f"lam must not be 0, got {lam}")

    def eigenvalues(theta: np.ndarray) -> np.ndarray:
        rates, p, r = np.split(theta, [len(real), len(real) + len(pairs)])
        moved = np.sign(real) * np.exp(-np.exp(np.clip(rates, -20, 3)))  # neither 1 nor 0 to rounding
        p, r = np.tanh(np.clip([p, r], -10, 10))
        half = (1 + p) * r / 2
        root = np.emath.sqrt(half**2 - p)
        moved = np.concatenate([moved, half + root, (half - root)[root.imag == 0]])
        return moved / np.maximum(1, np.abs(moved) * (1 + 1e-9))  # a root may be 1 to rounding

    p = np.abs(pairs) ** 2
    start = np.concatenate([np.log(-np.log(np.abs(real))), np.arctanh(p), np.arctanh(2 * pairs.real / (1 + p))])
    solution = least_squares(
        lambda theta: (project(target, eigenvalues(theta)).kernel - target) / size,
        start,
        x_scale="jac",
        gtol=None,  # the gradient is small wherever the error is
        max_nfev=steps,
    )
    return project(target, eigenvalues(solution.x))


@checked
def memory_function(cell: Cell, params: Params, T: int, size: float = 1.0, settle: int = 500) -> np.ndarray:
    """M (T,): how fast the output still changes t steps after the first of the m inputs rose by `size` for good.

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


# --- stability: the effect of a change of the parameters w of the rates f(w) ----------------------------------


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

    Overflow gives inf, without a warning: it is a result.
    """
    checks.float_array("weights", weights, rates.shape)
    checks.float_array("moves", moves, ("draws", len(rates)))
    with np.errstate(over="ignore"):
        return np.exp(rate(rate.inverse(rates) + moves)[:, None, :] * t[:, None]) @ weights
