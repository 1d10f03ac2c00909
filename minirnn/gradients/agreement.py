"""Pairs of results of a cell that must agree: `referee.check` compares them once `conformity` has found no fault.

>>> from minirnn import GRU
>>> differing(GRU(m=2, n=3), judges={})
[]
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core.params import Params
from minirnn.gradients.backpropagation import backward_loop, forward_loop, sum_over_time
from minirnn.gradients.conformity import Case, case

STEP = 1e-6  # of central differences
TOLERANCE = 1e-5  # of two results: central differences are right to about 1e-8, and a missing term is larger


class Pass(NamedTuple):
    """The states H (T+1, B, n_state), the local derivatives and D, all by the loops."""

    H: np.ndarray
    drive: np.ndarray
    local: Local
    D: np.ndarray


def one_pass(cell: Cell, given: Case) -> Pass:
    """One pass through time and back."""
    drive = cell.drive(given.params, given.X)
    H = np.empty((len(drive) + 1, *given.h0.shape), drive.dtype)
    H[0] = given.h0
    forward_loop(cell, given.params, drive, H)
    local = cell.linearize(given.params, drive, H[:-1], H[1:])
    D, _ = backward_loop(cell, given.params, local, given.loss.C, np.zeros_like(given.h0), drive.shape[-1])
    return Pass(H, drive, local, D)


def apart(value: np.ndarray, right: np.ndarray) -> float:
    """Largest difference, relative to the largest entry of the right result (or to 1e-3)."""
    return float(np.abs(value - right).max() / max(np.abs(right).max(), 1e-3))


class Pair(NamedTuple):
    """Two values that must agree."""

    name: str
    value: np.ndarray
    other: str
    right: np.ndarray
    tolerance: float = TOLERANCE


def of_a_step(cell: Any, given: Case, walk: Pass) -> Iterator[Pair]:
    """∂h_t/∂h_{t-1} and ∂h_t/∂x_t by central differences of all steps at once, beside the cell's own products."""
    (params, X, _, loss), before, other = given, walk.H[:-1], "central differences of step"

    def columns(f: Callable[[np.ndarray], np.ndarray], size: int) -> np.ndarray:
        moved = [[f(sign * STEP * e) for sign in (1, -1)] for e in np.eye(size)]
        return np.stack([(ahead - behind) / (2 * STEP) for ahead, behind in moved], axis=-1)

    J = columns(lambda e: cell.step(params, before + e, walk.drive), cell.n_state)
    J_x = columns(lambda e: cell.step(params, before, cell.drive(params, X + e)), cell.m)
    carry, d = cell.vjp_step(params, walk.local, loss.C)
    yield Pair("vjp_step", carry, other, np.einsum("tbij,tbi->tbj", J, loss.C))
    if hasattr(cell, "vjp_inputs"):
        yield Pair("vjp_inputs", cell.vjp_inputs(params, d), other, np.einsum("tbij,tbi->tbj", J_x, loss.C))
    for name, by_differences, V in (("jvp_step", J, loss.C), ("jvp_inputs", J_x, X)):
        if hasattr(cell, name):
            moves = getattr(cell, name)(params, walk.local, V)
            yield Pair(name, moves, other, np.einsum("tbij,tbj->tbi", by_differences, V))


def of_further_axes(cell: Any, given: Case, walk: Pass) -> Iterator[Pair]:
    """Two different passes along a further axis, and each by itself."""
    params, other = given.params, "that of each by itself"

    def both(z: np.ndarray) -> np.ndarray:
        return np.stack([z, z[::-1]])

    C, local = both(given.loss.C), [both(a) for a in walk.local]
    X, before, drive, D = map(both, (given.X, walk.H[:-1], walk.drive, walk.D))
    yield Pair("step of a further axis", cell.step(params, before, drive), other, both(walk.H[1:]))
    for i, name in enumerate(("goes back", "d")):
        alone = np.stack([cell.vjp_step(params, walk.local, c)[i] for c in C])
        together = cell.vjp_step(params, walk.local, C)[i]
        yield Pair(f"vjp_step of a further axis of δ, in {name},", together, other, alone)
    once = cell.vjp_params(params, given.X, walk.H[:-1], walk.local, walk.D)
    for key, value in cell.vjp_params(params, X, before, local, D).items():
        yield Pair(f"vjp_params of a further axis, for {key},", value, other, both(once[key]))
    for name, V in (("jvp_step", C), ("jvp_inputs", X)):
        if hasattr(cell, name):
            move = getattr(cell, name)
            alone = np.stack([move(params, walk.local, v) for v in V])
            yield Pair(f"{name} of a further axis of directions", move(params, walk.local, V), other, alone)
            rows = move(params, [a[:, :, None] for a in walk.local], np.moveaxis(V, 0, 2))
            yield Pair(f"{name} of directions as rows", np.moveaxis(rows, 2, 0), other, alone)


def of_float32(cell: Any, walk: Pass) -> Iterator[Pair]:
    """The same pass in float32."""
    narrow = case(cell, "float32")
    low = one_pass(cell, narrow)
    for name, value, right in (("states", low.H, walk.H), ("adjoints D", low.D, walk.D)):
        yield Pair(f"the {name} in float32", value, "those in float64", right, 1e-4)


def of_the_scans(cell: Any, params: Params, walk: Pass, C: np.ndarray) -> Iterator[Pair]:
    """The cell's own scans beside the loops that they replace, also with a carry from later steps."""
    later = C[-1]
    D, carry = cell.scan_adjoints(params, walk.local, C, later)
    by_loop, before = backward_loop(cell, params, walk.local, C, later, walk.drive.shape[-1])
    yield Pair("scan", cell.scan(params, walk.drive, walk.H[0]), "the loop over step", walk.H[1:])
    yield Pair("scan_adjoints, in D,", D, "the loop over vjp_step", by_loop)
    yield Pair("scan_adjoints, in what goes back,", carry, "the loop over vjp_step", before)


def differing(cell: Cell, judges: dict[str, Callable[[Case], Params]]) -> list[str]:
    """Sentences on results that differ and must agree: the derivatives of a step and its differences; passes along a
    further axis and alone; float32 and float64; a cell's own scans and the loops; the gradient and the judges'."""
    given = case(cell)
    walk, faults = one_pass(cell, given), []
    pairs = [*of_a_step(cell, given, walk), *of_further_axes(cell, given, walk), *of_float32(cell, walk)]
    pairs += of_the_scans(cell, given.params, walk, given.loss.C) if getattr(cell, "scan", None) else []
    by_hand = sum_over_time(cell, given.params, given.X, walk.H[:-1], walk.local, walk.D)
    for name, judge in judges.items() if cell.shapes() else ():
        try:
            gradient = judge(given)
        except Exception as error:
            raised = f"they raised {type(error).__name__}: {error!s:.80}"
            faults.append(f"{name} cannot follow drive and step: use the functions of autograd.numpy; {raised}")
            continue
        other = f"that of {name}"
        pairs += [Pair(f"the gradient for {key}", by_hand[key], other, gradient[key]) for key in gradient]
    for name, value, other, right, tolerance in pairs:
        if not apart(value, right) <= tolerance:
            faults.append(f"{name} differs from {other} by {apart(value, right):.1g} of its largest entry")
    return faults
