"""Systems in discrete time: a step, and the products of its Jacobians with vectors.

`autonomous` makes one of a map and its Jacobian; `network` of any cell, `maps` of known maps.

>>> halved = autonomous(2, lambda x: 0.5 * x, lambda x: np.tile(0.5 * np.eye(2), (len(x), 1, 1)))
>>> stretch(halved, 0, np.ones((1, 2)), 2)[:, 0].tolist()
[[1.0, 1.0], [0.5, 0.5], [0.25, 0.25]]
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import overflow_allowed

Product = Callable[[np.ndarray], np.ndarray]  # V (B, n, k) -> J V, for the Jacobians J (B, n, n) of one step


class System(NamedTuple):
    """step(t, h) maps states (B, n) to the next ones, t = 0, 1, …; products(t, H) are the products with the Jacobians
    of the S steps from H[0] to H[-1], for states H (S + 1, B, n), where H[0] is the state at t. T and B, if not None,
    are the number of steps that have inputs, and the number of rows that a batch must have. check(h), called once at
    the entries, raises ValueError if the functions of the system do not map rows to rows."""

    n: int
    step: Callable[[int, np.ndarray], np.ndarray]
    products: Callable[[int, np.ndarray], Iterable[Product]]
    T: int | None = None
    B: int | None = None
    check: Callable[[np.ndarray], None] = lambda h: None


def check_start(system: System, h0: np.ndarray, T: int, name: str = "h0") -> None:
    """Raises TypeError or ValueError unless h0 (B, n), which the caller calls `name`, and T >= 1 steps fit."""
    checks.float_array(name, h0, ("B" if system.B is None else system.B, system.n))
    if checks.integer("T", T, 1) > (system.T or T):
        raise ValueError(f"T must be at most {system.T}, the number of steps for which X has inputs, got {T}")
    system.check(h0)


def autonomous(n: int, f: Callable[[np.ndarray], np.ndarray], jacobian: Callable[[np.ndarray], Any]) -> System:
    """The system x' = f(x) of n variables: f (B, n) -> (B, n), jacobian (B, n) -> (B, n, n).

    Parameters inside f may be numbers, or arrays (B,) with a value for each row of the batch.
    `check_jacobian` compares the two. Raises TypeError if f or jacobian is not a function. The first function that
    uses the system raises ValueError if they do not map rows to rows.
    """
    checks.integer("n", n, 1)
    checks.function("f", f, "(B, n) -> (B, n)")
    checks.function("jacobian", jacobian, "(B, n) -> (B, n, n)")

    def products(t: int, H: np.ndarray) -> Iterator[Product]:
        return (partial(np.matmul, jacobian(x)) for x in H[:-1])

    def check(x: np.ndarray) -> None:
        check_rows("f", f, x, x.shape)
        check_rows("jacobian", jacobian, x, (*x.shape, n))

    return System(n, lambda t, x: f(x), products, check=check)


def check_rows(name: str, f: Callable[[np.ndarray], Any], x: np.ndarray, shape: tuple[int, ...]) -> None:
    """Raises ValueError unless f maps the rows of x (B, n) to an array of this shape, each row by itself."""
    rule = f"{name} must map states x (B, n), one a row, to {('(B, n)', '(B, n, n)')[len(shape) - 2]}"
    other = np.concatenate([x[:1], x[1:] + 1e-6 * (1 + np.abs(x[1:]))])
    try:
        with overflow_allowed():
            value, again, moved = (np.asarray(f(at)) for at in (x, x, other))
    except Exception as error:  # a map of a single state (n,) may raise anything if it gets rows
        raise ValueError(f"{rule}; for x {x.shape} it raised {type(error).__name__}: {error}") from error
    if value.shape != shape:
        raise ValueError(f"{rule}; for x {x.shape} it returned {value.shape}")
    if not np.array_equal(value, again, equal_nan=True):
        raise ValueError(f"{rule}, the same each time; it gave two values at the same x: is there chance in it?")
    if not np.array_equal(value[0], moved[0], equal_nan=True):
        raise ValueError(
            f"{rule}, each by itself; its first row changes with the others: is it a map of one state (n,)?"
        )


def stretch(system: System, t: int, h: np.ndarray, steps: int) -> np.ndarray:
    """States H (S + 1, B, n) of the steps from h at t on, S <= steps: up to the first that is not finite."""
    states = [h]
    for s in range(t, t + steps):
        states.append(system.step(s, states[-1]))
        if not np.isfinite(states[-1]).all():
            break
    return np.array(states)


@checked
def check_jacobian(system: System, x: np.ndarray, step: float = 1e-6, tol: float = 1e-4) -> float:
    """The largest difference between a system's Jacobian at states x (B, n) and central differences of its step,
    relative to the largest entry. Call it for each map that you write by hand, before you trust its exponents.
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
    moves, columns = step * np.maximum(np.abs(x), 1.0), []  # a large x has a large last digit: move it by more
    for j in range(system.n):
        ahead, behind = x.copy(), x.copy()
        ahead[:, j] += moves[:, j]
        behind[:, j] -= moves[:, j]
        columns.append((system.step(0, ahead) - system.step(0, behind)) / (ahead - behind)[:, [j]])
    D = np.stack(columns, axis=-1)
    largest = np.maximum(np.abs(system.step(0, x)), np.abs(x)).max(axis=1, keepdims=True)
    rounding = (8 * np.finfo(float).eps * largest / moves)[:, None]  # of the differences: no fault of the Jacobian
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
