"""Averages of a linear recurrence over its inputs: variances, sensitivities, losses and Hessians, exactly.

One unit, h_t = λ h_{t-1} + x_t with |λ| < 1, long after its start, for zero-mean stationary inputs with the
autocorrelation ρ^|lag| (ρ = 0 is white noise, ρ = 1 a constant). All follows from one kernel; ⟨·⟩ is the mean
over inputs:

    Q(α, β) = Σ_{i,j} α^i conj(β)^j ρ^{|i-j|}                                                  (eq. kernel)
            = (1 - ρ²αβ̄) / ((1 - ρα)(1 - ρβ̄)(1 - αβ̄))

    ⟨|h|²⟩ = Q(λ, λ),    ⟨|∂h/∂λ|²⟩ = ∂²Q/∂α∂β̄ at (λ, λ)                                     (eq. sensitivity)

The unit's output is y = s(λ) h, where s is a `Scale`: none, the normalisation γ = sqrt(1 - |λ|²), or the 1 - λ of a
leaky unit. A derivative of a real number in λ is the complex g with dL = Re(conj(g) dλ). From zucchet2024.

Networks: with white inputs the loss between two linear networks is a distance of their impulse responses, so that one
sequence, an impulse, stands for all inputs: `bptt(cell, params, impulse(T), kernel_loss(K))` is exact.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.learning.losses import Loss, at_every_step

Scale = Callable[[Any], tuple[Any, Any]]  # λ -> s(λ), real, and its derivative g


@checked
def kernel(alpha: Any, beta: Any, rho: float = 0.0) -> tuple[Any, Any, Any]:
    """Q, ∂Q/∂α and ∂²Q/∂α∂β̄ (eq. kernel) for arrays that broadcast.

    >>> Q, _, twice = kernel(0.5, 0.5)
    >>> round(float(Q.real), 5), round(float(twice.real), 5)
    (1.33333, 2.96296)

    Raises ValueError unless |α| < 1, |β| < 1 and -1 <= ρ <= 1.
    """
    rho = checks.number("rho", rho, -1.0, 1.0)
    a, b = checks.alike(_stable("alpha", alpha), _stable("beta", beta).conj())
    both, top = _one_minus(a, b), _one_minus(rho * a, rho * b)
    Q = top / ((1 - rho * a) * (1 - rho * b) * both)
    along_a = b / both - rho**2 * b / top + rho / (1 - rho * a)  # ∂ log Q
    along_b = a / both - rho**2 * a / top + rho / (1 - rho * b)
    return Q, Q * along_a, Q * (along_a * along_b + 1 / both**2 - rho**2 / top**2)


@checked
def variance(lam: Any, rho: float = 0.0) -> Any:
    """⟨|h|²⟩: 1/(1 - |λ|²) for white inputs."""
    return kernel(_stable("lam", lam), lam, rho)[0].real


@checked
def sensitivity(lam: Any, rho: float = 0.0) -> Any:
    """⟨|∂h/∂λ|²⟩: (1 + |λ|²)/(1 - |λ|²)³ for white inputs.

    >>> print(f"{sensitivity(0.99):.1f}, {sensitivity(0.99, rho=1.0):.0f}")
    251262.6, 100000000
    """
    return kernel(_stable("lam", lam), lam, rho)[2].real


def unscaled(lam: Any) -> tuple[Any, Any]:
    """s = 1: the state itself is the output."""
    return np.ones_like(np.abs(lam)), np.zeros_like(lam)


def normalized(lam: Any) -> tuple[Any, Any]:
    """s = γ = sqrt(1 - |λ|²): variance 1 for white inputs."""
    gamma = np.sqrt((1 - np.abs(lam)) * (1 + np.abs(lam)))
    return gamma, -lam / gamma


def leaky(lam: Any) -> tuple[Any, Any]:
    """s = 1 - Re λ: for real λ the leaky unit h = λ h_{t-1} + (1 - λ) x, a gate that does not depend on its input."""
    return 1 - np.real(lam), -np.ones_like(lam)


@checked
def metric(lam: Any, directions: Sequence[Any], rho: float = 0.0, scale: Scale = unscaled) -> np.ndarray:
    """E Re(∂_i y ∂_j ȳ) (p, p, ...) for p directions ∂_iλ in which λ (...) may move: the Hessian at a perfect fit.

    For a parametrisation they are its `derivatives`. The diagonal is the sensitivity of the output to each parameter.

    >>> nu = np.array(0.5)
    >>> metric(nu, [1, 1j * nu], scale=normalized).round(4)  # ν and θ: 1/(1 - ν²)², ν²(1 + ν²)/(1 - ν²)²
    array([[1.7778, 0.    ],
           [0.    , 0.5556]])
    """
    lam, *directions = checks.alike(_stable("lam", lam), *directions)
    K, K_a, K_ab = kernel(lam, lam, rho)
    s, g = scale(np.asarray(lam) + 0j)
    ds = [(np.conj(g) * d).real for d in directions]
    rows = [
        [
            ds_i * ds_j * K.real
            + s * (ds_i * (d_j * K_a).real + ds_j * (d_i * K_a).real)
            + s**2 * (d_i * np.conj(d_j)).real * K_ab.real
            for d_j, ds_j in zip(directions, ds, strict=True)
        ]
        for d_i, ds_i in zip(directions, ds, strict=True)
    ]
    return np.array(rows)


@checked
def unit_loss(lam: Any, target: Any, rho: float = 0.0, scale: Scale = unscaled) -> tuple[Any, Any]:
    """½⟨|y - y*|²⟩ of one unit and a teacher with λ* = `target`, and its derivative g in λ; λ and λ* may broadcast.

    >>> L, g = unit_loss(0.5, 0.5)
    >>> float(L), complex(g)
    (0.0, 0j)

    Raises ValueError unless |λ| < 1, |λ*| < 1 and -1 <= ρ <= 1.
    """
    lam, target = np.broadcast_arrays(*checks.alike(_stable("lam", lam), _stable("target", target)))
    (own, own_slope, _), (cross, cross_slope, _) = kernel(lam, lam, rho), kernel(lam, target, rho)
    (s, s_slope), (s_target, _) = scale(lam), scale(target)
    L = 0.5 * (s**2 * own + s_target**2 * kernel(target, target, rho)[0]).real - s * s_target * cross.real
    g = s_slope * (s * own - s_target * cross).real + s * np.conj(s * own_slope - s_target * cross_slope)
    return L, g


# --- networks -------------------------------------------------------------------------------------------------


@checked
def impulse(T: int, m: int = 1) -> np.ndarray:
    """Inputs (T, m, m): a batch of m sequences, each with a 1 at its first step, in one input each."""
    X = np.zeros((checks.integer("T", T, 1), checks.integer("m", m, 1), m))
    X[0] = np.eye(m)
    return X


@checked
def kernel_loss(K: np.ndarray) -> Loss:
    """½ Σ_k (1 - k/T) ‖K_student[k] - K[k]‖², the loss for T steps of white noise, as a loss on `impulse(T, m)`.

    K (T, m, outputs) is the teacher's impulse response; it is (1/T) Σ_t ½E‖y_t - y*_t‖², as h_0 = 0. A student with
    biases, c_out among them, is not described by its impulse response: keep them 0.
    """
    T, m, _ = checks.float_array("K", K, ("T", "m", "outputs")).shape
    weight = np.repeat(1 - np.arange(T) / T, m)[:, None]

    def error(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
        residual = Y - target
        return 0.5 * (weight * residual**2).sum(), weight * residual

    return at_every_step(error, K)


@checked
def dense_jacobian(W: np.ndarray, u: np.ndarray, v: np.ndarray, T: int) -> np.ndarray:
    """Derivatives (T, n² + 2n) of K[k] = vᵀW^k u, k < T, in W (row by row), u and v.

    With G_k = Σ_{j<k} (Wᵀ)^{k-1-j} v (W^j u)ᵀ, the derivative in W, G_{k+1} = Wᵀ G_k + v (W^k u)ᵀ.
    """
    n = len(checks.float_array("W", W, (len(u), len(u))))
    checks.float_array("v", v, (n,))
    rows, G, h, q = [], np.zeros((n, n)), u, v
    for _ in range(checks.integer("T", T, 1)):
        rows.append(np.concatenate([G.ravel(), q, h]))
        G, h, q = W.T @ G + np.outer(v, h), W @ h, q @ W
    return np.array(rows)


@checked
def diagonal_jacobian(lam: np.ndarray, slopes: Sequence[Any], b: np.ndarray, c: np.ndarray, T: int) -> np.ndarray:
    """Derivatives (T, 6n) of K[k] = Re Σ c b λ^k in w₁ and w₂ of λ, Re b, Im b, Re c, Im c, each (n,).

    `slopes` are ∂λ/∂w₁ and ∂λ/∂w₂ of a parametrisation.
    """
    k = np.arange(checks.integer("T", T, 1))[:, None]
    powers = lam**k
    moved = c * b * k * lam ** np.maximum(k - 1, 0)
    columns = [moved * slopes[0], moved * slopes[1], c * powers, 1j * c * powers, b * powers, 1j * b * powers]
    return np.hstack(columns).real


@checked
def participation(vectors: np.ndarray) -> np.ndarray:
    """The number of entries over which each column (p, N) spreads: (Σv²)²/Σv⁴, from 1 (one entry) to p (all equal).

    >>> participation(np.array([[1.0, 1.0], [0.0, -1.0]]))
    array([1., 2.])
    """
    largest = np.abs(vectors).max(axis=0)
    squares = (vectors / np.where(largest > 0, largest, 1.0)) ** 2
    return squares.sum(0) ** 2 / (squares**2).sum(0)


def _one_minus(a: Any, b: Any) -> Any:
    """1 - ab, for real numbers near 1, or near -1, without the rounding of ab: (1 - a) + a(1 - b)."""
    sign = np.where((a + b).real < 0, -1, 1).astype(a.real.dtype)
    return (1 - sign * a) + sign * a * (1 - sign * b)


def _stable(name: str, lam: Any) -> Any:
    size = np.abs(checks.numbers(name, lam, real=False))
    if not np.all(size < 1):
        worst = np.max(size) if np.all(np.isfinite(size)) else "inf or nan"
        raise ValueError(f"{name} must have |{name}| < 1, where variances are finite, got {worst}")
    return np.asarray(lam) + 0j
