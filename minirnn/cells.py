"""Recurrent cells: h_t = f(h_{t-1}, x_t; θ), and what backpropagation through time asks of f.

A cell is a frozen record of sizes and choices and holds no weights. Its methods are pure functions of a dict
of parameters. A pass through time is a *scan* over what cannot be done at once, between *maps* that can:

    drive       map     all that depends on the input alone:  U x_t + b                        (eq. drive)
    step        scan    h_t from h_{t-1} and the drive                                         (eq. step)
    linearize   map     what the derivative of the step needs, once the states are known       (eq. local)
    vjp_step    scan    δ_t  ->  (∂h_t/∂h_{t-1})ᵀ δ_t  and  d_t = ∂E/∂a_t, a_t the pre-activation
    vjp_params  map     Σ_B of d_t (∂⁺a_t/∂θ): the immediate partial derivatives               (eq. terms)
    jvp_step    scan    v  ->  (∂h_t/∂h_{t-1}) v: how the step moves a small change of the state; may be left out

A cell whose state enters its step only linearly and element by element (`Scannable`) may replace both scans by its
own, which need no call for each step. A class that overrides the step of such a cell must override these too.

Time comes first: X (T, B, m), H (T+1, B, n_state) with H[0] = h_0. Vectors are rows, so the book's W h is
`h @ W.T`. All but `drive` and `linearize` also work on arrays with further leading axes; `jvp_step` takes many
directions at once, as further rows or leading axes that the local derivatives do not have.

`step` and `drive` are differentiated by autograd in the tests, hence its `tanh`; for plain arrays it calls
NumPy's. Checks are made by the callers (`init`, `bptt.unroll`), never inside a step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import autograd.numpy as anp
import numpy as np
from autograd.extend import defvjp, primitive

from minirnn import checks, initializers
from minirnn.arguments import checked
from minirnn.params import Params

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
    """What a cell may have besides: H (T, B, n_state), without h0, from the drive; and what `bptt.adjoints` gives."""

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray: ...
    def scan_adjoints(
        self, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[Local, np.ndarray, np.ndarray]: ...


def sigmoid(a: Any) -> Any:
    """1/(1 + e⁻ᵃ), exact to rounding in both tails: 1 - σ(a) is σ(-a), where the difference is 0 from a = 37 on.

    >>> float(sigmoid(0.0)), float(sigmoid(-1000.0)), f"{sigmoid(-50.0):.3e}"
    (0.5, 0.0, '1.929e-22')
    """
    return (_sigmoid if isinstance(a, np.ndarray) else _traced)(a)  # autograd's wrapper costs more than a small e⁻ᵃ


def _sigmoid(a: Any) -> Any:
    e = np.multiply(a, -1.0)[...]  # one array for all: that of gates is large, and new memory costs more than e⁻ᵃ
    with np.errstate(over="ignore"):  # 1/inf is 0, as it should be
        np.exp(e, out=e)
    e += 1.0
    return np.reciprocal(e, out=e)[()]


_traced = primitive(_sigmoid)
defvjp(_traced, lambda ans, a: lambda g: g * ans * sigmoid(-a))  # autograd's own would meet inf·0


def sigmoids(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """σ(a) and σ(-a) = e⁻ᵃ σ(a), of which each is exact to rounding in both tails, from one exponential.

    >>> [f"{value:.3e}" for pair in zip(*sigmoids(np.array([50.0, -1000.0]))) for value in pair]
    ['1.000e+00', '1.929e-22', '0.000e+00', '1.000e+00']
    """
    e = np.negative(a)
    with np.errstate(over="ignore", invalid="ignore"):
        np.exp(e, out=e)
        opened = e + 1.0
        np.reciprocal(opened, out=opened)
        whole = e > 2 / np.finfo(e.dtype).eps  # σ(-a) rounds to 1, also where e⁻ᵃ is inf and the product inf·0
        e *= opened
    np.copyto(e, 1.0, where=whole)
    return opened, e


def tanh_slope(a: Any) -> Any:
    """tanh'(a) = 1/cosh²(a), exact to rounding in both tails: 1 - tanh²(a) is 0 from |a| = 19 on, in float32 from 9.

    >>> f"{tanh_slope(25.0):.3e}", float(1 - np.tanh(25.0) ** 2)
    ('7.715e-22', 0.0)
    """
    with np.errstate(over="ignore"):
        square = np.cosh(a)[...]
        square *= square
    return np.reciprocal(square, out=square)[()]


def sigmoid_slope(a: Any) -> Any:
    """σ'(a) = σ(a)σ(-a) = ¼ tanh'(½a), exact to rounding in both tails.

    >>> f"{sigmoid_slope(50.0):.3e}", f"{sigmoid_slope(-50.0):.3e}"
    ('1.929e-22', '1.929e-22')
    """
    return 0.25 * tanh_slope(0.5 * a)


# name: (σ, its derivative as a function of its value h = σ(a)). The derivative of ReLU at 0 is taken as 0. ReLU
# asks for a <= 0 and not for a > 0: of an explosion to nan, where(a > 0, a, 0) would make 0, and so hide it.
# From a value near 1 no slope is better than that value's own rounding, about 1e-16: what knows a, as gated cells do,
# takes `sigmoid_slope` and `tanh_slope`. To know a, a dense cell would need its matrix product once more.
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "tanh": (anp.tanh, lambda h: 1.0 - h * h),
    "sigmoid": (sigmoid, lambda h: h * (1.0 - h)),
    "relu": (lambda a: anp.where(a <= 0, 0.0, a), lambda h: (h > 0).astype(h.dtype)),
    "identity": (lambda a: a, anp.ones_like),
}


def outer_sum(D: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Σ_B d zᵀ of D (..., B, k) and Z (..., B, j): (..., k, j), one matrix product for each leading index."""
    return D.swapaxes(-1, -2) @ Z


