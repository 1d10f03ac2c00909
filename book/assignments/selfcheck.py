"""Checks that answer at once, and name the likely mistake.

`Check("bptt")` reads answers/bptt.json: for each part the arguments of a few small cases, the right results, and the
results of common mistakes, each with what to say about it. It holds numbers and no solution. A function is called on
the cases; if its result is that of a known mistake, that is what it is told, else where it differs.
"""

import copy
import json
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
UNWRITTEN = "not written yet. Put your code in the place of `raise NotImplementedError`."


class Wrong(AssertionError):
    """A verdict. Jupyter shows it in one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


class Unwritten(Wrong):
    """A function still without code of a student's: where Python shows the class, it says that and not `Wrong`."""


def generator(assignment: str, student: str) -> np.random.Generator:
    """The random numbers of a student: the same for the same id, others for another.

    >>> a, b = (generator("bptt", name).integers(10**9) for name in ("ada", "ben"))
    >>> bool(a == generator("bptt", " Ada ").integers(10**9)), bool(a == b)
    (True, False)
    """
    if not isinstance(student, str) or not student.strip():
        raise Wrong('Put your student id between the quotes of `student = ""`, in part 5, and run that cell.')
    digest = sha256(f"{assignment}/{student.strip().lower()}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def same(got: object, want: object, tol: float = 1e-6) -> bool:
    """Is it the same number, array, dict or tuple, up to `tol` times the largest entry?"""
    if isinstance(want, dict):
        return isinstance(got, dict) and got.keys() == want.keys() and all(same(got[k], want[k], tol) for k in want)
    if isinstance(want, tuple):
        return isinstance(got, tuple | list) and len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, str):
        return got == want
    try:
        got, want = np.asarray(got), np.asarray(want)
        finite = np.abs(want[np.isfinite(want)])
        scale = finite.max() if finite.size else 1.0
        return got.shape == want.shape and np.allclose(got, want, rtol=0, atol=tol * scale, equal_nan=True)
    except (TypeError, ValueError):
        return False


def difference(got: object, want: object, name: str = "the result") -> str:
    """Where `got` first differs from `want`, in words."""
    if got is None:
        return f"{name} is None. Is there a `return`?"
    if isinstance(want, dict):
        if not isinstance(got, dict) or got.keys() != want.keys():
            keys = ", ".join(map(str, got)) if isinstance(got, dict) else type(got).__name__
            return f"{name} must be a dict with {', '.join(want)}; yours is {keys}."
        key = next(k for k in want if not same(got[k], want[k]))
        return difference(got[key], want[key], f"{name}[{key!r}]")
    if isinstance(want, tuple):
        if not isinstance(got, tuple | list) or len(got) != len(want):
            return f"{name} must be {len(want)} values; yours is {type(got).__name__}."
        i = next(i for i in range(len(want)) if not same(got[i], want[i]))
        return difference(got[i], want[i], f"value {i + 1} of {name}")
    want = np.asarray(want)
    try:
        got = np.asarray(got)
    except ValueError:
        return (
            f"{name} must have shape {want.shape}; yours is a {type(got).__name__} of parts of different lengths."
        )
    if not np.issubdtype(got.dtype, np.number) and got.dtype != bool:
        kind = type(next(iter(got.ravel().tolist()), None)).__name__
        return (
            f"{name} must be {f'numbers of shape {want.shape}' if want.shape else 'a number'}; yours holds {kind}."
        )
    if got.shape != want.shape:
        return f"{name} must have shape {want.shape}; yours has {got.shape}."
    if not want.shape:
        return f"{name} must be {want.item():.6g}; yours is {got.item():.6g}."
    worst = np.unravel_index(np.argmax(np.nan_to_num(np.abs(got - want), nan=np.inf)), want.shape)
    where = ", ".join(map(str, worst))
    return (
        f"{name} has the right shape, but other numbers: furthest off at [{where}], where {want[worst]:.6g} "
        f"is expected and yours is {got[worst]:.6g}."
    )


def unwritten(function: Callable[..., object], error: NotImplementedError) -> str:
    """Which function still has no code of a student's: the one that was called, or another that it calls."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    name = frame.f_code.co_name
    return UNWRITTEN if name == getattr(function, "__name__", name) else f"it calls `{name}`, which is {UNWRITTEN}"


class Check:
    """`check(part, function)` for the parts of one assignment."""

    def __init__(self, assignment: str) -> None:
        text = (HERE / "answers" / f"{assignment}.json").read_text(encoding="utf-8")
        self.parts = {part: {key: decode(v) for key, v in held.items()} for part, held in json.loads(text).items()}

    def __call__(self, part: str, function: Callable[..., object]) -> None:
        """Prints that the function passes, or raises Wrong."""
        held = self.parts[part]
        for i, (args, right) in enumerate(zip(held["cases"], held["right"], strict=True)):
            given = copy.deepcopy(args)
            try:
                got = function(*given)
            except NotImplementedError as error:
                raise Unwritten(f"{part}: {unwritten(function, error)}") from None
            if not same(given, args, 0.0):
                raise Wrong(f"{part}: your function changed one of its arguments. Work on a copy: `x = x.copy()`.")
            if same(got, right):
                continue
            for message, results in held["mistakes"]:
                if same(got, results[i]):
                    raise Wrong(f"{part}: {message}")
            raise Wrong(f"{part}: {difference(got, right)}")
        print(f"✓ {part}: right.")

    def own(self, part: str, function: Callable[..., object], student: str, answer: Any) -> None:
        """Is `answer` what the function, which must be right, gives for this student?"""
        generator(part, student)
        self(part, function)
        if answer is None:
            raise Wrong(f"{part}: `answer` is None. Run the cell above, `answer = {part}(student)`.")
        if not same(answer, function(student)):
            raise Wrong(f"{part}: `answer` is not what your function gives for {student!r}. Run its cell again.")
        print(f"✓ {part}: your own measurement is {np.round(answer, 6)}.")


def encode(value: object) -> object:
    """As JSON can hold it: arrays of numbers as lists, complex ones as two."""
    if isinstance(value, dict):
        return {"dict": {key: encode(v) for key, v in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [encode(v) for v in value]}
    if isinstance(value, np.ndarray) and np.iscomplexobj(value):
        return {"complex": [value.real.tolist(), value.imag.tolist()]}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if isinstance(value, complex):
        return encode(np.array(value))
    return value.item() if isinstance(value, np.generic) else value


def decode(value: object) -> Any:
    """What `encode` was given.

    >>> decode(encode((np.array([1j, 2.0]), {"b": 3}, "x")))
    (array([0.+1.j, 2.+0.j]), {'b': 3}, 'x')
    """
    if isinstance(value, list):
        return [decode(v) for v in value]
    if not isinstance(value, dict):
        return value
    (kind, held), *_ = value.items()
    if kind == "dict":
        return {key: decode(v) for key, v in held.items()}
    if kind == "tuple":
        return tuple(decode(v) for v in held)
    return np.array(held) if kind == "array" else np.array(held[0]) + 1j * np.array(held[1])
