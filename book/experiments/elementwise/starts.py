"""What the students of `teachers` owe to their start: four controls, which are not in the paper.

The dense student of `teachers` starts in an orthogonal basis; "skew" starts as the same function in a Gaussian basis.
The students with γ start with outputs of the teacher's size; "dense, scaled", "2×2, scaled" and "diagonal, scaled"
start as the same function as they do, with γ multiplied into the input weights, and without γ as a parameter. Where
all rates diverge, smaller ones are added.
"""

import time
from typing import Any

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.teachers import measure
from experiments.record import load, rounded, save, swept

MEMORIES, RATES = [0.36, 0.92, 0.99], teachers.RATES[:-1]
STARTS = {
    "skew": [1e-5, 3e-5, 1e-4, *RATES],
    "dense, scaled": RATES,
    "diagonal, scaled": RATES,
    "2×2, scaled": RATES,
}


def again() -> tuple[object, object]:
    """One run made now, and as saved."""
    saved = load("starts")["results"]["diagonal, scaled"]
    return rounded(measure("diagonal, scaled", 0.36, RATES[3], 0)[-1], 4), saved["loss"][0][3][0]


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {"nu0": MEMORIES}
    for start, rates in STARTS.items():
        axes = {"architecture": [start], "nu0": MEMORIES, "rate": rates, "seed": list(teachers.SEEDS)}
        runs = swept(measure, axes, jobs=1)
        loss = np.reshape([run[-1] for run in runs], (len(MEMORIES), len(rates), -1))
        results[start] = {"rate": rates, "loss": rounded(np.minimum(loss, 1e30), 4)}
    save("starts", started, dict(updates=teachers.UPDATES, seeds=list(teachers.SEEDS)), results)


if __name__ == "__main__":
    main()
