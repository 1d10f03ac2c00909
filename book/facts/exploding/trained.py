"""What the section "Train it yourself" says of the runs that it links to, over ten seeds."""

from functools import cache
from typing import Any

import numpy as np

from experiments.exploding.trained_in_page import CASES, SEEDS, UPDATES
from experiments.exploding.two_runs import run
from experiments.record import load
from explorables.exploding.trainer import FIGURE
from facts import power


@cache
def column(case: str, key: str) -> np.ndarray:
    """(seeds,)."""
    return np.array([one[key] for one in load("trained_in_page")["results"][case]])


def learned(case: str) -> int:
    """How many seeds end above 95 %."""
    return int((column(case, "right") > 95).sum())


def numbers() -> dict[str, str]:
    return {
        "page-clipped": str(learned("order, clipped")),
        "page-free": str(len(SEEDS) - learned("order, no clip")),
        "page-slow": str(learned("order, slow, no clip")),
        "page-shrunk": power(1 / float(np.median(column("latch, gain 0.7", "lag")))),
        "page-low": str(learned("latch, gain 0.7")),
        "page-lru": str(learned("latch, LRU")),
        "page-high": str(learned("latch, gain 1.2")),
    }


def check_the_clip_decides_temporal_order_at_this_rate() -> None:
    assert learned("order, clipped") >= 9
    assert column("order, no clip", "right").max() < 40  # of four classes, on 200 sequences
    assert learned("order, slow, no clip") >= 7


def check_a_vanishing_gradient_is_not_clipped_and_teaches_nothing() -> None:
    assert learned("latch, gain 0.7") <= 1
    assert column("latch, gain 0.7", "clipped").max() < 0.05 * UPDATES
    assert learned("latch, gain 1.2") >= 9


def check_a_gradient_that_arrives_is_not_enough() -> None:
    assert column("latch, LRU", "lag").min() > 0.01
    assert 3 <= learned("latch, LRU") <= 8


def check_links_and_record_have_the_same_settings() -> None:
    """The figure's own run, at one of the links, begins as the record's does."""
    settings: dict[str, Any] = dict(task="latch", cell="tanh", gain=0.7, clip=1.0, rate=0.1, length=40, seed=1)
    start, case = run(1, **settings)[0], CASES["latch, gain 0.7"]
    assert np.isclose(start.lags[-1] / start.lags[0], column("latch, gain 0.7", "lag")[0], rtol=0.01)
    assert (FIGURE.controls["update"].values[-1], case["B"], case["n"]) == (UPDATES, 20, 32)
