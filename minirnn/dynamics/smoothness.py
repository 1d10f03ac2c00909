"""How smooth a loss is around a point: how fast its gradient changes.

A step of gradient descent lowers the loss as predicted only while the gradient is nearly constant. Along a direction d
the change of the gradient ∇f is measured, as in zhang2020, by the largest of a few difference quotients,

    L̂(θ, d) = max over γ of ‖∇f(θ + γd) - ∇f(θ)‖ / ‖γd‖,                                     (eq. local-smoothness)

a lower bound for the gradient's Lipschitz constant on the segment. A function is **(L0, L1)-smooth** if

    ‖∇²f(θ)‖ <= L0 + L1 ‖∇f(θ)‖   for all θ:                                                   (eq. l0l1)

its curvature may grow with its slope. With L1 = 0 this is the usual L-smoothness. All functions here take the loss or
its gradient as a function of Params, and treat these as one vector; `on_batch` makes both.
"""

from collections.abc import Callable, Sequence

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, map_params, norm, scaled
from minirnn.gradients.backpropagation import bptt
from minirnn.gradients.objective import Objective

Gradient = Callable[[Params], Params]
FRACTIONS = (0.2, 0.4, 0.6, 0.8, 1.0)


@checked
def on_batch(
    cell: Cell, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[Callable[[Params], float], Gradient]:
    """The loss of one fixed batch X (T, B, m) and its gradient, as functions of the parameters alone."""

    def value(params: Params) -> float:
        return bptt(cell, params, X, loss, h0)[0]

    def gradient(params: Params) -> Params:
        return bptt(cell, params, X, loss, h0)[1]

    return value, gradient


@checked
def moved(params: Params, direction: Params, step: float) -> Params:
    """θ + step·d.

    >>> moved({"b": np.array([1.0])}, {"b": np.array([2.0])}, 0.5)
    {'b': array([2.])}
    """
    step = checks.number("step", step)
    return map_params(lambda w, d: w + step * d, params, direction)


@checked
def local_lipschitz(
    gradient: Gradient, params: Params, direction: Params, fractions: Sequence[float] = FRACTIONS
) -> float:
    """L̂(θ, d) of (eq. local-smoothness) over γ in `fractions`; for training, d is the update θ_{k+1} - θ_k.

    For f = ½‖θ‖² it is 1 everywhere:

    >>> local_lipschitz(lambda p: p, {"b": np.array([1.0, 2.0])}, {"b": np.array([0.0, 4.0])}, [0.5])
    1.0

    Raises ValueError if the direction is 0 or no fraction is given; TypeError or ValueError unless the direction has
    the keys and shapes of `params`.
    """
    checks.float_arrays("direction", direction, like=checks.float_arrays("params", params))
    length, here = norm(direction), gradient(params)
    if not length > 0 or not len(fractions) or not all(fractions):
        raise ValueError(f"direction must not be 0, fractions neither empty nor 0, got norm {length}, {fractions}")
    sizes = [abs(checks.number("fractions", fraction)) for fraction in fractions]
    change = [norm(moved(gradient(moved(params, direction, c)), here, -1.0)) for c in fractions]
    return float(np.max(np.divide(change, sizes))) / length  # NumPy's max passes nan on, Python's may not


@checked
def fit_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Slope, intercept and correlation of the least-squares line through (x, y); on logarithms, a power law.

    >>> fit_line(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))
    (2.0, 1.0, 1.0)

    Raises ValueError unless x and y (N,) hold at least two different x.
    """
    checks.float_array("y", y, checks.float_array("x", x, ("N",)).shape)
    if np.ptp(x) == 0:
        raise ValueError("x must hold at least two different values")
    (dx, k), (dy, k_y) = scaled(x - x.mean()), scaled(y - y.mean())
    slope = float(np.ldexp(dx @ dy / (dx @ dx), (k_y - k)[0]))
    correlation = float(dx @ dy / np.sqrt((dx @ dx) * (dy @ dy))) if np.ptp(y) else 0.0
    return slope, float(y.mean() - slope * x.mean()), correlation
