"""Broken networks: their weights, gates and units."""

from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import bias, both, per_kind, single, start, weights
from minirnn.core import initializers


def nearly_all(b: np.ndarray) -> np.ndarray:
    b = b.copy()
    b[: len(b) * 9 // 10] = -20.0
    return b


CASES = [
    Case(
        name="recurrent gain of 3",
        words="Recurrent weights of a tanh network three times as large as they should be.",
        causes=("chaotic", "gradient-explodes"),
        why="In a chaotic network the gradient grows as the distance of two states does.",
        fault=start(recurrent=partial(initializers.fan_in, gain=3.0)),
        on="majority",
        n=64,
        kinds=("tanh",),
    ),
    Case(
        name="spectral radius of one half",
        words="Sparse recurrent weights, scaled to radius 0.5 where 0.95 was meant.",
        causes=("gradient-vanishes",),
        fault=start(recurrent=partial(initializers.sparse, radius=0.5)),
        on="first sign",
        T=40,
        kinds=("tanh",),
    ),
    Case(
        name="forget bias with the wrong sign",
        words="The bias of the gate that keeps is -ln T instead of ln T.",
        causes=("forget-gate-closed",),
        fault=per_kind(
            LSTM=bias(1, lambda setup, rng: -np.log(setup.T)), GRU=bias(1, lambda setup, rng: -np.log(setup.T))
        ),
        on="first sign",
        T=30,
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="update gate at a half over 150 steps",
        words="A GRU whose update gates start at one half.",
        causes=("gradient-vanishes", "forget-gate-closed"),
        why="The gate halves the memory at each step, which is why the gradient vanishes; the remedy is one.",
        fault=start(update_bias=0.0),
        on="first sign",
        T=150,
        kinds=("GRU",),
    ),
    Case(
        name="GRU that only keeps",
        words="An update bias of 12: the state keeps its zeros, and nothing enters.",
        causes=("input-gate-closed",),
        fault=start(update_bias=12.0),
        on="rows",
        kinds=("GRU",),
    ),
    Case(
        name="MinGRU that only keeps",
        words="The bias of the gate z is -12: the state keeps its zeros, and nothing enters.",
        causes=("input-gate-closed",),
        fault=bias(0, -12.0),
        on="rows",
        kinds=("MinGRU",),
    ),
    Case(
        name="input gate shut",
        words="The bias of the LSTM's input gate is -10.",
        causes=("input-gate-closed",),
        fault=bias(0, -10.0),
        on="rows",
        kinds=("LSTM",),
    ),
    Case(
        name="input gate at -6",
        words="The bias of the LSTM's input gate is -6.",
        causes=("input-gate-closed",),
        fault=bias(0, -6.0),
        on="adding",
        kinds=("LSTM",),
    ),
    Case(
        name="output gate at -5",
        words="The bias of the LSTM's output gate is -5.",
        causes=("output-gate-closed",),
        fault=bias(3, -5.0),
        on="sensors",
        kinds=("LSTM",),
    ),
    Case(
        name="ReLU with 1.3 times the identity",
        words="An IRNN whose recurrent weights are 1.3 on the diagonal.",
        causes=("gradient-explodes", "states-overflow"),
        why="States and gradients grow by the same factor, without end.",
        fault=start(recurrent=partial(initializers.identity, gain=1.3)),
        on="first sign",
        T=60,
        kinds=("IRNN",),
    ),
    Case(
        name="ReLU with Gaussian weights of gain 3",
        words="Recurrent weights N(0, 9/n) under ReLU, over 60 steps.",
        causes=("gradient-explodes", "states-overflow"),
        why="States and gradients grow by the same factor, without end.",
        fault=start(recurrent=partial(initializers.fan_in, gain=3.0)),
        on="first sign",
        T=60,
        kinds=("IRNN",),
    ),
    Case(
        name="IndRNN with weights below 0.3",
        words="Recurrent weights uniform on ±0.3: each unit forgets in three steps.",
        causes=("gradient-vanishes",),
        fault=start(recurrent=partial(initializers.uniform, low=-0.3, high=0.3)),
        on="first sign",
        T=40,
        kinds=("IndRNN",),
    ),
    Case(
        name="LRU on a ring of radius one half",
        words="Eigenvalues between 0 and 0.5, for a task of 60 steps.",
        causes=("gradient-vanishes",),
        fault=start(r_min=0.0, r_max=0.5),
        on="first sign",
        T=60,
        kinds=("LRU", "normalized"),
    ),
    Case(
        name="LRU near the circle without normalisation",
        words="Eigenvalues of 0.999 and more, and inputs that are not scaled by the square root of 1 - |λ|².",
        causes=("curse-of-memory",),
        fault=both(start(r_min=0.999, r_max=0.9999), weights(gamma_log=np.zeros_like)),
        on="echo",
        T=200,
        kinds=("LRU",),
    ),
    Case(
        name="multipliers of 0.9995 in polar coordinates",
        words="A diagonal recurrence whose multipliers start between 0.9995 and 0.99999, without a normalisation.",
        causes=("curse-of-memory",),
        fault=start(r_min=0.9995, r_max=0.99999),
        on="wave",
        T=200,
        kinds=("diagonal",),
    ),
    Case(
        name="all weights of the cell times ten",
        words="Weights that were stored in another unit: those of the cell are ten times as large.",
        causes=("saturated-units", "chaotic"),
        why="Weights of that size do both: units stand at their bounds, and small differences decide at which.",
        fault=weights(W=lambda W: 10 * W, U=lambda U: 10 * U),
        on="majority",
        n=48,
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="nine in ten ReLU units dead",
        words="All but three of 24 ReLU units have a bias of -20.",
        causes=("dead-units",),
        fault=weights(b=nearly_all),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="single precision and a gain of 3",
        words="An IRNN in float32 with recurrent weights of 3 times the identity: its states leave the floats.",
        causes=("states-overflow", "gradient-explodes"),
        why="States and gradients grow by the same factor, without end.",
        fault=both(start(recurrent=partial(initializers.identity, gain=3.0)), single()),
        on="first sign",
        T=120,
        kinds=("IRNN",),
    ),
    Case(
        name="a readout of nan",
        words="The readout's weights are nan since the last checkpoint; the cell's are finite.",
        causes=("weights-not-finite",),
        fault=weights(V=lambda V: np.full_like(V, np.nan)),
        on="majority",
        kinds=("tanh", "LSTM", "MinGRU"),
    ),
    Case(
        name="an infinite bias",
        words="One bias is inf: tanh and gates make finite states of it.",
        causes=("weights-not-finite",),
        fault=weights(b=lambda b: np.where(np.arange(len(b)) == 0, np.inf, b)),
        on="rows",
        kinds=("tanh", "LSTM"),
    ),
]
