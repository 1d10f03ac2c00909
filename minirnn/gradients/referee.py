"""The same gradients by two other routes, automatic differentiation and central differences; and `check`, which
compares all three for a new cell.

Neither route uses adjoints through time: autograd records each operation of `cell.step`, and central differences only
evaluate E. They are slow (autograd takes about 150 µs a time step), so they judge gradients and do not train.
"""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, flatten, overflow_allowed, unflatten
from minirnn.gradients import agreement, conformity
from minirnn.gradients.backpropagation import check_inputs
from minirnn.gradients.objective import TraceableLoss


@checked
def energy(cell: Cell, params: Any, X: np.ndarray, loss: TraceableLoss, h0: np.ndarray | None = None) -> Any:
    """E for inputs X (T, B, m), by a plain loop that autograd can follow.

    The states are joined by `array`, whose derivative costs O(T); that of `stack` costs O(T²).
    """
    drive = cell.drive(params, X)
    h = np.zeros((X.shape[1], cell.n_state), X.dtype) if h0 is None else h0
    states = []
    for drive_t in drive:
        h = cell.step(params, h, drive_t)
        states.append(h)
    return loss.value(params, anp.array(states))


@checked
def autograd_gradient(
    cell: Cell, params: Params, X: np.ndarray, loss: TraceableLoss, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E and its gradient, as `bptt` returns them, by reverse-mode automatic differentiation.

    Raises TypeError or ValueError if X, h0 or params do not fit the cell.
    """
    check_inputs(cell, params, X, h0)
    with overflow_allowed():
        E, gradient = value_and_grad(lambda p: energy(cell, p, X, loss, h0))(params)
    return float(E), gradient


@checked
def central_differences(f: Callable[[Params], float], params: Params, step: float = 1e-6) -> Params:
    """(f(θ + ε e_i) - f(θ - ε e_i)) / 2ε for each entry i; error O(ε²) + rounding of f/ε.

    >>> central_differences(lambda p: p["b"][0] ** 2, {"b": np.array([3.0])})["b"].round(6)
    array([6.])

    Raises ValueError if step <= 0, TypeError if `params` is not a dict of float arrays.
    """
    step = checks.number("step", step, 0.0, open_low=True)
    theta = flatten(params).astype(float)
    gradient = np.empty_like(theta)
    for i in range(theta.size):
        values = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[i] += sign * step
            values.append(f(unflatten(moved, params)))
        gradient[i] = (values[0] - values[1]) / (2 * step)
    return unflatten(gradient, params)


def check(cell: Any) -> None:
    """Raises unless the cell keeps the contract of `minirnn.cells` and its gradient by hand is right.

    The check draws random parameters of all shapes and a batch, and compares the gradients by hand, by autograd and by
    central differences, for a loss that depends on every state. It also tests the cell's own scans and those optional
    methods that it defines; leading axes; float32; large inputs; foreign keys among the parameters; repeated calls.

    >>> from minirnn import VanillaRNN
    >>> class Wrong(VanillaRNN):
    ...     def vjp_params(self, params, X, H_prev, local, D):
    ...         return super().vjp_params(params, X, H_prev, local, D) | {"b": 0 * D.sum(-2)}
    >>> check(VanillaRNN(m=2, n=3))
    >>> check(Wrong(m=2, n=3))
    Traceback (most recent call last):
    ValueError: cell must keep the contract of minirnn.cells and have the right gradient, but of Wrong:
    - the gradient for b differs from that of autograd by 1 of its largest entry
    - the gradient for b differs from that of central differences by 1 of its largest entry

    Raises TypeError for a class in the place of a cell, ValueError that lists what is missing or wrong.
    """
    if isinstance(cell, type):
        example = f"{cell.__name__}(m=2, n=3)"
        raise TypeError(
            f"cell must be a cell such as LSTM(m=2, n=3), got the class {cell.__name__}; write {example}"
        )
    judges = {
        "autograd": lambda case: value_and_grad(lambda p: energy(cell, p, case.X, case.loss, case.h0))(case.params)[
            1
        ],
        "central differences": lambda case: central_differences(
            lambda p: float(energy(cell, p, case.X, case.loss, case.h0)), case.params
        ),
    }
    faults = (
        conformity.missing(cell)
        or conformity.misshapen(cell)
        or conformity.failing(cell, "float64")
        or conformity.failing(cell, "float32")
        or agreement.differing(cell, judges)
    )
    if faults:
        must = "cell must keep the contract of minirnn.cells and have the right gradient"
        raise ValueError(f"{must}, but of {type(cell).__name__}:\n" + "\n".join(f"- {fault}" for fault in faults))
