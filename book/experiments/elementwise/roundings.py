"""The runs of `teachers` that rounding decides: students at ν₀ = 0.99, trained from starts moved in the 16th digit.

Dense and LRU, each at its best rate there, the five seeds of `teachers`, and MOVES: every number of the start is
multiplied by 1 + 1e-15 z, z normal. A processor that adds in another order does as much. A run that meets a cliff
magnifies such a move until it ends elsewhere, and so do the last small steps of a run at a high rate; others end where
they did, to the digits that are saved.
"""

from typing import Any

import numpy as np

from experiments.elementwise.teachers import SEEDS, last_losses, measure
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded

NU0, MOVES, RATES = 0.99, [1, 2, 3, 4], {"dense": 3e-3, "LRU": 3e-2}


def run(architecture: str, seed: int, move: int) -> list[float]:
    """The course of the run from the moved start."""
    return measure(architecture, NU0, RATES[architecture], seed, move=move)


def results(runs: list[list[float]]) -> dict[str, Any]:
    return dict(zip(RATES, last_losses(runs, len(RATES), len(SEEDS), len(MOVES)), strict=True))


def again(saved: Saved) -> Pair:
    """A dense student that ends where it did from every start."""
    point: dict[str, Any] = dict(architecture="dense", seed=4, move=1)
    return rounded(run(**point)[-1], 3), rounded(saved(**point), 3)


EXPERIMENT = Experiment(
    name="roundings",
    run=run,
    grid={"architecture": list(RATES), "seed": SEEDS, "move": MOVES},
    options=dict(jobs=1),
    settings=dict(nu0=NU0, rates=RATES, moves=MOVES, seeds=list(SEEDS)),
    results=results,
    rows=lambda results: np.ravel([results[name] for name in RATES]).tolist(),
    again=again,
)
