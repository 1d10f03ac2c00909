"""How the start decides the students of `teachers`: the start of the paper's dense student, and four controls.

"paper" is how the paper's code starts its dense student: see `students.own_start`. The dense student of `teachers`
starts in an orthogonal basis; "skew" starts as the same function in a Gaussian basis. The students with γ start with
outputs of the teacher's size; "dense, scaled", "2×2, scaled" and "diagonal, scaled" start as the same function as they
do, with γ multiplied into the input weights, and without γ as a parameter. Where all rates diverge, or the
best is the smallest, smaller ones are added.
"""

from itertools import islice, product
from typing import Any

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.best_rates import at_chosen_rates, student_losses
from experiments.elementwise.teachers import last_losses, measure
from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_mean
from experiments.record import rounded

MEMORIES, RATES = [0.36, 0.92, 0.99], teachers.RATES[:-1]
STARTS = {
    "paper": [1e-5, 3e-5, 1e-4, *RATES],
    "skew": [1e-5, 3e-5, 1e-4, *RATES],
    "dense, scaled": [3e-5, 1e-4, *RATES],
    "diagonal, scaled": RATES,
    "2×2, scaled": RATES,
}
GRID = [
    dict(architecture=start, nu0=nu0, rate=rate, seed=seed)
    for start, rates in STARTS.items()
    for nu0, rate, seed in product(MEMORIES, rates, teachers.SEEDS)
]


def results(runs: list[list[float]]) -> dict[str, Any]:
    """Of runs in the order of GRID, on any number of seeds."""
    rest, seeds = iter(runs), len(runs) // sum(len(MEMORIES) * len(rates) for rates in STARTS.values())
    saved: dict[str, Any] = {"nu0": MEMORIES}
    for start, rates in STARTS.items():
        group = list(islice(rest, len(MEMORIES) * len(rates) * seeds))
        saved[start] = {"rate": rates, "loss": last_losses(group, len(MEMORIES), len(rates), seeds)}
    return saved


def again(saved: Saved) -> Pair:
    """The scaled diagonal student at the shortest memory, first seed."""
    point: dict[str, Any] = dict(architecture="diagonal, scaled", nu0=0.36, rate=RATES[3], seed=0)
    return rounded(measure(**point)[-1], 4), saved(**point)


def dense_falls_behind(r: dict[str, Any]) -> Verdict:
    """From the paper's own start at the longest memory, by powers of ten; students of a seed have the same teacher."""
    dense, found, held = np.log10(at_chosen_rates(np.array(r["paper"]["loss"]))[-1]), [], []
    for name in ("2×2", "diagonal", "LRU"):
        low, high = of_mean(dense - np.log10(at_chosen_rates(student_losses(name))[-1]))
        found.append(f"{name} {low:.1f} to {high:.1f}".replace("-", "−"))
        held.append(above((low, high)))
    return verdict(f"powers of ten behind {', '.join(found)}", *held)


EXPERIMENT = Experiment(
    name="starts",
    run=measure,
    grid=GRID,
    options=dict(jobs=1),
    settings=dict(updates=teachers.UPDATES, seeds=list(teachers.SEEDS)),
    results=results,
    rows=lambda results: [loss for start in STARTS for loss in np.ravel(results[start]["loss"]).tolist()],
    again=again,
    claims=[
        Claim(
            paper="zucchet2024",
            page="elementwise",
            text="At long memory dense students are far behind nearly diagonal ones",
            theirs="four powers of ten behind 2×2, diagonal and LRU, |λ| near 0.99",
            deviation="the paper's own start of the dense student; 64 numbers of state, 3000 updates, 5 seeds",
            judge=dense_falls_behind,
        )
    ],
)
