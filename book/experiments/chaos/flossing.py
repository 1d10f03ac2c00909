"""Gradient flossing before training, against none: does it help where gradients vanish or explode?

The task of `one_knob`: which sign had the first of 60 inputs? Tanh networks of 32 units, gain 0.6 (vanishing), 1.2
or 2.5 (chaotic), are flossed for 100 updates of Adam at 3e-3 on Σ λ_i² over the 8 leading exponents, along 40 steps
of the task's inputs, or not at all. Then 300 updates of SGD at 0.03, clipped at norm 1; 8 seeds. Engelken flosses
larger networks, before and during training, on delayed copy and XOR tasks (engelken2023flossing).
"""

import time
from functools import partial

import numpy as np

from experiments.intro.gains import draw, loss
from experiments.record import load, rounded, save, swept
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


def run(gain: float, flossed: bool, seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    params = CELL.init(rng, recurrent=partial(initializers.fan_in, gain=gain))
    params = params | losses.init_readout(rng, CELL, outputs=2)
    if flossed:
        params = floss(params, rng)
    exponents = lyapunov_exponents(CELL, params, draw(rng, 8)[0], K).mean(0)
    done = train(CELL, params, draw, loss, optimizers.sgd(LR), UPDATES, rng, clip=1.0, progress=False)
    return {"exponents": rounded(exponents, 3), "accuracy": accuracy(CELL, done.params, *draw(rng, 1000))}


def again() -> tuple[object, object]:
    """One run made now, and what is saved of it."""
    saved, found = load("flossing")["results"], run(GAINS[0], False, 0)
    return [found["accuracy"], found["exponents"]], [saved["accuracy"][0][0][0], saved["exponents"][0][0][0]]


def main() -> None:
    started = time.time()
    found = swept(run, {"gain": GAINS, "flossed": [False, True], "seed": SEEDS})
    shape = (len(GAINS), 2, len(SEEDS))
    results = {
        "gain": GAINS,
        "accuracy": np.reshape([f["accuracy"] for f in found], shape).tolist(),
        "exponents": np.reshape([f["exponents"] for f in found], (*shape, K)).tolist(),
    }
    settings = dict(units=UNITS, k=K, steps=STEPS, flosses=FLOSSES, floss_lr=RATE, updates=UPDATES, lr=LR)
    save("flossing", started, settings | dict(clip=1.0, seeds=list(SEEDS)), results)


if __name__ == "__main__":
    main()
