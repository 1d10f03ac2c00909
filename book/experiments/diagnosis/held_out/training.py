"""Broken training: losses, readouts, rates, clips, and parameters that are left out."""

from functools import partial
from typing import Any

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import FrozenReadout, adam, both, cell, loss, sgd, weights, without_gradient
from minirnn.core.activations import sigmoid
from minirnn.core.params import Params
from minirnn.learning import losses


class Detached(losses.AtEnd):
    """The states are cut off from the readout (`.detach()`), which alone is trained."""

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        E, dE, readout = super().__call__(params, H)
        return E, np.zeros_like(dE), readout


def rounded_error(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """½(round(y) - target)²: round has the derivative 0."""
    return 0.5 * ((np.round(Y) - target) ** 2).sum() / len(Y), np.zeros_like(Y)


def squared_error_of_a_sigmoid(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    p = sigmoid(Y)
    return 0.5 * ((p - target) ** 2).sum() / len(Y), (p - target) * p * sigmoid(-Y) / len(Y)


CASES = [
    Case(
        name="states detached before the readout",
        words="A `.detach()` was left between the last state and the readout.",
        causes=("loss-ignores-sequence",),
        fault=loss(lambda target: Detached(losses.softmax_cross_entropy, target)),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="answers rounded before the error",
        words="The loss compares the rounded answer with the target.",
        causes=("loss-ignores-sequence",),
        fault=loss(partial(losses.at_end, rounded_error)),
        on="yes or no",
        kinds=("tanh", "LSTM", "LRU"),
    ),
    Case(
        name="a saturated output unit",
        words="The output is a sigmoid under a squared error, and a bias of -30 holds it shut.",
        causes=("readout-dead",),
        fault=both(
            loss(partial(losses.at_end, squared_error_of_a_sigmoid), grade=True),
            weights(c_out=lambda c: c - 30.0),
        ),
        on="yes or no",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="readout frozen at zero",
        words="The readout starts at 0 and is left out of what is trained.",
        causes=("readout-dead", "frozen-parameters"),
        why="It passes nothing back because it is 0, and stays so because it is frozen.",
        fault=both(
            loss(lambda target: FrozenReadout(losses.softmax_cross_entropy, target)),
            weights(V=np.zeros_like, c_out=np.zeros_like),
        ),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="a rate of 10",
        words="Gradient descent with a rate of 10.",
        causes=("rate-too-high",),
        sound=sgd(0.5),
        fault=sgd(10.0),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="Adam with a rate of 1e-6",
        words="Adam's rate is 1e-6, where 1e-2 was meant.",
        causes=("rate-too-low",),
        fault=adam(1e-6),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="a cell that forgets the gradient of W",
        words="Somebody's own cell returns zeros for the gradient of its recurrent weights.",
        causes=("frozen-parameters",),
        fault=cell(lambda cell: without_gradient(cell, "W")),
        on="order",
        kinds=("tanh", "LSTM", "GRU"),
    ),
]
