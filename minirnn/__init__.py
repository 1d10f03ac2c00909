"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*.

The names that a reader meets first, and the rooms in which the rest lives:

    core       parameters, checks, initializers, activations, linear recurrences
    cells      the contract of a cell, and the cells
    gradients  backpropagation through time, checkpointing, referees
    layers     cells one above the other, and for both directions of time
    learning   losses, optimizers, clipping, regularizers, training, tasks, sweeps
    dynamics   Jacobians, Lyapunov exponents, maps, bifurcations, smoothness
    theory     memory kernels, parametrizations, populations of eigenvalues
    control    partially observed tasks, policy gradients, temporal differences
    bridges    weights and models of PyTorch, step functions of PyTorch, JAX and autograd
    diagnosis  what is wrong with a network that does not learn
    figures    explorable figures, apart from all of these: nothing that draws is imported here
"""

from minirnn import bridges, cells, control, core, diagnosis, dynamics, gradients, layers, learning, theory
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
    RotationRNN,
    SignedMinGRU,
    VanillaRNN,
)
from minirnn.diagnosis import diagnose
from minirnn.gradients import backward, bptt, newton_unroll, temporal_terms, truncated_bptt, unroll
from minirnn.layers import Parallel, Stack
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
    "Parallel",
    "ResetFirstGRU",
    "RotationRNN",
    "SignedMinGRU",
    "Stack",
    "VanillaRNN",
    "backward",
    "bptt",
    "bridges",
    "cells",
    "clip_by_norm",
    "control",
    "core",
    "diagnose",
    "diagnosis",
    "dynamics",
    "gradients",
    "layers",
    "learning",
    "newton_unroll",
    "temporal_terms",
    "theory",
    "train",
    "truncated_bptt",
    "unroll",
]
