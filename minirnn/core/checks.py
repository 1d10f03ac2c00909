"""Checks of arguments, made once at the public entries. A message names the argument, the value that was expected
and the value that came. Values that a run *produces* are never checked: an explosion is a result."""

from collections.abc import Mapping
from inspect import isroutine
from typing import Any

import numpy as np


def is_real(value: Any) -> bool:
    """Is it an array of float32 or float64?"""
    return isinstance(value, np.ndarray) and value.dtype in (np.float32, np.float64)


def kind(value: Any) -> str:
    """What a value is, for a message."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, str):
        return f"the string {value!r:.40}"
    return f"the function {value.__name__}" if isroutine(value) else type(value).__name__


def float_array(name: str, value: Any, shape: tuple[int | str, ...], *, finite: bool = True) -> np.ndarray:
    """`value` unchanged, if it is a real float array of this shape; a str in `shape` stands for any size >= 1.

    >>> float_array("X", np.zeros((10, 2)), ("T", "B", 2))
    Traceback (most recent call last):
    ValueError: X must be (T, B, 2), got (10, 2)

    Raises TypeError for anything but a float32 or float64 array, ValueError for a wrong shape, an empty axis,
    or (unless `finite` is False) inf and nan.
    """
    if not is_real(value):
        raise TypeError(f"{name} must be a float32 or float64 array, got {kind(value)}")
    expected = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
    fits = len(shape) == value.ndim and all(
        isinstance(want, str) or want == have for want, have in zip(shape, value.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} must be {expected}, got {value.shape}")
    if value.size == 0:
        raise ValueError(f"{name} must be {expected} with every size >= 1, got {value.shape}")
    if finite and not np.isfinite(value).all():
        raise ValueError(f"{name} must be finite, got {np.count_nonzero(~np.isfinite(value))} inf or nan")
    return value


def integers(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`value`, if it is an array of integers of this shape, which is not empty."""
    if not isinstance(value, np.ndarray) or not np.issubdtype(value.dtype, np.integer):
        raise TypeError(f"{name} must be an array of integers, got {kind(value)}")
    if value.shape != shape or not value.size:
        raise ValueError(f"{name} must be {shape} with every size >= 1, got {value.shape}")
    return value


def lengths(name: str, value: Any, T: int, B: int) -> np.ndarray:
    """`value`, if it holds the lengths (B,) of sequences of T steps at most: integers from 1 to T.

    >>> lengths("lengths", np.array([3, 9]), T=5, B=2)
    Traceback (most recent call last):
    ValueError: lengths must be from 1 to T = 5, got 3 to 9
    """
    integers(name, value, (B,))
    if value.min() < 1 or value.max() > T:
        raise ValueError(f"{name} must be from 1 to T = {T}, got {value.min()} to {value.max()}")
    return value


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """`value` as an int, if it is a whole number with low <= value (<= high).

    >>> integer("K", 0, 1)
    Traceback (most recent call last):
    ValueError: K must be an integer >= 1, got 0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < low or (high is not None and value > high):
        bound = f">= {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {bound}, got {value}")
    return int(value)


def float_arrays(name: str, value: Any, like: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """`value`, if it is a non-empty dict of real float arrays; with `like`, one of the same keys and shapes.

    >>> float_arrays("gradient", {"b": np.zeros(1)}, like={"b": np.zeros(3)})
    Traceback (most recent call last):
    ValueError: gradient['b'] must be (3,), got (1,)
    """
    if not isinstance(value, dict) or not value:
        hint = f"; write dict({name})" if isinstance(value, Mapping) and value else f" {value!r:.40}"
        raise TypeError(f"{name} must be a non-empty dict of arrays, got {type(value).__name__}{hint}")
    if like is not None and value.keys() != like.keys():
        raise ValueError(f"{name} must hold {', '.join(like)}, got {', '.join(map(str, value))}")
    for key, array in value.items():
        if not is_real(array):
            raise TypeError(f"{name}[{key!r}] must be a float32 or float64 array, got {kind(array)}")
        if like is not None and array.shape != like[key].shape:
            raise ValueError(f"{name}[{key!r}] must be {like[key].shape}, got {array.shape}")
    return value


def one_dtype(**arrays: np.ndarray) -> None:
    """Raises TypeError unless all arrays have one dtype: mixed ones would be promoted in silence.

    >>> one_dtype(X=np.zeros(2), h0=np.zeros(2, np.float32))
    Traceback (most recent call last):
    TypeError: X, h0 must have one dtype, got float64, float32
    """
    if len({array.dtype for array in arrays.values()}) > 1:
        got = ", ".join(str(array.dtype) for array in arrays.values())
        raise TypeError(f"{', '.join(arrays)} must have one dtype, got {got}")


def number(
    name: str,
    value: Any,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """`value` as a float, if it is a finite real number with low <= value <= high; strictly where a side is open.

    >>> number("threshold", 0.0, 0.0, open_low=True)
    Traceback (most recent call last):
    ValueError: threshold must be a finite number > 0, got 0.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    outside = value < low or value > high or (open_low and value == low) or (open_high and value == high)
    if not np.isfinite(value) or outside:
        bounds = [] if low == -np.inf else [f" {'>' if open_low else '>='} {low:g}"]
        bounds += [] if high == np.inf else [f" {'<' if open_high else '<='} {high:g}"]
        raise ValueError(f"{name} must be a finite number{' and'.join(bounds)}, got {value}")
    return float(value)


def alike(*values: Any) -> tuple[Any, ...]:
    """Arrays as they are, and numbers in their dtype (float64 without arrays), so that no number promotes an array.

    >>> alike(np.zeros(2, np.float32), np.float64(0.5), 2)
    (array([0., 0.], dtype=float32), np.float32(0.5), np.float32(2.0))
    """
    arrays = [value.real.dtype for value in values if np.ndim(value) and is_real(value.real)]
    real = np.result_type(*arrays) if arrays else np.dtype(float)
    made = {False: real.type, True: np.result_type(real, np.complex64).type}
    return tuple(value if np.ndim(value) else made[np.iscomplexobj(value)](value) for value in values)


def numbers(name: str, value: Any, *, real: bool = True) -> Any:
    """`value`, if it is a number or an array of numbers; real ones unless `real` is False.

    >>> numbers("r", "3.9")
    Traceback (most recent call last):
    TypeError: r must be a real number or an array of them, got the string '3.9'
    """
    if np.asarray(value).dtype.kind not in ("iuf" if real else "iufc"):
        raise TypeError(f"{name} must be a {'real ' * real}number or an array of them, got {kind(value)}")
    return value


def function(name: str, value: Any, signature: str) -> Any:
    """`value`, if it can be called and is no class; `signature` tells the reader its arguments and its result.

    >>> function("error", "mse", "(Y, target) -> (E, dE/dY), such as squared_error")
    Traceback (most recent call last):
    TypeError: error must be a function (Y, target) -> (E, dE/dY), such as squared_error, got the string 'mse'
    """
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} must be a function {signature}, got {kind(value)}")
    return value


def choice(name: str, value: Any, among: Any) -> Any:
    """`value`, if it is one of `among`.

    >>> choice("activation", "gelu", {"tanh": 1, "relu": 2})
    Traceback (most recent call last):
    ValueError: activation must be one of tanh, relu, got 'gelu'
    """
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"{name} must be one of {', '.join(map(str, among))}, got {value!r}")
    return value


def generator(name: str, value: Any) -> np.random.Generator:
    """`value`, if it is a numpy random Generator: there is no global seed and no default."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {type(value).__name__}")
    return value
