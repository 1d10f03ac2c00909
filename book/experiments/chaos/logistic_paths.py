"""One path of the logistic map, and the slopes along it: dx_t/dx_0 = Π a_i with a_i = r (1 - 2x_i)."""

from functools import cache

import numpy as np

START, STEPS = 0.3, 40


def path(r: float, steps: int = STEPS) -> tuple[np.ndarray, np.ndarray]:
    """x_t for t = 0 … steps, and the slopes a_t of the map at x_0 … x_{steps-1}.

    >>> x, slopes = path(2.0, 2)
    >>> x.round(4).tolist(), slopes.round(2).tolist()
    ([0.3, 0.42, 0.4872], [0.8, 0.32])
    """
    x = [START]
    for _ in range(steps):
        x.append(r * x[-1] * (1 - x[-1]))
    return np.array(x), r * (1 - 2 * np.array(x[:-1]))


@cache
def exponent(r: float) -> float:
    """λ of the path over 20 000 steps after the first 1000, in nats a step."""
    return float(np.log(np.abs(path(r, 21_000)[1][1000:])).mean())
