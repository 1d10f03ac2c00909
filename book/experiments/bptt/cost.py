"""What a gradient costs, by hand and by autograd, over the length of the sequence."""

import os
import time
from collections.abc import Callable
from functools import partial

import autograd.numpy as anp
import numpy as np
from autograd import grad

from experiments.record import load, rounded, save, swept
from minirnn import VanillaRNN, bptt
from minirnn.core.params import Params
from minirnn.gradients.referee import autograd_gradient
from minirnn.learning import losses
from minirnn.learning.sweeps import expand

LENGTHS, BATCHES, UNITS = [10, 30, 100, 300, 1000], [1, 8, 32], [16, 64]
GRID = {"B": BATCHES, "n": UNITS, "T": LENGTHS}


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
    """As `referee.autograd_gradient`, but with `stack`: the derivative of each state sums the sizes of all before."""

    def energy(p: Params) -> float:
        h, states = np.zeros((X.shape[1], cell.n)), []
        for drive in cell.drive(p, X):
            h = cell.step(p, h, drive)
            states.append(h)
        return loss.value(p, anp.stack(states))

    return grad(energy)(params)


def measure(B: int, n: int, T: int) -> dict[str, float]:
    """Milliseconds by route."""
    rng, cell = np.random.default_rng(0), VanillaRNN(m=4, n=n)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss, X = losses.at_end(losses.squared_error, np.zeros((B, 1))), rng.standard_normal((T, B, 4))
    routes = {"by hand": bptt, "autograd": autograd_gradient, "autograd, stack": stacked_gradient}
    return {route: milliseconds(partial(f, cell, params, X, loss)) for route, f in routes.items()}


def main() -> None:
    started, ms = time.time(), {}
    # one at a time, since they are timed, and with the threads that a reader's own session has
    runs = swept(measure, GRID, jobs=1, threads=None)
    for point, times in zip(expand(GRID), runs, strict=True):
        for route, value in times.items():
            ms.setdefault(f"{route}, B={point['B']}, n={point['n']}", []).append(rounded(value, 4))
    save(
        "cost", started, {"T": LENGTHS, "B": BATCHES, "n": UNITS, "cores": os.cpu_count()}, {"T": LENGTHS, "ms": ms}
    )


def again() -> tuple[list[str], list[str]]:
    """The curves of the first point, now and as saved. Times are those of a machine, and not compared."""
    first, saved = expand(GRID)[0], list(load("cost")["results"]["ms"])
    now = [f"{route}, B={first['B']}, n={first['n']}" for route in measure(**first)]
    return now, saved[: len(now)]


if __name__ == "__main__":
    main()
