"""Maps whose Lyapunov exponents are known, and the mean-field theory of random tanh networks.

Each map is a `dynamics.System`; its parameters are numbers, or arrays (B,) with a value for each row of a batch.

>>> from minirnn.dynamics import spectrum
>>> found = spectrum(logistic(4.0), np.array([[0.3]]), 20_000)
>>> bool(abs(found.exponents.item() - np.log(2)) < 0.01)
True
"""

from typing import Any

import numpy as np

from minirnn import checks
from minirnn.cells import tanh_slope
from minirnn.dynamics import System, autonomous


def _matrix(*rows: tuple) -> np.ndarray:
    """Matrices (B, n, n) from rows of numbers and arrays (B,)."""
    entries = np.broadcast_arrays(*[entry for row in rows for entry in row])
    return np.stack(entries, axis=-1).reshape(*entries[0].shape, len(rows), len(rows))


def logistic(r: Any) -> System:
    """x' = r x (1 - x). At r = 4, λ = ln 2 for almost every start."""
    return autonomous(1, lambda x: (r * x.T * (1 - x.T)).T, lambda x: (r * (1 - 2 * x.T)).T[..., None])


def henon(a: Any = 1.4, b: Any = 0.3) -> System:
    """x' = 1 - a x² + y,  y' = b x. The determinant is -b everywhere, so the exponents sum to ln b."""

    def f(state: np.ndarray) -> np.ndarray:
        x, y = state.T
        return np.stack([1 - a * x * x + y, b * x], axis=1)

    return autonomous(2, f, lambda s: _matrix((-2 * a * s[:, 0], np.ones(len(s))), (b, 0.0)))


def lorenz(sigma: Any = 10.0, rho: Any = 28.0, beta: Any = 8 / 3, h: float = 0.01) -> System:
    """x' = σ(y - x),  y' = x(ρ - z) - y,  z' = xy - βz, one step of length h by the classical Runge–Kutta rule.

    The Jacobian is that of the rule, by the chain rule through its four stages, so the exponents are exactly those of
    the discrete map; divided by h they are rates per unit of time. They sum to about -(σ + 1 + β).
    """
    checks.number("h", h, 0.0, open_low=True)
    one = np.eye(3)

    def slope(s: np.ndarray) -> np.ndarray:
        x, y, z = s.T
        return np.stack([sigma * (y - x), x * (rho - z) - y, x * y - beta * z], axis=1)

    def derivative(s: np.ndarray) -> np.ndarray:
        x, y, z = s.T
        return _matrix((-sigma, sigma, 0 * x), (rho - z, -1.0, -x), (y, x, -beta))

    def stages(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        k, K = slope(s), derivative(s)
        step, J = s + h / 6 * k, one + h / 6 * K
        for lag, weight in ((h / 2, 2), (h / 2, 2), (h, 1)):
            at = s + lag * k
            k, K = slope(at), derivative(at) @ (one + lag * K)
            step, J = step + weight * h / 6 * k, J + weight * h / 6 * K
        return step, J

    def push(t: int, s: np.ndarray, V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        after, J = stages(s)
        return after, J @ V

    return System(3, lambda t, s: stages(s)[0], push)


def tanh_network(W: np.ndarray) -> System:
    """h' = tanh(W h) for one W (n, n), or W (B, n, n) for each row; no input, no bias.

    The Jacobian diag(1 - h'²) W is applied factor by factor, so k exponents cost k n² a step.
    """
    n = W.shape[-1]

    def push(t: int, h: np.ndarray, V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a = W @ h[..., None]
        return np.tanh(a[..., 0]), tanh_slope(a) * (W @ V)

    return System(n, lambda t, h: np.tanh((W @ h[..., None])[..., 0]), push)


def mean_field(g: float) -> tuple[float, float]:
    """q and λ₁ of x' = J tanh(x) with J_ij ~ N(0, g²/N), N -> ∞, in the line of sompolinsky1988.

    q = g²⟨tanh²(√q z)⟩ is the variance of the x_i, λ₁ = ½ ln(g²⟨sech⁴(√q z)⟩), z standard normal. For g <= 1 the
    only solution is q = 0 with λ₁ = ln g; chaos begins at g = 1.

    >>> q, exponent = mean_field(2.0)
    >>> round(q, 4), round(exponent, 4)
    (2.1215, 0.1547)
    """
    checks.number("g", g, 0.0, open_low=True)
    if g <= 1:
        return 0.0, float(np.log(g))
    z = np.linspace(-12, 12, 4001)  # the trapezoidal rule: sech⁴ is too narrow for Gauss and Hermite
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    low, high = 0.0, g * g  # q - g²⟨tanh²⟩ is negative between 0 and the solution, positive beyond
    for _ in range(100):
        q = 0.5 * (low + high)
        low, high = (q, high) if g * g * weights @ np.tanh(np.sqrt(q) * z) ** 2 > q else (low, q)
    return q, float(0.5 * np.log(g * g * weights @ tanh_slope(np.sqrt(q) * z) ** 2))


def logistic_sensitivities(r: Any, x0: float, T: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x_t, dx_t/dr and d²x_t/dr² of the logistic map for t = 0 … T, each (T + 1, ...) for r (...).

    Differentiating x' = r x (1 - x) once and twice in r gives two more recursions; both are exact.
    """
    checks.integer("T", T, 1)
    r = np.asarray(r, float)
    x, d, c = np.empty((3, T + 1, *r.shape))
    x[0], d[0], c[0] = x0, 0.0, 0.0
    for t in range(T):
        slope = r * (1 - 2 * x[t])
        x[t + 1] = r * x[t] * (1 - x[t])
        d[t + 1] = slope * d[t] + x[t] * (1 - x[t])
        c[t + 1] = slope * c[t] + 2 * (1 - 2 * x[t]) * d[t] - 2 * r * d[t] ** 2
    return x, d, c
