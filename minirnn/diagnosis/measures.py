"""All numbers of a report, without a judgement: of the parameters, the batch, the training log and each layer.

    gradient by lag   of a handful of the errors that the loss asks for                              `lags`
    exponent          how fast nearby states part, along the inputs and later on                     `parting`
    units             gates, slopes, dead units, states                                              `units`
    batch             inputs, targets, the best constant answer, the lags that the targets need      `batches`
    course            clip rate, size of updates, course of the loss                                 `updates`
    sensitivity       relative change of the last state for a relative change of all parameters, per unit

What is not finite is counted, and no measure makes a nan of its own where the network is finite.
"""

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from minirnn.core.params import Params, norm, overflow_allowed
from minirnn.diagnosis import batches, lags, parting, units, updates
from minirnn.learning.observed import Answers, Layer, Network, TrainingLog

LAST_STATES = 16  # so many last states show the sensitivity
PROBED = 1e-2  # below this far share a probe of the batch tests whether near inputs suffice


class Weights(NamedTuple):
    """Of an array of parameters: how many entries are not finite, the root mean square, and what it would be if entries
    were N(0, 1/columns) (nan of a vector); the norm of its gradient, None where it has none."""

    bad: int
    size: float
    usual: float
    gradient: float | None


class Readout(NamedTuple):
    """What lies above the states: the root mean square of the weights that read the top layer, over what they would be
    at a usual start, and the norm of their gradient over |E| (None where they cannot be told); how much error reaches
    the states of any layer, ‖∂E/∂H‖·√B over |E| and over that size of the weights, if they pass one at all; the root
    mean square of the top layer's last states."""

    size: float | None
    gradient: float | None
    passes: float | None
    states: float


