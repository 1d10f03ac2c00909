"""Cost, slope and curvature over one parameter in four regimes, beside the bounds of the theorem (thm. smooth).

Linear systems from z = 1, with θ around 0.5: contracting, z' = 0.9 e^{iθ} z + 1; rotating, z' = e^{iθ} z; expanding,
z' = 1.1 z + θ. (1.1 e^{iθ} z would be outside of the theorem: its derivative in θ grows with z.) Chaotic is the
logistic map, r around 3.78. V = (1/N) Σ |z_t - y_t|², where y comes from the parameter at +0.025.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from minirnn.dynamics.lipschitz import rate
from minirnn.dynamics.maps import logistic_sensitivities

LONGEST, GRID = 100, 241
REGIMES = {"contracting": 0.9, "rotating": 1.0, "expanding": 1.1, "chaotic": 3.78}
STEEPEST = 3.83  # the largest |r (1 - 2x)| for x in [0, 1] and r up to 3.83


class Sensitivities(NamedTuple):
    """States, and their first and second derivatives in the parameter, each (LONGEST + 1, GRID)."""

    x: np.ndarray
    d: np.ndarray
    c: np.ndarray


def turned(L: float, push: float, offsets: np.ndarray) -> Sensitivities:
    """z' = L e^{iθ} z + push from z = 1, with θ = 0.5 + offsets."""
    turn = L * np.exp(1j * (0.5 + offsets))
    x, d, c = np.zeros((3, LONGEST + 1, len(offsets)), complex)
    x[0] = 1
    for t in range(LONGEST):
        x[t + 1] = turn * x[t] + push
        d[t + 1] = turn * (d[t] + 1j * x[t])
        c[t + 1] = turn * (c[t] + 2j * d[t] - x[t])
    return Sensitivities(x, d, c)


def pushed(L: float, offsets: np.ndarray) -> Sensitivities:
    """z' = L z + θ from z = 1, with θ = 0.5 + offsets."""
    x, d, c = np.zeros((3, LONGEST + 1, len(offsets)))
    x[0] = 1
    for t in range(LONGEST):
        x[t + 1] = L * x[t] + 0.5 + offsets
        d[t + 1] = L * d[t] + 1
    return Sensitivities(x, d, c)


class Costs(NamedTuple):
    """The parameter's offsets (GRID,), and V, V′, V″ (LONGEST, GRID) for N = 1 … LONGEST."""

    offsets: np.ndarray
    V: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray


@cache
def costs(regime: str) -> Costs:
    """V and its derivatives in a regime; residuals are below 1 in the chaotic one."""
    offsets = np.linspace(-0.05, 0.05, GRID)
    if regime == "chaotic":
        x, d, c = logistic_sensitivities(REGIMES[regime] + offsets, 0.3, LONGEST)
    elif regime == "expanding":
        x, d, c = pushed(REGIMES[regime], offsets)
    else:
        x, d, c = turned(REGIMES[regime], float(regime == "contracting"), offsets)
    residual, count = x - x[:, GRID // 2 + 60][:, None], np.arange(1, LONGEST + 1)[:, None]
    V = np.abs(residual) ** 2
    slope = 2 * (residual.conj() * d).real
    curvature = 2 * (np.abs(d) ** 2 + (residual.conj() * c).real)
    return Costs(offsets, *(np.cumsum(part[1:], axis=0) / count for part in (V, slope, curvature)))


@cache
def constants(regime: str) -> tuple[np.ndarray, np.ndarray]:
    """max |V′| and max |V″| on the interval for N = 1 … LONGEST: there, the Lipschitz constants of V and V′."""
    made = costs(regime)
    return np.abs(made.slope).max(1), np.abs(made.curvature).max(1)


def bound_lines(regime: str) -> tuple[np.ndarray, np.ndarray]:
    """The bounds' growth over N = 1 … LONGEST, for V and V′, up to a constant each."""
    N, (a, b) = np.arange(1, LONGEST + 1.0), bound_rates(regime)
    return (N**a, N**b) if regime == "rotating" else (np.exp(a * N), np.exp(b * N))


def bound_rates(regime: str) -> tuple[float, float]:
    """The growth that the bounds with separate L_x and L_θ allow, in nats a step; for the rotation, powers of N.

    Residuals are bounded but for the expanding one.
    """
    grows = np.log(REGIMES["expanding"])
    return {
        "contracting": (0.0, 0.0),
        "rotating": (1.0, 3.0),
        "expanding": (2 * grows, 3 * grows),
        "chaotic": (np.log(STEEPEST), 2 * np.log(STEEPEST)),
    }[regime]


def rates(regime: str) -> tuple[float, float]:
    """Measured growth of both constants from N = 40 to 100, in the same units."""
    N = np.arange(40, LONGEST + 1)
    first, second = (rate(np.log(N) if regime == "rotating" else N, m[39:]) for m in constants(regime))
    return first, second
