"""Broken updates: rates, clips, penalties, and steps that lead nowhere."""

from functools import partial
from typing import Any

import numpy as np

from experiments.diagnosis.cases import RATE, Case
from experiments.diagnosis.edits import adam, both, loss, sgd, steps
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers
from minirnn.learning.optimizers import Optimizer


def upwards(optimizer: Optimizer) -> Optimizer:
    """Steps along the gradient, and not against it."""
    return Optimizer(optimizer.init, lambda p, g, state: optimizer.update(p, {key: -g[key] for key in g}, state))


def of_copies(optimizer: Optimizer) -> Optimizer:
    """Its steps are made of copies of the parameters: those of the model stay."""
    return Optimizer(optimizer.init, lambda p, g, state: (p, optimizer.update(p, g, state)[1]))


def with_penalty(optimizer: Optimizer, weight: float) -> Optimizer:
    """The penalty ½·weight·‖θ‖² is a part of the loss."""

    def update(p: Params, g: Params, state: dict[str, Any]) -> tuple[Params, dict[str, Any]]:
        return optimizer.update(p, {key: g[key] + weight * p[key] for key in g}, state)

    return Optimizer(optimizer.init, update)


def times(factor: float, error: Any) -> Any:
    """An error that was multiplied."""

    def multiplied(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
        E, dY = error(Y, target)
        return factor * E, factor * dY

    return multiplied


CASES = [
    Case(
        name="steps along the gradient",
        words="A sign is wrong: each update goes up.",
        causes=("rate-too-high", "cannot-tell"),
        why="The loss rises under updates, as it does at a rate that is too high; no cause is a wrong sign.",
        sound=sgd(0.5),
        fault=steps(upwards(optimizers.sgd(0.5)), 0.5),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=30,
        log=True,
    ),
    Case(
        name="momentum of 0.99 at the rate of plain descent",
        words="Momentum was added, and the rate of 1 was kept, which is now 100 in effect.",
        causes=("rate-too-high",),
        why="Momentum divides by 1 - β, which is 0.01.",
        sound=sgd(0.5),
        fault=steps(optimizers.momentum(1.0, 0.99), 1.0),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="the sum over batch and steps in place of the mean",
        words="The loss is 960 times as large, there is no clip, and the rate is still that of the mean.",
        causes=("rate-too-high",),
        why="In effect the rate is 960 times as large.",
        sound=sgd(0.3),
        fault=both(loss(partial(losses.at_every_step, times(960.0, losses.squared_error))), sgd(0.3, clip=None)),
        on="average",
        kinds=("GRU", "LRU"),
        updates=30,
        log=True,
        patience=100,
    ),
    Case(
        name="Adam at a rate of 2",
        words="A rate was typed as 2 in place of 2e-3.",
        causes=("rate-too-high", "saturated-units"),
        why="Weights jump by 2 at each update; thirty updates later units stand at their bounds.",
        fault=adam(2.0),
        on="text",
        kinds=("tanh", "LSTM"),
        updates=30,
        log=True,
    ),
    Case(
        name="a warm-up of 100 000 updates",
        words="The rate grows to 0.01 over 100 000 updates, of which 200 are made.",
        causes=("rate-too-low",),
        why="The rate stays below 2e-5.",
        fault=steps(optimizers.adam(lambda t: RATE * (t + 1) / 1e5), None),
        on="majority",
        kinds=("tanh", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="Adam's ε of 1",
        words="The ε of Adam is 1, so that it is descent at a rate of 0.001.",
        causes=("rate-too-low",),
        why="All gradients are far below ε.",
        fault=steps(optimizers.adam(1e-3, eps=1.0), 1e-3),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="a loss of 1e-11 under Adam",
        words="A weight of 1e-11 stands before the loss, and gradients are below Adam's ε.",
        causes=("rate-too-low",),
        why="Parameters barely move.",
        fault=loss(partial(losses.at_end, times(1e-11, losses.softmax_cross_entropy))),
        on="rows",
        kinds=("tanh", "LRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="clip at 0.0005 on sensors",
        words="A threshold that was found for a loss a thousand times as small.",
        causes=("clip-too-low",),
        why="Every update is clipped to 0.0005.",
        sound=sgd(0.3),
        fault=sgd(0.3, clip=5e-4),
        on="sensors",
        kinds=("GRU", "LRU"),
        updates=30,
        log=True,
        patience=100,
    ),
    Case(
        name="clip at 0.0001 on digits",
        words="A threshold for each entry was taken for one of the norm.",
        causes=("clip-too-low",),
        why="Every update is clipped to 0.0001.",
        sound=sgd(0.5),
        fault=sgd(0.5, clip=1e-4),
        on="rows",
        kinds=("LSTM", "IRNN"),
        updates=30,
        log=True,
    ),
    Case(
        name="an optimizer of copies",
        words="The optimizer was made before the model was moved to its device: it changes what nobody uses.",
        causes=("frozen-parameters", "rate-too-low"),
        why="Nothing moves; the log shows it as updates of size 0.",
        fault=steps(of_copies(optimizers.adam(RATE)), RATE),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=30,
        log=True,
    ),
    Case(
        name="a penalty of weight 1",
        words="The squares of all parameters stand in the loss with a weight of 1/2.",
        causes=("readout-dead", "gradient-vanishes", "constant-answer"),
        why="All weights go to 0: of the readout, of the recurrence, and what is left is a constant.",
        fault=steps(with_penalty(optimizers.adam(RATE), 1.0), RATE),
        on="majority",
        kinds=("tanh", "GRU"),
        updates=300,
        log=True,
    ),
]