@dataclass(frozen=True)
class OfLayer:
    """The measures of one layer; `error` is ‖∂E/∂H‖ through all that lies above it."""

    name: str
    steps: int
    error: float
    by_lag: lags.ByLag
    parting: parting.Parting
    drive: units.Drive
    units: units.Units
    sensitivity: float

    def half(self, lag: int | None = None, quiet: int = 0) -> int:
        """From which lag on the gradient is distant: half of `lag`, by default of the longest; at least `quiet`."""
        longest = len(self.by_lag.terms) - 1
        return max(((longest if lag is None else min(lag, longest)) + 1) // 2, min(quiet, longest))

    def far_share(self, lag: int | None = None, quiet: int = 0) -> float:
        """The share of the gradient from these lags; of the adjoints themselves where no parameter gets any."""
        return self.share_from(self.half(lag, quiet))

    def share_from(self, lag: int) -> float:
        """The share from this lag on."""
        by_lag = self.by_lag
        return lags.share_from(by_lag.terms if by_lag.terms.any() else by_lag.sizes, lag)


@dataclass(frozen=True)
class Measures:
    """All measures of a network on a batch; None where one cannot be computed. `asked` is the share of steps at which
    an error reaches the top layer, `shape` that of the inputs (T, B, m)."""

    loss: float
    baseline: float | None
    layers: tuple[OfLayer, ...]
    asked: float
    weights: dict[str, Weights]
    outside: tuple[str, ...]
    readout: Readout
    inputs: batches.Inputs
    targets: batches.Targets | None
    near: batches.Near | None
    quiet: int
    padding: batches.Padding
    lag: int | None
    course: updates.Course | None
    shape: tuple[int, int, int]
    answers: Answers | None

    @property
    def solved(self) -> float:
        """1 where the loss is below a fifth of that of the best constant answer, 0 above half of it; 0 if unknown."""
        if self.baseline is None or not self.baseline > 0 or not np.isfinite(self.loss):
            return 0.0
        return float(np.clip((0.5 - self.loss / self.baseline) / 0.3, 0, 1))


def measure(network: Network, log: TrainingLog | None = None, lag: int | None = None) -> Measures:
    """The measures of a network on its batch; `log` and `lag`, how far back the task reaches, where they are known."""
    T, B, m = network.inputs.shape
    lengths = np.full(B, T) if network.lengths is None else network.lengths
    exists = np.arange(T)[:, None] < lengths
    outside = outside_of(network)
    with overflow_allowed(), np.errstate(divide="ignore"):
        layers = tuple(of_layer(layer, exists, network.lengths) for layer in network.layers)
        inputs, targets, near, quiet = batches.inputs_of(network.inputs, exists), None, None, 0
        if network.targets is not None:
            targets = batches.targets_of(network.targets, exists)
            seen = not inputs.bad and not targets.bad
            if batches.one_each(network.targets):
                quiet = batches.quiet_steps(network.inputs, lengths)
            if seen and all(layer.far_share() < PROBED for layer in layers):
                near = batches.near(network.inputs, network.targets, exists)
        return Measures(
            loss=float(network.E),
            baseline=network.baseline,
            layers=layers,
            asked=float((network.layers[-1].dE != 0).any(axis=-1).mean()),
            weights={key: weights(p, network.gradients.get(key)) for key, p in network.params.items()},
            outside=outside,
            readout=readout_of(network, outside),
            inputs=inputs,
            targets=targets,
            near=near,
            quiet=quiet,
            padding=batches.padding_of(network.inputs, lengths, with_errors(network)),
            lag=lag,
            course=None if log is None else updates.course(log),
            shape=(T, B, m),
            answers=network.answers,
        )


def of_layer(layer: Layer, exists: np.ndarray, lengths: np.ndarray | None) -> OfLayer:
    """The measures of a layer, whose sequences have the steps that exist (T, B)."""
    B = layer.X.shape[1]
    if layer.X.shape[:2] != exists.shape:  # of other sequences than the inputs', as a decoder's
        exists, lengths = np.ones(layer.X.shape[:2], bool), None
    few = np.linspace(0, B - 1, min(B, LAST_STATES)).astype(int)
    return OfLayer(
        name=layer.name,
        steps=len(layer.X),
        error=lags.whole_norm(layer.dE),
        by_lag=lags.by_lag(layer),
        parting=parting.parting_of(layer, lengths),
        drive=units.drive_of(layer, exists),
        units=units.units_of(layer),
        sensitivity=units.weight_sensitivity(
            layer.cell, layer.params, layer.X[:, few], layer.H[-1, few], h0=layer.H[0, few]
        ),
    )


def weights(p: np.ndarray, gradient: np.ndarray | None) -> Weights:
    """The measures of one array of parameters."""
    usual = p.shape[-1] ** -0.5 if p.ndim > 1 else float("nan")
    size = lags.whole_norm(p) / sqrt(max(p.size, 1))
    bad = 0 if isfinite(size) else int((~np.isfinite(p)).sum())
    return Weights(bad, size, usual, None if gradient is None else lags.whole_norm(gradient))


def outside_of(network: Network) -> tuple[str, ...]:
    """The names of the parameters that belong to no recurrent layer: not to a cell, nor below a layer's own name."""
    modules = tuple(f"{layer.name.rsplit('[')[0]}." for layer in network.layers)
    cells = {key for layer in network.layers for key in layer.params}
    return tuple(key for key in network.params if key not in cells and not key.startswith(modules))


def with_errors(network: Network) -> np.ndarray:
    """From which sequences (B,) of the inputs an error reaches a state of any layer."""
    B = network.inputs.shape[1]
    arrived = [(layer.dE != 0).any(axis=(0, 2)) for layer in network.layers if layer.dE.shape[1] == B]
    return np.any(arrived, axis=0) if arrived else np.ones(B, bool)


def readout_of(network: Network, outside: tuple[str, ...]) -> Readout:
    """The measures of what lies above the states; the weights that read them are told by their shape."""
    shown = [layer.cell.n_out for layer in network.layers]
    widths = {shown[-1], sum(shown[-2:])}  # a readout sees both of two directions
    readers: Params = {key: network.params[key] for key in outside if key not in network.tables}
    readers = {key: p for key, p in readers.items() if p.ndim == 2 and p.shape[1] in widths}
    loss, last = abs(float(network.E)), network.layers[-1].H[-1]
    size = max(
        (float(lags.whole_norm(p) / np.sqrt(p.size / p.shape[1])) for key, p in readers.items()), default=None
    )
    gradients = {key: network.gradients[key] for key in readers if key in network.gradients}
    arrived = max(lags.whole_norm(layer.dE) for layer in network.layers) * np.sqrt(network.inputs.shape[1])
    known = loss > 0 and np.isfinite(loss)
    return Readout(
        size=size,
        gradient=norm(gradients) / loss if known and gradients else None,
        states=float(lags.whole_norm(last) / np.sqrt(last.size)),
        passes=float(arrived / loss / (size or 1.0)) if known and arrived > 0 else None,
    )
