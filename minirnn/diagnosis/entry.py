"""Why does it not learn? The entries: a cell of ours with a batch and a loss, a model of PyTorch, a step function, or
a network that was observed by other means.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minirnn.bridges.step_functions import observe_step
from minirnn.bridges.tensors import import_torch  # noqa: F401  for the example
from minirnn.bridges.torch_models import observe_torch
from minirnn.bridges.usable_runs import FEWEST_STEPS
from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.diagnosis.batches import best_constant, rows_of
from minirnn.diagnosis.findings import rank
from minirnn.diagnosis.measures import measure
from minirnn.diagnosis.report import Report
from minirnn.diagnosis.updates import clip_rate
from minirnn.gradients.backpropagation import check_params, forward_scan, gradient_and_carry
from minirnn.gradients.objective import Objective, evaluate
from minirnn.layers.composition import Composed
from minirnn.learning import losses
from minirnn.learning.observed import Layer, Network, TrainingLog

CONSTANT = (losses.squared_error, losses.softmax_cross_entropy)  # the errors whose best constant answer is known


@checked
def diagnose(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: Objective,
    norms: Sequence[float] | None = None,
    clip: float | None = None,
    *,
    log: TrainingLog | None = None,
    targets: np.ndarray | None = None,
    lag: int | None = None,
) -> Report:
    """Why does it not learn? Findings, the most likely first, on inputs X (T, B, m) and a loss from `losses`.

    A short training `log` shows the updates; `norms` of past gradients with their `clip` show the clip rate alone. Pass
    `targets` if the loss has no attribute `target`, as those of `losses` have. `lag` is the number of steps that the
    task reaches back; without it, it is estimated from inputs and targets.

    >>> from minirnn import VanillaRNN
    >>> rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=8)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> params["W"] *= 0.5
    >>> loss = losses.at_end(losses.squared_error, rng.standard_normal((4, 1)))
    >>> diagnose(cell, params, rng.standard_normal((60, 4, 1)), loss).findings[0].name
    'gradient-vanishes'

    Raises TypeError or ValueError if X or params do not fit the cell, or T < 4, or one of norms and clip is missing.
    What is not finite in them is a finding.
    """
    if (norms is None) != (clip is None):
        raise ValueError("norms and clip must be given together, or neither")
    if norms is not None and clip is not None:
        clip_rate(norms, clip)
        if log is not None:
            raise ValueError("norms and clip must be those of the log where there is one; give the log alone")
        sizes = np.asarray(norms, float)
        log = TrainingLog(np.full(len(sizes), np.nan), sizes, clip=clip)
    return examine(network_of(cell, params, X, loss, targets), log, lag)


@checked
def diagnose_model(
    model: Any,
    inputs: Any,
    targets: Any,
    loss: Callable[..., Any],
    *,
    log: TrainingLog | None = None,
    lag: int | None = None,
) -> Report:
    """`diagnose` of a `torch.nn.Module` on one batch, with E = loss(model(inputs), targets); see `observe_torch`.

    >>> torch = import_torch()
    >>> class Reader(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.rnn, self.readout = torch.nn.LSTM(1, 8, batch_first=True), torch.nn.Linear(8, 2)
    ...     def forward(self, x):
    ...         return self.readout(self.rnn(x)[0][:, -1])
    >>> x = torch.full((16, 30, 1), float("nan"))
    >>> y = torch.arange(16) % 2
    >>> diagnose_model(Reader(), x, y, torch.nn.functional.cross_entropy).findings[0].name
    'inputs-not-finite'

    Raises as `observe_torch` and `examine`.
    """
    return examine(observe_torch(model, loss, (inputs, targets)), log, lag)


@checked
def diagnose_step(
    f: Callable[..., Any],
    X: np.ndarray,
    h0: np.ndarray,
    loss: Callable[..., Any],
    *,
    framework: str = "autograd",
    params: Any = None,
    targets: np.ndarray | None = None,
    log: TrainingLog | None = None,
    lag: int | None = None,
) -> Report:
    """`diagnose` of h_t = f(h_{t-1}, x_t) on inputs X (T, B, m) from h0 (B, n), with E = loss(H); see `observe_step`.

    >>> X, h0 = np.random.default_rng(0).standard_normal((40, 4, 1)), np.zeros((4, 1))
    >>> report = diagnose_step(lambda h, x: 3.0 * h + x, X, h0, lambda H: (H[-1] ** 2).mean())
    >>> report.findings[0].name
    'gradient-explodes'

    Raises as `observe_step` and `examine`.
    """
    return examine(observe_step(f, X, h0, loss, framework, params, targets), log, lag)


@checked
def examine(network: Network, log: TrainingLog | None = None, lag: int | None = None) -> Report:
    """`diagnose` of a network that was observed on a batch, by whatever means.

    Raises ValueError unless the batch has four steps or more, and lag is from 0 to the steps that a layer reads.
    """
    T, B, m = network.inputs.shape
    if T < FEWEST_STEPS:
        raise ValueError(
            f"T of X must be an integer >= {FEWEST_STEPS}, got {T}, where X (T, B, m), time first, is {(T, B, m)}: "
            "bring a batch of longer sequences, with the axes in the order that the network reads"
        )
    if lag is not None:
        check_lag(network, checks.integer("lag", lag, 0))
    measures = measure(network, log, lag)
    return Report(measures, rank(measures))


def check_lag(network: Network, lag: int) -> None:
    """Raises ValueError if no layer reads so many steps in one piece, through which a gradient could go back."""
    longest = max(network.layers, key=lambda layer: len(layer.X))
    T, name = len(longest.X), longest.name.split("[")[0]
    if lag <= T:
        return
    if any(re.fullmatch(rf"{re.escape(name)}\[.*sequence \d+\]", layer.name) for layer in network.layers):
        raise ValueError(
            f"lag must be at most {T}, as {name} read so many steps in one piece, got {lag}: no gradient goes from one "
            "of its pieces to the piece before. Hand on its state without detach(), or give a smaller lag"
        )
    raise ValueError(
        f"lag must be at most {T}, the number of steps that {name} read, got {lag}: bring longer sequences, or give a "
        "smaller lag"
    )


def network_of(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, targets: np.ndarray | None = None
) -> Network:
    """A cell of ours on the batch, as a `Network`; entries of X, targets and parameters may be inf or nan."""
    known = check_params(cell, params)
    T, B, _ = checks.float_array("X", X, ("T", "B", cell.m), finite=False).shape
    checks.one_dtype(X=X, **{key: params[key] for key in known})
    inner = getattr(loss, "loss", loss)  # of a loss that brings two directions together
    lengths, baseline, readout = getattr(loss, "lengths", None), None, Params()
    exists = np.arange(T)[:, None] < (np.full(B, T) if lengths is None else lengths)
    if isinstance(inner, losses.Loss):
        targets = inner.target
    with overflow_allowed():
        H = forward_scan(cell, params, X, None)
        if targets is not None and not np.isfinite(rows_of(targets, exists)).all():  # our losses refuse them
            E, dE = float("nan"), np.full_like(H[1:], np.nan)
        else:
            E, dE, readout = evaluate(loss, cell, params, H)
            if isinstance(inner, losses.Loss) and inner.error in CONSTANT:
                baseline = best_constant(inner.target, exists)
        gradients = gradient_and_carry(cell, params, X, H, dE, np.zeros_like(H[0]))[0] | readout
    own = {key: params[key] for key in cell.shapes()}
    parts = [(type(cell).__name__, cell, own, X, H, dE)]
    if isinstance(cell, Composed):
        parts = cell.layers(own, X, H, dE)
    return Network(tuple(Layer(*part) for part in parts), E, params, gradients, X, targets, baseline, lengths)
