"""Activations and their slopes, exact to rounding in both tails."""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.extend import defvjp, primitive
from autograd.tracer import isbox


def sigmoid(a: Any, out: Any = None) -> Any:
    """1/(1 + e⁻ᵃ), exact to rounding in both tails: 1 - σ(a) is σ(-a), where the difference is 0 from a = 37 on.
    Written to `out` where it is given, which may be a itself.

    >>> float(sigmoid(0.0)), float(sigmoid(-1000.0)), f"{sigmoid(-50.0):.3e}"
    (0.5, 0.0, '1.929e-22')
    """
    return _traced(a) if isbox(a) else _sigmoid(a, out)  # autograd's wrapper costs more than a small e⁻ᵃ


def _sigmoid(a: Any, out: Any = None) -> Any:
    e = np.multiply(a, -1.0, out=out)[...]  # one array for all: that of gates is large, and new memory costs more
    with np.errstate(over="ignore"):  # 1/inf is 0, as it should be
        np.exp(e, out=e)
    e += 1.0
    return _inverse(e)[()]


def sigmoid_in_place(a: np.ndarray) -> None:
    """`sigmoid`, for loops in which overflow is allowed: at a step of few numbers to allow it costs as much as e⁻ᵃ."""
    np.negative(a, out=a)
    np.exp(a, out=a)
    a += 1.0
    _inverse(a)


def _inverse(a: np.ndarray) -> np.ndarray:
    """1/a, in place. NumPy divides with the processor's vector instructions; its reciprocal, which does not, takes
    twice as long."""
    return np.divide(1.0, a, out=a)


_traced = primitive(_sigmoid)


defvjp(_traced, lambda ans, a: lambda g: g * ans * sigmoid(-a))  # autograd's own would meet inf·0


def sigmoids(a: Any) -> tuple[Any, Any]:
    """σ(a) and σ(-a) = e⁻ᵃ σ(a) from one exponential; each is exact to rounding in both tails.

    >>> [f"{value:.3e}" for pair in zip(*sigmoids(np.array([50.0, -1000.0]))) for value in pair]
    ['1.000e+00', '1.929e-22', '0.000e+00', '1.000e+00']
    """
    if not isinstance(a, np.ndarray):  # traced by autograd, which cannot differentiate an assignment
        return sigmoid(a), sigmoid(-a)
    e = np.negative(a)
    with np.errstate(over="ignore", invalid="ignore"):
        np.exp(e, out=e)
        opened = _inverse(e + 1.0)
        whole = e > 2 / np.finfo(e.dtype).eps  # σ(-a) rounds to 1, also where e⁻ᵃ is inf and the product inf·0
        e *= opened
    if whole.any():
        np.copyto(e, 1.0, where=whole)
    return opened, e


def tanh_slope(a: Any) -> Any:
    """tanh'(a) = 1/cosh²(a) = 4e/(1+e)² with e = e^(-2|a|), exact to rounding in both tails: 1 - tanh²(a) is 0 from
    |a| = 19 on, in float32 from 9. An exponential takes a sixth of the time of NumPy's cosh where there is no AVX-512.

    >>> f"{tanh_slope(25.0):.3e}", float(1 - np.tanh(25.0) ** 2)
    ('7.715e-22', 0.0)
    """
    e = np.multiply(-2.0, np.abs(a))[...]
    np.exp(e, out=e)
    square = e + 1.0
    square *= square
    e *= 4.0
    return np.divide(e, square, out=e)[()]


def sigmoid_slope(a: Any) -> Any:
    """σ'(a) = σ(a)σ(-a) = ¼ tanh'(½a), exact to rounding in both tails.

    >>> f"{sigmoid_slope(50.0):.3e}", f"{sigmoid_slope(-50.0):.3e}"
    ('1.929e-22', '1.929e-22')
    """
    return 0.25 * tanh_slope(0.5 * a)


# name: (σ, its derivative as a function of its value h = σ(a)). The derivative of ReLU at 0 is taken as 0. ReLU
# tests a <= 0 and not a > 0: where(a > 0, a, 0) would turn the nan of an explosion into 0, and so hide it.
# A slope computed from a value near 1 carries that value's rounding, about 1e-16. Gated cells know a and call
# `sigmoid_slope` and `tanh_slope`; a dense cell would have to compute its matrix product a second time to know a.
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "tanh": (anp.tanh, lambda h: 1.0 - h * h),
    "sigmoid": (sigmoid, lambda h: h * (1.0 - h)),
    "relu": (lambda a: anp.where(a <= 0, 0.0, a), lambda h: (h > 0).astype(h.dtype)),
    "identity": (lambda a: a, anp.ones_like),
}
# name: σ of plain arrays, IN_PLACE[name](a, out=a), for loops that make no new array at each step.
IN_PLACE: dict[str, Callable] = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda a, out: np.maximum(a, 0.0, out=out),  # nan stays nan here too
    "identity": lambda a, out: a,
}
