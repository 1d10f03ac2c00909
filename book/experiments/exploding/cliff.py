"""The cliff of pascanu2013: E(w, b) of one sigmoid unit after 50 steps, and descents over it.

x_t = wσ(x_{t-1}) + b, x_0 = 0.5, E = (σ(x_50) - 0.7)². The paper does not give its axes; here w in [4.5, 7], b in
[-3.2, -1.8]. Descents from a grid of starts, with and without clipping, show how often a step is thrown.
"""

import time
from itertools import product
from typing import Any

import numpy as np

from experiments.record import load, rounded, save
from minirnn.core.activations import sigmoid

T, X0, TARGET = 50, 0.5, 0.7
W_RANGE, B_RANGE = (4.5, 7.0), (-3.2, -1.8)
STARTS_W, STARTS_B = (4.8, 5.3, 5.8, 6.3, 6.8), (-3.0, -2.7, -2.4, -2.1)
RATES, THRESHOLDS, UPDATES, LAST = (0.2, 0.5), (0.1, 1.0), 300, 20


def cliff(w: Any, b: Any, steps: int = T, x0: float = X0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """E, ∂E/∂w, ∂E/∂b and x_T for arrays w and b; the derivatives run forwards with the state.

    >>> b = 0.5 - 5 * float(sigmoid(0.5))
    >>> [round(float(v), 4) for v in cliff(5.0, b)]
    [0.006, -411.8614, -661.6835, 0.5]
    """
    x = np.full(np.broadcast_shapes(np.shape(w), np.shape(b)), x0)
    dw, db = np.zeros_like(x), np.zeros_like(x)
    for _ in range(steps):
        s = sigmoid(x)
        m = w * s * (1 - s)
        x, dw, db = w * s + b, s + m * dw, 1 + m * db
    s = sigmoid(x)
    c = 2 * (s - TARGET) * s * (1 - s)
    return (s - TARGET) ** 2, c * dw, c * db, x


def b_star(w: Any) -> Any:
    """The cliff's line: b at which the start x_0 is a fixed point; it repels for w > 1/(σ(1-σ)) at x_0."""
    return X0 - w * sigmoid(X0)


def descend(w: float, b: float, rate: float, threshold: float = np.inf, updates: int = UPDATES) -> np.ndarray:
    """The path (updates + 1, 3) of (w, b, E) under gradient descent, clipped by norm at the threshold."""
    path = np.empty((updates + 1, 3))
    for k in range(updates + 1):
        E, gw, gb, _ = (float(v) for v in cliff(w, b))
        path[k] = w, b, E
        size = np.hypot(gw, gb)
        step = rate * min(1.0, threshold / size) if size > 0 else 0.0
        w, b = w - step * gw, b - step * gb
    return path


def longest_step(path: np.ndarray) -> float:
    """Length of the longest step of a path in the (w, b) plane."""
    return float(np.hypot(*np.diff(path[:, :2], axis=0).T).max())


def end_error(path: np.ndarray) -> float:
    """Mean E over the last 20 points: a descent that jumps to and fro across the cliff has no one last value."""
    return float(path[-LAST:, 2].mean())


def main() -> None:
    started = time.time()
    w, b = np.meshgrid(np.linspace(*W_RANGE, 401), np.linspace(*B_RANGE, 401))
    _, gw, gb, _ = cliff(w, b)
    size = np.hypot(gw, gb)
    offsets = np.linspace(-1e-3, 1e-3, 20_001)
    slice_ = np.hypot(*cliff(5.0, b_star(5.0) + offsets)[1:3])
    runs = []
    for rate, threshold in product(RATES, (np.inf, *THRESHOLDS)):
        paths = [descend(*start, rate, threshold) for start in product(STARTS_W, STARTS_B)]
        runs.append(
            {
                "rate": rate,
                "threshold": None if threshold == np.inf else threshold,
                "longest": rounded([longest_step(path) for path in paths]),
                "error": rounded([end_error(path) for path in paths]),
            }
        )
    results = {
        "b_star": rounded(b_star(5.0), 9),
        "at": rounded([float(v) for v in cliff(5.0, b_star(5.0))], 9),
        "largest": rounded(slice_.max()),
        "largest_at": rounded(offsets[slice_.argmax()], 3),
        "across": rounded(cliff(5.0, b_star(5.0) + np.array([-0.01, 0.01]))[0]),
        "median": rounded(np.median(size)),
        "share_above_1": rounded((size > 1).mean()),
        "descents": runs,
    }
    settings = dict(T=T, x0=X0, target=TARGET, w=W_RANGE, b=B_RANGE, updates=UPDATES, grid=401)
    save("cliff", started, settings | {"starts": [STARTS_W, STARTS_B], "seeds": "nothing is random"}, results)


def again() -> tuple[Any, Any]:
    """The first two descents, now and as saved."""
    saved, starts = load("cliff")["results"]["descents"][0], list(product(STARTS_W, STARTS_B))[:2]
    paths = [descend(*start, saved["rate"]) for start in starts]
    now = {"longest": [longest_step(path) for path in paths], "error": [end_error(path) for path in paths]}
    return rounded(list(now.values())), [saved[key][:2] for key in now]


if __name__ == "__main__":
    main()
