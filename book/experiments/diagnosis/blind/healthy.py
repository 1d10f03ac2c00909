"""Healthy networks, untrained: with remedies, without need of them, and with unusual numbers that do no harm."""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.diagnosis.blind.networks import as_pytorch
from experiments.diagnosis.cases import Case, Setup, as_it_was
from experiments.diagnosis.edits import Change, batches, bias, both, channel, inputs, single, start, units, weights
from experiments.diagnosis.problems import Batch
from minirnn.core import initializers
from minirnn.layers import Parallel, both_ways
from minirnn.learning import losses


def zeros_first(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    return np.concatenate([np.zeros((20, *X.shape[1:])), X]), target


def read_both_ways(setup: Setup, rng: np.random.Generator) -> Setup:
    """A second cell reads from the end, and the readout sees the states of both."""
    cell = Parallel(setup.cell, setup.cell)
    params = {f"forward.{key}": setup.params[key] for key in setup.cell.shapes()}
    params |= {f"backward.{key}": setup.params[key].copy() for key in setup.cell.shapes()}
    params |= losses.init_readout(rng, cell, len(setup.params["c_out"]))
    return inputs(both_ways)(replace(setup, cell=cell, params=params), rng)


def four_at(value: float) -> Change:
    """Four units of 24 have this bias."""
    return lambda b: np.where(np.arange(len(b)) < 4, value, b)


CASES = [
    Case(
        name="PyTorch's start for the last symbol, untrained",
        words="It forgets within a few steps, and one is asked for.",
        fault=as_pytorch,
        on="last symbol",
        kinds=("LSTM", "GRU"),
        patience=100,
    ),
    Case(
        name="an echo of three steps in sequences of 100",
        words="PyTorch's start forgets what lies 100 steps back, and three are asked for.",
        fault=as_pytorch,
        on="echo",
        T=100,
        kinds=("tanh", "GRU"),
        patience=300,
    ),
    Case(
        name="two layers, untrained",
        words="Stacks of two layers as the book starts them.",
        fault=as_it_was,
        on="rows",
        kinds=("two tanh", "two LSTMs"),
    ),
    Case(
        name="both directions",
        words="A second cell reads from the end to the start.",
        fault=read_both_ways,
        on="majority",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="a language of five symbols, untrained",
        words="The next symbol at each step.",
        fault=as_it_was,
        on="text",
        kinds=("tanh", "GRU"),
    ),
    Case(
        name="rare events, untrained",
        words="One step in sixteen has a label other than 0.",
        fault=as_it_was,
        on="pair",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="V = 0 for a language",
        words="The readout starts at 0, and its first update makes it pass gradients.",
        fault=weights(V=np.zeros_like, c_out=np.zeros_like),
        on="text",
        kinds=("tanh", "GRU"),
    ),
    Case(
        name="a Gaussian gain of 1.2 on twenty steps, untrained",
        words="At the onset of chaos, where gradients neither vanish nor explode over twenty steps.",
        fault=start(recurrent=partial(initializers.fan_in, gain=1.2)),
        on="majority",
        n=48,
        kinds=("tanh",),
    ),
    Case(
        name="LRU near the circle with its normalisation, untrained",
        words="Eigenvalues between 0.99 and 0.999 for sequences of 60 steps.",
        fault=start(r_min=0.99, r_max=0.999),
        on="first sign",
        T=60,
        kinds=("LRU", "normalized"),
    ),
    Case(
        name="IndRNN as it starts, untrained",
        words="Time scales between one step and T.",
        fault=as_it_was,
        on="first sign",
        T=30,
        kinds=("IndRNN",),
    ),
    Case(
        name="chaos-free cell, untrained",
        words="Its map forgets slowly and is never chaotic.",
        fault=as_it_was,
        on="rows",
        kinds=("chaos-free",),
    ),
    Case(
        name="a forget bias of 6 on sequences of 20 steps",
        words="Gates that keep more than the task needs.",
        fault=bias(1, 6.0),
        on="majority",
        kinds=("LSTM",),
    ),
    Case(
        name="no forget bias for a wave",
        words="Gates at one half, where two steps say what comes.",
        fault=bias(1, 0.0),
        on="wave",
        kinds=("LSTM", "GRU"),
        patience=100,
    ),
    Case(
        name="targets around 50, and a bias of the readout that knows",
        words="The output's bias starts at the mean of the targets.",
        fault=both(units(lambda y: 50 + y), weights(c_out=lambda c: c + 50.0)),
        on="wave",
        kinds=("tanh", "GRU"),
        patience=100,
    ),
    Case(
        name="targets of ±0.1",
        words="A tenth of the size of the inputs.",
        fault=units(lambda y: 0.1 * y),
        on="average",
        kinds=("LRU",),
        patience=100,
    ),
    Case(
        name="inputs around -1",
        words="A mean of -1 beside a deviation of 1.",
        fault=inputs(lambda X: X - 1),
        on="sensors",
        kinds=("LSTM",),
        patience=100,
    ),
    Case(
        name="an empty channel",
        words="One of three channels, which the task does not need, is 0 throughout.",
        fault=channel(1, np.zeros_like),
        on="sensors",
        kinds=("tanh", "LSTM"),
        patience=100,
    ),
    Case(
        name="zeros before each sequence",
        words="Sequences are filled up with 20 zeros at their start, as they should be where the last state is read.",
        fault=batches(zeros_first),
        on="majority",
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="single precision, a language",
        words="All in float32.",
        fault=single(),
        on="text",
        kinds=("GRU", "IndRNN"),
    ),
    Case(
        name="four silent ReLU units of 24",
        words="A few units are dead, and the others learn.",
        fault=weights(b=four_at(-15.0)),
        on="rows",
        kinds=("IRNN", "IndRNN"),
    ),
    Case(
        name="eight units",
        words="A small network that suffices.",
        n=8,
        fault=as_it_was,
        on="average",
        kinds=("tanh", "LSTM"),
        patience=100,
    ),
]
