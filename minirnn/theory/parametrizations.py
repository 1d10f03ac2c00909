"""Parametrisations: named maps from free parameters to a recurrence's rate, multiplier or complex eigenvalue.

    RATES         f(w) < 0 for dh/dt = f h + x                 direct, exp, softplus, best
    MULTIPLIERS   λ(w) < 1 for h_t = λ h_{t-1} + x_t           direct, exp, softplus, best
    EIGENVALUES   λ(w₁, w₂), complex, for the same             raw, polar, exponential, optimal

A map does not change the networks that can be reached, only the steps of training: with λ = f(w) a gradient is
multiplied by f'(w), and a Hessian at an optimum by f'(w)². With "direct", "raw" and "polar" a step can leave the stable
region. With the others it cannot, except that the multiplier "best" is -1, on the circle, at w = 0. "best" is from
wang2024, "exponential" from orvieto2023, "optimal" from zucchet2024, where the angle depends on the magnitude. Each map
has a derivative and an inverse, and works entry by entry on arrays of any shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.core.activations import sigmoid, sigmoid_slope, tanh_slope
from minirnn.core.params import overflow_allowed

_A, _B = 1.0, 0.5  # of the "best" maps, as wang2024 choose them

Entries = Callable[[Any], Any]


@dataclass(frozen=True)
class RealMap:
    """One real parameter -> one real number in `image`, an interval that holds its lower end if `closed`.

    >>> RATES["best"](np.array([0.0, 1.0])).round(3)
    array([-2.   , -0.667])
    >>> RATES["best"].inverse(-3.0)
    Traceback (most recent call last):
    ValueError: best reaches -2 <= value < 0, got -3.0

    All three raise TypeError for complex numbers, `inverse` ValueError for a value outside the image.
    """

    name: str
    f: Entries
    slope: Entries
    back: Entries
    image: tuple[float, float]
    closed: bool = False

    def __call__(self, w: Any) -> Any:
        """f(w)."""
        with overflow_allowed():
            return self.f(_real("w", w))

    def derivative(self, w: Any) -> Any:
        """f'(w)."""
        with overflow_allowed():
            return self.slope(_real("w", w))

    def inverse(self, value: Any) -> Any:
        """w with f(w) = value; if there are two, the one >= 0."""
        value, (low, high) = _real("value", value), self.image
        inside = (value > low) | (self.closed & (value == low))
        if not np.all(inside & (value < high)):
            sign = "<=" if self.closed else "<"
            raise ValueError(f"{self.name} reaches {low:g} {sign} value < {high:g}, got {value}")
        return self.back(value)


def _best(w: Any) -> Any:
    return 1 / (_A * w**2 + _B)


def _best_slope(w: Any) -> Any:
    return 2 * _A * w * _best(w) * _best(w)  # the square of the smallest would be 0


def _best_inverse(size: Any) -> Any:
    """w >= 0 with 1/(aw² + b) = size; a rounding error below 0 is 0."""
    return np.sqrt(np.maximum(1 - _B * size, 0)) / np.sqrt(_A * size)


def _named(*maps: RealMap) -> dict[str, RealMap]:
    return {one.name: one for one in maps}


RATES = _named(
    RealMap("direct", lambda w: 1.0 * w, lambda w: np.ones_like(1.0 * w), lambda f: 1.0 * f, (-np.inf, np.inf)),
    RealMap("exp", lambda w: -np.exp(w), lambda w: -np.exp(w), lambda f: np.log(-f), (-np.inf, 0)),
    RealMap(
        "softplus",
        lambda w: -np.logaddexp(0, w),
        lambda w: -sigmoid(w),
        lambda f: np.log(-np.expm1(f)) - f,  # log(e^{-f} - 1), which does not overflow
        (-np.inf, 0),
    ),
    RealMap("best", lambda w: -_best(w), _best_slope, lambda f: _best_inverse(-f), (-1 / _B, 0), closed=True),
)

MULTIPLIERS = _named(
    RATES["direct"],
    RealMap(
        "exp",
        lambda w: np.exp(-np.exp(w)),
        lambda w: -np.exp(w - np.exp(w)),
        lambda lam: np.log(-np.log(lam)),
        (0, 1),
    ),
    RealMap(  # exp(-softplus(w)), which is the sigmoid of -w: a gate that keeps
        "softplus",
        lambda w: sigmoid(-w),
        lambda w: -sigmoid_slope(w),
        lambda lam: np.log1p(-lam) - np.log(lam),
        (0, 1),
    ),
    RealMap(
        "best",
        lambda w: 1 - _best(w),
        _best_slope,
        lambda lam: _best_inverse(1 - lam),
        (1 - 1 / _B, 1),
        closed=True,
    ),
)


