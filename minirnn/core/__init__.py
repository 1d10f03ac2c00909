"""The base of all other rooms: parameters as dicts of arrays, checks of arguments, initializers, activations,
linear recurrences with their adjoints, and arrays on disk.
"""

from minirnn.core import activations, archives, checks, initializers, matrix_recurrences, params, recurrences
from minirnn.core.activations import ACTIVATIONS, sigmoid
from minirnn.core.archives import load_params, save_params
from minirnn.core.matrix_recurrences import matrix_scan, matrix_scan_adjoint
from minirnn.core.params import Params, flatten, map_params, norm, unflatten
from minirnn.core.recurrences import linear_scan, linear_scan_adjoint

__all__ = [
    "ACTIVATIONS",
    "Params",
    "activations",
    "archives",
    "checks",
    "flatten",
    "initializers",
    "linear_scan",
    "linear_scan_adjoint",
    "load_params",
    "map_params",
    "matrix_recurrences",
    "matrix_scan",
    "matrix_scan_adjoint",
    "norm",
    "params",
    "recurrences",
    "save_params",
    "sigmoid",
    "unflatten",
]
