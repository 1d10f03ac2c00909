"""Adding and multiplication with SGD-C and SGD-CR: the two marked numbers of a sequence (pascanu2013, section 4.2).

The networks, batches, clipping and Ω of `temporal_order`, smart tanh, rate 0.1, one linear output. A sequence is wrong
where the squared error is above 0.04, and a run succeeds below 1 % of errors on 10 000 fresh sequences, asked every 500
updates. Deviations: length 20 (theirs 50 to 200), at most 40 000 updates (theirs 5 million).
"""

import time
from functools import partial
from typing import Any

import numpy as np

from experiments.record import load, rounded, save, swept
from experiments.vanishing.temporal_order import ALPHA, BATCH, CLIP, LR, network
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


GRID = [
    {"task": task, "method": method, "L": 20, "seed": seed}
    for task in TASKS
    for method in ("SGD-C", "SGD-CR")
    for seed in SEEDS
]


def main() -> None:
    runs = swept(run, GRID)
    settings = {"init": "smart tanh", "alpha": ALPHA, "clip": CLIP, "updates": UPDATES, "lr": LR}
    results = [r | point for r, point in zip(runs, GRID, strict=True)]
    save("marked_numbers", time.time() - sum(r["seconds"] for r in runs), settings, {"run": results})


def again() -> tuple[dict[str, Any], dict[str, Any]]:
    """The quickest of the saved runs: made now, and as saved."""
    was = min(load("marked_numbers")["results"]["run"], key=lambda r: r["seconds"])
    now = run(was["task"], was["method"], was["L"], was["seed"])
    return tuple({key: r[key] for key in ("solved", "updates")} for r in (now, was))


if __name__ == "__main__":
    main()
