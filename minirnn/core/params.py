"""Parameters are plain data: a dict from the book's symbols to arrays.

Gradients are dicts of the same keys and shapes. The functions here treat such a dict as one vector.
"""

from collections.abc import Callable

import numpy as np

from minirnn.core import checks

Params = dict[str, np.ndarray]


def flatten(params: Params) -> np.ndarray:
    """All entries as one vector (P,), in the order of the dict.

    >>> flatten({"W": np.eye(2), "b": np.array([5.0, 6.0])})
    array([1., 0., 0., 1., 5., 6.])

    Raises TypeError for anything but a dict of float arrays.
    """
    return np.concatenate([value.ravel() for value in checks.float_arrays("params", params).values()])


def unflatten(vector: np.ndarray, like: Params) -> Params:
    """The dict of views into `vector` (P,) with the keys and shapes of `like`; inverse of `flatten`.

    Because they are views, a change of `vector` in place changes every array.

    >>> unflatten(np.arange(3.0), {"W": np.zeros((1, 2)), "b": np.zeros(1)})
    {'W': array([[0., 1.]]), 'b': array([2.])}

    Raises ValueError if the sizes differ.
    """
    sizes = [value.size for value in checks.float_arrays("like", like).values()]
    checks.float_array("vector", vector, (sum(sizes),), finite=False)
    pieces = np.split(vector, np.cumsum(sizes)[:-1])
    return {key: piece.reshape(value.shape) for (key, value), piece in zip(like.items(), pieces, strict=True)}


def map_params(f: Callable[..., np.ndarray], params: Params, *others: Params) -> Params:
    """f applied key by key: {key: f(params[key], other[key], ...)}.

    >>> map_params(lambda w, g: w - 0.1 * g, {"b": np.array([1.0])}, {"b": np.array([5.0])})
    {'b': array([0.5])}
    """
    return {key: f(value, *(other[key] for other in others)) for key, value in params.items()}


def norm(params: Params) -> float:
    """Euclidean norm of all entries together, ‖θ‖; nan or inf if an entry is, and inf where floats end.

    >>> norm({"W": np.array([[3.0]]), "b": np.array([4.0])})
    5.0
    >>> norm({"b": np.array([3e-200, 4e-200])})
    5e-200
    """
    return float(row_norms(flatten(params)[None])[0])


def row_norms(rows: np.ndarray) -> np.ndarray:
    """Euclidean norms (N,) of the rows of an array (N, j), in float64; nan or inf if an entry is; 0 for no entries.

    Each row is divided by its largest entry first: the squares of gradients that vanish or explode leave the
    range of floats long before the gradients do.
    """
    rows = rows.astype(float)
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    with overflow_allowed():
        return scale * np.sqrt(((rows / scale[:, None]) ** 2).sum(axis=1))


def scaled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """rows (..., j) · 2^-k with largest entries from ½ to 1, and k (..., 1). Squares of scaled rows neither over- nor
    underflow, and a power of 2 changes no digit.

    >>> scaled(np.array([[3e200, 4e200], [0.0, 0.0]]))[1].ravel()
    array([667,   0], dtype=int32)
    """
    _, k = np.frexp(np.abs(rows).max(axis=-1, keepdims=True, initial=0.0))
    return np.ldexp(rows, -k), k


def overflow_allowed() -> np.errstate:
    """A context in which overflow and nan are results and raise no warning: the book studies explosions."""
    return np.errstate(over="ignore", invalid="ignore")
