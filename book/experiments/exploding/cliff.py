"""The cliff of pascanu2013: E(w, b) of one sigmoid unit after 50 steps, and descents over it.

x_t = wσ(x_{t-1}) + b, x_0 = 0.5, E = (σ(x_50) - 0.7)². The paper does not give its axes; here w in [4.5, 7], b in
[-3.2, -1.8]. Descents from a grid of starts, with and without clipping, show how often a step is thrown.
"""

from itertools import product
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.record import rounded
from minirnn.core.activations import sigmoid

T, X0, TARGET = 50, 0.5, 0.7
W_RANGE, B_RANGE = (4.5, 7.0), (-3.2, -1.8)
STARTS_W, STARTS_B = (4.8, 5.3, 5.8, 6.3, 6.8), (-3.0, -2.7, -2.4, -2.1)
RATES, THRESHOLDS, UPDATES, LAST = (0.2, 0.5), (0.1, 1.0), 300, 20


def cliff(w: Any, b: Any, steps: int = T, x0: float = X0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """E, ∂E/∂w, ∂E/∂b and x_T for arrays w and b; the derivatives run forwards with the state.

    >>> b = 0.5 - 5 * float(sigmoid(0.5))
    >>> [round(float(v), 4) for v in cliff(5.0, b)]
    [0.006, -411.8706, -661.6828, 0.5]
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


def on_grid(points: int = 401) -> np.ndarray:
    """The length of the gradient on a grid over the plane."""
    w, b = np.meshgrid(np.linspace(*W_RANGE, points), np.linspace(*B_RANGE, points))
    return np.hypot(*cliff(w, b)[1:3])


def descents() -> list[dict[str, Any]]:
    """Longest step and last error from every start, for each rate and threshold."""
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
    return runs


def measure() -> dict[str, Any]:
    """The surface at the cliff and around it, and the descents. Nothing is random, and nothing varies."""
    size, offsets = on_grid(), np.linspace(-1e-3, 1e-3, 20_001)
    across = np.hypot(*cliff(5.0, b_star(5.0) + offsets)[1:3])
    return {
        "b_star": rounded(b_star(5.0), 9),
        "at": rounded([float(v) for v in cliff(5.0, b_star(5.0))], 9),
        "largest": rounded(across.max()),
        "largest_at": rounded(offsets[across.argmax()], 3),
        "across": rounded(cliff(5.0, b_star(5.0) + np.array([-0.01, 0.01]))[0]),
        "median": rounded(np.median(size)),
        "share_above_1": rounded((size > 1).mean()),
        "descents": descents(),
    }


def again(saved: Saved) -> Pair:
    """The first two descents."""
    was, starts = saved()["descents"][0], list(product(STARTS_W, STARTS_B))[:2]
    paths = [descend(*start, was["rate"]) for start in starts]
    now = {"longest": [longest_step(path) for path in paths], "error": [end_error(path) for path in paths]}
    return rounded(list(now.values())), [was[key][:2] for key in now]


def is_steep(r: dict[str, Any]) -> Verdict:
    high, low = r["across"]
    found = f"error {high:.2f} and {low:.3f} on its two sides, slope up to {r['largest']:.0f}"
    return verdict(found, high > 20 * low)


EXPERIMENT = Experiment(
    name="cliff",
    run=measure,
    settings=dict(T=T, x0=X0, target=TARGET, w=W_RANGE, b=B_RANGE, updates=UPDATES, grid=401)
    | {"starts": [STARTS_W, STARTS_B], "seeds": "nothing is random"},
    again=again,
    claims=[
        Claim(
            paper="pascanu2013",
            page="exploding",
            text="The error surface has cliffs",
            theirs="drawn for w = 5 and 50 steps",
            deviation="none: computed exactly",
            judge=is_steep,
        )
    ],
)
