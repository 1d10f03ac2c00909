"""When the runs of the record `plateau` escaped, and how fast these times grow with the delay."""

from functools import cache

import numpy as np

from experiments.record import load

ROUTES = {"flow": "direct", "flow-exp": "exp", "flow-best": "best", "Adam": "Adam"}
GAINED = ("hundredth", "nine-tenths")  # the two definitions of escape


@cache
def escapes(route: str, gained: str) -> np.ndarray:
    """Times (delays, seeds), inf where a run did not escape."""
    times = np.array(load("plateau")["results"]["time"][ROUTES[route]], float)[:, :, GAINED.index(gained)]
    return np.where(np.isnan(times), np.inf, times)


def slopes(route: str, gained: str) -> np.ndarray:
    """By how much ln (median escape time) grows from each delay to the next, (delays - 1,); nan where there is none.

    They are not one number: at short delays the two definitions of escape differ, and a line through all delays lies
    across a bend. The last ones are the growth.
    """
    medians = np.median(escapes(route, gained), axis=1)
    return np.diff(np.log(np.where(np.isfinite(medians), medians, np.nan)))


def factor_at_the_end(route: str, gained: str) -> float:
    """By how much a unit of delay multiplies the median, over the three longest."""
    return float(np.exp(slopes(route, gained)[-3:].mean()))
