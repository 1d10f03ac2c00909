"""Broken data: inputs, targets, and how they are brought together."""

from functools import partial
from typing import Any

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import batches, both, channel, inputs, loss, targets, units
from experiments.diagnosis.problems import Batch, unchecked_error
from minirnn.learning import losses

NOTHING_BROKEN = "Nothing of the network is broken; all that shows is that it learns no more than a constant."


def viewed(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    T, B, m = X.shape
    return np.ascontiguousarray(X.transpose(1, 0, 2)).reshape(T, B, m), target


def filled_up(value: float, steps: int) -> Any:
    """Steps of one value after each sequence."""
    return lambda X, target, rng: (np.concatenate([X, np.full((steps, *X.shape[1:]), value)]), target)


def ids(X: np.ndarray) -> np.ndarray:
    """Numbers of symbols from a vocabulary of 30 000, as they are, in the first channel."""
    numbers = np.array([17.0, 402.0, 8911.0, 29875.0])
    return np.concatenate([(X @ numbers)[..., None], np.zeros_like(X[..., 1:])], axis=-1)


def inverse(x: np.ndarray) -> np.ndarray:
    """1/x of what a sensor rounds to tenths."""
    with np.errstate(divide="ignore"):
        return 1 / np.round(x, 1)


def inverse_target(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return 1 / y


def one_sequence_nan(X: np.ndarray) -> np.ndarray:
    X = X.copy()
    X[:, 0] = np.nan
    return X


def one_symbol(X: np.ndarray) -> np.ndarray:
    X = np.zeros_like(X)
    X[..., 0] = 1.0
    return X


CASES = [
    Case(
        name="audio as 16-bit integers",
        words="Samples between -32768 and 32767, as the file has them.",
        causes=("inputs-too-large",),
        why="Weights are drawn for numbers around 1.",
        fault=inputs(lambda X: 32767 * X),
        on="wave",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="token numbers in place of vectors",
        words="The numbers of symbols in a vocabulary of 30 000 are read as one feature; the embedding was forgotten.",
        causes=("inputs-too-large", "saturated-units"),
        why="The feature is of the order of 10 000, and by it units stand at their bounds.",
        fault=inputs(ids),
        on="majority",
        kinds=("tanh", "LSTM"),
    ),
    Case(
        name="padding of -1000 behind each sequence",
        words="Eight steps of -1000 fill each sequence up, and the loss reads the last state.",
        causes=("inputs-too-large", "saturated-units", "gradient-vanishes"),
        why="The fill is a thousand times as large as the data, puts units to their bounds, and no gradient passes it.",
        fault=batches(filled_up(-1000.0, 8)),
        on="majority",
        kinds=("tanh",),
    ),
    Case(
        name="forty zeros behind each sequence, without its length",
        words="Sequences of 8 steps are filled up with zeros to 48, and the loss reads the state after the zeros.",
        causes=("gradient-vanishes", "forget-gate-closed"),
        why="What counts lies forty steps back for a network that forgets; in gated cells the gates do.",
        fault=batches(filled_up(0.0, 40)),
        on="majority",
        T=8,
        kinds=("IndRNN",),
    ),
    Case(
        name="prices as they are, 180 ± 1",
        words="A series that goes up and down by 1 around 180; what is asked for is centred.",
        causes=("inputs-shifted", "inputs-too-large"),
        why="The mean is 180 times the deviation; the numbers themselves are large as well.",
        fault=inputs(lambda X: 180 + X),
        on="wave",
        kinds=("tanh", "LSTM"),
        patience=100,
    ),
    Case(
        name="pressure in pascal",
        words="One channel of three is the pressure of the air, 101 325 ± 500, and the task does not need it.",
        causes=("inputs-shifted", "inputs-too-large"),
        why="The channel is far from 0 against its deviation, and large in either.",
        fault=channel(1, lambda x: 101325 + 500 * x),
        on="sensors",
        kinds=("LSTM", "MinGRU"),
        patience=100,
    ),
    Case(
        name="grams given in tonnes",
        words="The inputs are a millionth of what they were.",
        causes=("inputs-too-small",),
        why="Weights around 1 make nothing of numbers around 1e-6.",
        fault=inputs(lambda X: 1e-6 * X),
        on="sensors",
        kinds=("GRU", "LRU"),
        patience=100,
    ),
    Case(
        name="embeddings drawn with a deviation of 1e-4",
        words="Vectors of symbols are a ten-thousandth of one-hot ones.",
        causes=("inputs-too-small",),
        why="The drive of the units is nearly 0 for every symbol.",
        fault=inputs(lambda X: 1e-4 * X),
        on="text",
        kinds=("tanh", "LSTM"),
    ),
    Case(
        name="every word unknown",
        words="The vocabulary is another one, so that each symbol is looked up as <unknown>.",
        causes=("inputs-constant",),
        why="Each step of each sequence is the same vector.",
        fault=inputs(one_symbol),
        on="text",
        kinds=("tanh", "LRU"),
    ),
    Case(
        name="the wrong column is zero",
        words="Of three channels the one that counts was never filled in; the two others are sound.",
        causes=("constant-answer", "inputs-constant", "cannot-tell"),
        why="A channel of zeros is to be seen, but not that it was the one that counts; the rest is noise.",
        fault=channel(0, np.zeros_like),
        on="sensors",
        kinds=("tanh", "GRU"),
        updates=200,
        log=True,
        patience=100,
    ),
    Case(
        name="one broken file in each batch",
        words="One of 32 sequences is nan from its first step to its last.",
        causes=("inputs-not-finite",),
        why="A mean over the batch is nan if one sequence is.",
        fault=inputs(one_sequence_nan),
        on="majority",
        kinds=("LSTM", "MinGRU"),
    ),
    Case(
        name="a ratio with zeros below",
        words="A feature is 1/x of a sensor that rounds, at times to 0: inf.",
        causes=("inputs-not-finite",),
        why="There are infinite numbers among the inputs.",
        fault=channel(2, inverse),
        on="sensors",
        kinds=("GRU", "IndRNN"),
        patience=100,
    ),
    Case(
        name="heights above the sea, 50 times their spread",
        words="Targets of 50 ± 1 for a readout that starts at 0.",
        causes=("targets-off-scale",),
        why="At a rate of 0.01 the readout's bias would need thousands of updates to 50.",
        fault=units(lambda y: 50 + y),
        on="wave",
        kinds=("tanh", "GRU"),
        patience=100,
    ),
    Case(
        name="bits per second",
        words="Targets of ten millions, where the inputs are around 1.",
        causes=("targets-off-scale",),
        why="No step of Adam is long enough to such numbers.",
        fault=units(lambda y: 1e7 * y),
        on="average",
        kinds=("tanh", "LSTM"),
        patience=100,
    ),
    Case(
        name="the tag that was never set",
        words="The marks of the events are written to another file, so that each step has the label 0.",
        causes=("targets-constant",),
        why="There is one class.",
        fault=targets(lambda y, rng: np.zeros_like(y)),
        on="pair",
        kinds=("tanh", "LRU"),
    ),
    Case(
        name="the rate of a period of zero",
        words="Targets are 1/y, and some y are 0: inf. The loss is written by hand.",
        causes=("targets-not-finite",),
        why="There are infinite numbers among the targets.",
        fault=both(targets(inverse_target), loss(partial(losses.at_end, unchecked_error))),
        on="yes or no",
        kinds=("tanh", "LSTM"),
    ),
    Case(
        name="view in place of transpose",
        words="The array (B, T, m) was brought to (T, B, m) by its shape alone, which mixes the sequences.",
        causes=("constant-answer", "cannot-tell"),
        why=NOTHING_BROKEN,
        fault=batches(viewed, exam=False),
        on="majority",
        kinds=("GRU", "LRU"),
        updates=200,
        log=True,
    ),
    Case(
        name="labels of the sequence before",
        words="The loader drops the first sequence and not its label: each has that of its neighbour.",
        causes=("constant-answer", "cannot-tell"),
        why=NOTHING_BROKEN,
        fault=targets(lambda y, rng: np.roll(y, 1)),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=200,
        log=True,
    ),
    Case(
        name="targets four steps early",
        words="The targets were moved the wrong way: they are what the input will be one step later, which is noise.",
        causes=("constant-answer", "cannot-tell"),
        why=NOTHING_BROKEN,
        fault=targets(lambda y, rng: np.roll(y, -4, axis=0)),
        on="echo",
        kinds=("tanh", "GRU"),
        updates=200,
        log=True,
    ),
    Case(
        name="signs of the targets by chance",
        words="The sign of each target was lost in the file, and is drawn anew with each batch.",
        causes=("constant-answer", "cannot-tell"),
        why=NOTHING_BROKEN,
        fault=targets(lambda y, rng: y * rng.choice([-1.0, 1.0], y.shape)),
        on="sensors",
        kinds=("tanh", "LSTM"),
        updates=200,
        log=True,
        patience=100,
    ),
]
