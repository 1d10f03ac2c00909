"""Bridges to other frameworks: weights of PyTorch in and out, PyTorch's models observed through hooks, and step
functions of PyTorch, JAX and autograd as cells. PyTorch and JAX are imported by the functions that need them.
"""

from minirnn.bridges import (
    answers,
    constant_answers,
    frameworks,
    hooks,
    recomputed,
    step_functions,
    tensors,
    torch_models,
    torch_weights,
    usable_runs,
)
from minirnn.bridges.step_functions import StepCell, from_step, observe_step
from minirnn.bridges.torch_models import observe_torch
from minirnn.bridges.torch_weights import from_state_dict, from_torch, to_torch

__all__ = [
    "StepCell",
    "answers",
    "constant_answers",
    "frameworks",
    "from_state_dict",
    "from_step",
    "from_torch",
    "hooks",
    "observe_step",
    "observe_torch",
    "recomputed",
    "step_functions",
    "tensors",
    "to_torch",
    "torch_models",
    "torch_weights",
    "usable_runs",
]
