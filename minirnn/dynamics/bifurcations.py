"""Fixed points, their stability, and the folds at which they appear and vanish.

A point x* = f(x*) of a map attracts its neighbours if every eigenvalue of f'(x*) is below 1 in size, and repels some
of them if one is above 1. As a parameter moves, a stable and an unstable fixed point can meet and vanish. In one
dimension this *fold* is where f(x*) = x* and f'(x*) = 1. For x <- wσ(x) + b with the logistic σ (pascanu2013):

    x = ±ln((1 + r)/(1 - r)),   r = sqrt(1 - 4/w),   b = x - wσ(x),   w > 4                    (eq. folds)

A *basin boundary* is something else: the unstable fixed point itself. Orbits that start on its two sides move apart.
All maps here are scalar, and take arrays entry by entry.
"""

from collections.abc import Callable

import numpy as np

from minirnn.core import checks
from minirnn.core.activations import sigmoid
from minirnn.core.arguments import checked

Scalar = Callable[[np.ndarray], np.ndarray]


@checked
def roots(g: Scalar, low: float, high: float, intervals: int = 2000) -> np.ndarray:
    """The zeros of g where it changes sign between neighbours of a grid on [low, high], by bisection, ascending.

    Two zeros within one interval, or one where g only touches 0, are not found.

    >>> roots(lambda x: x**2 - 2, -3.0, 3.0).round(6)
    array([-1.414214,  1.414214])

    Raises ValueError unless low < high and intervals >= 1.
    """
    low = checks.number("low", low)
    high = checks.number("high", high, low, open_low=True)
    grid = np.linspace(low, high, checks.integer("intervals", intervals, 1) + 1)
    values = g(grid)
    positive = values > 0
    at = np.flatnonzero((positive[1:] != positive[:-1]) & ~np.isnan(values[1:] + values[:-1]))
    left, right, rising = grid[at], grid[at + 1], positive[at + 1]
    for _ in range(60):  # each halves the interval; 2^-60 of it is below rounding
        middle = (left + right) / 2
        beyond = (g(middle) > 0) == rising
        left, right = np.where(beyond, left, middle), np.where(beyond, middle, right)
    return (left + right) / 2


@checked
def fixed_points(
    f: Scalar, slope: Scalar, low: float, high: float, intervals: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """Fixed points x* (P,) of a scalar map on [low, high], and its slopes f'(x*): stable where |f'| < 1.

    >>> x, multiplier = fixed_points(lambda x: 2 * np.tanh(x), lambda x: 2 / np.cosh(x) ** 2, -3.0, 3.01)
    >>> x.round(5), multiplier.round(5)
    (array([-1.91501,  0.     ,  1.91501]), array([0.16637, 2.     , 0.16637]))

    Raises as `roots`.
    """
    x = roots(lambda x: f(x) - x, low, high, intervals)
    return x, slope(x)


@checked
def folds(
    f: Scalar, slope: Scalar, low: float, high: float, intervals: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """The folds of x <- f(x) + b over b: the points x with f'(x) = 1 on [low, high], and b = x - f(x) there.

    Raises as `roots`.
    """
    x = roots(lambda x: slope(x) - 1, low, high, intervals)
    return x, x - f(x)


@checked
def sigmoid_folds(w: float) -> tuple[np.ndarray, np.ndarray]:
    """The two folds (x, b) of x <- wσ(x) + b in closed form (eq. folds), x ascending; none for w <= 4.

    >>> x, b = sigmoid_folds(5.0)
    >>> x.round(6), b.round(6)
    (array([-0.962424,  0.962424]), array([-2.34439, -2.65561]))
    """
    w = checks.number("w", w)
    if w <= 4:
        return np.empty(0), np.empty(0)
    r = np.sqrt((w - 4) / w)
    x = (2 * np.log1p(r) + np.log(w / 4)) * np.array([-1.0, 1.0])  # 1 - r would be 1 - 1; (1 - r)(1 + r) is 4/w
    return x, x - w * sigmoid(x)


@checked
def orbit_diagram(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray], parameters: np.ndarray, x0: float, burn_in: int, keep: int
) -> np.ndarray:
    """The last `keep` states (keep, P) of the orbit from x0 under x <- f(x, p), for each of `parameters` (P,).

    >>> orbit_diagram(lambda x, p: p * x * (1 - x), np.array([2.0, 3.2]), 0.3, burn_in=500, keep=2).round(4)
    array([[0.5   , 0.513 ],
           [0.5   , 0.7995]])

    Raises ValueError if burn_in < 0 or keep < 1.
    """
    checks.float_array("parameters", parameters, ("P",))
    x = np.full(parameters.shape, checks.number("x0", x0), parameters.dtype)
    orbit = np.empty((checks.integer("keep", keep, 1), len(parameters)), parameters.dtype)
    for t in range(checks.integer("burn_in", burn_in, 0) + keep):
        x = f(x, parameters)
        if t >= burn_in:
            orbit[t - burn_in] = x
    return orbit
