"""The cliff of pascanu2013: E(w, b) of one sigmoid unit after 50 steps, and descents over it.

x_t = wσ(x_{t-1}) + b, x_0 = 0.5, E = (σ(x_50) - 0.7)². The paper does not give its axes; here w in [4.5, 7], b in
[-3.2, -1.8]. Descents from a grid of 400 starts, with and without clipping, show how often a step is thrown. Without a
clip a path that meets the cliff magnifies rounding, so that single descents end elsewhere on another machine; saved are
counts, and how many of the starts end otherwise when all are moved by MOVED, a few roundings.
"""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.record import rounded
from minirnn.core.activations import sigmoid

T, X0, TARGET = 50, 0.5, 0.7
W_RANGE, B_RANGE = (4.5, 7.0), (-3.2, -1.8)
RATES, THRESHOLDS, UPDATES, LAST = (0.2, 0.5), (0.1, 1.0), 300, 20
GRID, MOVED = (np.linspace(4.6, 6.9, 20), np.linspace(-3.1, -2.0, 20)), 1e-13
FAR, ARRIVED = 1.0, 0.01  # a step that is longer is thrown; a descent whose error is smaller has arrived


def cliff(w: Any, b: Any, steps: int = T, x0: float = X0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """E, ∂E/∂w, ∂E/∂b and x_T for arrays w and b; the derivatives run forwards with the state.

    >>> b = 0.5 - 5 * float(sigmoid(0.5))
    >>> [round(float(v), 4) for v in cliff(5.0, b)]
    [0.006, -411.8706, -661.6828, 0.5]
    """
    return error_and_slopes(w, b, np.full(np.broadcast_shapes(np.shape(w), np.shape(b)), x0), steps, sigmoid)


def error_and_slopes(w: Any, b: Any, x: Any, steps: int, squash: Callable[[Any], Any]) -> tuple[Any, Any, Any, Any]:
    """The same from the state x, an array or a float as the sigmoid `squash` takes it."""
    dw = db = 0.0 * x
    for _ in range(steps):
        s = squash(x)
        m = w * s * (1 - s)
        x, dw, db = w * s + b, s + m * dw, 1 + m * db
    s = squash(x)
    c = 2 * (s - TARGET) * s * (1 - s)
    return (s - TARGET) ** 2, c * dw, c * db, x


def b_star(w: Any) -> Any:
    """The cliff's line: b at which the start x_0 is a fixed point; it repels for w > 1/(σ(1-σ)) at x_0."""
    return X0 - w * sigmoid(X0)


def descend(w: Any, b: Any, rate: float, threshold: float = np.inf, updates: int = UPDATES) -> np.ndarray:
    """The path (updates + 1, 3) of (w, b, E) under gradient descent, clipped by norm at the threshold.

    For arrays of starts it is (updates + 1, 3, starts).
    """
    path = np.empty((updates + 1, 3, *np.shape(w)))
    for k in range(updates + 1):
        E, gw, gb, _ = cliff(w, b)
        path[k] = w, b, E
        step = rate * np.minimum(1.0, threshold / np.maximum(np.hypot(gw, gb), 1e-300))
        w, b = w - step * gw, b - step * gb
    return path


def descend_from(w: float, b: float, rate: float, threshold: float = math.inf) -> np.ndarray:
    """The path of `descend` from one start, in plain floats: a hundred times as fast as arrays of one."""
    path = []
    for _ in range(UPDATES + 1):
        E, gw, gb, _ = error_and_slopes(w, b, X0, T, plain_sigmoid)
        path.append((w, b, E))
        step = rate * min(1.0, threshold / max(math.hypot(gw, gb), 1e-300))
        w, b = w - step * gw, b - step * gb
    return np.array(path)


def plain_sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0  # beyond, math.exp raises OverflowError


def longest_step(path: np.ndarray) -> Any:
    """Length of the longest step of a path in the (w, b) plane."""
    w, b = np.diff(path[:, :2], axis=0).swapaxes(0, 1)
    return np.hypot(w, b).max(axis=0)


def end_error(path: np.ndarray) -> Any:
    """Mean E over the last 20 points: a descent that jumps to and fro across the cliff has no one last value."""
    return path[-LAST:, 2].mean(axis=0)


def on_grid(points: int = 401) -> np.ndarray:
    """The length of the gradient on a grid over the plane."""
    w, b = np.meshgrid(np.linspace(*W_RANGE, points), np.linspace(*B_RANGE, points))
    return np.hypot(*cliff(w, b)[1:3])


def outcomes(rate: float, threshold: float, moved: float = 0.0) -> np.ndarray:
    """Of each start of GRID whether a step is thrown, and whether it arrives: (2, 400), true or false."""
    w, b = (axis.ravel() + moved for axis in np.meshgrid(*GRID))
    path = descend(w, b, rate, threshold)
    return np.array([longest_step(path) > FAR, end_error(path) < ARRIVED])


def descents() -> list[dict[str, Any]]:
    """For each rate and threshold the starts, those of them that are thrown, that arrive, and that rounding decides."""
    runs = []
    for rate, threshold in product(RATES, (np.inf, *THRESHOLDS)):
        ends, otherwise = (outcomes(rate, threshold, moved) for moved in (0.0, MOVED))
        thrown, arrived = (int(count) for count in ends.sum(axis=1))
        setting = {"rate": rate, "threshold": None if threshold == np.inf else threshold, "starts": ends.shape[1]}
        changed = int((ends != otherwise).any(axis=0).sum())
        runs.append(setting | {"thrown": thrown, "arrived": arrived, "changed": changed})
    return runs


def slice_through_the_cliff() -> dict[str, Any]:
    """At w = 5: the place of the cliff, what is there, and the largest gradient and the errors around it."""
    offsets = np.linspace(-1e-3, 1e-3, 20_001)
    across = np.hypot(*cliff(5.0, b_star(5.0) + offsets)[1:3])
    return {
        "b_star": rounded(b_star(5.0), 9),
        "at": rounded([float(v) for v in cliff(5.0, b_star(5.0))], 9),
        "largest": rounded(across.max()),
        "largest_at": rounded(offsets[across.argmax()], 3),
        "across": rounded(cliff(5.0, b_star(5.0) + np.array([-0.01, 0.01]))[0]),
    }


def measure() -> dict[str, Any]:
    """The surface at the cliff and around it, and the descents. Nothing is random, and nothing varies."""
    size = on_grid()
    return slice_through_the_cliff() | {
        "median": rounded(np.median(size)),
        "share_above_1": rounded((size > 1).mean()),
        "descents": descents(),
    }


def again(saved: Saved) -> Pair:
    """What is saved of the slice w = 5: there nothing is chaotic."""
    now = slice_through_the_cliff()
    return now, {key: saved()[key] for key in now}


def is_steep(r: dict[str, Any]) -> Verdict:
    high, low = r["across"]
    ours = f"error {high:.2f} at 0.01 below b* and {low:.3f} above, a gradient of norm up to {r['largest']:.0f}"
    largest = max(TARGET, 1 - TARGET) ** 2
    return verdict(ours, (B_RANGE[1] - B_RANGE[0]) / 50 > 0.02 and high - low > largest / 2)


EXPERIMENT = Experiment(
    name="cliff",
    run=measure,
    settings=dict(T=T, x0=X0, target=TARGET, w=W_RANGE, b=B_RANGE, updates=UPDATES, grid=401)
    | {"starts": [axis.tolist() for axis in GRID], "moved": MOVED, "seeds": "nothing is random"},
    again=again,
    claims=[
        Claim(
            paper="pascanu2013",
            page="exploding",
            text="The error surface has cliffs: half of all that the error can be on a fiftieth of the picture",
            theirs="drawn for one unit and 50 steps",
            deviation="none: computed exactly",
            judge=is_steep,
        )
    ],
)
