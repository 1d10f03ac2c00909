"""Recurrent cells: h_t = f(h_{t-1}, x_t; θ), and what backpropagation through time asks of f.

A cell is a frozen record of sizes and choices and holds no weights. Its methods are pure functions of a dict
of parameters. A pass through time is a *scan* over what cannot be done at once, between *maps* that can:

    drive       map     the part that depends on the input alone:  U x_t + b                   (eq. drive)
    step        scan    h_t from h_{t-1} and the drive                                         (eq. step)
    linearize   map     the local derivatives of the step, from the states                     (eq. local)
    vjp_step    scan    δ_t  ->  (∂h_t/∂h_{t-1})ᵀ δ_t  and  d_t = ∂E/∂a_t, a_t the pre-activation
    vjp_params  map     Σ_B of d_t (∂⁺a_t/∂θ): the immediate partial derivatives               (eq. terms)

What a cell may leave out:

    widest              the entries for which a step counts when steps are cut into blocks; by default n_state
    reads_drive         False if `linearize` does not read the drive: it is then not computed again, and is nan
    vjp_inputs  map     d_t  ->  ∂E/∂x_t, for a drive that is affine in x_t; a cell above another one needs it
    jvp_step    scan    v  ->  (∂h_t/∂h_{t-1}) v: the effect of a small change of the state
    jvp_inputs  map     v  ->  (∂h_t/∂x_t) v: the effect of a small change of the input
    saturated   map     True for units whose input hardly changes them any more
    openness    map     {"input": …, "forget": …, "output": …}: how far gates are open, 0 to 1
    slopes      map     the slope of a unit in its pre-activation, over the steepest that it can have

A cell may replace the loops over `step` and `vjp_step` by scans of its own, which need no call for each step
(`Scannable`). A cell that is linear in its state, element by element, inherits them from `ElementwiseLinear`.

Time comes first: X (T, B, m), H (T+1, B, n_state) with H[0] = h_0. Vectors are rows, so the book's W h is
`h @ W.T`. All but `drive` and `linearize` also work on arrays with further leading axes; `jvp_step` takes many
directions at once, as further rows or leading axes that the local derivatives do not have.

`step` and `drive` are differentiated by autograd in the tests, hence its `tanh`; for plain arrays it calls
NumPy's. Checks are made by the callers (`init`, `unroll`), never inside a step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from minirnn.core import checks
from minirnn.core.activations import ACTIVATIONS
from minirnn.core.params import Params
from minirnn.core.products import affine

Local = Sequence[np.ndarray]
Initializer = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class Cell(Protocol):
    """The methods that `bptt` calls. Shapes: B batch, m inputs, k pre-activations; a readout sees the first `n_out`
    entries of the state."""

    @property
    def m(self) -> int: ...
    @property
    def n_state(self) -> int: ...
    @property
    def n_out(self) -> int: ...
    def init(self, rng: np.random.Generator) -> Params: ...
    def shapes(self) -> dict[str, tuple[int, ...]]: ...
    def drive(self, params: Params, X: np.ndarray) -> np.ndarray: ...
    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray: ...
    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local: ...
    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...
    def vjp_params(
        self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray
    ) -> Params: ...


class Scannable(Protocol):
    """A cell with scans of its own: H (T, B, n_state) without h0, as the loop over `step` computes it; D (T, B, k) and
    the carry to h0, as the loop over `vjp_step` computes them."""

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray: ...
    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]: ...


def step_jacobian(cell: Cell, params: Params, local: Local, lead: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """∂h_t/∂h_{t-1} (*lead, n_state, n_state) from the local derivatives: row i is the adjoint step of e_i."""
    n = cell.n_state
    unit = np.eye(n, dtype=dtype).reshape(n, *[1] * len(lead), n)
    rows, _ = cell.vjp_step(params, local, np.broadcast_to(unit, (n, *lead, n)))
    return np.moveaxis(np.asarray(rows), 0, -2)


def input_jacobian(cell: Any, params: Params, local: Local, lead: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """∂h_t/∂x_t (*lead, n_state, m), in the same way."""
    n = cell.n_state
    unit = np.eye(n, dtype=dtype).reshape(n, *[1] * len(lead), n)
    _, d = cell.vjp_step(params, local, np.broadcast_to(unit, (n, *lead, n)))
    return np.moveaxis(cell.vjp_inputs(params, d), 0, -2)


@dataclass(frozen=True)
class Sized:
    """Sizes that every cell has: m inputs, n units; they and the activation are checked when the cell is made.

    A cell that defines no `jvp_step` or `jvp_inputs` beside its step gets these through the Jacobian: n_state times as
    much work. One that defines no `vjp_inputs` beside its drive gets it from the drive of unit inputs. A cell that
    defines no `saturated` has no saturated units.
    """

    m: int
    n: int

    reads_drive: ClassVar[bool] = True
    scan: ClassVar[Any] = None  # the loop over `step` serves
    scan_adjoints: ClassVar[Any] = None

    def __init_subclass__(cls) -> None:
        before = {name for base in cls.__mro__[1:] for name in vars(base)}
        replaced = {"step", "gates", "linearize", "vjp_step", "drive"} & vars(cls).keys() & before
        rules = ["vjp_inputs", "jvp_inputs"] if "drive" in replaced else []
        replaced -= {"drive"}
        if replaced and not {"scan", "scan_adjoints"} & vars(cls).keys():
            cls.scan = cls.scan_adjoints = None  # the inherited scans belong to another step: the loops take over
        if {"linearize", "derivatives", "coefficients"} & vars(cls).keys() & before:
            cls.reads_drive = vars(cls).get("reads_drive", True)
        for rule in {*rules, *(["jvp_step", "jvp_inputs"] if replaced else [])} - vars(cls).keys():
            setattr(cls, rule, getattr(Sized, rule))  # the inherited rule belongs to another step or drive

    def __post_init__(self) -> None:
        checks.integer("m", self.m, 1)
        checks.integer("n", self.n, 1)
        checks.choice("activation", getattr(self, "activation", "identity"), ACTIVATIONS)

    @property
    def n_state(self) -> int:
        return self.n

    @property
    def n_out(self) -> int:
        return self.n

    def jvp_step(self: Any, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        lead = np.broadcast_shapes(*(a.shape[:-1] for a in local))
        return (step_jacobian(self, params, local, lead, V.dtype) @ V[..., None])[..., 0]

    def jvp_inputs(self: Any, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        lead = np.broadcast_shapes(*(a.shape[:-1] for a in local))
        return (input_jacobian(self, params, local, lead, V.dtype) @ V[..., None])[..., 0]

    def vjp_inputs(self: Any, params: Params, D: np.ndarray) -> np.ndarray:
        unit = np.eye(self.m, dtype=D.dtype)
        columns = self.drive(params, unit) - self.drive(params, 0 * unit)
        return D @ columns.swapaxes(-1, -2)

    def saturated(self: Any, H: np.ndarray) -> np.ndarray:
        """True where a unit hardly answers to its input, from H (..., n_state): (..., n_out) in a single layer."""
        return np.zeros((*H.shape[:-1], self.n_out), bool)


@dataclass(frozen=True)
class Affine(Sized):
    """A cell whose inputs enter by U x_t + b alone, k pre-activations of them: U (k, m) and b (k,)."""

    def draw(self: Any, rng: np.random.Generator, **weights: Initializer) -> Params:
        """Parameters of the cell's shapes, in their order: drawn where an initializer is given by name, else 0."""
        checks.generator("rng", rng)
        return {
            key: weights[key](rng, shape) if key in weights else np.zeros(shape)
            for key, shape in self.shapes().items()
        }

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return affine(X, params["U"], params["b"])

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        return D @ params["U"]
