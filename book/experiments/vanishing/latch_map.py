"""The latch as a map, a_t = w tanh(a_{t-1}) + u_t: fixed points, the border of Γ, the margin, runs under noise."""

from functools import cache

import numpy as np

from experiments.draws import normal

STEPS, SAMPLES = 100, 1000


def edge(w: float) -> float:
    """artanh f, f = √(1 - 1/w): where the slope of w tanh is 1, the border of Γ; 0 for w <= 1."""
    return float(np.arctanh(np.sqrt(1 - 1 / w))) if w > 1 else 0.0


def margin(w: float) -> float:
    """u* = w f - artanh f: the largest steady push that cannot erase the bit; 0 for w <= 1."""
    return float(w * np.tanh(edge(w)) - edge(w))


def attractor(w: float) -> float:
    """a⁺ = w tanh a⁺ > 0, by iteration from above; 0 for w <= 1."""
    a = w
    for _ in range(2000 if w > 1 else 0):
        a = float(w * np.tanh(a))
    return a if w > 1 else 0.0


def slope(w: float, a: float | np.ndarray) -> np.ndarray:
    """w sech² a: the factor by which one step changes a small difference."""
    return w / np.cosh(a) ** 2


def cobweb(w: float, a: float, steps: int) -> np.ndarray:
    """The corners (2·steps + 1, 2) of the stairs between the map and the diagonal, from (a, a)."""
    corners = [(a, a)]
    for _ in range(steps):
        after = float(w * np.tanh(a))
        corners += [(a, after), (after, after)]
        a = after
    return np.array(corners)


@cache
def noisy_runs(w: float, s: float) -> tuple[np.ndarray, float, float]:
    """States (100 + 1, 1000) from a⁺ under noise N(0, s²); the share still positive at the end, and the mean over the
    samples of ln |∂a_100/∂a_0|."""
    noise = s * normal(STEPS, SAMPLES)
    a = np.empty((STEPS + 1, SAMPLES))
    a[0] = attractor(w)
    for t in range(STEPS):
        a[t + 1] = w * np.tanh(a[t]) + noise[t]
    return a, float((a[-1] > 0).mean()), float(np.log(slope(w, a[:-1])).sum(axis=0).mean())
