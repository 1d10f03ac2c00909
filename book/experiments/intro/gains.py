"""The book in one figure: random tanh networks of every gain, measured at the start and then trained.

The task is to say, after T = 60 steps of noise, which sign the first input had. For each gain and seed: the mean
growth of the adjoint over lag, the largest Lyapunov exponent, both at initialisation and on the task's own inputs;
a slice of the loss through a random direction; and the accuracy after 200 updates.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import grouped, rounded
from minirnn import VanillaRNN, backward, unroll
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.learning import losses, optimizers
from minirnn.learning.training import accuracy, train

N, T, NOISE, BATCH, UPDATES, LR = 64, 60, 0.3, 32, 200, 0.03
GAINS = np.round(np.arange(0.5, 3.01, 0.1), 1)
SEEDS = range(8)
STEPS = np.linspace(-0.5, 0.5, 121)
CELL = VanillaRNN(m=1, n=N)


def draw(rng: np.random.Generator, B: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (T, B, 1) whose first is ±1 and whose rest is noise, and the class (B,) of the first."""
    target = rng.integers(0, 2, size=B)
    X = NOISE * rng.standard_normal((T, B, 1))
    X[0, :, 0] = 2.0 * target - 1
    return X, target


def network(gain: float, seed: int) -> tuple[Params, np.random.Generator]:
    """A network of this gain and seed at initialisation, and the generator for all that follows."""
    rng = np.random.default_rng(seed)
    params = CELL.init(rng, recurrent=partial(initializers.fan_in, gain=gain))
    return params | losses.init_readout(rng, CELL, outputs=2), rng


def loss(target: np.ndarray) -> losses.Loss:
    return losses.at_end(losses.softmax_cross_entropy, target)


def adjoint_by_lag(params: Params, rng: np.random.Generator) -> np.ndarray:
    """ln ‖δ_{T-k}‖/‖δ_T‖ for k = 0 … T-1, mean over a batch of random δ_T.

    The adjoint of the pre-activation is d_t = σ' ⊙ δ_t; dividing by σ'(a_t) = 1 - h_t² gives δ_t back. (At gain 3 the
    smallest is 6e-11; it would be 0 only where |a_t| > 19.)
    """
    X, _ = draw(rng)
    H = unroll(CELL, params, X)
    dE = np.zeros_like(H[1:])
    dE[-1] = rng.standard_normal(dE[-1].shape)
    delta = backward(CELL, params, X, H, dE) / (1 - H[1:] ** 2)
    size = np.log(np.linalg.norm(delta, axis=2))[::-1]
    return (size - size[0]).mean(axis=1)


def largest_exponent(params: Params, rng: np.random.Generator) -> float:
    """λ₁ under the task's noise, over 1000 steps after 200."""
    X = NOISE * rng.standard_normal((1200, 1, 1))
    return float(lyapunov_exponents(CELL, params, X, burn_in=200)[0, 0])


def loss_slice(params: Params, rng: np.random.Generator) -> np.ndarray:
    """E at W + s·D for s in STEPS, D a random direction as long as W is wide: ‖D‖_F = √N."""
    X, target = draw(rng)
    D = rng.standard_normal((N, N))
    D *= np.sqrt(N) / np.linalg.norm(D)
    moved = [params | {"W": params["W"] + s * D} for s in STEPS]
    return np.array([loss(target).value(p, unroll(CELL, p, X)[1:]) for p in moved])


def trained_accuracy(params: Params, rng: np.random.Generator) -> float:
    """Accuracy on 1000 fresh sequences after UPDATES steps of SGD with clipping at norm 1."""
    run = train(CELL, params, draw, loss, optimizers.sgd(LR), updates=UPDATES, rng=rng, clip=1.0, progress=False)
    return accuracy(CELL, run.params, *draw(rng, 1000))


def measure(gain: float, seed: int) -> dict[str, Any]:
    params, rng = network(gain, seed)
    return {
        "lag": adjoint_by_lag(params, rng),
        "exponent": largest_exponent(params, rng),
        "slice": loss_slice(params, rng) if seed == 0 else [],
        "accuracy": trained_accuracy(params, rng),
    }


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    by_gain = grouped(runs, len(SEEDS))
    return {
        "gain": GAINS.tolist(),
        "lag": [rounded(np.mean([r["lag"] for r in group], axis=0), 4) for group in by_gain],
        "exponent": [rounded([r["exponent"] for r in group]) for group in by_gain],
        "step": rounded(STEPS),
        "slice": [rounded(group[0]["slice"], 4) for group in by_gain],
        "accuracy": [[r["accuracy"] for r in group] for group in by_gain],
    }


def rows(saved: dict[str, Any]) -> list[dict[str, Any]]:
    """The slice is that of the first seed for all seeds of a gain."""
    columns = (saved[key] for key in ("exponent", "slice", "accuracy"))
    return [
        {"exponent": exponent, "slice": line, "accuracy": accuracy}
        for exponents, line, accuracies in zip(*columns, strict=True)
        for exponent, accuracy in zip(exponents, accuracies, strict=True)
    ]


def again(saved: Saved) -> Pair:
    """The first seed at gain 1, where nothing is chaotic."""
    now, was = measure(1.0, 0), saved(gain=1.0, seed=0)
    return {key: now[key] for key in was}, was


EXPERIMENT = Experiment(
    name="gains",
    run=measure,
    grid={"gain": GAINS.tolist(), "seed": SEEDS},
    settings=dict(n=N, T=T, noise=NOISE, batch=BATCH, updates=UPDATES, lr=LR, clip=1.0, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
)
