"""Adam against plain gradient descent for the students of `teachers`, at the longest memory, ν₀ = 0.99.

Teachers, students, updates and the cosine decay are those of `teachers`; descent gets rates of its own, a factor of
about 3 apart, down to where even the dense network's runs converge.
"""

import time

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.teachers import measure
from experiments.record import load, rounded, save, swept

ARCHITECTURES, NU0 = ["dense", "diagonal", "+ γ", "LRU"], 0.99
RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0]


def again() -> tuple[object, object]:
    """One run made now, and as saved."""
    run = measure("LRU", NU0, RATES[4], 0, optimizer="sgd")[-1]
    return rounded(run, 4), load("adam_and_descent")["results"]["loss"][-1][4][0]


def main() -> None:
    started = time.time()
    axes = {"architecture": ARCHITECTURES, "rate": RATES, "seed": list(teachers.SEEDS)}
    runs = swept(measure, axes | {"nu0": [NU0], "optimizer": ["sgd"]}, jobs=1)
    loss = np.reshape([run[-1] for run in runs], [len(values) for values in axes.values()])
    results = {"architecture": ARCHITECTURES, "rate": RATES, "loss": rounded(np.minimum(loss, 1e30), 4)}
    settings = dict(nu0=NU0, updates=teachers.UPDATES, seeds=list(teachers.SEEDS), optimizer="SGD, cosine decay")
    save("adam_and_descent", started, settings, results)


if __name__ == "__main__":
    main()
