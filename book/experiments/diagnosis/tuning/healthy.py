"""Healthy networks: untrained ones with the remedies of the book, networks while they learn and after, and numbers of
unusual size that do no harm.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case, Setup, as_it_was
from experiments.diagnosis.edits import (
    adam,
    after,
    batches,
    bias,
    both,
    channel,
    inputs,
    per_kind,
    start,
    units,
    weights,
)
from minirnn.core import initializers
from minirnn.learning import tasks


def lettered(X: np.ndarray) -> np.ndarray:
    """Of 4 symbols, 60: which of 15 stands for each is drawn by the place."""
    T, B, _ = X.shape
    which = (np.arange(T)[:, None] * 7 + np.arange(B) * 3) % 15
    return tasks.one_hot(15 * X.argmax(-1) + which, 60)


def wider(setup: Setup, rng: np.random.Generator) -> Setup:
    cell = replace(setup.cell, m=60)
    return replace(setup, cell=cell, params=setup.params | cell.init(rng))


CASES = [
    Case(
        name="LSTM with forget bias ln 100, untrained",
        words="The book's remedy, for a task of 100 steps.",
        fault=as_it_was,
        on="first sign",
        T=100,
        kinds=("LSTM",),
    ),
    Case(
        name="LSTM with forget bias ln 400, untrained",
        words="The book's remedy, for a task of 400 steps.",
        fault=as_it_was,
        on="first sign",
        T=400,
        kinds=("LSTM",),
        patience=400,
    ),
    Case(
        name="LSTM with time scales up to 200",
        words="Biases of forget and input gates as tallec2018 draw them.",
        fault=both(
            lambda setup, rng: bias(1, initializers.chrono(rng, setup.cell.n, 200.0))(setup, rng),
            lambda setup, rng: bias(0, -setup.params["b"][setup.cell.n : 2 * setup.cell.n])(setup, rng),
        ),
        on="first sign",
        T=200,
        kinds=("LSTM",),
        patience=400,
    ),
    Case(
        name="untrained, as the library starts them",
        words="Each kind as it starts, on a task in which every step counts.",
        fault=as_it_was,
        on="majority",
        kinds=("GRU", "MinGRU", "IndRNN", "LRU", "chaos-free", "IRNN"),
    ),
    Case(
        name="untrained, reading digits by rows",
        words="Each kind as it starts, on real data.",
        fault=as_it_was,
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU", "IRNN"),
    ),
    Case(
        name="tanh with gain 2 that learned its task",
        words="Recurrent weights start at gain 2 and learned the task: nearby states part for a while, not for good.",
        fault=both(start(recurrent=partial(initializers.orthogonal, gain=2.0)), after(600)),
        on="first sign",
        T=20,
        kinds=("tanh",),
    ),
    Case(
        name="a gain of 1.5 on a short task",
        words="Recurrent weights of gain 1.5, eight steps, untrained: it learns.",
        fault=start(recurrent=partial(initializers.fan_in, gain=1.5)),
        on="rows",
        kinds=("tanh",),
    ),
    Case(
        name="learned what needs one step",
        words="The gradient of far lags is 0, and the task asks for none.",
        fault=after(300),
        on="last symbol",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="zero forget bias for a task of a few steps",
        words="An LSTM with forget bias 0 and a GRU with update bias 0, where eight steps are to be read.",
        fault=per_kind(LSTM=start(forget_bias=0.0), GRU=start(update_bias=0.0)),
        on="rows",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="Adam with a clip at each update",
        words="All gradients are clipped; Adam divides by their size, so the threshold hardly matters.",
        fault=adam(0.01, clip=0.1),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=60,
        log=True,
    ),
    Case(
        name="inputs of size 0.1",
        words="Inputs with a deviation of 0.1: small, and it learns.",
        fault=inputs(lambda X: 0.1 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="positive inputs",
        words="Inputs shifted to a mean of 2 with a spread of 1.",
        fault=inputs(lambda X: X + 2),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="a constant channel beside others",
        words="One channel of three is 1 throughout, as a bias.",
        fault=channel(2, np.ones_like),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="sixty symbols, one-hot",
        words="Each input is 0 in 59 of 60 entries.",
        fault=both(inputs(lettered), wider),
        on="last symbol",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="targets of ±5",
        words="Targets with a deviation of a few units.",
        fault=units(lambda y: 5 * y),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
        patience=400,
    ),
    Case(
        name="batches of two",
        words="Two sequences a batch.",
        fault=lambda setup, rng: replace(setup, B=2),
        on="last symbol",
        kinds=("tanh", "GRU"),
        patience=400,
    ),
    Case(
        name="four units",
        words="A small network for a small task.",
        n=4,
        fault=as_it_was,
        on="last symbol",
        kinds=("tanh", "LSTM", "GRU"),
        patience=400,
    ),
    Case(
        name="learned digits",
        words="300 updates on real data.",
        fault=after(300),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU", "IRNN", "IndRNN"),
    ),
    Case(
        name="learned, and the loss stands still",
        words="600 updates, of which the last thirty change little: the loss is near the noise of the data.",
        fault=as_it_was,
        on="wave",
        kinds=("tanh", "LSTM", "LRU"),
        updates=600,
        log=True,
    ),
    Case(
        name="nine tenths are padding, under Adam",
        words="300 zeros follow 30 steps, and the mean goes over them all: the loss is small, and Adam does not mind.",
        fault=batches(
            lambda X, y, rng: (
                np.concatenate([X, np.zeros((270, *X.shape[1:]))]),
                np.concatenate([y, np.zeros((270, *y.shape[1:]))]),
            )
        ),
        on="echo",
        kinds=("tanh", "LRU"),
    ),
    Case(
        name="three dead ReLU units of 24",
        words="A few units are silent, and the others learn.",
        fault=weights(b=lambda b: np.where(np.arange(len(b)) < 3, -20.0, b)),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="LRU trained over 200 steps",
        words="200 updates on sequences of 200 steps.",
        fault=after(200),
        on="first sign",
        T=200,
        kinds=("LRU",),
    ),
    Case(
        name="biases of size one",
        words="Biases drawn from N(0, 1): units are shifted, and it learns.",
        fault=lambda setup, rng: weights(b=lambda b: rng.standard_normal(b.shape))(setup, rng),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="input weights three times as large",
        words="Units work beyond their linear part, and it learns.",
        fault=weights(U=lambda U: 3 * U),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
]
