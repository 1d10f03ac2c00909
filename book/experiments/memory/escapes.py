"""When the runs of the record `plateau` escaped, and how fast these times grow with the delay."""

from functools import cache

import numpy as np

from experiments.memory.plateau import DELAYS
from experiments.record import load

ROUTES = {"flow": "direct", "flow-exp": "exp", "flow-best": "best", "Adam": "Adam"}
GAINED = ("hundredth", "nine-tenths")  # the two definitions of escape


@cache
def escapes(route: str, gained: str) -> np.ndarray:
    """Times (delays, seeds), inf where a run did not escape."""
    times = np.array(load("plateau")["results"]["time"][ROUTES[route]], float)[:, :, GAINED.index(gained)]
    return np.where(np.isnan(times), np.inf, times)


def slope(route: str, gained: str) -> float:
    """Least-squares slope of ln (median escape time) over D, over the delays with a finite median."""
    medians, D = np.median(escapes(route, gained), axis=1), np.array(DELAYS)
    finite = np.isfinite(medians)
    return float(np.polyfit(D[finite], np.log(np.maximum(medians[finite], 1e-2)), 1)[0])
