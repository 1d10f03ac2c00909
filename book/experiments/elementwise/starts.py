"""What the students of `teachers` owe to their start: four controls, which are not in the paper.

The dense student of `teachers` starts in an orthogonal basis; "skew" starts as the same function in a Gaussian basis.
The students with γ start with outputs of the teacher's size; "dense, scaled", "2×2, scaled" and "diagonal, scaled"
start as the same function as they do, with γ multiplied into the input weights, and without γ as a parameter. Where
all rates diverge, smaller ones are added.
"""

from itertools import product
from typing import Any

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.teachers import last_losses, measure
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded

MEMORIES, RATES = [0.36, 0.92, 0.99], teachers.RATES[:-1]
STARTS = {
    "skew": [1e-5, 3e-5, 1e-4, *RATES],
    "dense, scaled": RATES,
    "diagonal, scaled": RATES,
    "2×2, scaled": RATES,
}


GRID = [
    dict(architecture=start, nu0=nu0, rate=rate, seed=seed)
    for start, rates in STARTS.items()
    for nu0, rate, seed in product(MEMORIES, rates, teachers.SEEDS)
]


def results(runs: list[list[float]]) -> dict[str, Any]:
    saved: dict[str, Any] = {"nu0": MEMORIES}
    for start, rates in STARTS.items():
        group = [run for run, point in zip(runs, GRID, strict=True) if point["architecture"] == start]
        saved[start] = {"rate": rates, "loss": last_losses(group, len(MEMORIES), len(rates), len(teachers.SEEDS))}
    return saved


def again(saved: Saved) -> Pair:
    """The scaled diagonal student at the shortest memory, first seed."""
    point: dict[str, Any] = dict(architecture="diagonal, scaled", nu0=0.36, rate=RATES[3], seed=0)
    return rounded(measure(**point)[-1], 4), saved(**point)


EXPERIMENT = Experiment(
    name="starts",
    run=measure,
    grid=GRID,
    options=dict(jobs=1),
    settings=dict(updates=teachers.UPDATES, seeds=list(teachers.SEEDS)),
    results=results,
    rows=lambda results: [loss for start in STARTS for loss in np.ravel(results[start]["loss"]).tolist()],
    again=again,
)
