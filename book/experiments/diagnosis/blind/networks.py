"""Broken networks: how they remember and forget, and how many units do so."""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.diagnosis.cases import Case, Setup
from experiments.diagnosis.edits import both, start, weights
from minirnn.core import initializers
from minirnn.learning import losses


def as_pytorch(setup: Setup, rng: np.random.Generator) -> Setup:
    """All parameters uniform on ±1/√n, and biases sums of two, as PyTorch's layers start."""
    k = setup.cell.n**-0.5
    drawn = {key: rng.uniform(-k, k, value.shape) for key, value in setup.params.items()}
    drawn["b"] += rng.uniform(-k, k, drawn["b"].shape)
    return replace(setup, params=drawn)


def one_unit(setup: Setup, rng: np.random.Generator) -> Setup:
    """The same kind of cell with n = 1."""
    cell = type(setup.cell)(setup.cell.m, 1)
    params = cell.init(rng) | losses.init_readout(rng, cell, len(setup.params["c_out"]))
    return replace(setup, cell=cell, params=params)


GROWS = "States and gradients grow by the same factor, without end."
FORGETS = "The gradient shrinks at each step back, and what counts lies many steps back."

CASES = [
    Case(
        name="PyTorch's start over 90 steps",
        words="Weights and biases uniform on ±1/√n: update gates at one half.",
        causes=("gradient-vanishes", "forget-gate-closed"),
        why=FORGETS + " It is the gates that forget.",
        fault=as_pytorch,
        on="first sign",
        T=90,
        kinds=("GRU",),
    ),
    Case(
        name="an orthogonal start times 0.8",
        words="The gain of 0.8 was meant for the input weights.",
        causes=("gradient-vanishes",),
        why=FORGETS,
        fault=start(recurrent=partial(initializers.orthogonal, gain=0.8)),
        on="first sign",
        kinds=("tanh", "linear"),
    ),
    Case(
        name="half the identity under ReLU",
        words="An IRNN whose recurrent weights are 0.5 on the diagonal.",
        causes=("gradient-vanishes",),
        why=FORGETS,
        fault=start(recurrent=partial(initializers.identity, gain=0.5)),
        on="first sign",
        T=40,
        kinds=("IRNN",),
    ),
    Case(
        name="eigenvalues below 0.05",
        words="The ring of the eigenvalues was given in the wrong unit: 0 to 0.05.",
        causes=("gradient-vanishes",),
        why="A unit forgets within one step.",
        fault=start(r_min=0.0, r_max=0.05),
        on="first sign",
        T=30,
        kinds=("LRU", "diagonal"),
    ),
    Case(
        name="IndRNN with all weights at 0.4",
        words="One constant for all recurrent weights, and too small a one.",
        causes=("gradient-vanishes",),
        why=FORGETS,
        fault=weights(w=lambda w: np.full_like(w, 0.4)),
        on="first sign",
        T=40,
        kinds=("IndRNN",),
    ),
    Case(
        name="ReLU with twice the identity",
        words="An IRNN whose recurrent weights are twice the identity: what came first drowns what came last.",
        causes=("gradient-explodes", "states-overflow"),
        why=GROWS,
        fault=start(recurrent=partial(initializers.identity, gain=2.0)),
        on="last symbol",
        T=40,
        kinds=("IRNN",),
        patience=100,
    ),
    Case(
        name="a linear recurrence of gain 3",
        words="Orthogonal weights times 3, over 60 steps, and nothing bounds the states.",
        causes=("gradient-explodes", "states-overflow"),
        why=GROWS,
        fault=start(recurrent=partial(initializers.orthogonal, gain=3.0)),
        on="last symbol",
        T=60,
        kinds=("linear",),
        patience=100,
    ),
    Case(
        name="eigenvalues of 1.6",
        words="A step of training put all eigenvalues to 1.6, over 60 steps.",
        causes=("gradient-explodes", "states-overflow"),
        why=GROWS,
        fault=weights(nu=lambda nu: np.full_like(nu, 1.6)),
        on="last symbol",
        T=60,
        kinds=("diagonal", "normalized"),
        patience=100,
    ),
    Case(
        name="every IndRNN unit at 2",
        words="One constant for all recurrent weights, and too large a one, over 40 steps.",
        causes=("gradient-explodes", "states-overflow"),
        why=GROWS,
        fault=weights(w=lambda w: np.full_like(w, 2.0)),
        on="last symbol",
        T=40,
        kinds=("IndRNN",),
        patience=100,
    ),
    Case(
        name="recurrent gain of 4, the order of symbols",
        words="Gaussian recurrent weights of gain 4 under tanh.",
        causes=("chaotic", "gradient-explodes", "saturated-units"),
        why="Nearby states part and gradients grow with their distance; many units stand at their bounds.",
        fault=start(recurrent=partial(initializers.fan_in, gain=4.0)),
        on="order",
        n=48,
        kinds=("tanh",),
    ),
    Case(
        name="gated cells with a recurrent gain of 8",
        words="Gaussian recurrent weights of gain 8 in all gates, and no help by a bias.",
        causes=("chaotic", "gradient-explodes", "saturated-units"),
        why="Nearby states part, gradients grow with their distance, and gates stand at their bounds.",
        fault=start(recurrent=partial(initializers.fan_in, gain=8.0)),
        on="majority",
        n=48,
        kinds=("LSTM", "GRU"),
    ),
    Case(
        name="upper layer of gain 5",
        words="Of two tanh layers the upper one has recurrent weights five times too large.",
        causes=("chaotic", "gradient-explodes", "saturated-units"),
        why="Nearby states of the upper layer part, and many of its units stand at their bounds.",
        fault=weights(**{"1.W": lambda W: 5 * W}),
        on="majority",
        n=48,
        kinds=("two tanh",),
    ),
    Case(
        name="integrators without normalisation",
        words="Multipliers between 0.9995 and 0.9999 with γ = 1.",
        causes=("curse-of-memory",),
        why="States are sums over thousands of steps, and a small change of a multiplier moves them far.",
        fault=both(start(r_min=0.9995, r_max=0.9999), weights(gamma_log=np.zeros_like)),
        on="average",
        T=150,
        kinds=("LRU",),
        patience=100,
    ),
    Case(
        name="one unit for the order of symbols",
        words="The size of the network and the number of its layers were exchanged: one unit.",
        causes=("constant-answer", "cannot-tell"),
        why="No part of it is broken; it is too small, and does little better than a constant after 200 updates.",
        fault=one_unit,
        on="order",
        kinds=("tanh",),
        updates=200,
        log=True,
    ),
]
