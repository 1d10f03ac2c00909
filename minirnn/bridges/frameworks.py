"""A function and its derivatives in three frameworks, each as functions of NumPy arrays.

A step f(params, h, x), with params a dict, maps rows h (N, n) and x (N, m) to rows (N, n). Backpropagation needs its
`Rules`, which autograd, PyTorch and JAX compute, each by its own vjp and jvp. All rows are differentiated at once,
which is right because no row depends on another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from autograd import make_vjp, value_and_grad
from autograd.differential_operators import make_jvp_reversemode

from minirnn.bridges.tensors import import_torch, to_array, to_tensor
from minirnn.core.params import Params
from minirnn.optional import extra

StepFunction = Callable[[Any, Any, Any], Any]  # (params, h, x) -> h
StateLoss = Callable[[Any, Any], Any]  # (params, H (T, B, n)) -> E


class Rules(NamedTuple):
    """step(params, h, x); vjp, δ (N, n) -> adjoints of h and x; vjp_params, δ -> those of params, summed over rows;
    jvp, v (N, n) -> the change of the step for a small change v of h; gradient(loss)(params, H) -> E and
    ∂E/∂(params, H)."""

    step: Callable[[Params, np.ndarray, np.ndarray], np.ndarray]
    vjp: Callable[[Params, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    vjp_params: Callable[[Params, np.ndarray, np.ndarray, np.ndarray], Params]
    jvp: Callable[[Params, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[[StateLoss], Callable[[Params, np.ndarray], tuple[float, Params, np.ndarray]]]


def autograd_rules(f: StepFunction) -> Rules:
    """The rules of functions of autograd.numpy; autograd can differentiate `step` again.

    >>> rules = autograd_rules(lambda params, h, x: params["w"] * h + x)
    >>> params, zero, one = {"w": np.array(2.0)}, np.zeros((1, 1)), np.ones((1, 1))
    >>> rules.vjp(params, zero, zero, one)[0].tolist(), rules.jvp(params, zero, zero, one).tolist()
    ([[2.0]], [[2.0]])
    """

    def vjp(params: Params, h: np.ndarray, x: np.ndarray, delta: np.ndarray) -> Any:
        return make_vjp(lambda hx: f(params, *hx))((h, x))[0](delta)

    def vjp_params(params: Params, h: np.ndarray, x: np.ndarray, delta: np.ndarray) -> Params:
        return make_vjp(lambda p: f(p, h, x))(params)[0](delta)

    def jvp(params: Params, h: np.ndarray, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return make_jvp_reversemode(lambda h: f(params, h, x))(h)(v)

    def gradient(loss: StateLoss) -> Callable:
        def of(params: Params, H: np.ndarray) -> tuple[float, Params, np.ndarray]:
            E, (for_params, for_H) = value_and_grad(lambda pH: loss(*pH))((params, H))
            return float(E), for_params, for_H

        return of

    return Rules(f, vjp, vjp_params, jvp, gradient)


def torch_rules(f: StepFunction) -> Rules:
    """The rules of functions of tensors. An argument that a function does not read has derivative 0, and tensors in its
    closure get no gradient."""
    torch = import_torch()

    def inputs(*values: Any) -> Any:
        return [_each(lambda a: to_tensor(a).requires_grad_(), value) for value in values]

    def pulled_back(y: Any, leaves: list, delta: Any = None) -> list[np.ndarray]:
        if not y.requires_grad:
            return [np.zeros(tuple(leaf.shape), to_array(leaf).dtype) for leaf in leaves]
        answers = torch.autograd.grad(y, leaves, delta, materialize_grads=True)
        return [to_array(answer) for answer in answers]

    def step(params: Params, h: np.ndarray, x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return to_array(f(_each(to_tensor, params), to_tensor(h), to_tensor(x)))

    @torch.enable_grad()
    def vjp(params: Params, h: np.ndarray, x: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        leaves = inputs(h, x)
        for_h, for_x = pulled_back(f(_each(to_tensor, params), *leaves), leaves, to_tensor(delta))
        return for_h, for_x

    @torch.enable_grad()
    def vjp_params(params: Params, h: np.ndarray, x: np.ndarray, delta: np.ndarray) -> Params:
        (leaves,) = inputs(params)
        y = f(leaves, to_tensor(h), to_tensor(x))
        return dict(zip(params, pulled_back(y, [*leaves.values()], to_tensor(delta)), strict=True))

    @torch.enable_grad()
    def jvp(params: Params, h: np.ndarray, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        # J v is the derivative of uᵀJ v in u: two passes back, which more functions support than a pass forward
        (h_,) = inputs(h)
        y = f(_each(to_tensor, params), h_, to_tensor(x))
        u = torch.zeros_like(y, requires_grad=True)
        if not y.requires_grad:
            return np.zeros_like(v)
        (row,) = torch.autograd.grad(y, [h_], u, create_graph=True, materialize_grads=True)
        return pulled_back(row, [u], to_tensor(v))[0]

    def gradient(loss: StateLoss) -> Callable:
        @torch.enable_grad()
        def of(params: Params, H: np.ndarray) -> tuple[float, Params, np.ndarray]:
            leaves, states = inputs(params, H)
            E = loss(leaves, states)
            *for_params, for_H = pulled_back(E, [*leaves.values(), states])
            return float(E.detach()), dict(zip(params, for_params, strict=True)), for_H

        return of

    return Rules(step, vjp, vjp_params, jvp, gradient)


def jax_rules(f: StepFunction) -> Rules:
    """The rules of functions of JAX arrays, compiled once for each shape. JAX computes in float32 unless
    jax_enable_x64 is set."""
    with extra("jax"):
        import jax

    def compiled(g: Callable) -> Callable:
        fast = jax.jit(g)
        return lambda *args: jax.tree_util.tree_map(to_array, fast(*args))

    def gradient(loss: StateLoss) -> Callable:
        def of(params: Params, H: np.ndarray) -> tuple[float, Params, np.ndarray]:
            E, (for_params, for_H) = compiled(jax.value_and_grad(loss, (0, 1)))(params, H)
            return float(E), for_params, for_H

        return of

    return Rules(
        compiled(f),
        compiled(lambda params, h, x, delta: jax.vjp(lambda h, x: f(params, h, x), h, x)[1](delta)),
        compiled(lambda params, h, x, delta: jax.vjp(lambda p: f(p, h, x), params)[1](delta)[0]),
        compiled(lambda params, h, x, v: jax.jvp(lambda h: f(params, h, x), (h,), (v,))[1]),
        gradient,
    )


FRAMEWORKS: dict[str, Callable[[StepFunction], Rules]] = {
    "autograd": autograd_rules,
    "torch": torch_rules,
    "jax": jax_rules,
}


def _each(g: Callable[[np.ndarray], Any], value: Any) -> Any:
    """g of an array, or of each array of a dict."""
    return {key: g(each) for key, each in value.items()} if isinstance(value, dict) else g(value)
