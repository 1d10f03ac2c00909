"""Maps whose Lyapunov exponents are known, and the mean-field theory of random tanh networks.

Each map is a `System`; its parameters are numbers, or arrays (B,) with a value for each row of a batch.

>>> from minirnn.dynamics.exponents import spectrum
>>> exponents = spectrum(logistic(4.0), np.array([[0.3]]), 20_000).exponents
>>> bool(abs(exponents.item() - np.log(2)) < 0.01)
True
"""

from functools import partial
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.core.activations import tanh_slope
from minirnn.core.arguments import checked
from minirnn.dynamics.systems import System, autonomous


def _matrix(*rows: tuple) -> np.ndarray:
    """Matrices (B, n, n) from rows of numbers and arrays (B,)."""
    entries = np.broadcast_arrays(*[entry for row in rows for entry in row])
    return np.stack(entries, axis=-1).reshape(*entries[0].shape, len(rows), len(rows))


def logistic(r: Any) -> System:
    """x' = r x (1 - x). At r = 4, λ = ln 2 for almost every start."""
    checks.numbers("r", r)

    def f(x: np.ndarray) -> np.ndarray:
        x, rate = checks.alike(x.T, r)
        return (rate * x * (1 - x)).T

    def slope(x: np.ndarray) -> np.ndarray:
        x, rate = checks.alike(x.T, r)
        return (rate * (1 - 2 * x)).T[..., None]

    return autonomous(1, f, slope)


def henon(a: Any = 1.4, b: Any = 0.3) -> System:
    """x' = 1 - a x² + y,  y' = b x. The determinant is -b everywhere, so the exponents sum to ln b."""
    checks.numbers("a", a)
    checks.numbers("b", b)

    def f(state: np.ndarray) -> np.ndarray:
        x, y, bend, share = checks.alike(*state.T, a, b)
        return np.stack([1 - bend * x * x + y, share * x], axis=1)

    def slope(state: np.ndarray) -> np.ndarray:
        x, bend, share = checks.alike(state[:, 0], a, b)
        return _matrix((-2 * bend * x, np.ones_like(x)), (share, 0 * x))

    return autonomous(2, f, slope)


@checked
def lorenz(sigma: Any = 10.0, rho: Any = 28.0, beta: Any = 8 / 3, h: float = 0.01) -> System:
    """x' = σ(y - x),  y' = x(ρ - z) - y,  z' = xy - βz, one step of length h by the classical Runge–Kutta rule.

    The Jacobian is that of the rule, by the chain rule through its four stages, so the exponents are exactly those of
    the discrete map; divided by h they are rates per unit of time. They sum to about -(σ + 1 + β).
    """
    for name, value in (("sigma", sigma), ("rho", rho), ("beta", beta)):
        checks.numbers(name, value)
    h = checks.number("h", h, 0.0, open_low=True)

    def slope(s: np.ndarray) -> np.ndarray:
        x, y, z, to_y, rate, decay = checks.alike(*s.T, sigma, rho, beta)
        return np.stack([to_y * (y - x), x * (rate - z) - y, x * y - decay * z], axis=1)

    def derivative(s: np.ndarray) -> np.ndarray:
        x, y, z, to_y, rate, decay = checks.alike(*s.T, sigma, rho, beta)
        return _matrix((-to_y, to_y, 0 * x), (rate - z, -np.ones_like(x), -x), (y, x, -decay))

    lags, weights = (0.0, h / 2, h / 2, h), (h / 6, 2 * h / 6, 2 * h / 6, h / 6)

    def step(s: np.ndarray) -> np.ndarray:
        k, after = np.zeros_like(s), s
        for lag, weight in zip(lags, weights, strict=True):
            k = slope(s + lag * k)
            after = after + weight * k
        return after

    def jacobian(s: np.ndarray) -> np.ndarray:
        one = np.eye(3, dtype=s.dtype)
        k, K, J = np.zeros_like(s), 0 * one, one
        for lag, weight in zip(lags, weights, strict=True):
            at = s + lag * k
            k, K = slope(at), derivative(at) @ (one + lag * K)
            J = J + weight * K
        return J

    return autonomous(3, step, jacobian)


@checked
def tanh_network(W: np.ndarray) -> System:
    """h' = tanh(W h) for one W (n, n), or W (B, n, n) for each row; no input, no bias.

    The Jacobian diag(1 - h'²) W is applied factor by factor, so k exponents cost k n² a step.
    """
    if W.ndim not in (2, 3) or W.shape[-1] != W.shape[-2] or not W.size:
        raise ValueError(f"W must be (n, n) or (B, n, n), got {W.shape}")
    n = W.shape[-1]

    def step(t: int, h: np.ndarray) -> np.ndarray:
        return np.tanh((W @ h[..., None])[..., 0])

    def product(before: np.ndarray, V: np.ndarray) -> np.ndarray:
        return tanh_slope(W @ before[..., None]) * (W @ V)

    return System(n, step, lambda t, H: (partial(product, before) for before in H[:-1]))


@checked
def mean_field(g: float, noise: float = 0.0) -> tuple[float, float]:
    """q and λ₁ of x' = J tanh(x) + noise·ξ with J_ij ~ N(0, g²/N) and ξ_i ~ N(0, 1) at each step, N -> ∞.

    q = g²⟨tanh²(√q z)⟩ + noise² is the variance of the x_i, λ₁ = ½ ln(g²⟨sech⁴(√q z)⟩), z standard normal
    (sompolinsky1988 without noise and in continuous time; molgedey1992). Without noise only q = 0 solves it for g <= 1,
    with λ₁ = ln g: chaos begins at g = 1. With noise it begins later.

    >>> q, exponent = mean_field(2.0)
    >>> round(q, 4), round(exponent, 4)
    (2.1215, 0.1547)
    >>> round(mean_field(1.2)[1], 3), round(mean_field(1.2, noise=0.3)[1], 3)
    (0.016, -0.07)
    """
    g = checks.number("g", g, 0.0, open_low=True)
    noise = checks.number("noise", noise, 0.0)
    if g <= 1 and noise == 0:
        return 0.0, float(np.log(g))
    z = np.linspace(-12, 12, 4001)  # the trapezoidal rule: sech⁴ is too narrow for Gauss and Hermite
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    low, high = noise**2, g * g + noise**2  # q - g²⟨tanh²⟩ - noise² is negative below the solution, positive beyond
    for _ in range(100):
        q = 0.5 * (low + high)
        more = g * g * weights @ np.tanh(np.sqrt(q) * z) ** 2 + noise**2 > q
        low, high = (q, high) if more else (low, q)
    return q, float(0.5 * np.log(g * g * weights @ tanh_slope(np.sqrt(q) * z) ** 2))


@checked
def logistic_sensitivities(r: Any, x0: float, T: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x_t, dx_t/dr and d²x_t/dr² of the logistic map for t = 0 … T, each (T + 1, ...) for r (...).

    Differentiating x' = r x (1 - x) once and twice in r gives two more recursions; both are exact.
    """
    checks.integer("T", T, 1)
    r, x0 = np.asarray(checks.numbers("r", r), float), checks.number("x0", x0)
    x, d, c = np.empty((3, T + 1, *r.shape))
    x[0], d[0], c[0] = x0, 0.0, 0.0
    for t in range(T):
        slope = r * (1 - 2 * x[t])
        x[t + 1] = r * x[t] * (1 - x[t])
        d[t + 1] = slope * d[t] + x[t] * (1 - x[t])
        c[t + 1] = slope * c[t] + 2 * (1 - 2 * x[t]) * d[t] - 2 * r * d[t] ** 2
    return x, d, c
