"""How smooth is a cost? Lipschitz constants of V and of its gradient over a region: measured, and bounded.

V is L_V-Lipschitz on a region if |V(θ) - V(φ)| <= L_V ‖θ - φ‖ there, and its gradient L_∇V-Lipschitz if
‖∇V(θ) - ∇V(φ)‖ <= L_∇V ‖θ - φ‖. On a convex region L_V is the largest ‖∇V‖. A measurement on samples bounds the
constant from below, a theorem (ribeiro2020) from above.

>>> quadratic = lambda p: (float((p["w"] ** 2).sum()), {"w": 2 * p["w"]})
>>> found = measured_constants(quadratic, {"w": np.zeros(3)}, radius=1.0, rng=np.random.default_rng(0))
>>> bool(1.9 < found.cost <= 2.0), round(found.gradient, 6)
(True, 2.0)
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, flatten, norm, overflow_allowed, unflatten


class Constants(NamedTuple):
    """Lipschitz constants of a cost and of its gradient."""

    cost: float
    gradient: float


@checked
def in_ball(rng: np.random.Generator, size: int, radius: float) -> np.ndarray:
    """A point (size,) uniform on a ball around 0. Raises ValueError unless size >= 1 and radius >= 0."""
    checks.integer("size", size, 1)
    radius = checks.number("radius", radius, 0.0)
    point = rng.standard_normal(size)
    return radius * rng.random() ** (1 / size) / np.linalg.norm(point) * point


@checked
def measured_constants(
    value_and_gradient: Callable[[Params], tuple[float, Params]],
    params: Params,
    radius: float,
    rng: np.random.Generator,
    points: int = 50,
    distances: Sequence[float] = (1e-1, 1e-3, 1e-5),
) -> Constants:
    """The largest ‖∇V‖, and the largest ‖∇V(θ) - ∇V(φ)‖ / ‖θ - φ‖, seen in a ball of this radius around `params`.

    θ are `points` uniform points, φ lies in a random direction from θ at `distances` times the radius. Both are lower
    bounds of the constants on the ball of radius·(1 + max(distances)), and grow with the number of points.
    Raises ValueError unless radius > 0, points >= 1 and 0 < distances <= 1; TypeError without a Generator.
    """
    radius = checks.number("radius", radius, 0.0, open_low=True)
    checks.integer("points", points, 1)
    checks.generator("rng", rng)
    fractions = [checks.number("distances", distance, 0.0, 1.0, open_low=True) for distance in distances]
    centre, slope, curvature = flatten(params), 0.0, 0.0

    def gradient(theta: np.ndarray) -> np.ndarray:
        return flatten(value_and_gradient(unflatten(theta, params))[1])

    with overflow_allowed():
        for _ in range(points):
            theta = centre + in_ball(rng, centre.size, radius).astype(centre.dtype)
            here = gradient(theta)
            slope = float(np.maximum(slope, norm({"g": here})))  # np.maximum passes nan on
            for fraction in fractions:
                move = rng.standard_normal(centre.size)
                move = (fraction * radius / np.linalg.norm(move) * move).astype(centre.dtype)
                change = gradient(theta + move) - here
                curvature = float(np.maximum(curvature, norm({"g": change}) / norm({"move": move})))
    return Constants(slope, curvature)


@checked
def bounds(L: float, N: int, bounded: bool = False) -> Constants:
    """The theorem's bounds without their constants: S(N) + 1 for V, and for ∇V the recursion of the proof.

    S(t) = Σ_{l=1}^t L^{2l}; H_{t+1} = L H_t + S(t) + 1. With `bounded` residuals the factor √(S + 1), by which
    residuals may grow, is absent from both. L is the joint Lipschitz constant of the step in state and parameters.

    >>> bounds(1.0, 100).cost, round(bounds(1.0, 200).gradient / bounds(1.0, 100).gradient, 1)  # 2^2.5 is 5.7
    (101.0, 5.6)
    """
    L = checks.number("L", L, 0.0, open_low=True)
    checks.integer("N", N, 1)
    S = H = 0.0
    with overflow_allowed():
        for _ in range(N):
            S, H = L * L * (S + 1), L * H + S + 1
        grown = 1.0 if bounded else np.sqrt(S + 1)
        return Constants(float(np.sqrt(S + 1) * grown), float(H * grown + S + 1))


@checked
def rate(x: Sequence[float] | np.ndarray, constants: Sequence[float] | np.ndarray) -> float:
    """Slope of ln(constants) over x: for x = N a rate in nats a step, for x = ln N a power of N.

    >>> N = np.arange(1, 9)
    >>> round(rate(N, 2.0**N), 4), round(rate(np.log(N), N**3.0), 4)
    (0.6931, 3.0)

    Raises ValueError unless there are two constants or more, all of them positive.
    """
    x, constants = np.asarray(x, float), np.asarray(constants, float)
    if constants.ndim != 1 or x.shape != constants.shape or len(x) < 2:
        raise ValueError(f"x and constants must be (N,) with N >= 2, got {x.shape} and {constants.shape}")
    if not (constants > 0).all():
        raise ValueError(f"constants must be > 0, since their logarithms are fitted, got {constants.min()}")
    return float(np.polyfit(x, np.log(constants), 1)[0])
