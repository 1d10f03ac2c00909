"""What a gradient is of: the contract of a loss, for `bptt`, for the referees, and for checkpoints."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.params import Params

# (params, H[1:]) -> (E, ∂E/∂H[1:] (T, B, n_state), gradients of the readout's own parameters)
Objective = Callable[[Params, np.ndarray], tuple[float, np.ndarray, Params]]


class TraceableLoss(Protocol):
    """A loss that also gives E alone, by operations that autograd can follow: what referees need."""

    def value(self, params: Params, H: Any) -> Any: ...


class LastStateLoss(Protocol):
    """An `Objective` that reads the last state alone, and says so: what checkpoints need."""

    last_state_only: bool

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]: ...


def evaluate(loss: Objective, cell: Cell, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
    """What the loss says of the states; raises TypeError or ValueError unless it is E, ∂E/∂H and a dict, or if of a
    parameter neither the cell nor the loss has a gradient: a misspelt key would stay as it is in silence."""
    made = "loss must be a function (params, H) -> (E, dE/dH, gradients of the readout)"
    code, defaults = getattr(loss, "__code__", None), getattr(loss, "__defaults__", None) or ()
    if code is not None and "target" in code.co_varnames[: code.co_argcount - len(defaults)]:
        raise TypeError(f"{made}, got the error {loss.__name__}; write at_end({loss.__name__}, target)")
    answer = loss(params, H[1:])
    if not isinstance(answer, tuple) or len(answer) != 3 or not isinstance(answer[2], dict):
        got = (
            f"a tuple of {', '.join(map(checks.kind, answer))}"
            if isinstance(answer, tuple)
            else checks.kind(answer)
        )
        raise TypeError(f"{made}; it returned {got}")
    E, dE, readout = answer
    checks.float_array("dE of the loss", dE, H[1:].shape, finite=False)
    checks.one_dtype(X=H, dE=dE)
    if unread := params.keys() - cell.shapes().keys() - {"V", "c_out"} - readout.keys():
        raise ValueError(
            f"params must hold {', '.join(cell.shapes())} and what the loss has gradients for "
            f"({', '.join(readout) or 'nothing'}), got also {', '.join(sorted(unread))}"
        )
    return E, dE, readout
