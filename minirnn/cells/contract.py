"""Recurrent cells: h_t = f(h_{t-1}, x_t; θ), and what backpropagation through time asks of f.

A cell is a frozen record of sizes and choices and holds no weights. Its methods are pure functions of a dict
of parameters. A pass through time is a *scan* over what cannot be done at once, between *maps* that can:

    drive       map     all that depends on the input alone:  U x_t + b                        (eq. drive)
    step        scan    h_t from h_{t-1} and the drive                                         (eq. step)
    linearize   map     what the derivative of the step needs, once the states are known       (eq. local)
    vjp_step    scan    δ_t  ->  (∂h_t/∂h_{t-1})ᵀ δ_t  and  d_t = ∂E/∂a_t, a_t the pre-activation
    vjp_params  map     Σ_B of d_t (∂⁺a_t/∂θ): the immediate partial derivatives               (eq. terms)
    jvp_step    scan    v  ->  (∂h_t/∂h_{t-1}) v: how the step moves a small change of the state; may be left out
    saturated   map     which units hardly answer to their input any more; may be left out

A cell may replace the loops over `step` and `vjp_step` by scans of its own, which need no call for each step
(`Scannable`): one that is linear in its state, element by element, has them from `elementwise.ElementwiseLinear`.

Time comes first: X (T, B, m), H (T+1, B, n_state) with H[0] = h_0. Vectors are rows, so the book's W h is
`h @ W.T`. All but `drive` and `linearize` also work on arrays with further leading axes; `jvp_step` takes many
directions at once, as further rows or leading axes that the local derivatives do not have.

`step` and `drive` are differentiated by autograd in the tests, hence its `tanh`; for plain arrays it calls
NumPy's. Checks are made by the callers (`init`, `unroll`), never inside a step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from minirnn.core import checks
from minirnn.core.activations import ACTIVATIONS
from minirnn.core.params import Params
from minirnn.core.products import times

Local = Sequence[np.ndarray]
Initializer = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class Cell(Protocol):
    """What `bptt` needs of a cell. Shapes: B batch, m inputs, k pre-activations; `n_out` leading entries of the
    state are what a readout sees."""

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


@runtime_checkable
class Scannable(Protocol):
    """What a cell may have besides: H (T, B, n_state) without h0, as the loop over `step` gives it; D (T, B, k) and the
    carry to h0, as the loop over `vjp_step` does."""

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


@dataclass(frozen=True)
class Sized:
    """Sizes that every cell has: m inputs, n units; they and the activation are checked when the cell is made.

    A cell that defines no `jvp_step` beside its step has this one, through the Jacobian: n_state times as much work.
    A cell that does not say which of its units are saturated has none.
    """

    m: int
    n: int

    def __init_subclass__(cls) -> None:
        replaced = {"step", "linearize", "vjp_step"} & vars(cls).keys()
        if replaced and hasattr(cls, "scan") and not {"scan", "scan_adjoints"} <= vars(cls).keys():
            raise TypeError(f"{cls.__name__} must define scan and scan_adjoints, as it defines {replaced.pop()}")
        if replaced and "jvp_step" not in vars(cls):  # the inherited rule is that of another step
            cls.jvp_step = Sized.jvp_step  # type: ignore[method-assign]

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

    def saturated(self: Any, H: np.ndarray) -> np.ndarray:
        """Of the units in H (..., n_state): (..., n_out), True where a unit hardly answers to its input."""
        return np.zeros((*H.shape[:-1], self.n_out), bool)


@dataclass(frozen=True)
class Affine(Sized):
    """A cell whose inputs enter by U x_t + b alone, k pre-activations of them: U (k, m) and b (k,)."""

    def draw(self: Any, rng: np.random.Generator, **weights: Initializer) -> Params:
        """Parameters of the cell's shapes, in their order: those named from their initializers, the others 0."""
        checks.generator("rng", rng)
        return {
            key: weights[key](rng, shape) if key in weights else np.zeros(shape)
            for key, shape in self.shapes().items()
        }

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return times(X, params["U"]) + params["b"]
