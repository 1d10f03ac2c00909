"""The units of a layer on a batch: their drive, how far their gates are open, and their slopes.

Gates and slopes come from the cell's `openness` and `slopes`. For a cell without these they are unknown, and a report
says so: unknown does not mean good.
"""

from typing import NamedTuple

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.params import Params, overflow_allowed
from minirnn.diagnosis.lags import whole_norm
from minirnn.gradients.backpropagation import forward_scan
from minirnn.learning.observed import Layer

STEPS_SEEN, COLUMNS_SEEN = (
    64,
    8,
)  # gates and slopes are computed at so many steps of so many sequences: 512 of each unit
SMALL_SLOPE = 0.05  # a twentieth of the steepest, as in `saturated` of the cells


class Drive(NamedTuple):
    """How inputs move the pre-activations: the deviation over steps and sequences, and what the inputs' mean adds to
    them (root mean squares over the pre-activations); the largest change of any by any input."""

    deviation: float
    shift: float
    peak: float


class Units(NamedTuple):
    """Mean openness (n,) of each gate by name; shares of saturated units (of those that are not dead) and of dead ones,
    None where the cell does not show them; in how many directions the last states differ, 0 where they are all alike;
    the first step at which a state is not finite; whether states grow without an end in sight."""

    gates: dict[str, np.ndarray]
    saturated: float | None
    dead: float | None
    directions: float
    overflow: int | None
    growing: bool


def drive_of(layer: Layer, exists: np.ndarray) -> Drive:
    """What the inputs at the steps that exist (T, B) do to the pre-activations, biases aside.

    >>> from minirnn import LinearRNN
    >>> cell, X = LinearRNN(m=1, n=1), np.array([1.0, 3.0]).reshape(2, 1, 1)
    >>> params = {"W": np.eye(1), "U": np.array([[2.0]]), "b": np.array([9.0])}
    >>> drive_of(Layer("rnn", cell, params, X, np.zeros((3, 1, 1)), np.zeros((2, 1, 1))), np.ones((2, 1), bool))
    Drive(deviation=2.0, shift=4.0, peak=6.0)
    """
    rows = layer.X[exists]
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), STEPS_SEEN * COLUMNS_SEEN)).astype(int)].astype(float)
    moved = layer.cell.drive(layer.params, rows[:, None]) - layer.cell.drive(layer.params, 0 * rows[:1, None])
    moved = moved[:, 0]
    if not np.isfinite(moved).all():
        return Drive(float("inf"), float("inf"), float("inf"))
    deviation, shift = (float(np.sqrt((a**2).mean())) for a in (moved.std(axis=0), moved.mean(axis=0)))
    return Drive(deviation, shift, float(np.abs(moved).max()))


def units_of(layer: Layer) -> Units:
    """The gates, slopes and states of a layer."""
    cell, H = layer.cell, layer.H[1:]
    T, B, _ = H.shape
    at = np.ix_(
        np.linspace(0, T - 1, min(T, STEPS_SEEN)).astype(int),
        np.linspace(0, B - 1, min(B, COLUMNS_SEEN)).astype(int),
    )
    drive, before, after = cell.drive(layer.params, layer.X[at]), layer.H[:-1][at], H[at]
    gates = {}
    if hasattr(cell, "openness"):
        gates = {key: a.mean(axis=(0, 1)) for key, a in cell.openness(layer.params, drive, before).items()}
    saturated, dead = saturation(cell, H), None
    if hasattr(cell, "slopes"):
        silent = (H == 0).all(axis=(0, 1))[: cell.n_out]
        slopes = cell.slopes(layer.params, drive, before, after)
        dead_units = silent[: slopes.shape[-1]] & (slopes == 0).all(axis=(0, 1))
        dead = float(dead_units.mean())
        flat = np.abs(slopes) < SMALL_SLOPE
        quiet = (after[..., : slopes.shape[-1]] == 0) & (slopes == 0)  # a ReLU that is off here
        saturated = float(flat[~quiet].mean()) if not quiet.all() and np.isfinite(slopes).all() else saturated
    bad = ~np.isfinite(H).all(axis=(1, 2))
    overflow = int(bad.argmax()) + 1 if bad.any() else None
    return Units(gates, saturated, dead, directions(H[-1]), overflow, growing(H))


def saturation(cell: Cell, H: np.ndarray) -> float | None:
    """Share of units that hardly answer to their input, by the cell's `saturated`; None if it has no such method, nan
    if a state is nan."""
    if not hasattr(cell, "saturated"):
        return None
    return float("nan") if np.isnan(H).any() else float(cell.saturated(H).mean())


def directions(h: np.ndarray) -> float:
    """The number of directions in which the states h (B, n) differ: the participation ratio of their variances.

    >>> directions(np.array([[1.0, 0.0], [-1.0, 0.0]])), directions(np.ones((3, 2)))
    (1.0, 0.0)
    """
    if not np.isfinite(h).all():
        return float("nan")
    away = (h - h.mean(axis=0)).astype(float)
    largest = np.abs(away).max()
    if largest <= 1e-9 * np.abs(h).max(initial=0.0):  # rounding
        return 0.0
    away = away / largest
    gram = away @ away.T if len(h) < h.shape[1] else away.T @ away
    return float(np.trace(gram) ** 2 / (gram**2).sum())


def growing(H: np.ndarray) -> bool:
    """Whether states grow without an end in sight: the last quarter a hundred times as large as the second. One step
    has no second quarter."""
    if len(H) < 2:
        return False
    quarter = max(1, len(H) // 4)
    second, last = np.abs(H[quarter : 2 * quarter]).max(), np.abs(H[-quarter:]).max()
    return bool(second > 0 and last > 100 * second)  # from 0 on, any growth may be a unit that is just switched on


def weight_sensitivity(
    cell: Cell, params: Params, X: np.ndarray, last: np.ndarray, size: float = 1e-5, h0: np.ndarray | None = None
) -> float:
    """Relative change of the last states (B, n_state) for a relative change of the cell's parameters, by a small random
    one; 0 where nothing changes."""
    rng, size = np.random.default_rng(0), checks.number("size", size, 0.0, open_low=True)
    moved = {key: p * (1 + size * rng.standard_normal(p.shape)).astype(p.dtype) for key, p in params.items()}
    with overflow_allowed():
        change = whole_norm(forward_scan(cell, moved, X, h0)[-1] - last)
    return float(np.divide(change, whole_norm(last))) / size if change else 0.0
