"""The temporal-order task of Pascanu, Mikolov and Bengio (2013): plain SGD, with clipping (SGD-C), with Ω (SGD-CR).

As in the paper: 50 units, batches of 20, clipping at norm 1, α = 4, three initialisations, success below 1 % of
errors on 10 000 fresh sequences. Deviations: learning rate 0.1 (theirs 0.01) where not said otherwise, at most
8000 updates (theirs 5 million; `PATIENT`: 40 000), lengths 20 to 100 (theirs 50 to 200). A run ends early
once it succeeds: where the mean loss of the last 50 updates is below 0.2 nats it is tested, every 200 updates, on 1000
sequences and then on 10 000.

`generalization` trains networks with SGD-CR on lengths 20 to 50 and tests them up to ten times that (theirs: 50 to
200, up to 5000).
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from experiments.record import load, rounded, save, swept
from minirnn import VanillaRNN, bptt
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.regularizers import regularized_bptt
from minirnn.learning.training import Run, accuracy, train

N, BATCH, ALPHA, CLIP, UPDATES, LR = 50, 20, 4.0, 1.0, 8000, 0.1
METHODS = ["SGD", "SGD-C", "SGD-CR"]
INITS = {  # activation, recurrent weights, and the standard deviation of the other weights
    "basic tanh": ("tanh", partial(initializers.gaussian, std=0.1), 0.1),
    "smart tanh": ("tanh", partial(initializers.sparse, radius=0.95, nonzeros=15), 0.01),
    "sigmoid": ("sigmoid", partial(initializers.gaussian, std=0.01), 0.01),
}


def network(init: str, rng: np.random.Generator, m: int = 6, outputs: int = 4) -> tuple[VanillaRNN, Params]:
    activation, recurrent, std = INITS[init]
    cell, small = VanillaRNN(m=m, n=N, activation=activation), partial(initializers.gaussian, std=std)
    return cell, cell.init(rng, recurrent, small) | losses.init_readout(rng, cell, outputs, weights=small)


def error(cell: VanillaRNN, params: Params, rng: np.random.Generator, L: int, count: int) -> float:
    """Share of wrong answers on `count` fresh sequences, a thousand at a time."""
    shares = [accuracy(cell, params, *tasks.temporal_order(rng, 1000, L)) for _ in range(count // 1000)]
    return 1 - float(np.mean(shares))


def solved(cell: VanillaRNN, test: np.random.Generator, L: int) -> Callable[[Run], bool]:
    """A rule for `train`: below 1 % of errors on 1000 sequences and then on 10 000, asked where it may be so."""

    def stop(run: Run) -> bool:
        if run.updates % 200 or np.mean(run.history["loss"][-50:]) > 0.2:
            return False
        return all(error(cell, run.params, test, L, count) < 0.01 for count in (1000, 10_000))

    return stop


def run(
    method: str, L: int, seed: int, init: str = "basic tanh", lr: float = LR, updates: int = UPDATES
) -> dict[str, Any]:
    """One run: whether it succeeded, after how many updates, its last error and its seconds."""
    started = time.process_time()
    rng, test = np.random.default_rng([seed, L]), np.random.default_rng([seed, L, 1])
    cell, params = network(init, rng)
    trained = train(
        cell,
        params,
        lambda rng: tasks.temporal_order(rng, BATCH, L),
        partial(losses.at_end, losses.softmax_cross_entropy),
        optimizers.sgd(lr),
        updates=updates,
        rng=rng,
        clip=None if method == "SGD" else CLIP,
        gradient=partial(regularized_bptt, alpha=ALPHA) if method == "SGD-CR" else bptt,
        stop=solved(cell, test, L),
        progress=False,
    )
    wrong = error(cell, trained.params, test, L, 10_000)
    return {
        "solved": wrong < 0.01,
        "updates": trained.updates,
        "error": rounded(wrong),
        "skipped": trained.skipped,
        "seconds": rounded(time.process_time() - started, 3),
    }


def generalization(seed: int, more: int = 0, more_lr: float = LR, longest: int = 50) -> dict[str, Any]:
    """SGD-CR on lengths from 20 to `longest`, a length for each batch, until the shortest and the longest are solved;
    then `more` updates at the rate `more_lr`; then the error on lengths up to ten times `longest`."""
    started = time.process_time()
    rng, test = np.random.default_rng([seed, 7]), np.random.default_rng([seed, 8])
    cell, params = network("basic tanh", rng)

    def trained(params: Params, updates: int, lr: float, stop: Callable[[Run], bool] | None) -> Run:
        return train(
            cell,
            params,
            lambda rng: tasks.temporal_order(rng, BATCH, int(rng.integers(20, longest + 1))),
            partial(losses.at_end, losses.softmax_cross_entropy),
            optimizers.sgd(lr),
            updates=updates,
            rng=rng,
            clip=CLIP,
            gradient=partial(regularized_bptt, alpha=ALPHA),
            stop=stop,
            progress=False,
        )

    run = trained(params, 30_000, LR, lambda run: all(solved(cell, test, L)(run) for L in (20, longest)))
    params = trained(run.params, more, more_lr, None).params if more else run.params
    lengths = [20, 30, 50, 75, 100, 150, 200, 300, 400, 500]
    return {
        "updates": run.updates,
        "lengths": lengths,
        "errors": rounded([error(cell, params, test, L, 2000) for L in lengths]),
        "seconds": rounded(time.process_time() - started, 3),
    }


SEEDS, LENGTHS = range(5), (20, 30, 50, 75, 100)
GRID = [dict(method=m, L=L, seed=s) for L, m, s in product(LENGTHS, METHODS, SEEDS)]
GRID += [dict(method=m, L=20, seed=s, lr=0.01) for m, s in product(METHODS, range(3))]
for other in ("smart tanh", "sigmoid"):
    GRID += [dict(method=m, L=L, seed=s, init=other) for L, m, s in product(LENGTHS, METHODS, SEEDS)]
BEYOND = ("basic tanh", 75), ("smart tanh", 75), ("basic tanh", 100), ("sigmoid", 20)
PATIENT = [dict(method="SGD-CR", L=L, seed=s, init=init, updates=40_000) for (init, L), s in product(BEYOND, SEEDS)]
LONGER = [dict(seed=s) for s in range(3)]
LONGER += [dict(seed=s, more=10_000, more_lr=lr) for lr, s in product((0.01, 0.1), range(3))]


def main() -> None:
    runs, patient, longer = swept(run, GRID), swept(run, PATIENT), swept(generalization, LONGER)
    results = {
        "run": [r | point for r, point in zip(runs, GRID, strict=True)],
        "patient": [
            {key: p[key] for key in ("init", "L", "seed")} | r for r, p in zip(patient, PATIENT, strict=True)
        ],
        "generalization": [r | point for r, point in zip(longer, LONGER, strict=True)],
    }
    settings = dict(n=N, batch=BATCH, alpha=ALPHA, clip=CLIP, updates=UPDATES, lr=LR, inits=list(INITS))
    seconds = sum(
        r["seconds"] for r in runs + patient + longer
    )  # of one core, also where runs were kept from an earlier start
    save("temporal_order", time.time() - seconds, settings, results)


def again() -> tuple[dict[str, Any], dict[str, Any]]:
    """SGD-CR at L = 20, seed 0: made now, and as saved."""
    now, saved = run("SGD-CR", 20, 0), load("temporal_order")["results"]["run"]
    was = next(r for r in saved if (r["method"], r["L"], r["seed"], "init" in r) == ("SGD-CR", 20, 0, False))
    return tuple({key: r[key] for key in ("solved", "updates", "error")} for r in (now, was))


if __name__ == "__main__":
    main()
