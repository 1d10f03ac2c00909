"""The saved runs behind the knob: means by gain, and what a page keeps of them."""

from functools import cache
from typing import Any

import numpy as np

from experiments.parallel import rounds as parallel
from experiments.record import load

SMALL, LONG = 16, 1024  # units and steps of the networks whose states Newton's method finds


@cache
def runs() -> dict[str, np.ndarray]:
    """The saved results of `experiments.intro.gains`, as arrays whose first axis is the gain."""
    return {key: np.array(value) for key, value in load("gains")["results"].items()}


@cache
def newton() -> dict[str, np.ndarray]:
    """Of `experiments.parallel.rounds`, over its gains: rounds and exponents (gains, seeds)."""
    saved = load("rounds")["results"]
    return {
        "gain": np.array(saved["gain"]),
        "rounds": parallel.rounds(saved, SMALL, LONG),
        "exponent": parallel.exponents(saved, SMALL),
    }


@cache
def stored() -> dict[str, list[Any]]:
    """What the page keeps of them, by gain: means over the seeds, and of the rounds ln of their medians."""
    r = runs()
    return {
        "gain": r["gain"].tolist(),
        "lag": r["lag"].round(2).tolist(),
        "slice": r["slice"].round(3).tolist(),
        "exponent": r["exponent"].mean(axis=1).round(4).tolist(),
        "accuracy": (100 * r["accuracy"].mean(axis=1)).round(2).tolist(),
        "few": newton()["gain"].tolist(),
        "rounds": np.log(np.median(newton()["rounds"], axis=1)).round(4).tolist(),
    }


def at(gain: float, key: str, gains: str = "gain") -> np.ndarray:
    """A stored curve or row at a gain, on a straight line between the two nearest that were measured."""
    known, values = np.array(stored()[gains]), np.array(stored()[key])
    low = min(int(np.searchsorted(known, gain, side="right")) - 1, len(known) - 2)
    share = (gain - known[low]) / (known[low + 1] - known[low])
    return np.asarray(values[low] + share * (values[low + 1] - values[low]))
