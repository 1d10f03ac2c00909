"""Broken training: losses, readouts, rates, clips, and parameters that are left out."""

from functools import partial
from typing import Any

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import FrozenReadout, adam, cell, everything, loss, sgd, steps
from minirnn.core.params import Params, map_params
from minirnn.learning import losses
from minirnn.learning.optimizers import Optimizer


def softmax_of_one(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """½(softmax(y) - target)² over one output: softmax is 1, and its derivative 0."""
    return 0.5 * ((1.0 - target) ** 2).sum() / len(Y), np.zeros_like(Y)


class AtStart(losses.Loss):
    """Reads h_1."""

    def places(self, H: Any) -> tuple[Any, ...]:
        return (0, slice(None))


def decaying(rate: float, decay: float) -> Optimizer:
    """Gradient descent that takes a share of all weights away at each update."""
    return Optimizer(
        lambda params: {},
        lambda params, g, state: (map_params(lambda w, d: (1 - decay) * w - rate * d, params, g), state),
    )


def never_emptied(rate: float) -> Optimizer:
    """Descent along the sum of all gradients so far."""

    def update(params: Params, g: Params, state: dict[str, Any]) -> tuple[Params, dict[str, Any]]:
        v = map_params(np.add, state["v"], g)
        return map_params(lambda w, v: w - rate * v, params, v), {"v": v}

    return Optimizer(lambda params: {"v": map_params(np.zeros_like, params)}, update)


def cooling(rate: float, factor: float) -> Optimizer:
    """Descent whose rate falls by a factor at each update."""

    def update(params: Params, g: Params, state: dict[str, Any]) -> tuple[Params, dict[str, Any]]:
        step = rate * factor ** state["t"]
        return map_params(lambda w, d: w - step * d, params, g), {"t": state["t"] + 1}

    return Optimizer(lambda params: {"t": 0}, update)


def thousandth(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    E, dY = losses.softmax_cross_entropy(Y, target)
    return E / 1000, dY / 1000


def frozen(cell: Any) -> Any:
    """The cell, none of whose parameters gets a gradient."""

    class Reservoir(type(cell)):  # type: ignore[misc]
        def vjp_params(self, *arguments: Any) -> Params:
            return {key: np.zeros_like(value) for key, value in super().vjp_params(*arguments).items()}

    return Reservoir(**vars(cell))


CASES = [
    Case(
        name="softmax over a single output",
        words="The model has one output, over which the loss takes the softmax: it is 1 whatever the network says.",
        causes=("loss-ignores-sequence",),
        fault=loss(partial(losses.at_end, softmax_of_one)),
        on="yes or no",
        kinds=("tanh", "LSTM", "GRU", "MinGRU"),
    ),
    Case(
        name="the loss reads the first state",
        words="An index of 0 where -1 was meant: the answer is read after the first step.",
        causes=("loss-ignores-sequence", "frozen-parameters"),
        why="Of all states only h_1 has a gradient; so the recurrent weights, which h_0 = 0 multiplies, have none.",
        fault=loss(lambda target: AtStart(losses.softmax_cross_entropy, target)),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "IRNN"),
    ),
    Case(
        name="weight decay of 0.3 an update",
        words="The decay of the weights was given as if it were divided by the number of sequences.",
        causes=("readout-dead", "gradient-vanishes"),
        why="The decay has taken readout and recurrent weights alike: neither passes a gradient.",
        fault=steps(decaying(0.1, 0.3), 0.1),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=100,
    ),
    Case(
        name="everything starts at zero",
        words="All weights start at 0, those of the readout too.",
        causes=("readout-dead", "frozen-parameters"),
        why="The readout of zeros passes nothing back, and states of zeros give it nothing: only c_out has a gradient.",
        fault=everything(lambda rng, w: np.zeros_like(w)),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="Adam at thirty times its rate",
        words="Adam's rate is 0.3, where 0.01 was meant.",
        causes=("rate-too-high",),
        fault=adam(0.3),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="descent at ten times the rate, without a clip",
        words="Gradient descent with a rate of 0.5 where 0.05 was meant, and no clip.",
        causes=("rate-too-high",),
        sound=sgd(0.05, None),
        fault=sgd(0.5, None),
        on="echo",
        kinds=("linear", "LRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="gradients that nobody sets to zero",
        words="`zero_grad` is missing: each update goes along the sum of all gradients so far.",
        causes=("rate-too-high",),
        sound=sgd(0.5),
        fault=steps(never_emptied(0.5), 0.5),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="descent at Adam's rate",
        words="Gradient descent with the rate 0.001, which is Adam's.",
        causes=("rate-too-low",),
        sound=sgd(0.5),
        fault=sgd(0.001),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="a schedule by update instead of by epoch",
        words="The rate falls by a factor of 0.7 at each update; it was meant to do so at each epoch.",
        causes=("rate-too-low",),
        sound=sgd(0.5),
        fault=steps(cooling(0.5, 0.7), None),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="a loss divided by a thousand",
        words="The mean was taken over features too, so that the loss is a thousandth; the rate is that of before.",
        causes=("rate-too-low",),
        sound=sgd(0.5),
        fault=loss(partial(losses.at_end, thousandth)),
        on="rows",
        kinds=("tanh", "GRU", "LSTM"),
        updates=30,
        log=True,
    ),
    Case(
        name="clip at 0.001",
        words="Gradient descent with a clip at a norm of 0.001.",
        causes=("clip-too-low",),
        sound=sgd(0.5),
        fault=sgd(0.5, clip=1e-3),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="clip at a hundredth of the usual norm",
        words="A clip at 0.01, where gradients are around 1 long.",
        causes=("clip-too-low",),
        sound=sgd(0.3),
        fault=sgd(0.3, clip=0.01),
        on="last symbol",
        kinds=("tanh", "LRU", "IRNN"),
        updates=30,
        log=True,
    ),
    Case(
        name="only the readout is trained",
        words="The optimizer was given the readout's parameters alone; the cell's have no gradient.",
        causes=("frozen-parameters",),
        fault=cell(frozen),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="readout left out of the optimizer",
        words="The optimizer was given the cell's parameters alone, and the readout stays as it was drawn.",
        causes=("frozen-parameters",),
        fault=loss(lambda target: FrozenReadout(losses.softmax_cross_entropy, target)),
        on="rows",
        kinds=("tanh", "LSTM"),
    ),
]
