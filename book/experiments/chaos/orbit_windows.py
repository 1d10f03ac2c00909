"""Windows onto an orbit diagram, computed at their own scale, and attractors at single scales: of the LSTM of
`to_the_bit`, and of the logistic map x' = r x (1 - x) with r = 2s.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from experiments.chaos.to_the_bit import LSTM, Small, run

FIRST, LAST = 0.5, 2.0  # scales
COLUMNS, BINS, KEPT = 240, 160, 160
SHOWN, LONGEST = 1500, 64  # states of an attractor, and the longest period that is told
RATIO = 0.5954  # heights are magnified by zoom^RATIO: so a cascade of period doublings looks the same at each zoom


def logistic(s: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, Any]:
    return 2 * s * x * (1 - x), x


def turn_logistic(s: np.ndarray, x: np.ndarray, V: np.ndarray) -> np.ndarray:
    return 2 * s * (1 - 2 * x) * V


SYSTEMS = {"LSTM": LSTM, "logistic": Small(1, 0.3, logistic, turn_logistic)}
HEIGHTS = {"LSTM": (-0.3, 0.65), "logistic": (0.0, 1.0)}  # of h₁, and of x


class Window(NamedTuple):
    """Scales from left to right, states from low to high; and the steps before the states that show. Where an orbit
    settles slowly, near a bifurcation, a larger zoom needs more of them."""

    left: float
    right: float
    low: float
    high: float
    burn_in: int


def window(system: str, zoom: float, middle: float, level: float) -> Window:
    """Around a scale and a level, in percent of the whole height, but within the whole diagram."""
    low, high = HEIGHTS[system]
    width, height = (LAST - FIRST) / zoom, (high - low) / zoom**RATIO
    left = min(max(middle - width / 2, FIRST), LAST - width)
    bottom = min(max(low + level / 100 * (high - low) - height / 2, low), high - height)
    return Window(left, left + width, bottom, bottom + height, int(300 * (1 + np.log(zoom))))


@cache
def columns(system: str, left: float, right: float, burn_in: int) -> tuple[np.ndarray, np.ndarray]:
    """The first state (KEPT, COLUMNS) after the burn-in, and λ₁ (COLUMNS,), at scales in the middles of columns."""
    s = left + (right - left) * ((np.arange(COLUMNS) + 0.5) / COLUMNS)
    states, rates = run(SYSTEMS[system], s, burn_in, KEPT)
    return states[:, 0], rates


def strokes(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """What a diagram shows, in a window of width 1 and height 1: in each column upright strokes over bins that hold a
    state, as points (x, y), (x, y'), (nan, nan)."""
    points: list[tuple[float, float]] = []
    for c, column in enumerate(values.T):
        bins = np.floor((column - low) / (high - low) * BINS)
        bins = np.unique(bins[(bins >= 0) & (bins < BINS)])
        for run_ in np.split(bins, np.flatnonzero(np.diff(bins) > 1) + 1) if len(bins) else []:
            x = (c + 0.5) / COLUMNS
            points += [(x, run_[0] / BINS), (x, (run_[-1] + 1) / BINS), (np.nan, np.nan)]
    return np.array(points).reshape(-1, 2)


class Attractor(NamedTuple):
    """SHOWN places (x, y) after 1000 steps: h₁ and h₂, or x and the next x, in shares of HEIGHTS; the period, 0 for
    none up to LONGEST, and λ₁."""

    places: np.ndarray
    period: int
    exponent: float


@cache
def attractor(system: str, s: float) -> Attractor:
    states, rates = run(SYSTEMS[system], np.array([s]), 1000, SHOWN + 1)
    states, (low, high) = states[:, :, 0], HEIGHTS[system]
    pairs = states[:-1, :2] if system == "LSTM" else np.column_stack([states[:-1], states[1:]])
    last = states[-3 * LONGEST :]
    returns = (abs(last[LONGEST:] - last[LONGEST - p : -p]).max() < 1e-6 for p in range(1, LONGEST + 1))
    period = next((p for p, back in enumerate(returns, 1) if back), 0)
    return Attractor((pairs - low) / (high - low), period, float(rates[0]))
