"""The effect of Ω on the flow of errors: one network learns the temporal-order task with it and without.

At each snapshot, for pairs k <= t: the length of (∂h_t/∂h_k)ᵀ v for random v, mean of the logarithm over v and over
the sequences of one fixed batch. Settings are those of `temporal_order` with T = 50; one seed, 3000 updates. Once a
network learns, training magnifies rounding: another processor finds and loses a solution at other updates.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from experiments.vanishing.networks import ALPHA, BATCH, CLIP, LR, error, network
from minirnn import VanillaRNN, backward, bptt, unroll
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.regularizers import regularized_bptt, traced_adjoints
from minirnn.learning.training import Run, train

T, SEED, STRIDE = 50, 0, 2
SNAPSHOTS = [0, 100, 200, 400, 800, 1500, 2000, 2500, 3000]


def flow(cell: VanillaRNN, params: Params) -> np.ndarray:
    """log10 of the length at [t, k] for t, k = 2, 4, … T; nan for k > t."""
    rng = np.random.default_rng(1)
    X, _ = tasks.temporal_order(rng, BATCH, T)
    H, v = unroll(cell, params, X), rng.standard_normal((BATCH, cell.n))
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    logs = np.full((T // STRIDE, T // STRIDE), np.nan)
    for row in range(T // STRIDE):
        dE = np.zeros_like(H[1:])
        dE[STRIDE * (row + 1) - 1] = v
        delta = traced_adjoints(params["W"], backward(cell, params, X, H, dE), dE)[STRIDE - 1 :: STRIDE]
        logs[row, : row + 1] = np.log10(np.linalg.norm(delta, axis=2) + 1e-300).mean(axis=1)[: row + 1]
    return logs


def run(method: str, seed: int = SEED, updates: int = SNAPSHOTS[-1]) -> dict[str, Any]:
    """Maps and errors at the snapshots of one run."""
    rng = np.random.default_rng([seed, T])
    cell, params = network("basic tanh", rng)
    seen: dict[str, Any] = {"updates": [], "error": [], "map": []}

    def look(params: Params, done: int) -> None:
        seen["updates"].append(done)
        seen["error"].append(rounded(error(cell, params, np.random.default_rng(2), T, 2000)))
        seen["map"].append([[round(x, 2) for x in row if x == x] for row in flow(cell, params).tolist()])

    def stop(run: Run) -> bool:
        if run.updates in SNAPSHOTS:
            look(run.params, run.updates)
        return False

    look(params, 0)
    by = partial(regularized_bptt, alpha=ALPHA) if method == "SGD-CR" else bptt
    draw, loss = partial(tasks.temporal_order, B=BATCH, T=T), partial(losses.at_end, losses.softmax_cross_entropy)
    sgd = optimizers.sgd(LR)
    last = train(cell, params, draw, loss, sgd, updates, rng, clip=CLIP, gradient=by, stop=stop, progress=False)
    if last.updates not in seen["updates"]:
        look(last.params, last.updates)
    return seen


def again(saved: Saved) -> Pair:
    """The errors at the first two snapshots with Ω."""
    now, was = run("SGD-CR", updates=SNAPSHOTS[1]), saved(method="SGD-CR")
    keys = ("updates", "error")
    return [now[key][:2] for key in keys], [was[key][:2] for key in keys]


METHODS = ["SGD-C", "SGD-CR"]
EXPERIMENT = Experiment(
    name="flow_of_errors",
    run=run,
    grid={"method": METHODS},
    settings=dict(T=T, seed=SEED, stride=STRIDE, lr=LR, clip=CLIP, alpha=ALPHA, batch=BATCH),
    results=lambda runs: dict(zip(METHODS, runs, strict=True)),
    rows=lambda results: list(results.values()),
    again=again,
)
