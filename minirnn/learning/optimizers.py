"""Optimizers: pairs of pure functions (init, update), with all their memory in a plain dict.

    state = init(params);   params, state = update(params, gradient, state)

>>> init, update = sgd(lr=0.1)
>>> params, state = {"b": np.array([1.0])}, init({"b": np.array([1.0])})
>>> params, state = update(params, {"b": np.array([2.0])}, state)
>>> params["b"]
array([0.8])
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, map_params

OptimizerState = dict[str, Any]


class Optimizer(NamedTuple):
    """init: params -> state;  update: (params, gradient, state) -> (params, state).

    `update` raises TypeError or ValueError unless the gradient has the keys and shapes of `params`.
    """

    init: Callable[[Params], OptimizerState]
    update: Callable[[Params, Params, OptimizerState], tuple[Params, OptimizerState]]


def _remembers(state: OptimizerState, *keys: str) -> None:
    """Raises TypeError or ValueError unless the state holds what this optimizer's `init` puts there."""
    if not isinstance(state, dict):
        raise TypeError(f"state must be the dict that init(params) returns, got {checks.kind(state)}")
    if state.keys() != set(keys):
        wanted, got = (", ".join(k) or "nothing" for k in (keys, state))
        raise ValueError(f"state must hold {wanted}, as init(params) returns it, got {got}")


@checked
def sgd(lr: float) -> Optimizer:
    """θ <- θ - lr·g. Raises ValueError unless lr >= 0."""
    lr = checks.number("lr", lr, 0.0)

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        checks.float_arrays("gradient", gradient, like=params)
        _remembers(state)
        return map_params(lambda w, g: w - lr * g, params, gradient), state

    return Optimizer(lambda params: {}, update)


@checked
def momentum(lr: float, beta: float = 0.9) -> Optimizer:
    """v <- βv + g,  θ <- θ - lr·v (Polyak's heavy ball; β = 0 is `sgd`). Raises ValueError unless 0 <= β < 1."""
    lr = checks.number("lr", lr, 0.0)
    beta = checks.number("beta", beta, 0.0, 1.0, open_high=True)

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        checks.float_arrays("gradient", gradient, like=params)
        _remembers(state, "v")
        v = map_params(lambda v, g: beta * v + g, state["v"], gradient)
        return map_params(lambda w, v: w - lr * v, params, v), {"v": v}

    return Optimizer(lambda params: {"v": map_params(np.zeros_like, params)}, update)


@checked
def adam(lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """θ <- θ - lr·m̂/(√v̂ + ε) with m, v the running means of g and g², m̂ and v̂ corrected for their start at 0.

    From kingma2015. Raises ValueError unless lr >= 0, 0 <= β < 1 for both and ε > 0.
    """
    lr = checks.number("lr", lr, 0.0)
    beta1 = checks.number("beta1", beta1, 0.0, 1.0, open_high=True)
    beta2 = checks.number("beta2", beta2, 0.0, 1.0, open_high=True)
    eps = checks.number("eps", eps, 0.0, open_low=True)

    def init(params: Params) -> OptimizerState:
        return {"t": 0, "m": map_params(np.zeros_like, params), "v": map_params(np.zeros_like, params)}

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        checks.float_arrays("gradient", gradient, like=params)
        _remembers(state, "t", "m", "v")
        t = state["t"] + 1
        m = map_params(lambda m, g: beta1 * m + (1 - beta1) * g, state["m"], gradient)
        v = map_params(lambda v, g: beta2 * v + (1 - beta2) * g * g, state["v"], gradient)
        size, shift = lr / (1 - beta1**t), 1 / (1 - beta2**t)
        params = map_params(lambda w, m, v: w - size * m / (np.sqrt(v * shift) + eps), params, m, v)
        return params, {"t": t, "m": m, "v": v}

    return Optimizer(init, update)
