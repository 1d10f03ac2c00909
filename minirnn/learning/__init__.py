"""The parts of a training run: losses, optimizers and schedules of their rates, clipping, regularizers and sets of
contractive weights, teacher forcing, the loop itself, runs on disk, tasks, sweeps over grids of runs, and records of
a network on a batch.
"""

from minirnn.learning import (
    clipping,
    contraction,
    forcing,
    losses,
    observed,
    optimizers,
    regularizers,
    runs,
    saving,
    schedules,
    sweeps,
    tasks,
    training,
)
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value
from minirnn.learning.forcing import Forced, StateError, forced_inputs
from minirnn.learning.losses import Loss
from minirnn.learning.observed import Layer, Network, TrainingLog
from minirnn.learning.optimizers import Optimizer
from minirnn.learning.regularizers import regularized_bptt
from minirnn.learning.runs import Run, Update, update_size
from minirnn.learning.saving import load, save
from minirnn.learning.sweeps import sweep
from minirnn.learning.training import train

__all__ = [
    "Forced",
    "Layer",
    "Loss",
    "Network",
    "Optimizer",
    "Run",
    "StateError",
    "TrainingLog",
    "Update",
    "clip_adaptive",
    "clip_by_norm",
    "clip_by_value",
    "clipping",
    "contraction",
    "forced_inputs",
    "forcing",
    "load",
    "losses",
    "observed",
    "optimizers",
    "regularized_bptt",
    "regularizers",
    "runs",
    "save",
    "saving",
    "schedules",
    "sweep",
    "sweeps",
    "tasks",
    "train",
    "training",
    "update_size",
]
