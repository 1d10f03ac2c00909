"""The time of a gradient, by hand and by autograd, over the length of the sequence."""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import grouped, rounded
from minirnn import VanillaRNN, bptt
from minirnn.core.params import Params
from minirnn.gradients.referee import autograd_gradient
from minirnn.learning import losses

LENGTHS, BATCHES, UNITS = [10, 30, 100, 300, 1000], [1, 8, 32], [16, 64]


def milliseconds(f: Callable[[], object], seconds: float = 0.3) -> float:
    """Median time of f, over at least 3 calls and `seconds`, after one call that is not counted."""
    f()
    times: list[float] = []
    while len(times) < 3 or sum(times) < seconds:
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def stacked_gradient(cell: VanillaRNN, params: Params, X: np.ndarray, loss: losses.Loss) -> Params:
    """`referee.autograd_gradient` with `stack` in place of `array`: its derivative takes O(T²) time."""

    def energy(p: Params) -> float:
        h, states = np.zeros((X.shape[1], cell.n)), []
        for drive in cell.drive(p, X):
            h = cell.step(p, h, drive)
            states.append(h)
        return loss.value(p, anp.stack(states))

    return grad(energy)(params)


ROUTES: dict[str, Callable[..., Any]] = {
    "by hand": bptt,
    "autograd": autograd_gradient,
    "autograd, stack": stacked_gradient,
}


def measure(B: int, n: int, T: int) -> dict[str, float]:
    """Milliseconds by route."""
    rng, cell = np.random.default_rng(0), VanillaRNN(m=4, n=n)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss, X = losses.at_end(losses.squared_error, np.zeros((B, 1))), rng.standard_normal((T, B, 4))
    return {route: milliseconds(partial(f, cell, params, X, loss)) for route, f in ROUTES.items()}


def curve(route: str, point: dict[str, int]) -> str:
    """The name of the curve over T that a time belongs to."""
    return f"{route}, B={point['B']}, n={point['n']}"


def results(runs: list[dict[str, float]]) -> dict[str, Any]:
    ms: dict[str, list[float]] = {}
    for point, times in zip(EXPERIMENT.points(), runs, strict=True):
        for route, value in times.items():
            ms.setdefault(curve(route, point), []).append(rounded(value, 4))
    return {"T": LENGTHS, "ms": ms}


def rows(results: dict[str, Any]) -> list[dict[str, float]]:
    groups = grouped(list(results["ms"].items()), len(ROUTES))
    return [{name: ms[i] for name, ms in group} for group in groups for i in range(len(LENGTHS))]


def again(saved: Saved) -> Pair:
    """The curves of the first point. Times are those of a machine, and not compared."""
    point = dict(B=1, n=16, T=10)
    return [curve(route, point) for route in measure(**point)], list(saved(**point))


EXPERIMENT = Experiment(
    name="cost",
    run=measure,
    grid={"B": BATCHES, "n": UNITS, "T": LENGTHS},
    # one at a time, since they are timed, and with the threads that a reader's own session has
    options=dict(jobs=1, threads=None),
    settings={"T": LENGTHS, "B": BATCHES, "n": UNITS, "cores": os.cpu_count()},
    results=results,
    rows=rows,
    again=again,
)
