"""A step function h_t = f(h_{t-1}, x_t) of PyTorch, JAX or autograd as a cell, for gradients, exponents and diagnosis.

The framework gives the values of f and the products of its Jacobians with vectors, and no more. So the cell has no
pre-activation. Its drive is (x_t, e_t) with e_t = 0, where h_t = f(h_{t-1}, x_t) + e_t, and therefore

    d_t = ∂E/∂(drive) = (∂E/∂x_t, ∂E/∂h_t)                                                          (m + n)

The gradient by lag of a diagnosis is then the size of both together: the derivatives of the loss in the state at that
step and in its input. For our other cells it is the derivative in the pre-activation, which differs by the slope of
the activation.

A cell of another framework is a step function, with its weights as `params`:

    torch     f = lambda p, h, x: torch.func.functional_call(cell, p, (x, h)),  p = dict(cell.named_parameters())
    flax      f = lambda p, h, x: cell.apply(p, h, x)[0],  p = cell.init(key, h, x)
    equinox   f = lambda p, h, x: jax.vmap(eqx.combine(p, rest))(x, h),  p, rest = eqx.partition(cell, eqx.is_array)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.bridges.frameworks import FRAMEWORKS, Rules
from minirnn.bridges.tensors import to_array
from minirnn.cells.contract import Local
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import forward_scan, gradient_and_carry
from minirnn.learning.observed import Layer, Network
from minirnn.optional import extra


@dataclass(frozen=True)
class StepCell:
    """h_t = f(params, h_{t-1}, x_t) for rows h (N, n) and x (N, m), in the functions of `framework`.

    `start` are the parameters with which it was made. If there are none, f holds its weights in its closure, and the
    cell has one parameter of its own, e (n,), which is added to the state and is 0. f computes in the dtype of its
    arguments, or always in `dtype`. The cell reports neither gates nor saturation.
    """

    m: int
    n: int
    f: Callable[[Any, Any, Any], Any]
    framework: str = "autograd"
    start: Params = field(default_factory=dict, compare=False, repr=False)
    dtype: str | None = None

    def __post_init__(self) -> None:
        checks.integer("m", self.m, 1)
        checks.integer("n", self.n, 1)
        checks.choice("framework", self.framework, FRAMEWORKS)
        checks.choice("dtype", self.dtype or "float64", ["float32", "float64"])

    @property
    def n_state(self) -> int:
        return self.n

    @property
    def n_out(self) -> int:
        return self.n

    @cached_property
    def rules(self) -> Rules:
        """f and its derivatives, as functions of arrays."""
        return FRAMEWORKS[self.framework](self.f)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {key: p.shape for key, p in self.start.items()} or {"e": (self.n,)}

    def init(self, rng: np.random.Generator) -> Params:
        """The parameters with which the cell was made, in float64: only the framework can draw others."""
        return {key: p.astype(float) for key, p in self.start.items()} or {"e": np.zeros(self.n)}

    def drive(self, params: Params, X: Any) -> Any:
        e = np.zeros((*X.shape[:-1], self.n), X.dtype)
        return anp.concatenate([X, e if self.start else e + params["e"]], axis=-1)

    def step(self, params: Params, h_prev: Any, drive: Any) -> Any:
        x, e = drive[..., : self.m], drive[..., self.m :]
        h = self.rules.step(*self._arguments(params, h_prev, x))
        return anp.reshape(h, h_prev.shape).astype(h_prev.dtype) + e

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return H_prev, drive[..., : self.m]

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        for_h, for_x = self.rules.vjp(*self._directed(params, local, delta))
        for_x = for_x.reshape(*delta.shape[:-1], self.m).astype(delta.dtype)
        return for_h.reshape(delta.shape).astype(delta.dtype), np.concatenate([for_x, delta], axis=-1)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self.rules.jvp(*self._directed(params, local, V)).reshape(V.shape).astype(V.dtype)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        delta = D[..., self.m :]
        if not self.start:
            return {"e": delta.sum(-2)}
        lead = delta.shape[:-2]
        each = [
            self.rules.vjp_params(*self._directed(params, (H_prev[at], X[at]), delta[at]))
            for at in np.ndindex(lead)
        ]
        shapes = {key: (*lead, *shape) for key, shape in self.shapes().items()}
        return {key: np.array([g[key] for g in each]).reshape(s).astype(D.dtype) for key, s in shapes.items()}

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        return D[..., : self.m]

    def _arguments(self, params: Any, h: Any, x: Any) -> tuple[Any, Any, Any]:
        """params, h and x of f, all in one dtype: frameworks refuse mixed ones."""
        dtype = np.dtype(self.dtype or h.dtype)
        rows = (anp.reshape(a, (-1, a.shape[-1])).astype(dtype) for a in (h, x))
        return {key: params[key].astype(dtype) for key in self.start}, *rows

    def _directed(self, params: Params, local: Local, V: np.ndarray) -> tuple[Any, ...]:
        """The same from the local derivatives, and directions V (..., B, n), which may have further leading axes."""
        h, x = (np.broadcast_to(a, (*V.shape[:-1], a.shape[-1])) for a in local)
        own, h, x = self._arguments(params, h, x)
        return own, h, x, V.reshape(-1, self.n).astype(h.dtype)


@checked
def from_step(
    f: Callable[..., Any],
    m: int,
    n: int,
    framework: str = "autograd",
    params: Any = None,
    dtype: str | None = None,
) -> tuple[StepCell, Params]:
    """The cell of h = f(h, x) for rows h (N, n) and x (N, m), or of h = f(params, h, x), and its parameters as a dict.

    `params` is a dict of arrays or tensors, in JAX any tree of them, whose leaves get the names of their places. Values
    in f's closure are no parameters; if f works in one dtype alone, as modules of PyTorch do, pass it as `dtype`.

    >>> cell, params = from_step(lambda params, h, x: anp.tanh(h @ params["W"].T + x), 2, 2, params={"W": np.eye(2)})
    >>> cell.shapes(), params["W"].shape
    ({'W': (2, 2)}, (2, 2))

    Raises TypeError or ValueError if an argument is not of its kind, ModuleNotFoundError without the framework.
    """
    checks.choice("framework", framework, FRAMEWORKS)
    if params is None:
        e = np.zeros(checks.integer("n", n, 1), dtype or float)
        return StepCell(m, n, lambda _, h, x: f(h, x), framework, dtype=dtype), {"e": e}
    if framework == "jax":
        params, restored = _leaves(params)
        g = f  # the next line gives the name f to another function
        f = lambda leaves, h, x: g(restored(leaves), h, x)  # noqa: E731
    if not isinstance(params, dict) or not params:
        raise TypeError(f"params must be a non-empty dict of arrays or tensors, got {checks.kind(params)}")
    start = checks.float_arrays("params", {key: to_array(p) for key, p in params.items()})
    return StepCell(m, n, f, framework, start, dtype), {key: p.copy() for key, p in start.items()}


def _leaves(tree: Any) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
    """The leaves of a tree of JAX by the names of their places, and the way back."""
    with extra("jax"):
        from jax import tree_util
    pairs, form = tree_util.tree_flatten_with_path(tree)
    names = [tree_util.keystr(path, simple=True, separator=".") for path, _ in pairs]
    leaves = {name: leaf for name, (_, leaf) in zip(names, pairs, strict=True)}
    return leaves, lambda leaves: tree_util.tree_unflatten(form, [leaves[name] for name in names])


@checked
def observe_step(
    f: Callable[..., Any],
    X: np.ndarray,
    h0: np.ndarray,
    loss: Callable[..., Any],
    framework: str = "autograd",
    params: Any = None,
    targets: np.ndarray | None = None,
    baseline: float | None = None,
    lengths: np.ndarray | None = None,
) -> Network:
    """h = f(h, x) on a batch X (T, B, m), from h0 (B, n) on, as the records that `diagnose` reads.

    `loss` maps the states H (T, B, n) to a number E by functions of the same framework; it may close over a readout.
    With `params`, both read them: f(params, h, x), loss(params, H). The network has one layer, a `StepCell`.

    >>> f, X, h0 = lambda h, x: anp.tanh(0.5 * h + x), np.ones((3, 1, 1)), np.zeros((1, 1))
    >>> network = observe_step(f, X, h0, lambda H: H[-1, 0, 0])
    >>> network.layers[0].dE.ravel().tolist(), round(network.E, 3)
    ([0.0, 0.0, 1.0], 0.894)

    Raises as `from_step`; ValueError if f does not map rows to rows, each by itself and the same each time, or the loss
    is no number.
    """
    checks.float_array("X", X, ("T", "B", "m"), finite=False)
    checks.float_array("h0", h0, (X.shape[1], "n"), finite=False)
    checks.one_dtype(X=X, h0=h0)
    cell, own = from_step(f, X.shape[2], h0.shape[1], framework, params, str(X.dtype))
    check_step(cell, own, h0, X[0])
    of_states = loss if cell.start else lambda _, H: loss(H)
    if cell.start and framework == "jax":
        _, restored = _leaves(params)
        of_states = lambda leaves, H: loss(restored(leaves), H)  # noqa: E731
    with overflow_allowed():
        H = forward_scan(cell, own, X, h0)
        try:
            E, gradient, dE = cell.rules.gradient(of_states)(own if cell.start else {}, H[1:])
        except Exception as error:
            raise ValueError(
                f"loss must map states {H[1:].shape} to a number by functions of {_FUNCTIONS[framework]}; "
                f"it raised {_said(error)}"
            ) from error
        layer = Layer("step", cell, own, X, H, dE.astype(X.dtype))
        through_time, _ = gradient_and_carry(cell, own, X, H, layer.dE, np.zeros_like(h0))
    gradients = {key: through_time[key] + gradient[key] for key in cell.start}
    named = {key: own[key] for key in cell.start}
    return Network((layer,), E, named, gradients, X, targets, baseline, lengths)


def check_step(cell: StepCell, params: Params, h: np.ndarray, x: np.ndarray) -> None:
    """Raises ValueError unless the cell's f maps the rows of h (B, n) and x (B, m) to (B, n) in their dtype, each row
    by itself, the same each time, and can be differentiated."""
    rule = f"f must map rows h (B, {cell.n}) and x (B, {cell.m}) to (B, {cell.n})"
    own = {key: params[key] for key in cell.start}
    other = h + np.arange(len(h))[:, None].astype(h.dtype)  # the first row stays
    try:
        with overflow_allowed():
            value, again, moved = (np.asarray(cell.rules.step(own, at, x)) for at in (h, h, other))
    except Exception as error:
        raise ValueError(f"{rule}; for {h.shape} and {x.shape} of {h.dtype} it raised {_said(error)}") from error
    if value.shape != h.shape:
        raise ValueError(f"{rule}; for {h.shape} and {x.shape} it returned {value.shape}")
    if value.dtype != h.dtype:
        hint = "; in JAX set jax_enable_x64, or give float32" if cell.framework == "jax" else ""
        raise ValueError(f"{rule} in the dtype of h, which is {h.dtype}; it returned {value.dtype}{hint}")
    if not np.array_equal(value, again, equal_nan=True):
        raise ValueError(
            f"{rule}, the same each time; it gave two values at the same place: is there chance in it?"
        )
    if not np.array_equal(value[0], moved[0], equal_nan=True):
        raise ValueError(f"{rule}, each row by itself; its first row changes with the others")
    try:
        cell.rules.vjp(own, h, x, np.ones_like(h))
        cell.rules.jvp(own, h, x, np.ones_like(h))
    except Exception as error:
        raise ValueError(
            f"f must be differentiable, made of functions of {_FUNCTIONS[cell.framework]}; "
            f"its derivative raised {_said(error)}"
        ) from error


_FUNCTIONS = {"autograd": "autograd.numpy", "torch": "torch", "jax": "jax.numpy"}


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error!s:.200}"
