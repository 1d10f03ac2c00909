"""Broken networks: their weights, gates and units."""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import (
    adam,
    after,
    batches,
    bias,
    both,
    cell,
    everything,
    inputs,
    normal,
    per_kind,
    start,
    weights,
)
from minirnn.core import initializers


def chain(W: np.ndarray) -> np.ndarray:
    """A delay line of 12 units with a gain of 5: unit i hands to unit i + 1, and the last to none."""
    W = np.zeros_like(W)
    W[1:12, :11] = 5.0 * np.eye(11)
    return W


def one_nan(W: np.ndarray) -> np.ndarray:
    W = W.copy()
    W.flat[W.size // 2] = np.nan
    return W


CASES = [
    Case(
        name="padding to 150 steps before the readout",
        words="Sequences of 20 steps are padded with zeros to 150, and the loss reads the last state.",
        causes=("gradient-vanishes",),
        fault=batches(lambda X, target, rng: (np.concatenate([X, np.zeros((130, *X.shape[1:]))]), target)),
        on="majority",
        kinds=("tanh", "GRU", "MinGRU", "IndRNN"),
    ),
    Case(
        name="all weights from a unit normal",
        words="np.random.randn for all weights.",
        causes=("saturated-units", "chaotic"),
        why="Weights of that size do both: units stand at their bounds, and small differences decide at which.",
        fault=everything(normal(1.0)),
        on="first sign",
        n=48,
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="all weights from random.rand",
        words="np.random.rand for all weights, which are then all positive.",
        causes=("saturated-units",),
        fault=everything(lambda rng, w: rng.random(w.shape)),
        on="majority",
        n=48,
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="an orthogonal start times 2.5",
        words="The gain of an activation function was multiplied in twice.",
        causes=("chaotic", "gradient-explodes"),
        why="In a chaotic network the gradient grows as the distance of two states does.",
        fault=start(recurrent=partial(initializers.orthogonal, gain=2.5)),
        on="majority",
        n=64,
        kinds=("tanh",),
    ),
    Case(
        name="recurrent weights of 0.01",
        words="Small random recurrent weights, as for a layer without recurrence.",
        causes=("gradient-vanishes",),
        fault=start(recurrent=partial(initializers.gaussian, std=0.01)),
        on="first sign",
        T=30,
        kinds=("tanh", "IRNN"),
    ),
    Case(
        name="sigmoid units",
        words="The logistic function in place of tanh: slopes of at most a quarter.",
        causes=("gradient-vanishes",),
        fault=cell(lambda cell: replace(cell, activation="sigmoid")),
        on="first sign",
        T=30,
        kinds=("tanh",),
    ),
    Case(
        name="forgotten forget bias",
        words="An LSTM whose forget gates start at one half, over 100 steps.",
        causes=("gradient-vanishes", "forget-gate-closed"),
        why="The gate halves the memory at each step, which is why the gradient vanishes; the remedy is one.",
        fault=start(forget_bias=0.0),
        on="first sign",
        T=100,
        kinds=("LSTM",),
    ),
    Case(
        name="forget bias of -1",
        words="The forget gates start at 0.27.",
        causes=("forget-gate-closed", "gradient-vanishes"),
        why="A gate that is mostly closed, and therefore a gradient that vanishes; the remedy is one.",
        fault=start(forget_bias=-1.0),
        on="first sign",
        T=50,
        kinds=("LSTM",),
    ),
    Case(
        name="GRU with the other sign convention",
        words="The update bias of 5 was taken from a library in which z near 1 forgets.",
        causes=("forget-gate-closed",),
        fault=start(update_bias=-5.0),
        on="order",
        kinds=("GRU",),
    ),
    Case(
        name="MinGRU that forgets at once",
        words="The bias of the gate z is 5 where -5 was meant.",
        causes=("forget-gate-closed",),
        fault=bias(0, 5.0),
        on="majority",
        kinds=("MinGRU",),
    ),
    Case(
        name="MinGRU at zero bias over 100 steps",
        words="Gates at one half forget in a few steps, and what is asked for lies a hundred back.",
        causes=("gradient-vanishes", "forget-gate-closed"),
        why="The gate halves the memory at each step, which is why the gradient vanishes; the remedy is one.",
        fault=bias(0, 0.0),
        on="first sign",
        T=100,
        kinds=("MinGRU",),
    ),
    Case(
        name="output gate shut",
        words="The bias of the LSTM's output gate is -10.",
        causes=("output-gate-closed",),
        fault=bias(3, -10.0),
        on="rows",
        kinds=("LSTM",),
    ),
    Case(
        name="eigenvalues outside the circle",
        words="A linear recurrence whose multipliers are up to 1.15 in size, over 100 steps.",
        causes=("states-overflow", "gradient-explodes"),
        why="States and gradients grow by the same factor, without end.",
        fault=per_kind(DiagonalRNN=weights(nu=lambda nu: 1.15 * nu), LinearRNN=weights(W=lambda W: 1.15 * W)),
        on="first sign",
        T=100,
        kinds=("diagonal", "linear"),
    ),
    Case(
        name="IndRNN with weights up to 1.4",
        words="The limit that keeps the weights of an IndRNN below 1 over long sequences was left out.",
        causes=("gradient-explodes", "states-overflow"),
        why="States and gradients grow by the same factor, without end.",
        fault=start(recurrent=partial(initializers.uniform, low=0.0, high=1.4)),
        on="first sign",
        T=60,
        kinds=("IndRNN",),
    ),
    Case(
        name="a delay line with a gain of 5",
        words="Each of twelve units hands five times its value on: the gradient peaks at lag 11, and then ends.",
        causes=("gradient-explodes",),
        fault=weights(W=chain),
        on="echo",
        kinds=("linear",),
    ),
    Case(
        name="biases of size ten",
        words="Biases drawn from N(0, 10²) hold the units at their bounds.",
        causes=("saturated-units",),
        fault=lambda setup, rng: weights(b=lambda b: 10 * rng.standard_normal(b.shape))(setup, rng),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="input weights thirty times too large",
        words="Inputs of size 1 meet input weights thirty times as large as a start by the fan-in.",
        causes=("saturated-units",),
        fault=weights(U=lambda U: 30 * U),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="ReLU biases at -3 after a bad step",
        words="One long step has moved the biases of all ReLU units to -3, and no input of the data reaches over that.",
        causes=("dead-units",),
        fault=both(after(50), weights(b=lambda b: b - 3.0)),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="ReLU and inputs that are all negative",
        words="Input weights are positive and inputs negative, so no unit is ever above 0.",
        causes=("dead-units",),
        fault=both(inputs(lambda X: -X), weights(U=np.abs)),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="small random weights under ReLU",
        words="Recurrent weights N(0, 0.05²) under ReLU, over 60 steps.",
        causes=("gradient-vanishes",),
        fault=start(recurrent=partial(initializers.gaussian, std=0.05)),
        on="first sign",
        T=60,
        kinds=("IRNN",),
    ),
    Case(
        name="one nan in a recurrent weight",
        words="A single recurrent weight is nan.",
        causes=("weights-not-finite",),
        fault=per_kind(
            VanillaRNN=weights(W=one_nan),
            LSTM=weights(W=one_nan),
            GRU=weights(W=one_nan),
            LRU=weights(nu_log=one_nan),
        ),
        on="first sign",
        T=20,
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="all weights nan after a step along nan",
        words="Somebody made a step along a gradient of nan.",
        causes=("weights-not-finite",),
        fault=everything(lambda rng, w: np.full_like(w, np.nan)),
        on="rows",
        kinds=("tanh", "GRU", "LRU", "IndRNN"),
    ),
    Case(
        name="weights of a run that diverged",
        words="Sixty updates of Adam with a rate of 1; the weights are handed over without a log.",
        causes=("saturated-units", "chaotic"),
        why="Weights of that size do both: units stand at their bounds, and small differences decide at which.",
        fault=adam(1.0),
        on="majority",
        n=48,
        kinds=("tanh", "LSTM", "GRU"),
        updates=60,
    ),
]
