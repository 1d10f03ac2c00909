"""Adding and multiplication with SGD-C and SGD-CR: the two marked numbers of a sequence (pascanu2013, section 4.2).

The networks, batches, clipping and Ω of `temporal_order`, smart tanh, rate 0.1, one linear output. A sequence is wrong
where the squared error is above 0.04, and a run succeeds below 1 % of errors on 10 000 fresh sequences, asked every 500
updates. Deviations: length 20 (theirs 50 to 200), at most 40 000 updates (theirs 5 million).
"""

import time
from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import NOT_RUN, Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import mostly
from experiments.record import rounded
from experiments.vanishing.networks import ALPHA, BATCH, CLIP, LR, network
from minirnn import VanillaRNN, bptt
from minirnn.core.params import Params
from minirnn.gradients.backpropagation import unroll
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.regularizers import regularized_bptt
from minirnn.learning.training import Run, train

UPDATES, SEEDS = 40_000, range(5)
TASKS = {"adding": tasks.adding, "multiplication": tasks.multiplication}


def error(cell: VanillaRNN, params: Params, X: np.ndarray, target: np.ndarray) -> float:
    """Share of sequences whose squared error is above 0.04, or nan."""
    Y = losses.readout(params, unroll(cell, params, X)[-1])
    return float((~((Y - target) ** 2 <= 0.04)).mean())


def run(task: str, method: str, L: int, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """One run: whether it succeeded, after how many updates, its last error and its seconds."""
    started = time.process_time()
    rng, test = np.random.default_rng([seed, L]), np.random.default_rng([seed, L, 1])
    cell, params = network("smart tanh", rng, m=2, outputs=1)

    def solved(run: Run) -> bool:
        return run.updates % 500 == 0 and all(
            error(cell, run.params, *TASKS[task](test, count, L)) < 0.01 for count in (1000, 10_000)
        )

    trained = train(
        cell,
        params,
        lambda rng: TASKS[task](rng, BATCH, L),
        partial(losses.at_end, losses.squared_error),
        optimizers.sgd(LR),
        updates=updates,
        rng=rng,
        clip=CLIP,
        gradient=partial(regularized_bptt, alpha=ALPHA) if method == "SGD-CR" else bptt,
        stop=solved,
        progress=False,
    )
    wrong = error(cell, trained.params, *TASKS[task](test, 10_000, L))
    return {
        "solved": wrong < 0.01,
        "updates": trained.updates,
        "error": rounded(wrong),
        "seconds": rounded(time.process_time() - started, 3),
    }


METHODS = ["SGD-C", "SGD-CR"]


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"run": [r | point for r, point in zip(runs, EXPERIMENT.points(), strict=True)]}


def again(saved: Saved) -> Pair:
    """The quickest of all runs."""
    point: dict[str, Any] = dict(task="adding", method="SGD-C", L=20, seed=4)
    now, was = run(**point), saved(**point)
    keys = ("solved", "updates")
    return [now[key] for key in keys], [was[key] for key in keys]


def both_solved(r: dict[str, Any]) -> Verdict:
    good = {
        task: [run["solved"] for run in r["run"] if (run["task"], run["method"]) == (task, "SGD-CR")]
        for task in TASKS
    }
    ours = ", ".join(f"{task} {sum(group)}/{len(group)}" for task, group in good.items())
    return verdict(ours, *(mostly(sum(group), len(group)) for group in good.values()), NOT_RUN)


EXPERIMENT = Experiment(
    name="marked_numbers",
    run=run,
    grid={"task": list(TASKS), "method": METHODS, "L": [20], "seed": SEEDS},
    settings={"init": "smart tanh", "alpha": ALPHA, "clip": CLIP, "updates": UPDATES, "lr": LR},
    results=results,
    rows=lambda results: results["run"],
    again=again,
    claims=[
        Claim(
            paper="pascanu2013",
            page="vanishing",
            text="Adding and multiplication are solved as well",
            theirs="all runs, at lengths up to 200",
            deviation="smart tanh, L = 20 only, 40 000 updates, rate 0.1",
            judge=both_solved,
        )
    ],
)