@dataclass(frozen=True)
class ComplexMap:
    """Two real parameters w₁, w₂ -> a complex eigenvalue λ whose magnitude is within `reaches`.

    >>> complex(EIGENVALUES["raw"](0.5, -0.1))
    (0.5-0.1j)
    >>> EIGENVALUES["exponential"].inverse(1.0 + 0j)
    Traceback (most recent call last):
    ValueError: exponential reaches 0 < |λ| < 1, got |λ| = 1.0

    `__call__` and `derivatives` raise TypeError for complex parameters, `inverse` ValueError for a λ out of reach.
    """

    name: str
    parameters: tuple[str, str]
    f: Callable[[Any, Any], Any]
    slopes: Callable[[Any, Any], tuple[Any, Any]]
    back: Entries
    reaches: tuple[float, float] = (-np.inf, np.inf)  # magnitudes, both ends excluded

    def __call__(self, w1: Any, w2: Any) -> Any:
        """λ, of the shape to which w1 and w2 broadcast."""
        with overflow_allowed():
            return self.f(*checks.alike(_real("w1", w1), _real("w2", w2)))

    def derivatives(self, w1: Any, w2: Any) -> tuple[Any, Any]:
        """∂λ/∂w₁ and ∂λ/∂w₂. For "optimal" both are nan at w₁ = 0: like the angle w₂/w₁, they have no limit there."""
        with overflow_allowed():
            return self.slopes(*checks.alike(_real("w1", w1), _real("w2", w2)))

    def inverse(self, lam: Any) -> tuple[Any, Any]:
        """(w₁, w₂) of λ: angles from -π to π, but above 0 and at most 2π for "exponential"."""
        lam = np.asarray(lam) + 0j
        low, high = self.reaches
        size = np.abs(lam)
        if not np.all((size > low) & (size < high)):
            raise ValueError(f"{self.name} reaches {low:g} < |λ| < {high:g}, got |λ| = {size}")
        return self.back(lam)


def _polar(nu: Any, theta: Any) -> Any:
    return nu * np.exp(1j * theta)


def _positive_angle(lam: Any) -> Any:
    angle = np.angle(lam)
    return np.where(angle > 0, angle, angle + 2 * np.pi)


def angle_scale(nu: Any) -> Any:
    """g(ν) = (1 - ν²)/(ν√(1 + ν²)): an angle g(ν) w₂ makes the entry of the normalised Hessian in w₂ equal to 1."""
    return (1 - nu) * (1 + nu) / (nu * np.sqrt(1 + nu**2))


def _exponential_slopes(w1: Any, w2: Any) -> tuple[Any, Any]:
    angle = 1j * np.exp(w2)
    return -np.exp(w1 - np.exp(w1) + angle), angle * np.exp(-np.exp(w1) + angle)  # e^{w₁} alone may be inf, λ 0


def _scale_and_slope(w1: Any) -> tuple[Any, Any, Any]:
    """ν = tanh w₁, g(ν), and 1 - ν², which is exact also where ν is 1."""
    nu, slope = np.tanh(w1), tanh_slope(w1)
    return nu, slope / (nu * np.sqrt(1 + nu**2)), slope


def _optimal(w1: Any, w2: Any) -> Any:
    nu, g, _ = _scale_and_slope(np.where(w1 == 0, 1.0, w1))
    return np.where(w1 == 0, 0.0, _polar(nu, g * w2))[()]  # where ν = 0 the angle has no limit, and λ is 0


def _optimal_slopes(w1: Any, w2: Any) -> tuple[Any, Any]:
    (nu, g, slope), lam = _scale_and_slope(np.where(w1 == 0, np.nan, w1)), _optimal(w1, w2)
    bend = -g * (2 * nu + slope / nu + slope * nu / (1 + nu**2))  # (1 - ν²) g'(ν)
    return lam * (slope / nu + 1j * bend * w2), 1j * lam * g


def _optimal_inverse(lam: Any) -> tuple[Any, Any]:
    nu = np.abs(lam)
    return np.arctanh(nu), np.angle(lam) / angle_scale(nu)


EIGENVALUES = {
    "raw": ComplexMap(
        "raw",
        ("Re λ", "Im λ"),
        lambda re, im: re + 1j * im,
        lambda re, im: (np.ones_like(re + im) + 0j, 1j * np.ones_like(re + im)),
        lambda lam: (lam.real, lam.imag),
    ),
    "polar": ComplexMap(
        "polar",
        ("ν", "θ"),
        _polar,
        lambda nu, theta: (_polar(np.ones_like(nu), theta), 1j * _polar(nu, theta)),
        lambda lam: (np.abs(lam), np.angle(lam)),
    ),
    "exponential": ComplexMap(
        "exponential",
        ("ν_log", "θ_log"),
        lambda w1, w2: np.exp(-np.exp(w1) + 1j * np.exp(w2)),
        _exponential_slopes,
        lambda lam: (np.log(-np.log(np.abs(lam))), np.log(_positive_angle(lam))),
        (0, 1),
    ),
    "optimal": ComplexMap("optimal", ("w_ν", "w_θ"), _optimal, _optimal_slopes, _optimal_inverse, (0, 1)),
}


def _real(name: str, value: Any) -> Any:
    if np.iscomplexobj(value):
        raise TypeError(f"{name} must be real, got complex numbers")
    return np.asarray(value, float)[()] if not isinstance(value, np.ndarray) else value
