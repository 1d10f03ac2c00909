"""Which two symbols came, long ago? Free and contractive LSTM on the two-symbol task of ribeiro2020, made small.

Six one-hot symbols; one of {A, B} stands at a step in [9, 19), one in [39, 49), all else are four distractors; the
class (AA, AB, BA, BB) is asked for at the last of 60 steps. 20 hidden units, 1500 updates of 32 fresh sequences, Adam
at 1e-2, clip 1, 5 seeds. ribeiro2020: 200 steps, 50 units, 1000 sequences. Both start with a forget bias of 3.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_shares
from experiments.record import by, rounded
from minirnn import LSTM
from minirnn.learning import losses, optimizers
from minirnn.learning.contraction import contractive_lstm, projected
from minirnn.learning.tasks import one_hot
from minirnn.learning.training import accuracy, train

T, UNITS, UPDATES, LR, SEEDS = 60, 20, 1500, 1e-2, range(5)
CELL = LSTM(m=6, n=UNITS)


def draw(rng: np.random.Generator, B: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (T, B, 6) and their classes (B,)."""
    symbols, batch = rng.integers(2, 6, size=(T, B)), np.arange(B)
    first, second = rng.integers(0, 2, size=(2, B))
    symbols[rng.integers(9, 19, size=B), batch] = first
    symbols[rng.integers(39, 49, size=B), batch] = second
    return one_hot(symbols, 6), 2 * first + second


def loss(target: np.ndarray) -> losses.Loss:
    return losses.at_end(losses.softmax_cross_entropy, target)


def run(kind: str, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """Loss over updates and the accuracy on 1000 fresh sequences."""
    rng = np.random.default_rng(seed)
    params = CELL.init(rng, forget_bias=3.0) | losses.init_readout(rng, CELL, outputs=4)
    optimizer = optimizers.adam(LR)
    if kind == "contractive":
        params, optimizer = contractive_lstm(params), projected(optimizer, contractive_lstm)
    done = train(CELL, params, draw, loss, optimizer, updates, rng, clip=1.0, progress=False)
    return {
        "loss": rounded(done.history["loss"][::10], 3),
        "accuracy": accuracy(CELL, done.params, *draw(rng, 1000)),
    }


KINDS = ("free", "contractive")


def again(saved: Saved) -> Pair:
    """The beginning of the first contractive run."""
    return run("contractive", 0, updates=31)["loss"], saved(kind="contractive", seed=0)["loss"][:4]


def contractive_forgets(r: dict[str, Any]) -> Verdict:
    free, contractive = ((sum(run["accuracy"] > 0.95 for run in r[kind]), len(r[kind])) for kind in KINDS)
    ours = f"above 95 %: free {free[0]} of {free[1]}, contractive {contractive[0]} of {contractive[1]}"
    return verdict(ours, above(of_shares(free, contractive)))


EXPERIMENT = Experiment(
    name="two_symbols",
    run=run,
    grid={"kind": KINDS, "seed": SEEDS},
    settings=dict(T=T, units=UNITS, updates=UPDATES, batch=32, lr=LR, clip=1.0, keep=0.64, seeds=list(SEEDS)),
    results=lambda runs: by(KINDS, runs),
    rows=lambda results: [run for kind in KINDS for run in results[kind]],
    again=again,
    claims=[
        Claim(
            paper="ribeiro2020",
            page="chaos",
            text="Contractive models lose long-range symbols",
            theirs="200 steps, 50 units",
            deviation="60 steps, 20 units, 5 seeds",
            judge=contractive_forgets,
        )
    ],
)
