"""What the figures of this chapter call its tasks and measures, and the axis on which each measure is drawn."""

import numpy as np
from matplotlib.axes import Axes

from experiments.digits.measures import MEASURES
from minirnn.figures.ticks import decades

TASK_WORDS = {
    "64": "64 steps, row by row",
    "64 permuted": "64 steps, in a fixed random order",
    "208": "208 steps: 18 blanks after each row",
    "784": "784 steps: 90 blanks after each row",
}
MEASURE_WORDS = {
    "gradient at T/2": "gradient at lag T/2, relative to lag 0",
    "far share": "far share of the gradient",
    "exponent": "|λ₁|·T, e-folds over the sequence",
    "radius": "|ln ρ| of the Jacobian",
    "sensitivity": "sensitivity to the weights",
    "readout": "correct by a fitted readout, untrained cell, %",
}
LOWEST = dict(zip(MEASURES, (1e-12, 1e-12, 0.1, 1e-3, 0.1, 0.0), strict=True))
HIGHEST = dict(zip(MEASURES, (1.0, 1.0, 1e3, 1.0, 1e3, 100.0), strict=True))


def within(by: str, values: np.ndarray) -> np.ndarray:
    """Values of a measure as they are drawn: those beyond the axis at its end."""
    return np.clip(values, LOWEST[by], HIGHEST[by])


def measure_axis(ax: Axes, by: str) -> None:
    """The x axis of a measure: in per cent for what a readout has right, else logarithmic."""
    ax.set_xlabel(MEASURE_WORDS[by])
    if by == "readout":
        ax.set(xlim=(0, 100), xticks=[0, 10, 50, 100])
        return
    ax.set(xscale="log", xlim=(LOWEST[by] / 2, HIGHEST[by] * 1.5))
    low, high = (round(np.log10(end)) for end in (LOWEST[by], HIGHEST[by]))
    decades(ax.xaxis, low, high, 4 if high - low > 7 else 1)
