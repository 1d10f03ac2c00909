"""Gradient flossing before training, against none: does it help where gradients vanish or explode?

The task of `intro.gains`: which sign had the first of 60 inputs? Tanh networks of 32 units, gain 0.6 (vanishing), 1.2
or 2.5 (chaotic), are flossed for 100 updates of Adam at 3e-3 on Σ λ_i² over the 8 leading exponents, along 40 steps
of the task's inputs, or not at all. Then 300 updates of SGD at 0.03, clipped at norm 1; 8 seeds. Engelken flosses
larger networks, before and during training, on delayed copy and XOR tasks (engelken2023flossing). At gain 2.5 rounding
decides which seeds learn.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_shares
from experiments.intro.gains import draw, loss
from experiments.record import rounded
from minirnn import VanillaRNN
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.dynamics.straightening import flossing
from minirnn.learning import losses, optimizers
from minirnn.learning.training import accuracy, train

UNITS, K, STEPS, FLOSSES, RATE, UPDATES, LR, SEEDS = 32, 8, 40, 100, 3e-3, 300, 0.03, range(8)
GAINS = [0.6, 1.2, 2.5]
CELL = VanillaRNN(m=1, n=UNITS)


def floss(params: Params, rng: np.random.Generator, updates: int = FLOSSES) -> Params:
    """The parameters after `updates` steps downhill on Σ λ_i²."""
    optimizer = optimizers.adam(RATE)
    state = optimizer.init(params)
    for _ in range(updates):
        _, gradient = flossing(CELL, params, draw(rng, 4)[0][:STEPS], K)
        params, state = optimizer.update(params, gradient, state)
    return params


def run(gain: float, flossed: bool, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    params = CELL.init(rng, recurrent=partial(initializers.fan_in, gain=gain))
    params = params | losses.init_readout(rng, CELL, outputs=2)
    if flossed:
        params = floss(params, rng)
    exponents = np.sort(lyapunov_exponents(CELL, params, draw(rng, 8)[0], K).mean(0))[
        ::-1
    ]  # near ties may be swapped
    done = train(CELL, params, draw, loss, optimizers.sgd(LR), UPDATES, rng, clip=1.0, progress=False)
    return {"exponents": rounded(exponents, 3), "accuracy": accuracy(CELL, done.params, *draw(rng, 1000))}


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    shape = (len(GAINS), 2, len(SEEDS))
    return {
        "gain": GAINS,
        "accuracy": np.reshape([run["accuracy"] for run in runs], shape).tolist(),
        "exponents": np.reshape([run["exponents"] for run in runs], (*shape, K)).tolist(),
    }


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    exponents, accuracy = np.reshape(results["exponents"], (-1, K)).tolist(), np.ravel(results["accuracy"]).tolist()
    return [{"exponents": e, "accuracy": a} for e, a in zip(exponents, accuracy, strict=True)]


def again(saved: Saved) -> Pair:
    """The first seed at the smallest gain, not flossed."""
    point: dict[str, Any] = dict(gain=GAINS[0], flossed=False, seed=0)
    return run(**point), saved(**point)


def flossing_helps(r: dict[str, Any]) -> Verdict:
    wins = (np.array(r["accuracy"]) > 0.95).sum(axis=2)
    runs = len(SEEDS)
    pairs = "; ".join(f"{a} and {b} at gain {g}" for g, (a, b) in zip(r["gain"], wins, strict=True))
    ours = f"above 95 %, of {runs} as drawn and of {runs} flossed: {pairs}"
    return verdict(ours, *(above(of_shares((int(after), runs), (int(before), runs))) for before, after in wins))


EXPERIMENT = Experiment(
    name="flossing",
    run=run,
    grid={"gain": GAINS, "flossed": [False, True], "seed": SEEDS},
    settings=dict(units=UNITS, k=K, steps=STEPS, flosses=FLOSSES, floss_lr=RATE, updates=UPDATES, lr=LR)
    | dict(clip=1.0, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="engelken2023flossing",
            page="chaos",
            text="Gradient flossing before training helps",
            theirs="delayed copy and XOR tasks",
            deviation="recall of a sign over 60 steps, 32 units, 8 seeds",
            judge=flossing_helps,
        )
    ],
)
