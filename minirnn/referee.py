"""The same gradients by two other routes: automatic differentiation, and central differences.

Neither knows anything of adjoints through time: autograd records each operation of `cell.step`, and central
differences only evaluate E. They are slow (autograd about 150 µs a time step), so they judge and do not train.
"""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from minirnn import checks
from minirnn.arguments import checked
from minirnn.bptt import check_inputs
from minirnn.cells import Cell
from minirnn.losses import Loss
from minirnn.params import Params, flatten, overflow_allowed, unflatten
from minirnn.systems import System, check_start


@checked
def energy(cell: Cell, params: Any, X: np.ndarray, loss: Loss, h0: np.ndarray | None = None) -> Any:
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
    cell: Cell, params: Params, X: np.ndarray, loss: Loss, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E and its gradient, as `bptt.bptt` returns them, by reverse-mode automatic differentiation.

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


@checked
def check_jacobian(system: System, x: np.ndarray, step: float = 1e-6, tol: float = 1e-4) -> float:
    """The largest difference between a system's Jacobian at states x (B, n) and central differences of its step,
    relative to the largest entry; what a map written by hand should pass before its exponents are believed.
    Entries of x are moved by `step`, or, where they are above 1, by that share of them.

    >>> from minirnn.dynamics import autonomous
    >>> f = lambda x: np.stack([1 - 1.4 * x[:, 0] ** 2 + x[:, 1], 0.3 * x[:, 0]], axis=1)
    >>> rows = lambda x: np.array([[[-2.8 * x, 0.3], [1.0, 0.0]] for x in x[:, 0]])
    >>> check_jacobian(autonomous(2, f, rows), np.array([[0.3, 0.2]]))
    Traceback (most recent call last):
    ValueError: jacobian must hold ∂f_i/∂x_j at [b, i, j], got its transpose: write jacobian(x).swapaxes(1, 2)

    Raises ValueError if it is larger than `tol`, or x does not fit the system.
    """
    step = checks.number("step", step, 0.0, open_low=True)
    tol = checks.number("tol", tol, 0.0, open_low=True)
    check_start(system, x, 1, "x")
    x = x.astype(float)  # differences of float32 would have no digits left
    (product,) = system.products(0, np.stack([x, system.step(0, x)]))
    J = product(np.broadcast_to(np.eye(system.n), (*x.shape, system.n)))
    moves, columns = step * np.maximum(np.abs(x), 1.0), []  # where x is large, its last digit is too
    for j in range(system.n):
        ahead, behind = x.copy(), x.copy()
        ahead[:, j] += moves[:, j]
        behind[:, j] -= moves[:, j]
        columns.append((system.step(0, ahead) - system.step(0, behind)) / (ahead - behind)[:, [j]])
    D = np.stack(columns, axis=-1)
    largest = np.maximum(np.abs(system.step(0, x)), np.abs(x)).max(axis=1, keepdims=True)
    rounding = (8 * np.finfo(float).eps * largest / moves)[:, None]  # of the differences: it refuses no entry
    size = np.maximum(np.maximum(np.abs(D).max(), rounding / tol), np.finfo(float).tiny)

    def distance(J: np.ndarray) -> float:
        return float((np.abs(J - D) / size).max())

    if distance(J) <= tol:
        return distance(J)
    if distance(J.mT) <= tol:
        raise ValueError(
            "jacobian must hold ∂f_i/∂x_j at [b, i, j], got its transpose: write jacobian(x).swapaxes(1, 2)"
        )
    b, i, j = np.unravel_index(np.abs(J - D).argmax(), J.shape)
    raise ValueError(
        f"jacobian must hold ∂f_i/∂x_j at [b, i, j]; at [{b}, {i}, {j}] it is {J[b, i, j]:.6g}, "
        f"where central differences give {D[b, i, j]:.6g}"
    )
