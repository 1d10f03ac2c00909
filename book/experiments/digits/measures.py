"""The measures of each cell before its first update, and the order of the cells that each predicts."""

from functools import cache

import numpy as np

from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import results, saved

MEASURES = ("gradient at T/2", "far share", "exponent", "radius", "sensitivity", "readout")
FORETOLD = [name for name in MEASURES if name != "readout"]  # the measures that were chosen beforehand
HIGHER_IS_BETTER = {name: name in ("gradient at T/2", "far share", "readout") for name in MEASURES}


@cache
def measure(task: str, name: str) -> np.ndarray:
    """Values (cells, seeds) of a measure at the start."""
    if name == "gradient at T/2":
        by_lag = saved("measured", task, "by_lag")
        return np.where(by_lag[..., 16] <= 1, by_lag[..., 16], 1 / by_lag[..., 16])
    if name == "readout":
        return np.array([results()["decoded"][task][cell] for cell in CELLS]) * 100
    if name == "exponent":
        return np.abs(saved("measured", task, "exponent")) * TASKS[task]["T"]
    if name == "radius":
        return np.abs(np.log(saved("measured", task, "radius")))
    return saved("measured", task, name.replace(" ", "_"))


@cache
def medians(task: str, name: str) -> dict[str, float]:
    """The median over the seeds of a measure, for each cell."""
    return dict(zip(CELLS, np.median(measure(task, name), axis=1).tolist(), strict=True))


def median(task: str, name: str, cell: str) -> float:
    return medians(task, name)[cell]


def vanishes(task: str, cell: str) -> bool:
    """Does a cell's gradient vanish at the start? Here: is its far share below a thousandth?"""
    return median(task, "far share", cell) < 1e-3
