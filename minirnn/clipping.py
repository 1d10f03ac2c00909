"""Clipping: what to do with a gradient that is too long.

    by norm      g <- g · min(1, threshold/‖g‖)           keeps the direction             (eq. clip, pascanu2013)
    by value     g_i <- min(max(g_i, -c), c)              changes the direction           (mikolov2012)
    adaptive     each row as by norm, with threshold λ · max(‖W_i‖, ε)                    (brock2021)

Each takes and returns a dict of gradients. Where a gradient is not finite there is no direction to keep: all three
return it as it is, so that the caller sees it; `training.train` skips such a step and counts it.
"""

import numpy as np

from minirnn import checks
from minirnn.arguments import checked
from minirnn.params import Params, map_params, norm, row_norms


def clip_by_norm(gradient: Params, threshold: float) -> tuple[Params, float]:
    """Rescales the whole gradient, all arrays as one vector, to norm <= threshold. Returns (clipped, norm before).

    An inf or nan in the gradient makes the norm inf or nan; the gradient is then returned unchanged. PyTorch's
    `clip_grad_norm_` divides by norm + 1e-6 instead of the norm.

    >>> clipped, before = clip_by_norm({"g": np.array([3.0, 4.0])}, threshold=1.0)
    >>> clipped["g"], before
    (array([0.6, 0.8]), 5.0)

    Raises ValueError if threshold <= 0; TypeError if the gradient is not a dict of float arrays.
    """
    checks.number("threshold", threshold, 0.0, open_low=True)
    before = norm(checks.float_arrays("gradient", gradient))
    if not before > threshold or not np.isfinite(before):
        return gradient, before
    return map_params(lambda g: g * (threshold / before), gradient), before


@checked
def clip_by_value(gradient: Params, bound: float) -> Params:
    """Limits each entry to [-bound, bound]; the direction changes wherever an entry is cut.

    >>> clip_by_value({"g": np.array([3.0, -0.5])}, 1.0)["g"]
    array([ 1. , -0.5])

    Raises ValueError if bound <= 0; TypeError if the gradient is not a dict of float arrays.
    """
    checks.number("bound", bound, 0.0, open_low=True)
    if not _finite(checks.float_arrays("gradient", gradient)):
        return gradient
    return map_params(lambda g: np.clip(g, -bound, bound), gradient)


@checked
def clip_adaptive(gradient: Params, params: Params, ratio: float = 0.01, eps: float = 1e-3) -> Params:
    """Limits each row's norm to ratio × the norm of the same row of the weights (at least eps).

    A vector counts as rows of one entry. Sizes of gradient and weights are compared, so the clip needs no scale
    of its own; `ratio` is λ of brock2021.

    >>> clip_adaptive({"W": np.array([[3.0, 4.0]])}, {"W": np.array([[0.0, 2.0]])}, ratio=0.5)["W"]
    array([[0.6, 0.8]])

    Raises ValueError if ratio <= 0, eps <= 0 or the gradient has other keys or shapes than `params`; TypeError if one
    of the two is not a dict of float arrays.
    """
    checks.number("ratio", ratio, 0.0, open_low=True)
    checks.number("eps", eps, 0.0, open_low=True)
    checks.float_arrays("gradient", gradient)
    checks.float_arrays("gradient", gradient, like=checks.float_arrays("params", params))
    if not _finite(gradient):
        return gradient

    def clip(g: np.ndarray, w: np.ndarray) -> np.ndarray:
        rows = (len(g), -1)
        limit = ratio * np.maximum(row_norms(w.reshape(rows)), eps)
        size = row_norms(g.reshape(rows))
        scale = np.where(size > limit, limit / np.where(size > 0, size, 1.0), 1.0).astype(g.dtype)
        return (g.reshape(rows) * scale[:, None]).reshape(g.shape)

    return map_params(clip, gradient, params)


def _finite(gradient: Params) -> bool:
    return all(np.isfinite(g).all() for g in gradient.values())
