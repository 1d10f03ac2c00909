"""One exponential learns a delay: a model of two parameters with a proof of its plateau.

The kernel c e^{-wt}, t >= 0, is fitted to a bump of area 1 at t = D, so narrow that only its place matters:

    L(c, w) = ½∫(c e^{-wt} - bump)² dt - ½∫bump² dt = c²/(4w) - c e^{-wD}                      (eq. delay)

Gradient flow, dc/dt = -∂L/∂c and dw/dt = -∂L/∂w, finds in the end w = 1/(2D), where L = -1/(2eD). From c = 0 and
w_0 it needs at least `time_bound` to bring w down to w_1: exponentially long in w_0·D. The phenomenon is from li2021;
the model and its proof are the book's.

>>> bool(np.isclose(loss(np.exp(-0.5) / 10, 0.05, 10.0), -1 / (20 * np.e)))
True
"""

from typing import NamedTuple, TypeVar

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.optional import extra

_Real = TypeVar("_Real", float, np.ndarray)


def loss(c: _Real, w: _Real, D: float) -> _Real:
    """(eq. delay), for w > 0; of arrays, entry by entry."""
    c, w, D = checks.alike(c, w, D)
    return c**2 / (4 * w) - c * np.exp(-w * D)


def loss_gradient(c: _Real, w: _Real, D: float) -> tuple[_Real, _Real]:
    """∂L/∂c and ∂L/∂w; of arrays, entry by entry."""
    c, w, D = checks.alike(c, w, D)
    reach = np.exp(-w * D)
    return c / (2 * w) - reach, -(c**2) / (4 * w**2) + c * D * reach


@checked
def time_bound(w0: float, w1: float, D: float) -> float:
    """(e^{2 w_0 D} - e^{2 w_1 D}) / (8 w_0 D²): gradient flow from c = 0 needs at least this from w_0 to w_1 < w_0.

    >>> f"{time_bound(1.0, 0.5, 10.0):.3g}"
    '6.06e+05'
    """
    w0 = checks.number("w0", w0, 0.0, open_low=True)
    w1 = checks.number("w1", w1, 0.0, w0, open_low=True)
    D = checks.number("D", D, 0.0, open_low=True)
    with np.errstate(over="ignore", divide="ignore"):  # ∞ where it is beyond floats, not ∞ - ∞; log 0 for w_1 = w_0
        return float(np.exp(2 * w0 * D + np.log(-np.expm1(2 * (w1 - w0) * D)) - np.log(8 * w0) - 2 * np.log(D)))


class Flow(NamedTuple):
    """Times, and c and w at them."""

    t: np.ndarray
    c: np.ndarray
    w: np.ndarray


@checked
def flow(w0: float, D: float, until: float = 1.0, c0: float = 0.0) -> Flow:
    """Gradient flow from (c0, w0), until w is `until` times 1/(2D); needs SciPy (LSODA, relative tolerance 1e-8).

    At until = 1 the exact flow never arrives, and rounding decides where it stops. Beyond w_0·D ≈ 16 the downhill slope
    is smaller than the rounding errors of its two terms.
    """
    with extra("theory"):
        from scipy.integrate import solve_ivp

    w0 = checks.number("w0", w0, 0.0, open_low=True)
    D = checks.number("D", D, 0.0, open_low=True)
    until, c0 = checks.number("until", until, 0.0, open_low=True), checks.number("c0", c0)

    def arrived(t: float, y: np.ndarray) -> float:
        return y[1] - until / (2 * D)

    arrived.terminal = True  # type: ignore[attr-defined]
    solution = solve_ivp(
        lambda t, y: -np.array(loss_gradient(y[0], y[1], D)),
        (0, 1e16),
        [c0, w0],
        method="LSODA",
        rtol=1e-8,
        atol=1e-14,
        events=arrived,
    )
    return Flow(solution.t, *solution.y)
