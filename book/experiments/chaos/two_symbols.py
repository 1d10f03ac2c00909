"""Which two symbols came, long ago? Free and contractive LSTM on the two-symbol task of ribeiro2020, made small.

Six one-hot symbols; one of {A, B} stands at a step in [9, 19), one in [39, 49), all else are four distractors; the
class (AA, AB, BA, BB) is asked for at the last of 60 steps. 20 hidden units, 1500 updates of 32 fresh sequences, Adam
at 1e-2, clip 1, 5 seeds. ribeiro2020: 200 steps, 50 units, 1000 sequences. Both start with a forget bias of 3.
"""

import time

import numpy as np

from experiments.record import load, rounded, save, swept
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


def run(kind: str, seed: int, updates: int = UPDATES) -> dict[str, object]:
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


def again() -> tuple[object, object]:
    """One run made now, and what is saved of it."""
    saved, found = load("two_symbols")["results"]["contractive"][0], run("contractive", 0, updates=31)
    return found["loss"], saved["loss"][:4]


def main() -> None:
    started = time.time()
    kinds = ["free", "contractive"]
    found = swept(run, {"kind": kinds, "seed": SEEDS})
    results = {kind: found[i * len(SEEDS) : (i + 1) * len(SEEDS)] for i, kind in enumerate(kinds)}
    settings = dict(T=T, units=UNITS, updates=UPDATES, batch=32, lr=LR, clip=1.0, keep=0.64, seeds=list(SEEDS))
    save("two_symbols", started, settings, results)


if __name__ == "__main__":
    main()
