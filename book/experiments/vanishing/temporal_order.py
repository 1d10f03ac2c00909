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

from experiments.experiment import NOT_RUN, Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, mostly, of_shares
from experiments.record import rounded, swept
from experiments.vanishing.networks import ALPHA, BATCH, CLIP, INITS, LR, N, error, network, solved
from minirnn import bptt
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.regularizers import regularized_bptt
from minirnn.learning.training import Run, train

UPDATES = 8000
METHODS = ["SGD", "SGD-C", "SGD-CR"]


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
GRID: list[dict[str, Any]] = [dict(method=m, L=L, seed=s) for L, m, s in product(LENGTHS, METHODS, SEEDS)]
GRID += [dict(method=m, L=20, seed=s, lr=0.01) for m, s in product(METHODS, range(3))]
for other in ("smart tanh", "sigmoid"):
    GRID += [dict(method=m, L=L, seed=s, init=other) for L, m, s in product(LENGTHS, METHODS, SEEDS)]
BEYOND = ("basic tanh", 75), ("smart tanh", 75), ("basic tanh", 100), ("sigmoid", 20)
PATIENT = [dict(method="SGD-CR", L=L, seed=s, init=init, updates=40_000) for (init, L), s in product(BEYOND, SEEDS)]
LONGER: list[dict[str, Any]] = [dict(seed=s) for s in range(3)]
LONGER += [dict(seed=s, more=10_000, more_lr=lr) for lr, s in product((0.01, 0.1), range(3))]


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    short, patient, longer = runs[: len(GRID)], runs[len(GRID) :], swept(generalization, LONGER)
    return {
        "run": [r | point for r, point in zip(short, GRID, strict=True)],
        "patient": [
            {key: p[key] for key in ("init", "L", "seed")} | r for r, p in zip(patient, PATIENT, strict=True)
        ],
        "generalization": [r | point for r, point in zip(longer, LONGER, strict=True)],
    }


def again(saved: Saved) -> Pair:
    """SGD-CR at L = 20, seed 0."""
    now, was = run("SGD-CR", 20, 0), saved(method="SGD-CR", L=20, seed=0)
    keys = ("solved", "updates", "error")
    return [now[key] for key in keys], [was[key] for key in keys]


def solved_at(
    runs: list[dict[str, Any]], method: str, L: int, init: str = "basic tanh", lr: float = LR
) -> tuple[int, int]:
    """Successes and runs."""
    group = [
        r["solved"]
        for r in runs
        if (r["method"], r["L"], r.get("init", "basic tanh"), r.get("lr", LR)) == (method, L, init, lr)
    ]
    return sum(group), len(group)


def patiently_solved(runs: list[dict[str, Any]], init: str, L: int) -> tuple[int, int]:
    """Successes and runs with 40 000 updates."""
    group = [run["solved"] for run in runs if (run["init"], run["L"]) == (init, L)]
    return sum(group), len(group)


def shares(solved: dict[int, tuple[int, int]]) -> str:
    return ", ".join(f"{wins}/{runs} at {L}" for L, (wins, runs) in solved.items())


def regularized_solves(r: dict[str, Any]) -> Verdict:
    solved = {L: solved_at(r["run"], "SGD-CR", L) for L in (20, 30, 50)}
    solved |= {L: patiently_solved(r["patient"], "basic tanh", L) for L in (75, 100)}
    return verdict(shares(solved), *(mostly(*solved[L]) for L in (50, 75, 100)), NOT_RUN)


def clipping_decides(r: dict[str, Any]) -> Verdict:
    solved = {lr: [solved_at(r["run"], method, 20, lr=lr) for method in ("SGD-C", "SGD")] for lr in (0.01, 0.1)}
    ours = "L = 20: " + "; ".join(
        f"rate {lr}: {plain[0]}/{plain[1]} without, {clipped[0]}/{clipped[1]} with"
        for lr, (clipped, plain) in solved.items()
    )
    return verdict(ours, *(above(of_shares(*pair)) for pair in solved.values()))


def sigmoid_solves(r: dict[str, Any]) -> Verdict:
    solved = {L: solved_at(r["run"], "SGD-CR", L, "sigmoid") for L in (20, 50, 100)}
    patient = patiently_solved(r["patient"], "sigmoid", 20)
    ours = f"{shares(solved)}; {patient[0]}/{patient[1]} at 20 with 40 000 updates"
    return verdict(ours, mostly(*patient), *(mostly(*solved[L]) for L in (50, 100)))


def longer_solved(r: dict[str, Any]) -> Verdict:
    beyond = [run["errors"][run["lengths"].index(500)] for run in r["generalization"]]
    return verdict(f"at 500, {100 * min(beyond):.0f} % of errors at best", min(beyond) < 0.01, NOT_RUN)


EXPERIMENT = Experiment(
    name="temporal_order",
    run=run,
    grid=[*GRID, *PATIENT],
    settings=dict(n=N, batch=BATCH, alpha=ALPHA, clip=CLIP, updates=UPDATES, lr=LR, inits=list(INITS)),
    results=results,
    rows=lambda results: [*results["run"], *results["patient"]],
    again=again,
    claims=[
        Claim(
            paper="pascanu2013",
            page="vanishing",
            text="Clipping and Ω together solve temporal order at every length",
            theirs="5 of 5 at all L from 50 to 200",
            deviation="rate 0.1, theirs 0.01; 8000 updates, 40 000 from 75 on, theirs 5 million; basic tanh, not "
            "beyond 100",
            judge=regularized_solves,
        ),
        Claim(
            paper="pascanu2013",
            page="exploding",
            text="Plain descent fails where clipped descent succeeds",
            theirs="rate 0.01: success falls to 0 with L, sooner without the clip",
            deviation="L = 20; 0.1 is ten times the paper's rate; 8000 updates",
            judge=clipping_decides,
        ),
        Claim(
            paper="pascanu2013",
            page="vanishing",
            text="The same with sigmoid units",
            theirs="5 of 5 at all L from 50 to 200",
            deviation="as above",
            judge=sigmoid_solves,
        ),
        Claim(
            paper="pascanu2013",
            page="vanishing",
            text="A network trained on short sequences works on long ones",
            theirs="50 to 200, no error up to 5000",
            deviation="trained on 20 to 50",
            judge=longer_solved,
        ),
    ],
)
