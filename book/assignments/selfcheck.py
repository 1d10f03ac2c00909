"""Checks that answer at once, and name the likely mistake.

`Check("bptt")` reads answers/bptt.json: for each part and each task the arguments of two small cases, the right
results, and what is left of the results of common mistakes, each with what to say about it. It holds numbers and no
solution. A function is called on both. In the first all sizes differ, so that nothing fits by accident; in the second
they are the same, so that a transposed matrix gives numbers, by which it is known. What is no known mistake is told
where and how it differs, or what an exception most likely means.
"""

import copy
import json
import re
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from hints import hint

UNWRITTEN = "not written yet. Put your code in the place of `raise NotImplementedError`."
NO_ID = 'Put your student id between the quotes of `student = ""`, at the top; run that cell and the next.'
Task = dict[str, dict[str, str]]  # {what differs between students: {value: its words}}


class Wrong(AssertionError):
    """A verdict. Jupyter shows it in one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


class Unwritten(Wrong):
    """A function still without code of a student's: where Python shows the class, it says that and not `Wrong`."""


def generator(assignment: str, student: str) -> np.random.Generator:
    """The random numbers of a student: the same for the same id, others for another.

    >>> int(generator("bptt", "ada").integers(100)), int(generator("bptt", " Ada ").integers(100))
    (87, 87)
    """
    if not (typed := student.strip() if isinstance(student, str) else ""):
        raise Wrong(NO_ID)
    if not (typed[0] + typed[-1]).isprintable():  # as copied from a page: it would be another's id
        raise Wrong(
            f"At an end of your student id a character cannot be seen: {student!a}. Delete all, and type it."
        )
    digest = sha256(f"{assignment}/{typed.lower()}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def choose(task: Task, assignment: str, student: str) -> dict[str, str]:
    """{what differs: its value for this student}, each drawn from a generator of its own.

    >>> choose({"unit": {"sin": "f(a) = sin(a)"}}, "bptt", "ada")
    {'unit': 'sin'}
    """
    return {
        what: list(values)[int(generator(f"{assignment}/{what}", student).integers(len(values)))]
        for what, values in task.items()
    }


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
        kind = type(got).__name__
        return f"{name} must have shape {want.shape}; yours is a {kind} of parts of different lengths."
    if not np.issubdtype(got.dtype, np.number) and got.dtype != bool:
        kind = type(next(iter(got.ravel().tolist()), None)).__name__
        wanted = f"numbers of shape {want.shape}" if want.shape else "a number"
        return f"{name} must be {wanted}; yours holds {kind}."
    if got.shape != want.shape:
        return f"{name} must have shape {want.shape}; yours has {got.shape}."
    with np.errstate(all="ignore"):
        if said := relation(got * 1, want):  # of what is true and false, numbers
            return f"{name} {said}."
    if not want.shape:
        return f"{name} must be {want.item():.6g}; yours is {got.item():.6g}."
    worst = np.unravel_index(np.argmax(np.nan_to_num(np.abs(got - want), nan=np.inf)), want.shape)
    where = ", ".join(map(str, worst))
    return (
        f"{name} has the right shape, but other numbers: furthest off at [{where}], where {want[worst]:.6g} "
        f"is expected and yours is {got[worst]:.6g}."
    )


def relation(got: np.ndarray, want: np.ndarray) -> str:
    """What a wrong array of the right shape has to do with the right one, in words; empty if nothing is seen.

    >>> relation(np.array([2.0, 4.0]), np.array([1.0, 2.0])), relation(np.array(3.1), np.array(1.7))
    ('is 2 times what is expected', '')
    """
    factor = complex(np.vdot(want, got) / np.vdot(want, want))
    if factor and np.isfinite(factor) and same(got / factor, want):
        times = f"{factor.real:.4g}" if abs(factor.imag) < 1e-9 else f"{factor:.4g}"
        telling = want.size > 1 or np.isclose(max(abs(factor), 1 / abs(factor)), (1, 2, 3, 4)).any()
        if telling:  # any number is some multiple of another
            return "has the wrong sign" if same(-got, want) else f"is {times} times what is expected"
    if want.ndim == 2 and got.shape == got.T.shape and same(got.T, want):
        return "is the transpose of what is expected"
    if not want.ndim or len(want) < 3:
        return ""
    if same(got[::-1], want):
        return "has the right entries in the reverse order"
    if same(got[1:], want[:-1]) or same(got[:-1], want[1:]):
        return "is off by one along its first axis"
    size = np.abs(want[np.isfinite(want)]).max(initial=0.0)
    right = [np.allclose(g, w, rtol=0, atol=1e-6 * size, equal_nan=True) for g, w in zip(got, want, strict=True)]
    if all(right):
        return ""
    first, last = right.index(False), len(right) - 1 - right[::-1].index(False)
    if first == last:
        return f"is wrong in entry {first} alone"
    if first and not any(right[first:]):
        return f"is right up to entry {first - 1}, and wrong from entry {first} on"
    ends_right = last < len(right) - 1 and not any(right[: last + 1])
    return f"is wrong up to entry {last}, and right from entry {last + 1} on" if ends_right else ""


def unwritten(function: Callable[..., object], error: NotImplementedError) -> str:
    """Which function has no code yet: the one that was called, or another that it calls."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    name = frame.f_code.co_name
    return UNWRITTEN if name == getattr(function, "__name__", name) else f"it calls `{name}`, which is {UNWRITTEN}"


class Check:
    """`check(part, function)` for the parts of one assignment, as a student's own task wants them."""

    def __init__(self, assignment: str) -> None:
        text = (Path(__file__).parent / "answers" / f"{assignment}.json").read_text(encoding="utf-8")
        self.assignment, self.parts = assignment, json.loads(text)
        self.words: Task = self.parts.pop("task")
        self.options: dict[str, str] = {}

    def task(self, student: str) -> None:
        """Prints the task of a student, by which all parts are checked from now on."""
        self.options = choose(self.words, self.assignment, student)
        print("\n".join([f"The task of {student.strip()}:", *(self.words[k][v] for k, v in self.options.items())]))

    def __call__(self, part: str, function: Callable[..., object]) -> None:
        """Prints that the function passes, or raises Wrong, or what the function raised."""
        if not self.options:
            raise Wrong(NO_ID)
        block = self.parts[part]["of"][" ".join(self.options[what] for what in self.parts[part]["varies"])]
        held = {key: decode(value) for key, value in block.items()}
        results = [result(part, function, args) for args in held["cases"]]
        pairs = enumerate(zip(results, held["right"], strict=True))
        wrong = [i for i, (got, right) in pairs if not same(got, right)]
        if not wrong:
            print(f"✓ {part}: right.")
            return
        sketches = [sketch(got) for got in results]
        for message, known in held["mistakes"]:
            if recognised(sketches, known, wrong):
                raise Wrong(f"{part}: {message}")
        got = results[wrong[0]]
        if isinstance(got, Exception):
            print(f"✗ {part}: your code stopped. {hint(type(got).__name__, str(got))}".rstrip())
            raise got
        raise Wrong(f"{part}: {difference(got, held['right'][wrong[0]])}")

    def own(self, part: str, function: Callable[..., object], student: str, answer: Any) -> None:
        """Is `answer` what the function, which must be right, gives for this student?"""
        generator(part, student)
        self(part, function)
        if answer is None:
            raise Wrong(f"{part}: `answer` is None. Run the cell above, `answer = {part}(student)`.")
        if not same(answer, function(student)):
            raise Wrong(f"{part}: `answer` is not what your function gives for {student!r}. Run its cell again.")
        print(f"✓ {part}: your own measurement is {np.round(answer, 6)}.")


def result(part: str, function: Callable[..., object], args: tuple[Any, ...]) -> object:
    """What a function returns, or the exception it raised; Wrong where it has no code, or changes an argument."""
    given = copy.deepcopy(args)
    try:
        got = function(*given)
    except NotImplementedError as error:
        raise Unwritten(f"{part}: {unwritten(function, error)}") from None
    except Exception as error:
        return error
    if not same(given, args, 0.0):
        raise Wrong(f"{part}: your function changed one of its arguments. Work on a copy: `x = x.copy()`.")
    return got


def sketch(value: object) -> list[Any]:
    """[form, two weighted sums of all entries, their size]: the same, up to rounding, for the same result.

    Of an exception its kind and the numbers it names, which are those of the case: [kind and numbers].

    >>> sketch((np.zeros(2), 3.0))[0], sketch([1, 2]) == sketch(np.array([1.0, 2.0]))
    ('((2,) ())', True)
    """
    if isinstance(value, Exception):
        return [" ".join([type(value).__name__, *re.findall(r"\d+", str(value))])]
    form, parts = flattened(value)
    entries = np.nan_to_num(np.concatenate([np.zeros(0), *parts]), nan=1.7, posinf=2.7, neginf=-2.7)
    k = np.arange(1, len(entries) + 1)
    return [form, float(entries @ np.cos(k * k)), float(entries @ np.sin(k * k)), float(np.abs(entries).sum())]


def flattened(value: object) -> tuple[str, list[np.ndarray]]:
    """The form of a result in words, and its entries as real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:  # parts of different shapes
        array = np.array(None)
    if np.issubdtype(array.dtype, np.number) or array.dtype == bool:
        halves = [array.real, array.imag] if np.iscomplexobj(array) else [array]
        return str(array.shape), [half.ravel().astype(float) for half in halves]
    pairs: list[tuple[str, object]] = [("", held) for held in value] if isinstance(value, tuple | list) else []
    if isinstance(value, dict):
        pairs = sorted(((str(key), held) for key, held in value.items()), key=lambda pair: pair[0])
    made = [(key, *flattened(held)) for key, held in pairs]
    names = " ".join(f"{key}{form}" for key, form, _ in made) or type(value).__name__
    return f"({names})", [part for _, _, parts in made for part in parts]


def recognised(got: list[list[Any]], known: list[list[Any]], wrong: list[int]) -> bool:
    """Are the results those of a known mistake: in every case, or in all where both are numbers, a `wrong` one too?"""
    pairs = [(i in wrong, a, b) for i, (a, b) in enumerate(zip(got, known, strict=True))]
    numbers = [(at, a, b) for at, a, b in pairs if len(a) == len(b) == 4]
    both = numbers if any(at for at, _, _ in numbers) else pairs
    return all(alike(a, b) for _, a, b in both)


def alike(a: list[Any], b: list[Any]) -> bool:
    same = len(a) == len(b) and a[0] == b[0]
    return same and all(abs(x - y) <= 1e-6 * max(b[3], 1e-9) for x, y in zip(a[1:], b[1:], strict=True))


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
