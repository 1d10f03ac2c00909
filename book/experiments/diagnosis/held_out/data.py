"""Broken data: inputs, targets, and how they are brought together."""

from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import batches, both, channel, inputs, loss, targets
from experiments.diagnosis.problems import unchecked_error
from minirnn.learning import losses


def log_of_the_size(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(np.abs(y))


CASES = [
    Case(
        name="pixels from 0 to 255",
        words="Nobody divided the pixels of the images by 255.",
        causes=("inputs-too-large",),
        fault=inputs(lambda X: 255 * X),
        on="rows",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="numbers to add from 0 to 1000",
        words="The numbers of the adding task are 1000 times as large; their marks and the targets are not.",
        causes=("inputs-too-large",),
        fault=channel(0, lambda x: 1000 * x),
        on="adding",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="sensor of 200 ± 3",
        words="Measurements whose mean nobody subtracted: 200, and what counts is 3 large.",
        causes=("inputs-shifted",),
        fault=inputs(lambda X: 200 + 3 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "IndRNN"),
    ),
    Case(
        name="unix time among the features",
        words="Seconds since 1970, an hour a step, next to two features of size 1.",
        causes=("inputs-shifted", "inputs-too-large"),
        why="The mean is far from 0, and its spread of hours in seconds is too large as well.",
        fault=channel(2, lambda x: 1.76e9 + 3600.0 * (np.arange(len(x))[:, None] + 100 * x[:1])),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="inputs masked to zero",
        words="The mask of the padding was turned round: what is left of the inputs are zeros.",
        causes=("inputs-constant",),
        fault=inputs(np.zeros_like),
        on="first sign",
        kinds=("tanh", "LSTM", "GRU", "MinGRU"),
    ),
    Case(
        name="standardised over a constant channel",
        words="A channel that never changes was divided by its deviation: 0/0.",
        causes=("inputs-not-finite",),
        fault=channel(1, lambda x: np.full_like(x, np.nan)),
        on="sensors",
        kinds=("GRU", "LRU", "IndRNN"),
    ),
    Case(
        name="missing targets written as -999",
        words="One target in five is missing, and the file says -999 there.",
        causes=("targets-off-scale",),
        fault=targets(lambda y, rng: np.where(rng.random(y.shape) < 0.2, -999.0, y)),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="all labels one class",
        words="The labels were read from the wrong column, which is 1 everywhere.",
        causes=("targets-constant",),
        fault=targets(lambda y, rng: np.ones_like(y)),
        on="first sign",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="targets on a logarithmic scale, with zeros",
        words="The logarithm was taken of targets of which some are 0: -inf. The loss is written by hand.",
        causes=("targets-not-finite",),
        fault=both(targets(log_of_the_size), loss(partial(losses.at_every_step, unchecked_error))),
        on="echo",
        kinds=("tanh", "GRU", "LRU"),
    ),
    Case(
        name="labels of another shuffle",
        words="Sequences and labels were shuffled apart; 200 updates later nothing is learned.",
        causes=("constant-answer", "cannot-tell"),
        why="Nothing of the network is broken, and the batch alone does not show that its labels are not its own.",
        fault=targets(lambda y, rng: rng.permutation(y)),
        on="majority",
        kinds=("tanh", "LSTM", "GRU"),
        updates=200,
        log=True,
    ),
    Case(
        name="targets that nothing foretells",
        words="The inputs say nothing about the targets, which are noise; 200 updates were made.",
        causes=("constant-answer", "cannot-tell"),
        why="Nothing of the network is broken.",
        fault=targets(lambda y, rng: rng.uniform(-1, 1, y.shape)),
        on="echo",
        kinds=("tanh", "LRU", "LSTM"),
        updates=200,
        log=True,
    ),
    Case(
        name="batch and time exchanged",
        words="The batch comes first in the data, which are as many sequences as steps, so that no shape complains.",
        causes=("constant-answer", "cannot-tell"),
        why="Each sequence holds one step of all others: nothing of the network is broken, and it learns nothing.",
        fault=batches(lambda X, target, rng: (X.transpose(1, 0, 2), target), exam=False),
        on="majority",
        T=32,
        kinds=("tanh", "LSTM", "GRU"),
        updates=200,
        log=True,
    ),
]
