"""The sigmoid unit x <- 5σ(x) + b over its bias: where its fixed points are, and where its error is steep.

Between the folds there are two stable fixed points and an unstable one, which is the border of their basins. The
error after T steps is that of `cliff`, from any start x_0.
"""

from functools import cache

import numpy as np

from experiments.exploding.cliff import TARGET, cliff
from minirnn.core.activations import sigmoid
from minirnn.dynamics.bifurcations import sigmoid_folds

WEIGHT, WINDOW = 5.0, (-2.9, -2.1)  # the biases that are looked at
UPDATES, TRAINED_FROM, RATE, THRESHOLD = 40, -2.3, 0.2, 0.1


@cache
def folds() -> tuple[float, float]:
    """The biases of the left and of the right fold, -2.656 and -2.344."""
    right, left = sigmoid_folds(WEIGHT)[1]
    return float(left), float(right)


@cache
def branches() -> list[tuple[np.ndarray, np.ndarray]]:
    """(b, x*) along the lower stable, the unstable and the upper stable branch of fixed points."""
    low, high = sigmoid_folds(WEIGHT)[0]
    pieces = np.linspace(-5, low, 80), np.linspace(low, high, 60), np.linspace(high, 5, 80)
    return [(x - WEIGHT * sigmoid(x), x) for x in pieces]


def border(x0: float) -> float | None:
    """The bias at which the start is the unstable fixed point; None where a fixed point at the start is stable."""
    unstable = abs(x0) < sigmoid_folds(WEIGHT)[0][1]
    return x0 - WEIGHT * float(sigmoid(x0)) if unstable else None


def at_the_border(x0: float, steps: int) -> tuple[float, float, float]:
    """The border's b, the multiplier m there, and ∂E/∂b after these steps in closed form (thm. cliff).

    >>> [round(value, 3) for value in at_the_border(0.5, 50)]
    [-2.612, 1.175, -661.683]
    """
    s = float(sigmoid(x0))
    m = WEIGHT * s * (1 - s)
    return x0 - WEIGHT * s, m, 2 * (s - TARGET) * s * (1 - s) * (m**steps - 1) / (m - 1)


@cache
def slopes(x0: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """b, and |∂E/∂b| there; more points around the border of the basins, where it changes within 1e-6, and the peak."""
    near, b, at = np.geomspace(1e-8, 3e-2, 60), np.linspace(*WINDOW, 401), border(x0)
    if at is not None:
        b = np.sort(np.concatenate([b, [at], at - near, at + near]))

    def slope(b: np.ndarray) -> np.ndarray:
        return np.abs(cliff(WEIGHT, b, steps, x0)[2])

    around = b
    for _ in range(3):  # the grid alone misses the maximum by up to a tenth
        i = int(np.clip(slope(around).argmax(), 1, len(around) - 2))
        around = np.linspace(around[i - 1], around[i + 1], 101)
    b = np.sort(np.append(b, around[slope(around).argmax()]))
    return b, slope(b)


def peak(x0: float, steps: int) -> float:
    """The largest slope of the error over b."""
    return float(slopes(x0, steps)[1].max())


def slopes_at_folds(x0: float, steps: int) -> np.ndarray:
    """|∂E/∂b| at the left and at the right fold."""
    return np.interp(folds(), *slopes(x0, steps))


@cache
def past_the_fold(steps: int, x0: float = 2.0) -> tuple[float, float]:
    """The largest slope left of the left fold, where the state of a start outside the folds dies: (b, |∂E/∂b|)."""
    b = np.linspace(-2.75, -2.6557, 40_000)
    slope = np.abs(cliff(WEIGHT, b, steps, x0)[2])
    return float(b[slope.argmax()]), float(slope.max())


@cache
def training(x0: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(b_k, x_T) for k = 0 … 40 updates of descent in b alone, clipped, from b = -2.3."""
    b = [TRAINED_FROM]
    for _ in range(UPDATES):
        g = float(cliff(WEIGHT, b[-1], steps, x0)[2])
        b.append(b[-1] - RATE * np.clip(g, -THRESHOLD, THRESHOLD))
    return np.array(b), cliff(WEIGHT, np.array(b), steps, x0)[3]
