"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*.

The names that a reader meets first, and the rooms in which the rest lives:

    core       parameters, checks, initializers, activations, linear recurrences
    cells      the contract of a cell, and the cells
    gradients  backpropagation through time, checkpointing, referees
    learning   losses, optimizers, clipping, regularizers, training, tasks, sweeps
    dynamics   Jacobians, Lyapunov exponents, maps, bifurcations, smoothness
    theory     memory kernels, parametrizations, populations of eigenvalues
    control    partially observed tasks, policy gradients, temporal differences
    diagnosis  what is wrong with a network that does not learn
    figures    explorable figures, apart from all of these: nothing that draws is imported here
"""

from minirnn import cells, control, core, diagnosis, dynamics, gradients, learning, theory
from minirnn.cells import (
    CELLS,
    GRU,
    LRU,
    LSTM,
    BlockRNN,
    ChaosFreeRNN,
    DiagonalRNN,
    IndRNN,
    LinearRNN,
    MinGRU,
    NormalizedRNN,
    ResetFirstGRU,
    VanillaRNN,
)
from minirnn.diagnosis import diagnose
from minirnn.gradients import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.learning import clip_by_norm, train

__version__ = "0.1.0"

__all__ = [
    "CELLS",
    "GRU",
    "LRU",
    "LSTM",
    "BlockRNN",
    "ChaosFreeRNN",
    "DiagonalRNN",
    "IndRNN",
    "LinearRNN",
    "MinGRU",
    "NormalizedRNN",
    "ResetFirstGRU",
    "VanillaRNN",
    "backward",
    "bptt",
    "cells",
    "clip_by_norm",
    "control",
    "core",
    "diagnose",
    "diagnosis",
    "dynamics",
    "gradients",
    "learning",
    "temporal_terms",
    "theory",
    "train",
    "truncated_bptt",
    "unroll",
]
