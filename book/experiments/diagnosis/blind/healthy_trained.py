"""Healthy networks while they learn, with the log of their updates, and after they have learned."""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.diagnosis.blind.networks import as_pytorch
from experiments.diagnosis.blind.updates import times, with_penalty
from experiments.diagnosis.cases import RATE, Case, Setup, as_it_was
from experiments.diagnosis.edits import adam, after, batches, bias, both, loss, sgd, start, steps
from experiments.diagnosis.problems import Batch
from minirnn.core import initializers
from minirnn.learning import losses, optimizers, schedules


def flipped(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
    """One label in ten of two classes is the other."""
    return X, np.where(rng.random(target.shape) < 0.1, 1 - target, target)


def chrono_of_the_task(setup: Setup, rng: np.random.Generator) -> Setup:
    return bias(0, -initializers.chrono(rng, setup.cell.n, 2.0 * setup.T))(setup, rng)


CASES = [
    Case(
        name="PyTorch's start, thirty updates",
        words="Digits in eight steps, with the log of these updates.",
        fault=as_pytorch,
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=30,
        log=True,
    ),
    Case(
        name="two layers in the middle of training",
        words="Stacks of two layers after forty updates, with their log.",
        fault=as_it_was,
        on="majority",
        kinds=("two tanh", "two GRUs"),
        updates=40,
        log=True,
    ),
    Case(
        name="a language while it is learned",
        words="Sixty updates, with the log of the last thirty.",
        fault=as_it_was,
        on="text",
        kinds=("LSTM", "MinGRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="a language that was learned",
        words="Four hundred updates: the loss is near the entropy of the source.",
        fault=after(400),
        on="text",
        kinds=("tanh", "GRU"),
        patience=1,
    ),
    Case(
        name="rare events while they are learned",
        words="Thirty updates, with their log.",
        fault=as_it_was,
        on="pair",
        kinds=("tanh", "GRU"),
        updates=30,
        log=True,
    ),
    Case(
        name="a Gaussian gain of 1 that learned digits",
        words="Two hundred updates.",
        fault=both(start(recurrent=partial(initializers.fan_in, gain=1.0)), after(200)),
        on="rows",
        n=48,
        kinds=("tanh",),
        patience=1,
    ),
    Case(
        name="a running mean in the middle of training",
        words="Sixty updates of linear recurrences, with the log of the last thirty.",
        fault=as_it_was,
        on="average",
        kinds=("LRU", "linear"),
        updates=60,
        log=True,
        patience=100,
    ),
    Case(
        name="a running mean that was learned",
        words="Three hundred updates, and a small rate from then on.",
        fault=both(after(300), adam(1e-4)),
        on="average",
        kinds=("tanh", "GRU"),
        patience=1,
    ),
    Case(
        name="MinGRU with time scales of twice the task",
        words="Biases as tallec2018 draw them, and thirty updates with their log.",
        fault=chrono_of_the_task,
        on="majority",
        kinds=("MinGRU",),
        updates=30,
        log=True,
    ),
    Case(
        name="momentum and a clip that acts at times",
        words="Descent with momentum 0.9, a rate of 0.05 and a clip at 1.",
        fault=steps(optimizers.momentum(0.05, 0.9), 0.05),
        on="rows",
        kinds=("GRU", "LRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="descent by the direction alone",
        words="A clip at 0.3 and a rate of 0.5: nearly all updates are clipped, and it learns as well.",
        fault=sgd(0.5, clip=0.3),
        on="rows",
        kinds=("tanh", "LRU"),
        updates=30,
        log=True,
        patience=300,
    ),
    Case(
        name="a rate that falls by half every 100 updates",
        words="A schedule of Adam, of which 120 updates are made.",
        fault=steps(optimizers.adam(schedules.step_decay(2e-2, 100, 0.5)), None),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=120,
        log=True,
    ),
    Case(
        name="a warm-up of 50 updates",
        words="The rate grows to 0.01 over 50 updates, of which 40 are made.",
        fault=steps(optimizers.adam(lambda t: RATE * min(1.0, (t + 1) / 50)), None),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=40,
        log=True,
    ),
    Case(
        name="Adam at 0.03",
        words="Three times the rate of the other cases, and it learns.",
        fault=adam(0.03),
        on="rows",
        kinds=("tanh", "GRU"),
        updates=40,
        log=True,
    ),
    Case(
        name="a weight decay of 1e-4",
        words="A small penalty in the loss, sixty updates with the log of the last thirty.",
        fault=steps(with_penalty(optimizers.adam(RATE), 1e-4), RATE),
        on="rows",
        kinds=("tanh", "LSTM"),
        updates=60,
        log=True,
    ),
    Case(
        name="a sum over the steps, and a rate to match",
        words="The loss is 30 times as large, and the rate a thirtieth of what it was.",
        fault=both(loss(partial(losses.at_every_step, times(30.0, losses.squared_error))), sgd(0.01, clip=30.0)),
        on="average",
        kinds=("tanh", "LRU"),
        updates=60,
        log=True,
        patience=100,
    ),
    Case(
        name="one label in ten is wrong",
        words="Noise of the labels, which no network can learn, on what it can.",
        fault=batches(flipped),
        on="majority",
        kinds=("tanh", "GRU"),
        updates=60,
        log=True,
    ),
    Case(
        name="96 units in batches of 8",
        words="A wide network and few sequences.",
        n=96,
        fault=lambda setup, rng: replace(setup, B=8),
        on="last symbol",
        kinds=("tanh", "GRU"),
        updates=20,
        log=True,
        patience=100,
    ),
    Case(
        name="a sign kept by tanh units",
        words="Four hundred updates on twenty steps: units went to their bounds, which is how they keep it.",
        fault=after(400),
        on="first sign",
        T=20,
        kinds=("tanh", "LSTM"),
        patience=1,
    ),
]
