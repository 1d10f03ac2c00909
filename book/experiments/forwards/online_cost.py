"""Time and memory of a step: backpropagation, the whole influence, and traces, over the number of units.

Tanh networks with two inputs, one sequence of 40 steps; for traces an IndRNN of the same size. Time is that of the
processor for both passes, the best of five, in microseconds a step, one thread. Numbers are those of
the arrays that are kept for the influence. Machines differ; ratios within a row are what counts.
"""

import time
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn import IndRNN, VanillaRNN, bptt
from minirnn.gradients import along, elementwise_rtrl, rtrl, snap1
from minirnn.gradients.realtime import FULL
from minirnn.gradients.traces import OWN_PAST
from minirnn.learning import losses

SIZES, M, T, REPEATS = [8, 16, 32, 64, 128], 2, 40, 5
GRADIENTS = {"BPTT": bptt, "RTRL": rtrl, "SnAp-1": snap1, "traces": elementwise_rtrl}


def numbers(n: int, m: int, T: int) -> dict[str, int]:
    """The numbers that each way stores for one sequence of T steps, of n units and m inputs.

    >>> numbers(32, 4, 10_000)["RTRL"], numbers(32, 4, 10_000)["traces"]
    (37888, 192)
    """
    p, own = n * (n + m + 1), n * (m + 2)  # parameters of a plain network, and of an IndRNN
    segment = max(1, round(T**0.5))
    return {
        "BPTT": n * T,
        "checkpoints": n * (-(-T // segment) + segment),
        "RTRL": n * p,
        "UORO": n + p,
        "SnAp-1": p,
        "traces": own,
    }


def kept(n: int) -> dict[str, int]:
    """The sizes of the arrays themselves."""
    plain, own = VanillaRNN(M, n), IndRNN(M, n, activation="tanh")
    sizes = {}
    for name, cell, way in (("RTRL", plain, FULL), ("traces", own, OWN_PAST)):
        params = cell.init(np.random.default_rng(0))
        (_, P), *_ = along(cell, params, np.ones((2, 1, M)), way)
        sizes[name] = sum(a.size for a in getattr(P, "traces", P).values())
    return sizes


def run(n: int) -> dict[str, Any]:
    """Microseconds a step, and the numbers that are kept."""
    taken = {}
    for name, gradient in GRADIENTS.items():
        rng = np.random.default_rng(0)
        cell = IndRNN(M, n, activation="tanh") if name == "traces" else VanillaRNN(M, n)
        params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
        X, y = rng.standard_normal((T, 1, M)), rng.standard_normal((T, 1, 1))
        loss, best = losses.at_every_step(losses.squared_error, y), np.inf
        for _ in range(REPEATS):
            start = time.process_time()
            gradient(cell, params, X, loss)
            best = min(best, time.process_time() - start)
        taken[name] = 1e6 * best / T
    return {"time": taken, "kept": kept(n)}


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"n": n, "time": {key: rounded(t, 3) for key, t in r["time"].items()}, "kept": r["kept"]}
        for n, r in zip(SIZES, runs, strict=True)
    ]


def again(saved: Saved) -> Pair:
    """The arrays of 16 units, which do not depend on the machine."""
    return kept(16), saved(n=16)["kept"]


EXPERIMENT = Experiment(
    name="online_cost",
    run=run,
    grid={"n": SIZES},
    options=dict(jobs=1),
    settings=dict(m=M, T=T, repeats=REPEATS),
    results=results,
    rows=list,
    again=again,
)
