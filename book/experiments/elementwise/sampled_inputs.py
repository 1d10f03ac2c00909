"""Runs of `teachers` with drawn inputs beside exact ones: an LRU at ν₀ = 0.96, batches of 128 white sequences.

Same teacher, start, rate and cosine decay; the sampled run's gradient is that of the squared error on 128 sequences of
300 steps, drawn anew at each update, by the library's `bptt`. Both are judged by the exact loss.
"""

from typing import Any

import numpy as np

from experiments.elementwise.students import CELLS, T, diagonal_gradient, start, teacher_kernel
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import grouped, rounded
from minirnn import bptt
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers

ARCHITECTURE, NU0, RATES, BATCH, UPDATES, EVERY, SEED = "LRU", 0.96, [3e-3, 1e-2], 128, 600, 30, 0


def targets(K: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The teacher's outputs (T, B, 1) for inputs X (T, B, 1): a convolution with K."""
    size = 2 * len(K)
    product = np.fft.rfft(K, size)[:, None] * np.fft.rfft(X[..., 0], size, axis=0)
    return np.fft.irfft(product, size, axis=0)[: len(K), :, None]


def drawn_gradient(params: Params, K: np.ndarray, rng: np.random.Generator, batch: int) -> tuple[float, Params]:
    """Loss and gradient on a fresh batch; the mean over t of ½(y - y*)² has `teachers`' L for its mean."""
    X = rng.standard_normal((T, batch, 1))
    loss = losses.at_every_step(losses.squared_error, targets(K, X))
    L, gradient = bptt(CELLS[ARCHITECTURE], params | {"c_out": np.zeros(1)}, X, loss)
    return L, {key: gradient[key] for key in params}


def measure(rate: float, drawn: bool, updates: int = UPDATES) -> list[float]:
    """2L, exact, at every EVERY-th update and at the end."""
    K, params, rng = teacher_kernel(NU0, SEED), start(ARCHITECTURE, NU0, SEED), np.random.default_rng([SEED, 2])
    state, course = optimizers.adam(rate).init(params), []
    for step in range(updates):
        L, gradient = diagonal_gradient(CELLS[ARCHITECTURE], params, K)
        if step % EVERY == 0:
            course.append(2 * L)
        if drawn:
            _, gradient = drawn_gradient(params, K, rng, BATCH)
        lr = 0.5 * rate * (1 + np.cos(np.pi * step / UPDATES))
        params, state = optimizers.adam(lr).update(params, gradient, state)
    return [*course, 2 * diagonal_gradient(CELLS[ARCHITECTURE], params, K)[0]]


def results(runs: list[list[float]]) -> dict[str, Any]:
    exact, drawn = grouped(rounded(runs, 4), len(RATES))
    return {"update": [*range(0, UPDATES, EVERY), UPDATES], "rate": RATES, "exact": exact, "drawn": drawn}


def again(saved: Saved) -> Pair:
    """The first losses of a run with drawn inputs."""
    now = measure(RATES[0], True, updates=EVERY)
    return rounded(now, 4), saved(drawn=True, rate=RATES[0])[: len(now)]


EXPERIMENT = Experiment(
    name="sampled_inputs",
    run=measure,
    grid={"drawn": [False, True], "rate": RATES},
    options=dict(jobs=1),
    settings=dict(architecture=ARCHITECTURE, nu0=NU0, batch=BATCH, updates=UPDATES, seed=SEED),
    results=results,
    rows=lambda results: [*results["exact"], *results["drawn"]],
    again=again,
)
