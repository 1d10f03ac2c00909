"""What a new cell must pass: `referee.check` asks here, one question after the other.

Each question returns sentences, one for each thing that is missing or wrong. The later ones can only be asked once the
earlier ones have no answer: a cell without `step` has no gradient that could be wrong.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import backward_loop, forward_loop, sum_over_time

CONTRACT = {  # its parts, in the order in which they are written
    "m": "the number of inputs",
    "n_state": "the number of entries of the state",
    "n_out": "how many of them a readout sees",
    "shapes": "a dict of the parameters' names and shapes",
    "init": "a dict of parameters from a random generator",
    "drive": "all that depends on the input alone, U x + b",
    "step": "h_t from h_{t-1} and the drive",
    "linearize": "what the derivative of the step needs",
    "vjp_step": "(∂h_t/∂h_{t-1})ᵀ δ_t and d_t = ∂E/∂a_t from δ_t",
    "vjp_params": "the gradients of all parameters from the d_t",
}
T, B = 5, 3  # steps and rows of the case
STEP = 1e-6  # of central differences
TOLERANCE = 1e-5  # of what must agree: central differences are right to about 1e-8, and a missing term is larger


@dataclass(frozen=True)
class Weighted:
    """E = Σ_t C_t ⊙ h_t, with ∂E_t/∂h_t = C_t (T, B, n_state): a loss that asks something of every entry."""

    C: np.ndarray

    def value(self, params: Params, H: Any) -> Any:
        return (self.C * H).sum()


class Case(NamedTuple):
    """Random parameters of all shapes, biases included: zeros would hide missing terms. And inputs, a start, a loss."""

    params: Params
    X: np.ndarray
    h0: np.ndarray
    loss: Weighted


def case(cell: Cell, dtype: str = "float64") -> Case:
    """A case that is the same each time, and that nobody can write to."""
    rng = np.random.default_rng(0)

    def random(*shape: int) -> np.ndarray:
        values = (0.6 * rng.standard_normal(shape)).astype(dtype)
        values.flags.writeable = False
        return values

    params = {key: random(*shape) for key, shape in cell.shapes().items()}
    X, h0, C = random(T, B, cell.m), random(B, cell.n_state), random(T, B, cell.n_state)
    return Case(params, X, h0, Weighted(C))


def missing(cell: Any) -> list[str]:
    """Parts that the cell lacks; of its own scans, one without the other.

    >>> missing(3.0)[:2]
    ['float has no m: the number of inputs', 'float has no n_state: the number of entries of the state']
    """
    faults = [
        f"{type(cell).__name__} has no {part}: {what}" for part, what in CONTRACT.items() if not hasattr(cell, part)
    ]
    for one, other in (("scan", "scan_adjoints"), ("scan_adjoints", "scan")):
        if hasattr(cell, one) and not hasattr(cell, other):
            faults.append(f"{type(cell).__name__} has {one} but no {other}: a cell has both or none")
    return faults


def misshapen(cell: Cell) -> list[str]:
    """What is wrong with the sizes, with shapes() and with what `init` makes of them."""
    if not 1 <= cell.n_out <= cell.n_state:
        return [f"n_out must be from 1 to n_state = {cell.n_state}, got {cell.n_out}"]
    shapes, params = cell.shapes(), cell.init(np.random.default_rng(0))
    faults = [f"init gives no {key}, which shapes() has" for key in shapes.keys() - params.keys()]
    faults += [f"init gives {key}, which shapes() has not" for key in params.keys() - shapes.keys()]
    for key in shapes.keys() & params.keys():
        if np.shape(params[key]) != shapes[key] or params[key].dtype != float or not np.isfinite(params[key]).all():
            came = f"{params[key].dtype} {np.shape(params[key])}"
            faults.append(f"init must give {key} as finite float64 {shapes[key]}, as shapes() says, got {came}")
    return sorted(faults)


def failing(cell: Cell, dtype: str) -> list[str]:
    """The first thing wrong on a walk through all methods, from which the next would follow: a method raises, or gives
    a wrong shape or dtype."""
    try:
        with overflow_allowed():
            for name, value, shape in _walk(cell, dtype):
                came = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else f"{value!r:.40}"
                if came != f"{dtype} {shape}":
                    return [f"with parameters of {dtype}, {name} must give {dtype} {shape}, got {came}"]
    except _Fault as fault:
        return [str(fault)]
    return []


class _Fault(Exception):
    """What is wrong with the cell, in a sentence."""


def _ask(cell: Cell, method: str, *arguments: Any) -> Any:
    for part in (part for given in arguments for part in (given if isinstance(given, list | tuple) else [given])):
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    try:
        return getattr(cell, method)(*arguments)
    except Exception as error:
        hint = "; it must not change its arguments" if "read-only" in str(error) else ""
        raise _Fault(f"{method} raised {type(error).__name__}: {error}{hint}") from error


def _walk(cell: Cell, dtype: str) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    """(method, what it gave, the right shape): of one step, and of all at once, time being a further leading axis."""
    params, X, h0, loss = case(cell, dtype)
    N, drive = cell.n_state, _ask(cell, "drive", params, X)
    k = np.shape(drive)[-1] if np.ndim(drive) else 0
    yield "drive", drive, (T, B, k)
    states = [h0]
    for t in range(T):
        states.append(_ask(cell, "step", params, states[-1], drive[t]))
        yield "step", states[-1], (B, N)
    H = np.array(states)
    if not np.isfinite(H).all():
        raise _Fault("step gives states that are not finite, for random parameters of size 0.6")
    yield "step", _ask(cell, "step", params, H[:-1], drive), (T, B, N)
    local = _ask(cell, "linearize", params, drive, H[:-1], H[1:])
    if wrong := [np.shape(a) for a in local if np.shape(a)[:2] != (T, B)]:
        raise _Fault(f"linearize must give arrays ({T}, {B}, ·) for T = {T} steps of B = {B} rows, got {wrong[0]}")
    for name, here, delta in (("vjp_step", [a[0] for a in local], loss.C[0]), ("vjp_step", local, loss.C)):
        carry, d = _ask(cell, name, params, here, delta)
        yield f"{name}, of what goes back,", carry, delta.shape
        yield f"{name}, of d,", d, (*delta.shape[:-1], k)
    for lead, at in (((), 0), ((T,), slice(None))):
        gradient = _ask(cell, "vjp_params", params, X[at], H[:-1][at], [a[at] for a in local], d[at])
        if absent := [key for key in cell.shapes() if key not in gradient]:
            raise _Fault(f"vjp_params gives no gradient for {', '.join(absent)}")
        if more := [key for key in gradient if key not in cell.shapes()]:
            raise _Fault(f"vjp_params gives a gradient for {', '.join(more)}, which shapes() has not")
        for key, shape in cell.shapes().items():
            yield f"vjp_params, for {key} and inputs {X[at].shape},", gradient[key], (*lead, *shape)
    if hasattr(cell, "jvp_step"):
        yield "jvp_step", _ask(cell, "jvp_step", params, [a[0] for a in local], loss.C[0]), (B, N)
    if hasattr(cell, "scan"):
        yield "scan", _ask(cell, "scan", params, drive, h0), (T, B, N)
        D, carry = _ask(cell, "scan_adjoints", params, local, loss.C, np.zeros_like(h0))
        yield "scan_adjoints, of D,", D, (T, B, k)
        yield "scan_adjoints, of what goes back,", carry, (B, N)


class Pass(NamedTuple):
    """The states H (T+1, B, n_state), the local derivatives and D, all by the loops."""

    H: np.ndarray
    drive: np.ndarray
    local: Local
    D: np.ndarray


def loops(cell: Cell, given: Case) -> Pass:
    """One pass through time and back."""
    H, drive = np.empty((T + 1, B, cell.n_state)), cell.drive(given.params, given.X)
    H[0] = given.h0
    forward_loop(cell, given.params, drive, H)
    local = cell.linearize(given.params, drive, H[:-1], H[1:])
    D, _ = backward_loop(cell, given.params, local, given.loss.C, np.zeros_like(given.h0), drive.shape[-1])
    return Pass(H, drive, local, D)


def apart(value: np.ndarray, right: np.ndarray) -> float:
    """Largest difference, relative to the largest entry of what is right (or to 1e-3)."""
    return float(np.abs(value - right).max() / max(np.abs(right).max(), 1e-3))


class Pair(NamedTuple):
    """Two values that must agree."""

    name: str
    value: np.ndarray
    other: str
    right: np.ndarray


def of_a_step(cell: Any, params: Params, found: Pass, V: np.ndarray) -> Iterator[Pair]:
    """∂h_t/∂h_{t-1} by central differences of all steps at once, beside what the cell makes of V (T, B, n_state)."""
    before, drive, other = found.H[:-1], found.drive, "central differences of step"
    moved = [[cell.step(params, before + sign * STEP * e, drive) for sign in (1, -1)] for e in np.eye(cell.n_state)]
    J = np.stack([(ahead - behind) / (2 * STEP) for ahead, behind in moved], axis=-1)
    yield Pair("vjp_step", cell.vjp_step(params, found.local, V)[0], other, np.einsum("tbij,tbi->tbj", J, V))
    if hasattr(cell, "jvp_step"):
        yield Pair("jvp_step", cell.jvp_step(params, found.local, V), other, np.einsum("tbij,tbj->tbi", J, V))


def of_the_scans(cell: Any, params: Params, found: Pass, C: np.ndarray) -> Iterator[Pair]:
    """The cell's own scans beside the loops that they replace, also with a carry from later steps."""
    later = C[-1]
    D, carry = cell.scan_adjoints(params, found.local, C, later)
    by_loop, before = backward_loop(cell, params, found.local, C, later, found.drive.shape[-1])
    yield Pair("scan", cell.scan(params, found.drive, found.H[0]), "the loop over step", found.H[1:])
    yield Pair("scan_adjoints, in D,", D, "the loop over vjp_step", by_loop)
    yield Pair("scan_adjoints, in what goes back,", carry, "the loop over vjp_step", before)


def differing(cell: Cell, judges: dict[str, Callable[[Case], Params]]) -> list[str]:
    """Where two ways that must agree do not: the derivatives of a step and its differences; a cell's own scans and the
    loops; the gradient by hand and those of the judges."""
    given = case(cell)
    found, faults = loops(cell, given), []
    pairs = list(of_a_step(cell, given.params, found, given.loss.C))
    pairs += of_the_scans(cell, given.params, found, given.loss.C) if hasattr(cell, "scan") else []
    by_hand = sum_over_time(cell, given.params, given.X, found.H[:-1], found.local, found.D)
    for name, judge in judges.items():
        try:
            gradient = judge(given)
        except Exception as error:
            raised = f"they raised {type(error).__name__}: {error!s:.80}"
            faults.append(f"{name} cannot follow drive and step: use the functions of autograd.numpy; {raised}")
            continue
        other = f"that of {name}"
        pairs += [Pair(f"the gradient for {key}", by_hand[key], other, gradient[key]) for key in gradient]
    for name, value, other, right in pairs:
        if not apart(value, right) <= TOLERANCE:
            faults.append(f"{name} differs from {other} by {apart(value, right):.1g} of its largest entry")
    return faults
