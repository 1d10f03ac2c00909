"""Broken networks: gates, units at their bounds, dead units, and weights that are not finite."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from experiments.diagnosis.cases import Case, Setup
from experiments.diagnosis.edits import bias, both, per_kind, start, weights
from minirnn.core import initializers


def rows(block: int, of: int, value: float) -> Callable[[np.ndarray], np.ndarray]:
    """The bias of one gate of `of`, in a layer of a stack."""
    return lambda b: np.where(np.arange(len(b)) // (len(b) // of) == block, value, b)


def chrono_for(longest: float) -> Any:
    """Time scales up to `longest` steps (tallec2018): the input gate is the opposite of the forget gate."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        b = initializers.chrono(rng, setup.cell.n, longest)
        return both(bias(1, b), bias(0, -b))(setup, rng)

    return fault


def first(value: float) -> Callable[[np.ndarray], np.ndarray]:
    """The first entry has this value."""
    return lambda W: np.where(np.arange(W.size).reshape(W.shape) == 0, value, W)


CASES = [
    Case(
        name="forget gate at -5",
        words="Somebody meant to start with little memory.",
        causes=("forget-gate-closed", "gradient-vanishes"),
        why="Gates of 0.007 are closed, and for that the gradient vanishes.",
        fault=bias(1, -5.0),
        on="order",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="gates in TensorFlow's order",
        words="Weights were carried over from a library with the order i, g, f, o: the forget bias is that of g.",
        causes=("gradient-vanishes", "forget-gate-closed", "saturated-units"),
        why="The forget gates are at one half, and what is written stands at its bound.",
        fault=both(bias(1, 0.0), bias(2, 5.0)),
        on="first sign",
        kinds=("LSTM",),
    ),
    Case(
        name="update gate at -6",
        words="The update bias has the wrong sign, so that each step writes the state anew.",
        causes=("forget-gate-closed", "gradient-vanishes"),
        why="Gates of 0.0025 are closed, and for that the gradient vanishes.",
        fault=bias(1, -6.0),
        on="first sign",
        T=30,
        kinds=("GRU",),
    ),
    Case(
        name="gates for memories of ten million steps",
        words="Time scales were drawn up to 10⁷ steps for sequences of eight.",
        causes=("input-gate-closed",),
        why="A gate that forgets over so many steps lets as little in at each.",
        fault=per_kind(
            LSTM=chrono_for(1e7),
            GRU=bias(1, lambda setup, rng: initializers.chrono(rng, setup.cell.n, 1e7)),
            MinGRU=bias(0, lambda setup, rng: -initializers.chrono(rng, setup.cell.n, 1e7)),
        ),
        on="rows",
        kinds=("GRU", "MinGRU"),
    ),
    Case(
        name="lower input gates shut",
        words="Of two layers the lower one has input gates at -12.",
        causes=("input-gate-closed",),
        why="Nothing of the inputs comes to the upper layer.",
        fault=weights(**{"0.b": rows(0, 4, -12.0)}),
        on="rows",
        kinds=("two LSTMs",),
    ),
    Case(
        name="output gates of both layers at -9",
        words="The output gates of two layers start at 0.0001.",
        causes=("output-gate-closed",),
        why="Hardly anything comes to the upper layer, or from there to the readout.",
        fault=weights(**{"0.b": rows(3, 4, -9.0), "1.b": rows(3, 4, -9.0)}),
        on="rows",
        kinds=("two LSTMs",),
    ),
    Case(
        name="output gate at -12, a language",
        words="The output gates start at 0.000006.",
        causes=("output-gate-closed",),
        why="The readout sees next to nothing of the states, and the gates' own gradient is as small.",
        fault=bias(3, -12.0),
        on="text",
        kinds=("LSTM",),
    ),
    Case(
        name="all biases at 10",
        words="Biases were set to 10 in place of 1.0.",
        causes=("saturated-units",),
        why="All gates and units stand at their upper bounds.",
        fault=weights(b=lambda b: np.full_like(b, 10.0)),
        on="rows",
        kinds=("tanh", "LSTM"),
    ),
    Case(
        name="input weights of N(0, 50²)",
        words="A deviation of 50 was given for the input weights.",
        causes=("saturated-units",),
        why="Every input puts units to their bounds.",
        fault=start(inputs=partial(initializers.gaussian, std=50.0)),
        on="sensors",
        kinds=("tanh", "LSTM"),
        patience=100,
    ),
    Case(
        name="all ReLU units at a bias of -9",
        words="A step that was too long moved all biases to -9.",
        causes=("dead-units",),
        why="No input reaches over the bias.",
        fault=weights(b=lambda b: np.full_like(b, -9.0)),
        on="adding",
        kinds=("IRNN",),
    ),
    Case(
        name="negative weights for pixels under ReLU",
        words="Pixels are never negative, and a sign was lost: all input weights are.",
        causes=("dead-units",),
        why="No unit is above 0 for any image.",
        fault=weights(U=lambda U: -np.abs(U)),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="overflow in half precision",
        words="A weight was beyond 65504 when the checkpoint was written in float16: inf.",
        causes=("weights-not-finite",),
        why="One entry is inf.",
        fault=weights(U=first(np.inf)),
        on="majority",
        kinds=("GRU", "IRNN"),
    ),
    Case(
        name="nan in the upper layer",
        words="One recurrent weight of the upper of two layers is nan.",
        causes=("weights-not-finite",),
        why="One entry is nan.",
        fault=weights(**{"1.W": first(np.nan)}),
        on="rows",
        kinds=("two LSTMs", "two GRUs"),
    ),
]
