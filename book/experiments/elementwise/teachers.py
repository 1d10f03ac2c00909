"""Teacher and student over the teacher's memory: dense, 2×2 blocks, complex diagonal, + γ, LRU (zucchet2024, fig. 3).

Teachers, students and their exact gradients are those of `students`. Adam, cosine decay, one grid of learning rates for
all. Deviations from the paper: the exact loss in place of batches of 128, UPDATES steps in place of 10 000, 64 real
numbers in place of 64 units, 5 seeds in place of 10; teachers scaled to an output of variance 1; no feed-through; and
all students of a seed start as the same function.
"""

from typing import Any

import numpy as np

from experiments.elementwise.students import TEACHER, UNITS, T, gradient_of, start, teacher_kernel
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn.learning import optimizers

UPDATES = 3000
MEMORIES = [0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99]
RATES = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1]
SEEDS = range(5)
ARCHITECTURES = ["dense", "2×2", "diagonal", "+ γ", "LRU"]
DIVERGED = 1e12  # a run that gets here is given up


def measure(
    architecture: str,
    nu0: float,
    rate: float,
    seed: int,
    updates: int = UPDATES,
    optimizer: str = "adam",
    move: int = 0,
) -> list[float]:
    """The share of the teacher's output variance not explained, 2L, at ten times of a run and at its end; there it is
    inf if the run diverged. A move other than 0 is the seed of one in the 16th digit of all numbers of the start."""
    K, params, gradient = teacher_kernel(nu0, seed), start(architecture, nu0, seed), gradient_of(architecture)
    if move:
        rng = np.random.default_rng(move)
        params = {key: value * (1 + 1e-15 * rng.standard_normal(value.shape)) for key, value in params.items()}
    make = {"adam": optimizers.adam, "sgd": optimizers.sgd}[optimizer]
    state, course = make(rate).init(params), []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(updates):
            L, g = gradient(params, K)
            if step % (updates // 10) == 0:
                course.append(2 * L)
            if not L < DIVERGED:
                return [*course, np.inf]
            lr = 0.5 * rate * (1 + np.cos(np.pi * step / updates))
            params, state = make(lr).update(params, g, state)
        return [*course, 2 * gradient(params, K)[0]]


def last_losses(runs: list[list[float]], *shape: int) -> Any:
    """2L at the end of the runs, as lists of this shape; 1e30 for infinity, which JSON does not have."""
    return rounded(np.minimum(np.reshape([run[-1] for run in runs], shape), 1e30), 4)


def results(runs: list[list[float]]) -> dict[str, Any]:
    loss = last_losses(runs, len(ARCHITECTURES), len(MEMORIES), len(RATES), -1)
    return {"architecture": ARCHITECTURES, "nu0": MEMORIES, "rate": RATES, "loss": loss}


def again(saved: Saved) -> Pair:
    """The LRU at the shortest memory, first seed."""
    point: dict[str, Any] = dict(architecture="LRU", nu0=0.36, rate=1e-2, seed=0)
    return rounded(measure(**point)[-1], 4), saved(**point)


EXPERIMENT = Experiment(
    name="teachers",
    run=measure,
    grid={"architecture": ARCHITECTURES, "nu0": MEMORIES, "rate": RATES, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(T=T, state=2 * UNITS, teacher=TEACHER, updates=UPDATES, seeds=list(SEEDS))
    | dict(optimizer="Adam, cosine decay"),
    results=results,
    rows=lambda results: np.ravel(results["loss"]).tolist(),
    again=again,
)
