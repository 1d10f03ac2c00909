"""Broken objectives: losses, readouts, and gradients that do not arrive."""

from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import FrozenReadout, both, cell, loss, units, weights, without_gradient
from minirnn.core.params import Params
from minirnn.learning import losses


def poisson_error(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """y - target·log y, where y should be the exponential of the output and is the output."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (Y - target * anp.log(Y)).sum() / len(Y), (1 - target / Y) / len(Y)


def cold_softmax(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """Softmax and its logarithm by hand, of outputs divided by a temperature of 1e-5."""
    right = np.arange(Y.shape[1]) == target[:, None]
    with np.errstate(all="ignore"):
        p = anp.exp(1e5 * Y) / anp.exp(1e5 * Y).sum(axis=1, keepdims=True)
        return -anp.log(anp.where(right, p, 1.0)).sum() / len(Y), 1e5 * (p - right) / len(Y)


def of_targets_alone(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """The error of the targets against themselves."""
    return 0.0 * Y.sum(), np.zeros_like(Y)


def error_of_tanh(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    y = anp.tanh(Y)
    return 0.5 * ((y - target) ** 2).sum() / len(Y), (y - target) * (1 - y**2) / len(Y)


def error_of_relu(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    y = anp.where(Y > 0, Y, 0.0)
    return 0.5 * ((y - target) ** 2).sum() / len(Y), (y - target) * (Y > 0) / len(Y)


def shorter_by(steps: int) -> Any:
    """Each sequence counts as ended so many steps before its end."""

    def change(target: np.ndarray) -> losses.Loss:
        T, B = target.shape
        return losses.at_every_step(losses.softmax_cross_entropy, target, np.full(B, T - steps))

    return change


def before_the_last(target: np.ndarray) -> losses.Loss:
    """The state at step 19 of 20."""
    return losses.at_end(losses.softmax_cross_entropy, target, np.full(len(target), 19))


def detached_steps(cell: Any) -> Any:
    """The cell, whose last state was detached before each step."""

    class Detached(type(cell)):  # type: ignore[misc]
        def vjp_step(self, *arguments: Any) -> tuple[np.ndarray, np.ndarray]:
            delta, D = super().vjp_step(*arguments)
            return np.zeros_like(delta), D

    return Detached(**vars(cell))


def without_state(cell: Any) -> Any:
    """The cell, which is called without its last state, so that each step begins at zero."""

    class Stateless(type(cell)):  # type: ignore[misc]
        def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
            return super().step(params, 0 * h_prev, drive)

        def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Any:
            return super().linearize(params, drive, 0 * H_prev, H)

        def vjp_step(self, *arguments: Any) -> tuple[np.ndarray, np.ndarray]:
            delta, D = super().vjp_step(*arguments)
            return np.zeros_like(delta), D

        def vjp_params(
            self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Any, D: np.ndarray
        ) -> Params:
            return super().vjp_params(params, X, 0 * H_prev, local, D)

    return Stateless(**vars(cell))


CASES = [
    Case(
        name="only biases are trained",
        words="All matrices, those of the readout too, were excluded for a fine-tuning of biases.",
        causes=("frozen-parameters",),
        why="W, U, V and c_out have gradients of 0.",
        fault=both(
            cell(lambda cell: without_gradient(cell, "W", "U")),
            loss(lambda target: FrozenReadout(losses.softmax_cross_entropy, target)),
        ),
        on="rows",
        kinds=("tanh", "GRU"),
    ),
    Case(
        name="states detached at each step",
        words="A `.detach()` stands in the loop over time: gradients end after one step.",
        causes=("gradient-vanishes",),
        why="Only the last input has a gradient.",
        fault=cell(detached_steps),
        on="order",
        kinds=("LSTM", "GRU"),
        patience=400,
    ),
    Case(
        name="a cell called without its state",
        words="The loop calls the cell with the input alone, so that each step begins at zero.",
        causes=("gradient-vanishes",),
        why="Only the last input reaches the answer.",
        fault=cell(without_state),
        on="first sign",
        T=20,
        kinds=("tanh", "IRNN"),
    ),
    Case(
        name="a loss of targets against themselves",
        words="The error takes the targets in both places.",
        causes=("loss-ignores-sequence",),
        why="It is 0 for every network.",
        fault=loss(partial(losses.at_every_step, of_targets_alone)),
        on="average",
        kinds=("tanh", "GRU"),
        patience=100,
    ),
    Case(
        name="the state before the last is read",
        words="An index is off by one, and what is asked for stands in the last input; 200 updates were made.",
        causes=("constant-answer", "cannot-tell"),
        why="Nothing of the network is broken; the loss reads the state that cannot know.",
        fault=loss(before_the_last),
        on="last symbol",
        kinds=("tanh", "LSTM"),
        updates=200,
        log=True,
        patience=100,
    ),
    Case(
        name="a mask that keeps the blanks alone",
        words="The lengths are three steps too short, so that no step counts at which the message is asked for.",
        causes=("targets-constant", "constant-answer", "cannot-tell"),
        why="Every target that counts is the blank, which a constant answers.",
        fault=loss(shorter_by(3)),
        on="copy",
        kinds=("LSTM", "GRU"),
        updates=100,
        log=True,
        patience=500,
    ),
    Case(
        name="a tanh on the output for targets of ±10",
        words="The output is a tanh, and targets go far beyond its bounds.",
        causes=("targets-off-scale", "readout-dead"),
        why="No weights reach such targets, and the tanh saturates in trying.",
        fault=both(units(lambda y: 10 * y), loss(partial(losses.at_every_step, error_of_tanh), grade=True)),
        on="wave",
        kinds=("tanh", "GRU"),
        patience=100,
    ),
    Case(
        name="a ReLU on the output that is never above zero",
        words="The output is a ReLU, and its bias starts at -8.",
        causes=("readout-dead", "loss-ignores-sequence"),
        why="The output is 0 for every state, and passes no gradient.",
        fault=both(loss(partial(losses.at_end, error_of_relu), grade=True), weights(c_out=lambda c: c - 8.0)),
        on="yes or no",
        kinds=("tanh", "LRU"),
    ),
    Case(
        name="the logarithm of what may be negative",
        words="A loss for counts takes the logarithm of the output, whose bias starts at -1.",
        causes=("loss-not-finite",),
        why="Weights, inputs, states and targets are finite, and the loss is nan.",
        fault=both(loss(partial(losses.at_end, poisson_error)), weights(c_out=lambda c: c - 1.0)),
        on="yes or no",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="softmax by hand at a low temperature",
        words="exp overflows for outputs divided by 1e-5: inf/inf.",
        causes=("loss-not-finite",),
        why="Weights, inputs, states and targets are finite, and the loss is nan or inf.",
        fault=loss(partial(losses.at_end, cold_softmax)),
        on="rows",
        kinds=("tanh", "LRU"),
    ),
]
