"""The tests that a new cell must pass: `referee.check` runs them, one after the other.

Each test returns sentences, one for each part that is missing or wrong. A later test makes sense only if the earlier
ones return none: a cell without `step` has no gradient that could be wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core.params import Params, overflow_allowed

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


@dataclass(frozen=True)
class Weighted:
    """E = Σ_t C_t ⊙ h_t, with ∂E_t/∂h_t = C_t (T, B, n_state): a loss that depends on every entry."""

    C: np.ndarray

    def value(self, params: Params, H: Any) -> Any:
        return (self.C * H).sum()


class Case(NamedTuple):
    """Random parameters of all shapes, since zero biases would hide missing terms; inputs, a first state and a loss."""

    params: Params
    X: np.ndarray
    h0: np.ndarray
    loss: Weighted


def case(cell: Cell, dtype: str = "float64") -> Case:
    """A case that is the same at each call and read-only."""
    rng = np.random.default_rng(0)

    def random(*shape: int) -> np.ndarray:
        values = (0.6 * rng.standard_normal(shape)).astype(dtype)
        values.flags.writeable = False
        return values

    params = {key: random(*shape) for key, shape in cell.shapes().items()}
    X, h0, C = random(T, B, cell.m), random(B, cell.n_state), random(T, B, cell.n_state)
    return Case(params, X, h0, Weighted(C))


def missing(cell: Any) -> list[str]:
    """Sentences on the parts that the cell lacks, and on one scan without the other.

    >>> missing(3.0)[:2]
    ['float has no m: the number of inputs', 'float has no n_state: the number of entries of the state']
    """
    faults = [
        f"{type(cell).__name__} has no {part}: {what}" for part, what in CONTRACT.items() if not hasattr(cell, part)
    ]
    for one, other in (("scan", "scan_adjoints"), ("scan_adjoints", "scan")):
        if getattr(cell, one, None) and not getattr(cell, other, None):
            faults.append(f"{type(cell).__name__} has {one} but no {other}: a cell has both or none")
    return faults


def misshapen(cell: Any) -> list[str]:
    """Sentences on faults of the sizes, of shapes() and of the parameters that `init` makes."""
    for size in ("m", "n_state", "n_out"):
        if not isinstance(getattr(cell, size), int | np.integer) or getattr(cell, size) < 1:
            return [f"{size} must be an integer >= 1, got {getattr(cell, size)!r:.40}"]
    if cell.n_out > cell.n_state:
        return [f"n_out must be from 1 to n_state = {cell.n_state}, got {cell.n_out}"]
    try:
        shapes = _ask(cell, "shapes")
        if not isinstance(shapes, dict) or not all(isinstance(shape, tuple) for shape in shapes.values()):
            raise _Fault(f"shapes must give a dict of names and shapes, got {shapes!r:.40}")
        params = _ask(cell, "init", np.random.default_rng(0), again=False)  # a second call would draw other numbers
        if not isinstance(params, dict):
            raise _Fault(f"init must give a dict of arrays, got {params!r:.40}")
    except _Fault as fault:
        return [str(fault)]
    faults = [f"init gives no {key}, which shapes() has" for key in shapes.keys() - params.keys()]
    faults += [f"init gives {key}, which shapes() has not" for key in params.keys() - shapes.keys()]
    for key in shapes.keys() & params.keys():
        value = np.asarray(params[key])
        if value.shape != shapes[key] or value.dtype != float or not np.isfinite(value).all():
            came = f"{value.dtype} {value.shape}"
            faults.append(f"init must give {key} as finite float64 {shapes[key]}, as shapes() says, got {came}")
    return sorted(faults)


def failing(cell: Cell, dtype: str) -> list[str]:
    """The first fault among all methods, since later ones would follow from it: a method raises, returns another value
    at a second call, or returns a wrong shape or dtype."""
    try:
        with overflow_allowed():
            for name, value, shape in _walk(cell, dtype):
                if _came(value) != f"{dtype} {shape}":
                    return [f"with parameters of {dtype}, {name} must give {dtype} {shape}, got {_came(value)}"]
            _ask_for_large_inputs(cell, dtype)
    except _Fault as fault:
        return [str(fault)]
    return []


class _Fault(Exception):
    """A fault of the cell, in a sentence."""


def _came(value: Any) -> str:
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else f"{value!r:.40}"


def _ask(cell: Any, method: str, *arguments: Any, again: bool = True) -> Any:
    """The method's result, which must be the same at a second call; its arguments are read-only."""
    for part in (part for given in arguments for part in (given if isinstance(given, list | tuple) else [given])):
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    try:
        value, *second = [getattr(cell, method)(*arguments) for _ in range(1 + again)]
    except Exception as error:
        hint = "; it must not change its arguments" if "read-only" in str(error) else ""
        raise _Fault(f"{method} raised {type(error).__name__}: {error}{hint}") from error
    if again and not _same(value, second[0]):
        raise _Fault(f"{method} gives two answers to the same arguments: is there chance or memory in it?")
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(np.array_equal(one, other, equal_nan=getattr(one, "dtype", np.dtype(int)).kind in "fc"))


