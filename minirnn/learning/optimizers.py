"""Optimizers: pairs of pure functions (init, update), with all their memory in a plain dict.

    state = init(params);   params, state = update(params, gradient, state)

>>> init, update = sgd(lr=0.1)
>>> params, state = {"b": np.array([1.0])}, init({"b": np.array([1.0])})
>>> params, state = update(params, {"b": np.array([2.0])}, state)
>>> params["b"]
array([0.8])

The rate `lr` is a number, or a function of t, the number of updates made so far, as in `schedules`. An optimizer
whose rate changes counts them in its state, so that a saved run goes on at the rate where it stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, map_params
from minirnn.learning.schedules import Schedule, as_schedule

OptimizerState = dict[str, Any]


@dataclass(frozen=True)
class Optimizer:
    """init: params -> state;  update: (params, gradient, state) -> (params, state). Unpacks as these two.

    `update` raises TypeError or ValueError unless the gradient has the keys and shapes of `params`. `rate` is the
    schedule of the learning rate where it is known; a run notes it for who reads its log.
    """

    init: Callable[[Params], OptimizerState]
    update: Callable[[Params, Params, OptimizerState], tuple[Params, OptimizerState]]
    rate: Schedule | None = None

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter((self.init, self.update))


def _remembers(state: OptimizerState, *keys: str) -> None:
    """Raises TypeError or ValueError unless the state holds what this optimizer's `init` puts there."""
    if not isinstance(state, dict):
        raise TypeError(f"state must be the dict that init(params) returns, got {checks.kind(state)}")
    if state.keys() != set(keys):
        wanted, got = (", ".join(k) or "nothing" for k in (keys, state))
        raise ValueError(f"state must hold {wanted}, as init(params) returns it, got {got}")


def _counter(lr: float | Schedule) -> OptimizerState:
    """The counter of updates, t = 0 at first, for an optimizer whose rate depends on it."""
    return {"t": 0} if callable(lr) else {}


def _counted(state: OptimizerState) -> tuple[int, OptimizerState]:
    """t, and the counter after it."""
    return state.get("t", 0), {"t": state["t"] + 1} if "t" in state else {}


@checked
def sgd(lr: float | Schedule) -> Optimizer:
    """θ <- θ - lr·g. Raises ValueError unless lr >= 0."""
    rate, counter = as_schedule(lr), _counter(lr)

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        checks.float_arrays("gradient", gradient, like=params)
        _remembers(state, *counter)
        t, after = _counted(state)
        eta = rate(t)
        return map_params(lambda w, g: w - eta * g, params, gradient), after

    return Optimizer(lambda params: {**counter}, update, rate)


@checked
def momentum(lr: float | Schedule, beta: float = 0.9) -> Optimizer:
    """v <- βv + g,  θ <- θ - lr·v (Polyak's heavy ball; β = 0 is `sgd`). Raises ValueError unless 0 <= β < 1."""
    rate, counter = as_schedule(lr), _counter(lr)
    beta = checks.number("beta", beta, 0.0, 1.0, open_high=True)

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        checks.float_arrays("gradient", gradient, like=params)
        _remembers(state, *counter, "v")
        t, after = _counted(state)
        eta = rate(t)
        v = map_params(lambda v, g: beta * v + g, state["v"], gradient)
        return map_params(lambda w, v: w - eta * v, params, v), after | {"v": v}

    return Optimizer(lambda params: counter | {"v": map_params(np.zeros_like, params)}, update, rate)


@checked
def adam(lr: float | Schedule = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """θ <- θ - lr·m̂/(√v̂ + ε) with m, v the running means of g and g², m̂ and v̂ corrected for their start at 0.

    From kingma2015. Raises ValueError unless lr >= 0, 0 <= β < 1 for both and ε > 0.
    """
    rate = as_schedule(lr)
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
        size, shift = rate(t - 1) / (1 - beta1**t), 1 / (1 - beta2**t)
        params = map_params(lambda w, m, v: w - size * m / (np.sqrt(v * shift) + eps), params, m, v)
        return params, {"t": t, "m": m, "v": v}

    return Optimizer(init, update, rate)
