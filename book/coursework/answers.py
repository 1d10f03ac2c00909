"""The right results of an assignment, from its solutions, and those of common mistakes, from `mistakes/NAME.py`.

Such a module has CASES = {part: function(rng, size) -> arguments} and wrong functions marked with `mistake`. Size 0 is
a case that students see, with which their checks were made; larger ones are hidden.
"""

import functools
import importlib
import json
import sys
import types
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from coursework import notebooks

SHOWN, HIDDEN_SIZES = (0,), (1, 2)
Function = Callable[..., Any]  # of an assignment: each part has its own arguments and results
Cases = dict[str, list[tuple[Any, ...]]]  # {part: [arguments of a case]}


class Mistakes(dict[str, list[tuple[str, Function]]]):
    """{part: [(message, wrong function)]}, filled by `@mistake(part, message)`."""

    def __call__(self, part: str, message: str) -> Callable[[Function], Function]:
        def add(function: Function) -> Function:
            self.setdefault(part, []).append((message, function))
            return function

        return add


def module(name: str) -> types.ModuleType:
    """coursework.mistakes.NAME"""
    return importlib.import_module(f"coursework.mistakes.{name}")


def selfcheck() -> types.ModuleType:
    """book/assignments/selfcheck.py, which is a module of its own in a student's folder."""
    folder = str(notebooks.ASSIGNMENTS)
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("selfcheck")


def arguments(name: str, sizes: Iterable[int]) -> Cases:
    """{part: [arguments of a case]}: the same at each call."""
    return {
        part: [make(generator(name, part, size), size) for size in sizes]
        for part, make in module(name).CASES.items()
    }


def generator(name: str, part: str, size: int) -> Any:
    """The random numbers of a case. They depend on its name alone, so that a new part leaves the others as they are."""
    import numpy as np

    digest = sha256(f"{name}/{part}".encode()).digest()
    return np.random.default_rng([size, int.from_bytes(digest[:8], "big")])


@functools.cache
def solutions(name: str) -> dict[str, Any]:
    """The functions of an assignment, from its source: {name: function}. Tests and plain cells are not run."""
    selfcheck()
    held = types.ModuleType(f"solutions_of_{name}").__dict__
    for cell in notebooks.notebook(notebooks.source(name)).cells:
        kind = notebooks.grader(cell)
        if cell.cell_type == "code" and kind and not kind.get("points"):
            code = cell.source.replace(f'check = Check("{name}")\n', "")  # the answers may not have been made yet
            exec(compile(code, f"<solutions of {name}>", "exec"), held)
    return held


def solution(name: str) -> Callable[[str], Function]:
    """A function from a part's name to its solution, found when it is first called."""
    return lambda part: solutions(name)[part]


def right(name: str, cases: Cases) -> dict[str, list[Any]]:
    """{part: [result]} for the arguments of `cases`."""
    functions = solutions(name)
    return {part: [functions[part](*args) for args in every] for part, every in cases.items()}


def shown(name: str) -> str:
    """What answers/NAME.json holds: JSON with one line for each part."""
    encode = selfcheck().encode
    cases = arguments(name, SHOWN)
    held = {}
    for part, results in right(name, cases).items():
        wrong = [
            [message, [rounded(encode(function(*args))) for args in cases[part]]]
            for message, function in module(name).mistake[part]
        ]
        held[part] = {
            "cases": [encode(args) for args in cases[part]],
            "right": [rounded(encode(result)) for result in results],
            "mistakes": wrong,
        }
    lines = (f"{json.dumps(part)}: {json.dumps(value, ensure_ascii=False)}" for part, value in held.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def rounded(value: object) -> object:
    """An encoded value with nine digits, which is more than checks look at."""
    if isinstance(value, dict):
        return {key: rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def write(name: str) -> None:
    """Makes answers/NAME.json anew."""
    (notebooks.ASSIGNMENTS / f"answers/{name}.json").write_text(shown(name), encoding="utf-8")


def literal(value: object) -> str:
    """Python text of a value: JSON, which unlike Python's own literals has NaN and Infinity."""
    return f"__import__('json').loads({json.dumps(value)!r})"


def hidden_code(name: str, *, with_right: bool) -> str:
    """Python text that defines `_hidden`: `ask` for the sandbox, or `keep`, which knows the right results."""
    encode = selfcheck().encode
    cases = arguments(name, HIDDEN_SIZES)
    held = [cases, right(name, cases)] if with_right else [cases]
    encoded = ", ".join(
        literal({"dict": {part: [encode(v) for v in every] for part, every in d.items()}}) for d in held
    )
    kind = "keep" if with_right else "ask"
    text = (notebooks.BOOK / "coursework/hidden.py").read_text(encoding="utf-8")
    _, ask, keep = text.split("\n\n\ndef ")
    body = "def " + (keep if with_right else ask).rstrip()
    return f"{body}\n\n\n_hidden = {kind}({encoded})"
