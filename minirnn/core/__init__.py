"""What all the rooms above stand on: parameters as dicts of arrays, checks of arguments, initializers,
activations, and linear recurrences with their adjoints.
"""

from minirnn.core import activations, checks, initializers, params, recurrences
from minirnn.core.activations import ACTIVATIONS, sigmoid
from minirnn.core.params import Params, flatten, map_params, norm, unflatten
from minirnn.core.recurrences import linear_scan, linear_scan_adjoint

__all__ = [
    "ACTIVATIONS",
    "Params",
    "activations",
    "checks",
    "flatten",
    "initializers",
    "linear_scan",
    "linear_scan_adjoint",
    "map_params",
    "norm",
    "params",
    "recurrences",
    "sigmoid",
    "unflatten",
]
