"""Bytes and time of one gradient over the length of the sequence: back, from checkpoints, forwards, and by traces.

A tanh network of 16 units with two inputs, one sequence; for traces an IndRNN of the same size. The loss is a squared
error at the end. What goes forwards takes its inputs from a stream. Bytes: the largest memory that a gradient has asked
for at one moment, its inputs and parameters aside (tracemalloc). Time: of the processor, in microseconds a step, one
thread, the best of three runs up to 10 000 steps and one beyond.
"""

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn import IndRNN, VanillaRNN, bptt
from minirnn.cells.contract import Cell
from minirnn.core.params import Params
from minirnn.gradients import along, checkpointed_bptt
from minirnn.gradients.realtime import FULL, Way
from minirnn.gradients.traces import OWN_PAST
from minirnn.learning import losses

N, M, LENGTHS = 16, 2, [100, 1000, 10_000, 100_000]
Gradient = Callable[[Cell, Params, np.ndarray, losses.Loss], Params]


def forwards(way: Way) -> Gradient:
    """The gradient of a loss at the end, by the influence of the last step."""

    def gradient(cell: Cell, params: Params, X: np.ndarray, loss: losses.Loss) -> Params:
        for now in along(cell, params, iter(X), way):
            h, P = now
        _, dE, readout = loss(params, h[None])
        return way.gradient(P, dE[-1]) | readout

    return gradient


WAYS: dict[str, Gradient] = {
    "BPTT": lambda *given: bptt(*given)[1],
    "checkpoints": lambda *given: checkpointed_bptt(*given)[1],
    "RTRL": forwards(FULL),
    "traces": forwards(OWN_PAST),
}


def case(name: str, T: int) -> tuple[Cell, Params, np.ndarray, losses.Loss]:
    """The cell of a way, its parameters, inputs and loss."""
    rng = np.random.default_rng(0)
    cell = IndRNN(M, N, activation="tanh") if name == "traces" else VanillaRNN(M, N)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    return cell, params, rng.standard_normal((T, 1, M)), losses.at_end(losses.squared_error, np.ones((1, 1)))


def run(T: int) -> dict[str, dict[str, float]]:
    """Bytes, and microseconds a step, of each way."""
    measured: dict[str, dict[str, float]] = {"bytes": {}, "time": {}}
    for name, gradient in WAYS.items():
        given = case(name, T)
        gradient(*case(name, 10))  # what is made once
        tracemalloc.start()
        gradient(*given)
        measured["bytes"][name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        best = np.inf
        for _ in range(3 if T <= 10_000 else 1):
            start = time.process_time()
            gradient(*given)
            best = min(best, time.process_time() - start)
        measured["time"][name] = 1e6 * best / T
    return measured


def results(runs: list[dict[str, dict[str, float]]]) -> list[dict[str, Any]]:
    return [
        {"T": T, "bytes": {key: round(value, -2) for key, value in r["bytes"].items()}}
        | {"time": {key: rounded(value, 3) for key, value in r["time"].items()}}
        for T, r in zip(LENGTHS, runs, strict=True)
    ]


def again(saved: Saved) -> Pair:
    """Which way asks for the least at 100 steps and at 100 000, and which for the most: not how many bytes."""
    now, then = (order(row["bytes"]) for row in (run(100), saved(T=100)))
    return now, then


def order(sizes: dict[str, float]) -> list[str]:
    return [min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)]


EXPERIMENT = Experiment(
    name="over_length",
    run=run,
    grid={"T": LENGTHS},
    options=dict(jobs=1),
    settings=dict(n=N, m=M),
    results=results,
    rows=list,
    again=again,
)
