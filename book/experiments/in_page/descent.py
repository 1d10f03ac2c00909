"""A network that learns in a page, and here: one report before each update of SGD with a clip by norm.

W_{k+1} = W_k − rate · g_k · min(1, clip / ‖g_k‖)                                             (eq. clip)
"""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from experiments.draws import Stream
from experiments.in_page import gru_units, lru_units, tanh_units
from experiments.in_page.tasks import TASKS, Task
from minirnn import bptt, unroll
from minirnn.cells.contract import Cell, Local
from minirnn.core.params import Params, norm, overflow_allowed
from minirnn.learning import clip_by_norm, losses
from minirnn.learning.optimizers import sgd

UNITS: dict[str, ModuleType] = {"tanh": tanh_units, "GRU": gru_units, "LRU": lru_units}


class Report(NamedTuple):
    """What one batch shows of a network: loss, how many sequences are right, ‖∂E/∂h_{T−k}‖ over the lag k, the
    gradient's norm, and the exponent along the batch's first sequence, in nats a step."""

    loss: float
    right: int
    lags: np.ndarray
    norm: float
    exponent: float


def regime(exponent: float) -> str:
    """The hue of a network by its exponent, in nats a step: within 0.1 below zero counts as critical."""
    return "vanishing" if exponent < -0.1 else "critical" if exponent <= 0 else "chaotic"


def recent(values: Sequence[float]) -> np.ndarray:
    """At each place the mean of the last ten values."""
    return np.array([np.mean(values[max(0, k - 9) : k + 1]) for k in range(len(values))])


def percent_right(reports: Sequence[Report], B: int) -> float:
    """Of the sequences in the last ten batches; counted, so that a half is one in a page too."""
    last = reports[-10:]
    return 100 * sum(r.right for r in last) / (len(last) * B)


def network(units: ModuleType, n: int, task: Task, draws: Stream, gain: float) -> tuple[Cell, Params]:
    """The cell and its weights; those of the readout, N(0, 1/size), are drawn first."""
    cell = units.cell(task.m, n)
    V = draws.normal(task.outputs, cell.n_out) / np.sqrt(cell.n_out)
    return cell, units.init(draws, task.m, n, gain) | {"V": V, "c_out": np.zeros(task.outputs)}


def measure(
    cell: Cell, params: Params, task: Task, X: np.ndarray, target: np.ndarray, v: np.ndarray
) -> tuple[Report, Params, np.ndarray]:
    """The report, the gradient, and where the direction v (n_state,) has moved along the first sequence."""
    loss = losses.at_end(task.error, target)
    E, gradient = bptt(cell, params, X, loss)
    H = unroll(cell, params, X)
    right = int(task.right(losses.readout(params, H[-1]), target).sum())
    local = cell.linearize(params, cell.drive(params, X), H[:-1], H[1:])
    delta, lags = loss(params, H[1:])[1][-1], []
    for t in reversed(range(len(X))):
        lags.append(np.linalg.norm(delta))
        delta, _ = cell.vjp_step(params, [a[t] for a in local], delta)
    exponent, v = stretch(cell, params, [a[:, :1] for a in local], v)
    return Report(E, right, np.array(lags), norm(gradient), exponent), gradient, v


def stretch(cell: Any, params: Params, local: Local, v: np.ndarray) -> tuple[float, np.ndarray]:
    """Nats a step by which all steps stretch the direction v, and where they move it; where they make it 0 or
    more than a float holds, -inf and v itself."""
    total, moved = 0.0, v
    for step in zip(*local, strict=True):
        moved = cell.jvp_step(params, step, moved[None])[0]
        size = float(np.linalg.norm(moved))
        if not (size > 0 and np.isfinite(size)):
            return -np.inf, v
        total, moved = total + np.log(size), moved / size
    return total / len(local[0]), moved


def descend(
    units: str, n: int, task: str, *, seed: int, gain: float, rate: float, clip: float, T: int, B: int
) -> Iterator[Report]:
    """Reports without end, each before an update; an update that is not finite is left out, as by `train`."""
    draws = Stream(seed)
    cell, params = network(UNITS[units], n, TASKS[task], draws, gain)
    v = np.full(cell.n_state, cell.n_state**-0.5)
    while True:
        X, target = TASKS[task].draw(draws, B, T)
        with overflow_allowed():
            report, gradient, v = measure(cell, params, TASKS[task], X, target, v)
            finite = np.isfinite(report.loss + report.norm**2)
        yield report
        if finite:
            clipped = clip_by_norm(gradient, clip)[0] if np.isfinite(clip) else gradient
            params, _ = sgd(rate).update(params, clipped, {})
