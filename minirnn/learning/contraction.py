"""Networks that cannot be chaotic, because their weights are kept in a set.

>>> from minirnn import LSTM
>>> cell, rng = LSTM(m=1, n=4), np.random.default_rng(0)
>>> params = contractive_lstm(cell.init(rng))
>>> bool(np.abs(params["W"][:4]).sum(axis=1).max().round(12) <= 0.36)  # the last digit depends on the processor
True
"""

from collections.abc import Callable
from math import log

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.learning.optimizers import Optimizer, OptimizerState


@checked
def limit_rows(M: np.ndarray, limit: float) -> np.ndarray:
    """M (rows, columns) with every row of Σ|entries| > limit scaled down to it: ‖M‖_∞ <= limit.

    >>> limit_rows(np.array([[3.0, -1.0], [0.1, 0.2]]), 1.0)
    array([[ 0.75, -0.25],
           [ 0.1 ,  0.2 ]])
    """
    checks.float_array("M", M, ("rows", "columns"), finite=False)
    limit, sizes = checks.number("limit", limit, 0.0), np.abs(M).sum(axis=1, keepdims=True)
    return M * np.divide(limit, sizes, where=sizes > limit, out=np.ones_like(sizes))


def _units(params: Params) -> int:
    """The n of an LSTM's parameters; raises ValueError unless these are among them and of its shapes."""
    checks.float_arrays("params", params)
    for key in ("W", "U", "b"):
        if key not in params or params[key].ndim == 0:
            raise ValueError(f"params must hold W, U, b; {key} is missing or a number")
    n = params["W"].shape[-1]
    for key, shape in {"W": (4 * n, n), "U": (4 * n, "m"), "b": (4 * n,)}.items():
        checks.float_array(f"params[{key!r}]", params[key], shape)
    return n


@checked
def contractive_lstm(params: Params, keep: float = 0.64, largest_input: float = 1.0) -> Params:
    """The parameters of an LSTM moved into the set of miller2019's Proposition 2, row by row; a readout stays.

    Where every |x_i| <= largest_input, forget gates stay below `keep` = φ, and
    ‖W_i‖_∞, ‖W_o‖_∞ <= 1 - φ, ‖W_g‖_∞ <= (1 - φ)/4, ‖W_f‖_∞ <= (1 - φ)². The bound ln(φ/(1 - φ)) of f's
    pre-activation leaves some room, of which input and bias get half each. These conditions are *sufficient*: some
    number of steps together is a contraction, and the distance of two states shrinks geometrically.

    Raises ValueError unless 1/2 < keep < 1 leaves room for the forget gate: keep >= 0.6 does.
    """
    keep = checks.number("keep", keep, 0.5, 1.0, open_low=True, open_high=True)
    largest_input = checks.number("largest_input", largest_input, 0.0, open_low=True)
    rest = 1 - keep
    room = 0.5 * (log(keep / rest) - rest**2)
    if room <= 0:
        raise ValueError(f"keep must be at least 0.6, got {keep}, which leaves no room for the forget gate's input")
    n = _units(params)
    W = np.concatenate(
        [
            limit_rows(M, limit)
            for M, limit in zip(np.split(params["W"], 4), (rest, rest**2, rest / 4, rest), strict=True)
        ]
    )
    U, b = params["U"].copy(), params["b"].copy()
    U[n : 2 * n] = limit_rows(U[n : 2 * n], room / largest_input)
    b[n : 2 * n] = np.clip(b[n : 2 * n], -room, room)
    return params | {"W": W, "U": U, "b": b}


@checked
def projected(optimizer: Optimizer, project: Callable[[Params], Params]) -> Optimizer:
    """The optimizer, whose every update is followed by a projection: the parameters never leave the set."""

    def update(params: Params, gradient: Params, state: OptimizerState) -> tuple[Params, OptimizerState]:
        params, state = optimizer.update(params, gradient, state)
        return project(params), state

    return Optimizer(optimizer.init, update, optimizer.rate)
