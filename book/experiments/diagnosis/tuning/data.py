"""Broken data: inputs, targets, and how they are brought together."""

from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case
from experiments.diagnosis.edits import batches, both, channel, inputs, loss, targets, units
from experiments.diagnosis.problems import Batch, unchecked_error
from minirnn.learning import losses


def with_gaps(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    return np.where(rng.random(X.shape) < 0.05, -9999.0, X), target


def with_dropouts(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    return np.where(rng.random(X.shape) < 0.02, np.nan, X), target


def logarithm(X: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(X)


CASES = [
    Case(
        name="inputs in millivolt instead of volt",
        words="The sensors give numbers a thousand times as large as those for which the weights are drawn.",
        causes=("inputs-too-large",),
        fault=inputs(lambda X: 1000 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="one channel in another unit",
        words="One of three channels, which the task does not need, is 500 times as large as the others.",
        causes=("inputs-too-large",),
        fault=channel(2, lambda x: 500 * x),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="levels in decibels, -60 ± 10",
        words="Sound levels as they are measured.",
        causes=("inputs-shifted", "inputs-too-large"),
        why="The mean is six spreads from 0, and the spread is ten times too large.",
        fault=inputs(lambda X: -60 + 10 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="a year among the features",
        words="A feature of 2026, and 2025 where its channel was negative, next to two features of size 1.",
        causes=("inputs-shifted",),
        fault=channel(2, lambda x: 2026.0 - (x < 0)),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="missing values written as -9999",
        words="One in twenty measurements is missing, and the file says -9999 there.",
        causes=("inputs-too-large",),
        fault=batches(with_gaps),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="currents in ampere",
        words="Currents of microamperes, in ampere.",
        causes=("inputs-too-small",),
        fault=inputs(lambda X: 1e-6 * X),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU", "IRNN"),
    ),
    Case(
        name="inputs a thousand times too small",
        words="The inputs were divided by a thousand once too often.",
        causes=("inputs-too-small",),
        fault=inputs(lambda X: 1e-3 * X),
        on="first sign",
        T=20,
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="pixels divided by 255 twice",
        words="Two parts of the pipeline normalise the pixels.",
        causes=("inputs-too-small",),
        fault=inputs(lambda X: X / 255),
        on="rows",
        kinds=("tanh", "LSTM", "GRU", "IRNN"),
    ),
    Case(
        name="all sequences of the batch are one",
        words="A broadcast made copies of the first sequence; the targets are those of the others.",
        causes=("inputs-constant",),
        fault=inputs(lambda X: np.repeat(X[:, :1], X.shape[1], axis=1)),
        on="majority",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="a stuck sensor",
        words="All channels stand at 0.7, at each step of each sequence.",
        causes=("inputs-constant",),
        fault=inputs(lambda X: np.full_like(X, 0.7)),
        on="sensors",
        kinds=("tanh", "LSTM", "LRU", "IRNN"),
    ),
    Case(
        name="nan where a sensor dropped out",
        words="Two in a hundred measurements are nan.",
        causes=("inputs-not-finite",),
        fault=batches(with_dropouts),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="the logarithm of zeros",
        words="Somebody took the logarithm of features that may be 0: -inf.",
        causes=("inputs-not-finite",),
        fault=inputs(logarithm),
        on="majority",
        kinds=("tanh", "LSTM", "MinGRU"),
    ),
    Case(
        name="house prices in euro",
        words="Targets of 250 000 ± 80 000, as they are paid.",
        causes=("targets-off-scale",),
        fault=units(lambda y: 250_000 + 80_000 * y),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU", "LRU"),
    ),
    Case(
        name="temperatures in kelvin",
        words="A series of 293 ± 3 is to be forecast from the same series around 0.",
        causes=("targets-off-scale",),
        fault=units(lambda y: 293 + 3 * y),
        on="wave",
        kinds=("tanh", "GRU", "LRU"),
    ),
    Case(
        name="targets in thousands",
        words="Each target is a thousand times as large as the input that it repeats.",
        causes=("targets-off-scale",),
        fault=units(lambda y: 1000 * y),
        on="echo",
        kinds=("tanh", "LSTM", "LRU"),
    ),
    Case(
        name="targets of a hundred-thousandth",
        words="Returns of a day are to be forecast as they are, around 1e-5, at Adam's rate for numbers around 1.",
        causes=("targets-off-scale",),
        fault=units(lambda y: 1e-5 * y),
        on="sensors",
        kinds=("tanh", "LSTM", "GRU"),
    ),
    Case(
        name="targets that a join made zero",
        words="A join of two tables found no partner, and filled all targets with 0.",
        causes=("targets-constant",),
        fault=targets(lambda y, rng: np.zeros_like(y)),
        on="adding",
        kinds=("tanh", "LSTM", "IRNN"),
        patience=600,
    ),
    Case(
        name="nan among the targets",
        words="One target in five is nan, and the loss is written by hand and checks nothing.",
        causes=("targets-not-finite",),
        fault=both(
            targets(lambda y, rng: np.where(rng.random(y.shape) < 0.2, np.nan, y)),
            loss(partial(losses.at_end, unchecked_error)),
        ),
        on="sensors",
        kinds=("tanh", "LSTM", "LRU"),
    ),
]
