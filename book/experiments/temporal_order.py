"""The temporal-order task of Pascanu, Mikolov and Bengio (2013): plain SGD, with clipping (SGD-C), with Ω (SGD-CR).

As in the paper: 50 units, batches of 20, clipping at norm 1, α = 4, three initialisations, success below 1 % of
errors on 10 000 fresh sequences. Deviations: learning rate 0.1 (theirs 0.01) where not said otherwise, at most
8000 updates (theirs 5 million), lengths 20 to 100 (theirs 50 to 200). A run ends early once it succeeds: where the mean
loss of the last 50 updates is below 0.2 nats it is tested, every 200 updates, on 1000 sequences and then on 10 000.

`generalization` trains networks with SGD-CR on lengths 20 to 50 and tests them up to ten times that (theirs: 50 to
200, up to 5000).
"""

import json
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from experiments.record import RESULTS, rounded, save
from minirnn import VanillaRNN, bptt, initializers, losses, optimizers, tasks
from minirnn.params import Params
from minirnn.regularizers import regularized_bptt
from minirnn.training import Run, accuracy, train

N, BATCH, ALPHA, CLIP, UPDATES, LR = 50, 20, 4.0, 1.0, 8000, 0.1
METHODS = ["SGD", "SGD-C", "SGD-CR"]
INITS = {  # activation, recurrent weights, and the standard deviation of the other weights
    "basic tanh": ("tanh", partial(initializers.gaussian, std=0.1), 0.1),
    "smart tanh": ("tanh", partial(initializers.sparse, radius=0.95, nonzeros=15), 0.01),
    "sigmoid": ("sigmoid", partial(initializers.gaussian, std=0.01), 0.01),
}


def network(init: str, rng: np.random.Generator) -> tuple[VanillaRNN, Params]:
    activation, recurrent, std = INITS[init]
    cell, small = VanillaRNN(m=6, n=N, activation=activation), partial(initializers.gaussian, std=std)
    return cell, cell.init(rng, recurrent, small) | losses.init_readout(rng, cell, outputs=4, weights=small)


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


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """All runs, the ones that matter most first: a sweep that is stopped has these."""
    seeds, short = range(5), (20, 30, 50)
    grid = [("run", dict(method=m, L=L, seed=s)) for L, m, s in product(short, METHODS, seeds)]
    grid += [("generalization", dict(seed=s)) for s in range(3)]
    grid += [("run", dict(method=m, L=20, seed=s, lr=0.01)) for m, s in product(METHODS, range(3))]
    for init in ("smart tanh", "sigmoid"):
        grid += [("run", dict(method=m, L=L, seed=s, init=init)) for L, m, s in product(short, METHODS, seeds)]
    grid += [("generalization", dict(seed=s, more=10_000, more_lr=lr)) for lr, s in product((0.01, 0.1), range(3))]
    return grid + [("run", dict(method=m, L=L, seed=s)) for L, m, s in product((75, 100), reversed(METHODS), seeds)]


def main(seconds: float = np.inf) -> None:
    """Makes the runs that are not there yet, each saved at once, and stops after `seconds`; then writes the record."""
    started, path = time.time(), RESULTS / "temporal_order.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    done = {json.dumps(entry["job"]): entry for entry in map(json.loads, lines)}
    for job in jobs():
        if json.dumps(job) not in done and time.time() - started < seconds:
            done[json.dumps(job)] = {"job": job, **globals()[job[0]](**job[1])}
            with path.open("a") as file:
                file.write(json.dumps(done[json.dumps(job)]) + "\n")
    finish(list(done.values()))


def finish(entries: list[dict[str, Any]]) -> None:
    """Writes the record from the runs that are there; its time is the sum of theirs, on one core."""
    settings = dict(n=N, batch=BATCH, alpha=ALPHA, clip=CLIP, updates=UPDATES, lr=LR, inits=list(INITS))
    results = {
        kind: [e | e["job"][1] for e in entries if e["job"][0] == kind] for kind in ("run", "generalization")
    }
    for entry in results["run"] + results["generalization"]:
        del entry["job"]
    save("temporal_order", time.time() - sum(e["seconds"] for e in entries), settings, results)


if __name__ == "__main__":
    main()
