"""All that a training run consists of: losses, optimizers, clipping, regularizers and sets of contractive weights,
the loop itself, tasks, and sweeps over grids of runs.
"""

from minirnn.learning import clipping, contraction, losses, optimizers, regularizers, sweeps, tasks, training
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value
from minirnn.learning.losses import Loss
from minirnn.learning.optimizers import Optimizer
from minirnn.learning.regularizers import regularized_bptt
from minirnn.learning.sweeps import sweep
from minirnn.learning.training import Run, train

__all__ = [
    "Loss",
    "Optimizer",
    "Run",
    "clip_adaptive",
    "clip_by_norm",
    "clip_by_value",
    "clipping",
    "contraction",
    "losses",
    "optimizers",
    "regularized_bptt",
    "regularizers",
    "sweep",
    "sweeps",
    "tasks",
    "train",
    "training",
]
