"""The contract of a loss, for `bptt`, for the referees, and for checkpoints.

    Objective    (params, H) -> (E, ∂E/∂H, gradients)

H (T, B, n_state) are the states h_1 to h_T, without h_0, and ∂E/∂H has their shape and dtype. The gradients are those
of the loss's own parameters, which lie in `params` beside the cell's, as V and c_out of a readout do.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.params import Params

Objective = Callable[[Params, np.ndarray], tuple[float, np.ndarray, Params]]
"""A loss: (params, H (T, B, n_state)) -> (E, ∂E/∂H (T, B, n_state), gradients of its own parameters)."""


class TraceableLoss(Protocol):
    """A loss that also computes E alone, by operations that autograd can follow: referees need it."""

    def value(self, params: Params, H: Any) -> Any: ...


class LastStateLoss(Protocol):
    """An `Objective` that reads the last state alone, and declares it: checkpoints need it."""

    @property
    def last_state_only(self) -> bool: ...

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]: ...


def evaluate(loss: Objective, cell: Cell, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
    """E, ∂E/∂H and the gradients of the loss's own parameters. Raises TypeError or ValueError for any other result, or
    for a parameter of which neither the cell nor the loss has a gradient: training would skip a misspelt key."""
    rule = "loss must be a function (params, H) -> (E, dE/dH, gradients of the readout)"
    code, defaults = getattr(loss, "__code__", None), getattr(loss, "__defaults__", None) or ()
    if code is not None and "target" in code.co_varnames[: code.co_argcount - len(defaults)]:
        raise TypeError(f"{rule}, got the error {loss.__name__}; write at_end({loss.__name__}, target)")
    answer = loss(params, H[1:])
    if not isinstance(answer, tuple) or len(answer) != 3 or not isinstance(answer[2], dict):
        got = (
            f"a tuple of {', '.join(map(checks.kind, answer))}"
            if isinstance(answer, tuple)
            else checks.kind(answer)
        )
        raise TypeError(f"{rule}; it returned {got}")
    E, dE, readout = answer
    checks.float_array("dE of the loss", dE, H[1:].shape, finite=False)
    checks.one_dtype(X=H, dE=dE)
    if unread := params.keys() - cell.shapes().keys() - {"V", "c_out"} - readout.keys():
        raise ValueError(
            f"params must hold {', '.join(cell.shapes())} and the loss's own ({', '.join(readout) or 'none'}), "
            f"got also {', '.join(sorted(unread))}: remove it, or mend its name"
        )
    return E, dE, readout
