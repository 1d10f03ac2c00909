"""What the runs that the pages let a reader start come to, over ten seeds: the accuracy of their last ten batches.

Settings are those of the links below the figures `trainer` and `knob`; numbers are those that a page draws too.
"""

from itertools import islice
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.in_page.descent import descend, percent_right
from experiments.record import rounded

SEEDS, BATCH, UPDATES = range(1, 11), 20, 300
ORDER = dict(units="tanh", n=32, task="order", gain=1.2, rate=0.3, T=20, B=BATCH)
LATCH = dict(units="tanh", n=32, task="latch", clip=1.0, rate=0.1, T=40, B=BATCH)
KNOB = dict(units="tanh", n=32, task="first sign", clip=1.0, rate=0.03, T=60, B=16)
CASES: dict[str, dict[str, Any]] = {
    "order, clipped": ORDER | {"clip": 1.0},
    "order, no clip": ORDER | {"clip": np.inf},
    "order, slow, no clip": ORDER | {"clip": np.inf, "rate": 0.03},
    "latch, gain 0.7": LATCH | {"gain": 0.7},
    "latch, gain 1.2": LATCH | {"gain": 1.2},
    "latch, LRU": LATCH | {"gain": 0.999, "units": "LRU"},
    "knob, gain 0.5": KNOB | {"gain": 0.5},
    "knob, gain 1.3": KNOB | {"gain": 1.3},
    "knob, gain 2.5": KNOB | {"gain": 2.5},
}


def measure(case: str, seed: int) -> dict[str, Any]:
    """Percent right at the end, gradients that were clipped, and at the start ‖∂E/∂h_1‖ over ‖∂E/∂h_T‖."""
    settings = CASES[case]
    count = 200 if case.startswith("knob") else UPDATES
    reports = list(islice(descend(**settings, seed=seed), count + 1))
    return {
        "right": percent_right(reports, settings["B"]),
        "clipped": sum(r.norm > settings["clip"] for r in reports),
        "lag": rounded(reports[0].lags[-1] / reports[0].lags[0], 3),
    }


def again(saved: Saved) -> Pair:
    """At a gain of 0.7 nothing magnifies rounding."""
    point: dict[str, Any] = dict(case="latch, gain 0.7", seed=1)
    now, then = measure(**point), saved(**point)
    return [now["clipped"], now["lag"]], [then["clipped"], then["lag"]]


EXPERIMENT = Experiment(
    name="trained_in_page",
    run=measure,
    grid={"case": list(CASES), "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(updates=UPDATES, updates_of_the_knob=200, seeds=list(SEEDS)),
    results=lambda runs: {case: runs[k * len(SEEDS) : (k + 1) * len(SEEDS)] for k, case in enumerate(CASES)},
    rows=lambda results: [run for case in results.values() for run in case],
    again=again,
)
