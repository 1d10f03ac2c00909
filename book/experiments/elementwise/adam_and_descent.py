"""Adam against plain gradient descent for the students of `teachers`, at the longest memory, ν₀ = 0.99.

Teachers, students, updates and the cosine decay are those of `teachers`; descent gets rates of its own, a factor of
about 3 apart, down to where even the dense network's runs converge.

The LRU's runs magnify rounding at rates from 0.003 on: four kinds of OpenBLAS kernels (OPENBLAS_CORETYPE) leave 0.16 to
0.20 for its first seed at 0.03, and of the runs at 1.0 other seeds diverge. The other students repeat to 3 % there.
"""

from typing import Any

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.teachers import last_losses, measure
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded

ARCHITECTURES, NU0 = ["dense", "diagonal", "+ γ", "LRU"], 0.99
RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0]


def results(runs: list[list[float]]) -> dict[str, Any]:
    loss = last_losses(runs, len(ARCHITECTURES), len(RATES), len(teachers.SEEDS))
    return {"architecture": ARCHITECTURES, "rate": RATES, "loss": loss}


def again(saved: Saved) -> Pair:
    """The LRU at the fifth rate, first seed."""
    point: dict[str, Any] = dict(architecture="LRU", rate=RATES[4], seed=0, nu0=NU0, optimizer="sgd")
    return rounded(measure(**point)[-1], 4), saved(**point)


EXPERIMENT = Experiment(
    name="adam_and_descent",
    run=measure,
    grid={"architecture": ARCHITECTURES, "rate": RATES, "seed": teachers.SEEDS, "nu0": [NU0], "optimizer": ["sgd"]},
    options=dict(jobs=1),
    settings=dict(nu0=NU0, updates=teachers.UPDATES, seeds=list(teachers.SEEDS), optimizer="SGD, cosine decay"),
    results=results,
    rows=lambda results: np.ravel(results["loss"]).tolist(),
    again=again,
)
