"""Runs of `teachers` with drawn inputs beside exact ones: an LRU at ν₀ = 0.96, batches of 128 white sequences.

Same teacher, start, rate and cosine decay; the sampled run's gradient is that of the squared error on 128 sequences of
300 steps, drawn anew at each update, by the library's `bptt`. Both are judged by the exact loss.
"""

import time
from typing import Any

import numpy as np

from experiments.elementwise import teachers
from experiments.elementwise.teachers import CELLS, T, start, teacher_kernel
from experiments.record import load, rounded, save, swept
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
        L, gradient = teachers.diagonal_gradient(CELLS[ARCHITECTURE], params, K)
        if step % EVERY == 0:
            course.append(2 * L)
        if drawn:
            _, gradient = drawn_gradient(params, K, rng, BATCH)
        lr = 0.5 * rate * (1 + np.cos(np.pi * step / UPDATES))
        params, state = optimizers.adam(lr).update(params, gradient, state)
    return [*course, 2 * teachers.diagonal_gradient(CELLS[ARCHITECTURE], params, K)[0]]


def again() -> tuple[object, object]:
    """The first losses of the sampled run made now, and as saved."""
    now = measure(RATES[0], True, updates=EVERY)
    return rounded(now, 4), load("sampled_inputs")["results"]["drawn"][0][: len(now)]


def main() -> None:
    started = time.time()
    runs = swept(measure, {"drawn": [False, True], "rate": RATES}, jobs=1)
    results: dict[str, Any] = {"update": [*range(0, UPDATES, EVERY), UPDATES], "rate": RATES}
    results |= {"exact": rounded(runs[: len(RATES)], 4), "drawn": rounded(runs[len(RATES) :], 4)}
    settings = dict(architecture=ARCHITECTURE, nu0=NU0, batch=BATCH, updates=UPDATES, seed=SEED)
    save("sampled_inputs", started, settings, results)


if __name__ == "__main__":
    main()
