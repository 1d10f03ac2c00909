"""Clipping: three ways to shorten a gradient that is too long.

    by norm      g <- g · min(1, threshold/‖g‖)           keeps the direction             (eq. clip, pascanu2013)
    by value     g_i <- min(max(g_i, -c), c)              changes the direction           (mikolov2012)
    adaptive     each row as by norm, with threshold λ · max(‖W_i‖, ε)                    (brock2021)

Each takes and returns a dict of gradients. A gradient that is not finite has no direction to keep: all three return
it unchanged, so that the caller sees it; `training.train` skips such a step and counts it.
"""

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, flatten, map_params, norm, overflow_allowed, row_norms, scaled


def clip_by_norm(gradient: Params, threshold: float) -> tuple[Params, float]:
    """Rescales the whole gradient, all arrays as one vector, to norm <= threshold. Returns (clipped, norm before).

    An inf or nan in the gradient makes the norm inf or nan; the gradient is then returned unchanged. The norm of
    finite entries may be beyond the floats, and inf; the gradient then has a direction, and is clipped. PyTorch's
    `clip_grad_norm_` divides by norm + 1e-6 instead of the norm.

    >>> clipped, before = clip_by_norm({"g": np.array([3.0, 4.0])}, threshold=1.0)
    >>> clipped["g"], before
    (array([0.6, 0.8]), 5.0)

    Raises ValueError if threshold <= 0; TypeError if the gradient is not a dict of float arrays.
    """
    threshold = checks.number("threshold", threshold, 0.0, open_low=True)
    before = norm(checks.float_arrays("gradient", gradient))
    if not before > threshold or not _finite(gradient):
        return gradient, before
    small, k = scaled(flatten(gradient))  # the factor of `gradient` itself could be too small for a float
    size = norm({"g": small})
    return map_params(lambda g: np.ldexp(g, -k[0]) * (threshold / size), gradient), before


@checked
def clip_by_value(gradient: Params, bound: float) -> Params:
    """Limits each entry to [-bound, bound]; the direction changes wherever an entry is cut.

    >>> clip_by_value({"g": np.array([3.0, -0.5])}, 1.0)["g"]
    array([ 1. , -0.5])

    Raises ValueError if bound <= 0; TypeError if the gradient is not a dict of float arrays.
    """
    bound = checks.number("bound", bound, 0.0, open_low=True)
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
    ratio = checks.number("ratio", ratio, 0.0, open_low=True)
    eps = checks.number("eps", eps, 0.0, open_low=True)
    checks.float_arrays("gradient", gradient)
    checks.float_arrays("gradient", gradient, like=checks.float_arrays("params", params))
    if not _finite(gradient):
        return gradient

    def clip(g: np.ndarray, w: np.ndarray) -> np.ndarray:
        if not g.size:
            return g
        (g_rows, k), (w_rows, k_w) = (scaled(a.reshape(len(g) if g.ndim else 1, -1)) for a in (g, w))
        size, weight = row_norms(g_rows)[:, None], row_norms(w_rows)[:, None]
        limit = np.maximum(np.ldexp(ratio * weight, k_w), ratio * eps)
        long = np.ldexp(size, k) > limit
        shortened = g_rows * (limit / np.where(long, size, 1.0)).astype(g.dtype)
        return np.where(long, shortened, g.reshape(g_rows.shape)).reshape(g.shape)

    with overflow_allowed():  # a norm beyond the floats is longer than any limit
        return map_params(clip, gradient, params)


def _finite(gradient: Params) -> bool:
    return all(np.isfinite(g).all() for g in gradient.values())