def _ask_for_two(cell: Any, method: str, *arguments: Any) -> tuple[Any, Any]:
    value = _ask(cell, method, *arguments)
    if not isinstance(value, tuple) or len(value) != 2:
        raise _Fault(f"{method} must give a tuple of two arrays, got {_came(value)}")
    return value


def _ask_for_local(cell: Any, *arguments: Any) -> Local:
    local = _ask(cell, "linearize", *arguments)
    T, B, _ = arguments[-1].shape
    must = f"linearize must give arrays ({T}, {B}, ·) for T = {T} steps of B = {B} rows"
    if not isinstance(local, list | tuple) or not local:
        raise _Fault(f"{must}, got {_came(local)}")
    if wrong := [a for a in local if np.ndim(a) != 3 or np.shape(a)[:2] != (T, B)]:
        raise _Fault(f"{must}, got {np.shape(wrong[0])}")
    return local


def _ask_for_gradient(cell: Any, *arguments: Any) -> Params:
    gradient = _ask(cell, "vjp_params", *arguments)
    if not isinstance(gradient, dict):
        raise _Fault(f"vjp_params must give a dict of gradients, got {_came(gradient)}")
    if absent := [key for key in cell.shapes() if key not in gradient]:
        raise _Fault(f"vjp_params gives no gradient for {', '.join(absent)}")
    if more := [key for key in gradient if key not in cell.shapes()]:
        raise _Fault(f"vjp_params gives a gradient for {', '.join(more)}, which shapes() has not")
    return gradient


def _walk(cell: Any, dtype: str) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    """(method, its result, the right shape): for one step; for all at once, with time as a further leading axis; and
    with one more axis, which local derivatives need not have. The parameters contain a readout."""
    params, X, h0, loss = case(cell, dtype)
    params = params | {"V": np.ones((2, cell.n_out), dtype), "c_out": np.ones(2, dtype)}
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
    for lead in ((), (2,)):
        before, a = (np.broadcast_to(z, (*lead, *z.shape)) for z in (H[:-1], drive))
        yield f"step of states {before.shape}", _ask(cell, "step", params, before, a), before.shape
    local = _ask_for_local(cell, params, drive, H[:-1], H[1:])
    here = [a[0] for a in local]
    for at, delta in ((here, loss.C[0]), (local, loss.C), (local, np.stack([loss.C, loss.C]))):
        carry, d = _ask_for_two(cell, "vjp_step", params, at, delta)
        yield f"vjp_step of δ {delta.shape}, of what goes back,", carry, delta.shape
        yield f"vjp_step of δ {delta.shape}, of d,", d, (*delta.shape[:-1], k)
    every: list[np.ndarray] = [X, H[:-1], *local, d[0]]
    given = {(): [z[0] for z in every], (T,): every, (2, T): [np.stack([z, z]) for z in every]}
    for axes, (x, before, *at, d_) in given.items():
        gradient = _ask_for_gradient(cell, params, x, before, at, d_)
        for key, shape in cell.shapes().items():
            yield f"vjp_params, for {key} and inputs {x.shape},", gradient[key], (*axes, *shape)
    if hasattr(cell, "vjp_inputs"):
        yield "vjp_inputs", _ask(cell, "vjp_inputs", params, d), (2, T, B, cell.m)
    rows = [a[:, None] for a in here]
    for name, size in (("jvp_step", N), ("jvp_inputs", cell.m)):
        for at, shape in (
            ((here, (B, size)), (here, (4, B, size)), (rows, (B, 4, size))) if hasattr(cell, name) else ()
        ):
            V = np.ones(shape, dtype)
            yield f"{name} of directions {shape}", _ask(cell, name, params, at, V), (*shape[:-1], N)
    if getattr(cell, "scan", None):
        yield "scan", _ask(cell, "scan", params, drive, h0), (T, B, N)
        D, carry = _ask_for_two(cell, "scan_adjoints", params, local, loss.C, np.zeros_like(h0))
        yield "scan_adjoints, of D,", D, (T, B, k)
        yield "scan_adjoints, of what goes back,", carry, (B, N)


def _ask_for_large_inputs(cell: Any, dtype: str) -> None:
    """A step of inputs of size 10⁴, whose exponentials leave the range of floats; a state may be inf, and none nan."""
    params, X, h0, loss = case(cell, dtype)
    drive = cell.drive(params, 1e4 * X[:1])
    before, h = h0[None], cell.step(params, h0, drive[0])[None]
    if np.isnan(h).any():
        raise _Fault(f"step makes nan of inputs of size 10⁴, with parameters of {dtype}")
    if np.isfinite(h).all():
        local = cell.linearize(params, drive, before, h)
        carry, d = cell.vjp_step(params, local, loss.C[:1])
        gradient = cell.vjp_params(params, 1e4 * X[:1], before, local, d)
        if not all(np.isfinite(value).all() for value in (carry, d, *gradient.values())):
            raise _Fault(f"derivatives of a step are not finite for inputs of size 10⁴, with parameters of {dtype}")
