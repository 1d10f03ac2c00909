"""What the students of `teachers` owe to their start: three controls, which are not in the paper.

The dense student of `teachers` starts in an orthogonal basis; "skew" starts as the same function in a Gaussian basis.
The students with γ start with outputs of the teacher's size; "dense, scaled" and "diagonal, scaled" start as the same
function as they do, with γ multiplied into the input weights, and without γ as a parameter.
"""

import time

import numpy as np

from experiments import teachers
from experiments.record import load, rounded, save, swept
from experiments.teachers import measure

STARTS, MEMORIES, RATES = ["skew", "dense, scaled", "diagonal, scaled"], [0.36, 0.92, 0.99], teachers.RATES[:-1]


def again() -> tuple[object, object]:
    """One run made now, and as saved."""
    saved = load("starts")["results"]["loss"]
    return rounded(measure("diagonal, scaled", 0.36, RATES[3], 0)[-1], 4), saved[2][0][3][0]


def main() -> None:
    started = time.time()
    axes = {"architecture": STARTS, "nu0": MEMORIES, "rate": RATES, "seed": list(teachers.SEEDS)}
    runs = swept(measure, axes, jobs=1)
    loss = np.reshape([run[-1] for run in runs], [len(values) for values in axes.values()])
    results = {key: values for key, values in axes.items() if key != "seed"}
    results["loss"] = rounded(np.minimum(loss, 1e30), 4)
    save("starts", started, dict(updates=teachers.UPDATES, seeds=list(teachers.SEEDS)), results)


if __name__ == "__main__":
    main()
