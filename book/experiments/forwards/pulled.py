"""Three known systems under generalized forcing towards an orbit of their own: do orbits meet, do products shrink?

The forced orbit starts 0.001 beside the data. Its distance from them and the norm of the product of the forced
Jacobians along the data both change by λ₁ + ln(1 - α) nats a step, on average.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from minirnn.dynamics import System, forced, orbit
from minirnn.dynamics.maps import henon, logistic, lorenz
from minirnn.learning.forcing import bounding

APART = 1e-3


class Known(NamedTuple):
    """A system, a start, how many steps are shown, and its largest exponent, from long runs."""

    system: System
    start: tuple[float, ...]
    steps: int
    exponent: float


SYSTEMS = {
    "logistic": Known(logistic(4.0), (0.3,), 200, float(np.log(2))),
    "Hénon": Known(henon(), (0.1, 0.1), 200, 0.4192),
    "Lorenz": Known(lorenz(), (1.0, 1.0, 20.0), 3000, 0.0090565),
}


@cache
def data(name: str, steps: int | None = None) -> np.ndarray:
    """Its states (steps + 1, 1, n) after 1000 steps."""
    known = SYSTEMS[name]
    steps = known.steps if steps is None else steps
    return orbit(known.system, np.array([known.start]), steps + 1001, 1000)


@cache
def jacobians(name: str, steps: int | None = None) -> np.ndarray:
    """Those along the data, (steps, n, n)."""
    system, H = SYSTEMS[name].system, data(name, steps)[:, 0]
    (product,) = system.products(0, np.stack([H[:-1], H[1:]]))  # all states as the rows of one step
    return product(np.broadcast_to(np.eye(system.n), (len(H) - 1, system.n, system.n)))


def forced_orbit(name: str, alpha: float) -> np.ndarray:
    """The states (steps + 1, n) of the forced orbit, the start included."""
    H = data(name)
    pulled = orbit(forced(SYSTEMS[name].system, H, alpha), H[0] + APART, len(H) - 1)
    return np.concatenate([H[:1] + APART, pulled])[:, 0]


@cache
def free_products(name: str) -> np.ndarray:
    """ln of the norms of the products of the first 1 … steps Jacobians along the data."""
    P, logs, shift = np.eye(SYSTEMS[name].system.n), [], 0.0
    for J in jacobians(name):
        P = J @ P
        size = np.linalg.norm(P, 2)
        P, shift = P / size, shift + np.log(size)
        logs.append(shift)
    return np.array(logs)


def products(name: str, alpha: float) -> np.ndarray:
    """The same of the forced Jacobians, for α < 1."""
    logs = free_products(name)
    return logs + np.arange(1, len(logs) + 1) * np.log(1 - alpha)


def strengths(name: str, steps: int = 5000) -> dict[str, float]:
    """α* = 1 - e^{-λ₁}, and those of the geometric mean and of the maximum of the norms along the data."""
    J = jacobians(name, steps)
    return {
        "threshold": float(-np.expm1(-SYSTEMS[name].exponent)),
        "geometric": bounding(J, "geometric"),
        "max": bounding(J),
        "arithmetic": max(0.0, 1 - 1 / float(np.linalg.norm(J.mean(0), 2))),
    }


def strengths_of_data(name: str, every: int, steps: int = 10_000) -> dict[str, float]:
    """The same for data that are each `every`-th state, each variable over its deviation: norms depend on both."""
    J, deviations = jacobians(name, steps), data(name, steps)[:-1, 0].std(0)
    chained = np.array([np.eye(SYSTEMS[name].system.n)] * (steps // every))
    for shift in range(every):
        chained = J[shift::every][: len(chained)] @ chained
    scaled = chained * deviations / deviations[:, None]
    return {
        "threshold": float(-np.expm1(-every * SYSTEMS[name].exponent)),
        "geometric": bounding(scaled, "geometric"),
        "max": bounding(scaled),
    }