def affine_vjp(X: np.ndarray, D: np.ndarray) -> Params:
    """Gradients of the drive U x + b: U (..., k, m) and b (..., k)."""
    return {"U": outer_sum(D, X), "b": D.sum(-2)}


def times(V: np.ndarray, W: np.ndarray) -> np.ndarray:
    """W v for the rows v of V (..., j), (..., k): one matrix product for W (k, j), one a network for several W."""
    return V @ W.T if W.ndim > 2 else (V.reshape(-1, V.shape[-1]) @ W.T).reshape(*V.shape[:-1], -1)


def parts(a: np.ndarray, count: int) -> list[np.ndarray]:
    """`count` views (..., n), one after the other, of the last axis of a (..., count·n)."""
    n = a.shape[-1] // count
    return [a[..., k * n : (k + 1) * n] for k in range(count)]


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


@dataclass(frozen=True)
class VanillaRNN(Sized):
    """h_t = σ(W h_{t-1} + U x_t + b)                                                          (eq. rnn)

    W (n, n), U (n, m), b (n,). `activation` is tanh, sigmoid, relu or identity. Pascanu et al. (2013) write the
    same network for the pre-activation, x_t = W σ(x_{t-1}) + U u_t + b; elman1990 introduced it.

    >>> cell = VanillaRNN(m=2, n=3)
    >>> {key: value.shape for key, value in cell.init(np.random.default_rng(0)).items()}
    {'W': (3, 3), 'U': (3, 2), 'b': (3,)}
    """

    activation: str = "tanh"

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (self.n, self.n), "U": (self.n, self.m), "b": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, b = 0."""
        checks.generator("rng", rng)
        return {
            "W": recurrent(rng, (self.n, self.n)),
            "U": inputs(rng, (self.n, self.m)),
            "b": np.zeros(self.n),
        }

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](h_prev @ params["W"].T + drive)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (ACTIVATIONS[self.activation][1](H),)  # σ'(a_t), from its value

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d @ params["W"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * times(V, params["W"])

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"W": outer_sum(D, H_prev), **affine_vjp(X, D)}


@dataclass(frozen=True)
class IndRNN(Sized):
    """h_t = σ(w ⊙ h_{t-1} + U x_t + b): each unit sees only its own past                       (eq. indrnn)

    w (n,), U (n, m), b (n,); from li2018indrnn. The Jacobian is diag(w ⊙ σ').
    """

    activation: str = "relu"

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.n,), "U": (self.n, self.m), "b": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.uniform,
        inputs: Initializer = initializers.fan_in,
    ) -> Params:
        """w from `recurrent` (uniform on [-1, 1) by default), U from `inputs`, b = 0."""
        checks.generator("rng", rng)
        return {"w": recurrent(rng, (self.n,)), "U": inputs(rng, (self.n, self.m)), "b": np.zeros(self.n)}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](h_prev * params["w"] + drive)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (ACTIVATIONS[self.activation][1](H),)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d * params["w"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * (params["w"] * V)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"w": (D * H_prev).sum(-2), **affine_vjp(X, D)}
