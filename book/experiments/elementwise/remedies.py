"""The exact effect of normalisation and reparametrisation on one unit's loss; all remedies but "polar" use γ.

A remedy scales the unit's input, and makes λ of two parameters, w₁ for the magnitude and w₂ for the angle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS, ComplexMap
from minirnn.theory.population import Scale, metric, normalized, unit_loss, unscaled, variance

POLAR, OPTIMAL, MAGNITUDE = EIGENVALUES["polar"], EIGENVALUES["optimal"], MULTIPLIERS["exp"]
REACH = np.linspace(-0.5, 0.5, 101)
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Remedy:
    """`coordinates` do not bring angles to (-π, π], for the map of a whole disc; `slopes` take θ from there."""

    scale: Scale
    lam: Callable[[Any, Any], Any]  # (w₁, w₂) -> λ
    coordinates: Callable[[Any, Any], Pair]  # (ν, θ) -> (w₁, w₂)
    slopes: Callable[[Any, Any], Pair]  # (ν, θ) -> ∂λ/∂w₁, ∂λ/∂w₂


def slopes_of(one: ComplexMap) -> Callable[[Any, Any], Pair]:
    """∂λ/∂w₁ and ∂λ/∂w₂ of a map at νe^{iθ}."""
    return lambda nu, theta: one.derivatives(*one.inverse(nu * np.exp(1j * theta)))


def themselves(nu: Any, theta: Any) -> Pair:
    return nu, theta


def exponential_slopes(nu: Any, theta: Any) -> Pair:
    phase = np.exp(1j * theta)
    return MAGNITUDE.derivative(MAGNITUDE.inverse(nu)) * phase, 1j * nu * phase


def optimal_coordinates(nu: Any, theta: Any) -> Pair:
    w1, per_radian = OPTIMAL.inverse(nu * np.exp(1j))
    return w1, per_radian * theta


REMEDIES = {
    "polar": Remedy(unscaled, POLAR, themselves, slopes_of(POLAR)),
    "normalised": Remedy(normalized, POLAR, themselves, slopes_of(POLAR)),
    "exponential": Remedy(  # in the magnitude; the second parameter is the angle itself
        normalized,
        lambda w1, w2: MAGNITUDE(w1) * np.exp(1j * w2),
        lambda nu, theta: (MAGNITUDE.inverse(nu), theta),
        exponential_slopes,
    ),
    "optimal": Remedy(normalized, OPTIMAL, optimal_coordinates, slopes_of(OPTIMAL)),
}


def entries(name: str, nu: Any, theta: float, rho: float = 0.0) -> Pair:
    """The Hessian's diagonal at a perfect fit with λ = νe^{iθ}: its entries in magnitude and angle.

    >>> [round(float(entry), 4) for entry in entries("optimal", np.array(0.98), 0.0)]
    [1.0, 1.0]
    """
    one = REMEDIES[name]
    H = metric(nu * np.exp(1j * theta), one.slopes(nu, theta), rho, one.scale)
    return H[0, 0], H[1, 1]


@cache
def cuts(tau: int, name: str, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """The loss against a teacher with the memory τ and angle 0, relative to that of the output 0, as w₁ and as w₂ leave
    the teacher's by REACH; nan outside the disc."""
    one, target = REMEDIES[name], 1 - 1 / tau
    w1, w2 = one.coordinates(np.array(target), 0.0)
    power = 0.5 * one.scale(target)[0] ** 2 * variance(target, rho)

    def cut(step1: np.ndarray, step2: np.ndarray) -> np.ndarray:
        lam = one.lam(w1 + step1, w2 + step2)
        inside = np.abs(lam) < 1
        L = unit_loss(np.where(inside, lam, 0.0), target, rho, one.scale)[0]
        return np.where(inside, L / power, np.nan)

    return cut(REACH, 0 * REACH), cut(0 * REACH, REACH)


def width(loss: np.ndarray, level: float = 0.1) -> float:
    """The distance from the minimum, on the narrower side, at which the loss passes the level."""
    above = ~(loss <= level)  # nan, outside the disc, is above
    return float(np.abs(REACH[above]).min()) if above.any() else float("inf")


def step_region(name: str, nu: float, theta: float, size: float = 0.1) -> np.ndarray:
    """The image in the λ-plane of a circle of radius `size` around the parameters of νe^{iθ}; nan far outside."""
    one, turn = REMEDIES[name], np.linspace(0, 2 * np.pi, 61)
    w1, w2 = one.coordinates(np.array(nu), theta)
    lam = one.lam(w1 + size * np.cos(turn), w2 + size * np.sin(turn))
    return np.where(np.abs(lam) < 1.25, lam, np.nan)
