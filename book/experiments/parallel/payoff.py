"""When do rounds pay on one core? Processor time of the loop and of rounds, over the number of units.

A batch of one sequence of 4096 steps, residuals below 1e-8: a dense tanh network of gain 0.8 by Newton's method and by
the fixed-point iteration, and an IndRNN, whose Jacobian is diagonal, by Newton's method. lim2024 and danieli2025 time
GPUs.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.parallel.networks import TOL, tanh_network
from experiments.record import rounded
from minirnn import IndRNN, newton_unroll, unroll
from minirnn.gradients.newton import Solved, newton_rounds

UNITS, T = [1, 2, 4, 8, 16, 32], 4096


def milliseconds(f: Callable[[], object], calls: int = 5) -> float:
    """The least processor time of f over some calls, after one that is not counted: other programs only add time."""
    f()
    times = []
    for _ in range(calls):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return 1e3 * min(times)


def elementwise(w: np.ndarray, drive: np.ndarray) -> Solved:
    """h = tanh(w ⊙ h + drive) with slopes that are known to be diagonal: `newton_unroll` asks for them unit by unit."""

    def f(before: np.ndarray) -> np.ndarray:
        return np.tanh(w * before + drive)

    def slopes(_: np.ndarray, after: np.ndarray) -> np.ndarray:
        return w * (1 - after * after)

    return newton_rounds(f, slopes, np.zeros_like(drive), np.zeros_like(drive[0]), tol=TOL)


def measure(n: int) -> dict[str, Any]:
    """Milliseconds by way, and rounds."""
    cell, params, X = tanh_network(0.8, 0, T, n)
    other = IndRNN(1, n, "tanh")
    weights = other.init(np.random.default_rng(0))
    ways: dict[str, Callable[..., Any]] = {
        "loop": partial(unroll, cell, params, X),
        "newton": partial(newton_unroll, cell, params, X, tol=TOL),
        "fixed point": partial(newton_unroll, cell, params, X, tol=TOL, jacobian="none"),
        "IndRNN loop": partial(unroll, other, weights, X),
        "IndRNN newton": partial(elementwise, weights["w"], other.drive(weights, X)),
    }
    ms = {name: rounded(milliseconds(f), 3) for name, f in ways.items()}
    return {"ms": ms, "rounds": {name: f().rounds for name, f in ways.items() if "loop" not in name}}


def again(saved: Saved) -> Pair:
    """The rounds of the smallest; times are those of a machine, and not compared."""
    return measure(1)["rounds"], saved(n=1)["rounds"]


EXPERIMENT = Experiment(
    name="payoff",
    run=measure,
    grid={"n": UNITS},
    options=dict(jobs=1),
    settings=dict(T=T, tol=TOL, gain=0.8, seed=0),
    results=lambda runs: {"n": UNITS, "runs": runs},
    rows=lambda results: results["runs"],
    again=again,
)
