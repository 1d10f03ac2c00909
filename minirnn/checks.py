"""Checks of arguments, done once at the public entries: the message names the argument, what was expected
and what came. Values that a run *produces* are never checked: an explosion is a result."""

from typing import Any

import numpy as np


def float_array(name: str, value: Any, shape: tuple[int | str, ...], *, finite: bool = True) -> np.ndarray:
    """`value` unchanged, if it is a real float array of this shape; a str in `shape` stands for any size >= 1.

    >>> float_array("X", np.zeros((10, 2)), ("T", "B", 2))
    Traceback (most recent call last):
    ValueError: X must be (T, B, 2), got (10, 2)

    Raises TypeError for anything but a float32 or float64 array, ValueError for a wrong shape, an empty axis,
    or (unless `finite` is False) inf and nan.
    """
    if not isinstance(value, np.ndarray) or value.dtype not in (np.float32, np.float64):
        got = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(f"{name} must be a float32 or float64 array, got {got}")
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


def number(name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, open_low: bool = False) -> float:
    """`value` as a float, if it is a finite real number with low <= value <= high (low < value if `open_low`).

    >>> number("threshold", 0.0, 0.0, open_low=True)
    Traceback (most recent call last):
    ValueError: threshold must be a number > 0, got 0.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    if not np.isfinite(value) or value < low or value > high or (open_low and value == low):
        bounds = [] if low == -np.inf else [f"{'>' if open_low else '>='} {low:g}"]
        bounds += [] if high == np.inf else [f"<= {high:g}"]
        raise ValueError(f"{name} must be a {'finite ' if not bounds else ''}number {' and '.join(bounds)}".rstrip()
                         + f", got {value}")  # fmt: skip
    return float(value)


def choice(name: str, value: Any, among: Any) -> Any:
    """`value`, if it is one of `among`.

    >>> choice("activation", "gelu", {"tanh": 1, "relu": 2})
    Traceback (most recent call last):
    ValueError: activation must be one of tanh, relu, got 'gelu'
    """
    if value not in among:
        raise ValueError(f"{name} must be one of {', '.join(map(str, among))}, got {value!r}")
    return value


def generator(name: str, value: Any) -> np.random.Generator:
    """`value`, if it is a numpy random Generator: there is no global seed and no default."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {type(value).__name__}")
    return value
