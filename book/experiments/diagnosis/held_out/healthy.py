"""Healthy networks: untrained ones with the remedies of the book, networks while they learn and after, and numbers of
unusual size that do no harm.
"""

from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case, as_it_was
from experiments.diagnosis.edits import adam, after, batches, bias, channel, inputs, sgd, single, start, weights
from experiments.diagnosis.problems import Batch
from minirnn.core import initializers


def rare(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    target = (rng.random(len(target)) < 0.1).astype(int)
    X = X.copy()
    X[:3] = (2.0 * target - 1.0)[:, None]
    return X, target


CASES = [
    Case(
        name="LSTM with forget bias ln 20, untrained",
        words="The book's remedy.",
        fault=as_it_was,
        on="order",
        T=20,
        kinds=("LSTM",),
    ),
    Case(
        name="forget gate at one",
        words="An LSTM whose forget gates cannot close: the cell of 1997.",
        fault=bias(1, 20.0),
        on="majority",
        kinds=("LSTM",),
    ),
    Case(
        name="orthogonal tanh over 50 steps, untrained",
        words="Orthogonal recurrent weights.",
        fault=as_it_was,
        on="first sign",
        kinds=("tanh",),
    ),
    Case(
        name="orthogonal tanh, every step counts",
        words="Orthogonal recurrent weights, untrained.",
        fault=as_it_was,
        on="majority",
        kinds=("tanh",),
    ),
    Case(
        name="IRNN over 100 steps, untrained",
        words="ReLU and the identity.",
        fault=as_it_was,
        on="first sign",
        T=100,
        kinds=("IRNN",),
    ),
    Case(
        name="LRU on its ring, untrained",
        words="Eigenvalues between 0.9 and 0.999, with normalisation.",
        fault=as_it_was,
        on="first sign",
        T=100,
        kinds=("LRU", "normalized"),
    ),
    Case(
        name="single precision",
        words="All in float32.",
        fault=single(),
        on="majority",
        kinds=("tanh", "LSTM", "LRU"),
    ),
    Case(
        name="small weights for a task of one step, untrained",
        words="Small recurrent weights forget at once, and nothing has to be remembered.",
        fault=start(recurrent=partial(initializers.gaussian, std=0.1)),
        on="last symbol",
        kinds=("tanh",),
    ),
    Case(
        name="small weights for a forecast of one step",
        words="A wave is to be forecast, for which two steps suffice; recurrent weights start small.",
        fault=start(recurrent=partial(initializers.fan_in, gain=0.4)),
        on="wave",
        kinds=("tanh",),
    ),
    Case(
        name="in the middle of training",
        words="Forty updates of Adam, with their log.",
        fault=as_it_was,
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "LRU", "MinGRU"),
        updates=40,
        log=True,
    ),
    Case(
        name="descent at a sound rate",
        words="Thirty updates of gradient descent with a rate of 0.5, with their log.",
        fault=sgd(0.5),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="Adam at 0.001",
        words="Adam's usual rate: slower than it could be, and it learns.",
        fault=adam(1e-3),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
        updates=30,
        log=True,
        patience=1000,
    ),
    Case(
        name="a clip that acts at times",
        words="A clip at a norm at which a part of the updates is clipped.",
        fault=sgd(0.3, clip=0.7),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="gates that learned to close",
        words="An LSTM and a GRU that learned to keep a sign over 50 steps, and shut their gates for it.",
        fault=after(600),
        on="first sign",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="a readout that starts at zero",
        words="V = 0: its first step makes it pass gradients.",
        fault=weights(V=np.zeros_like),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="inputs of size 4",
        words="Inputs with a deviation of 4: large, and it learns.",
        fault=inputs(lambda X: 4 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="time as a feature",
        words="One channel counts from 0 to 1 over the sequence, alike in all sequences.",
        fault=channel(2, lambda x: np.linspace(0, 1, len(x))[:, None] + 0 * x),
        on="sensors",
        kinds=("tanh", "GRU"),
    ),
    Case(
        name="128 units",
        words="A wide network.",
        n=128,
        fault=as_it_was,
        on="majority",
        kinds=("tanh", "GRU"),
    ),
    Case(
        name="nine classes in ten are one",
        words="Unbalanced classes, of which the rarer is learned as well.",
        fault=batches(rare),
        on="first sign",
        kinds=("tanh", "LSTM"),
    ),
    Case(
        name="an echo that was learned",
        words="300 updates on a task that asks for an answer at every step.",
        fault=after(300),
        on="echo",
        kinds=("tanh", "GRU", "LRU"),
    ),
]
