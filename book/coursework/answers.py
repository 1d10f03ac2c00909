"""The right results of an assignment, from its solutions, and those of common mistakes, from `mistakes/NAME.py`.

Such a module has

    TASK = {what differs between students: {value: its words}}, of which each student has one value each
    VARIES = {part: what of TASK it depends on}
    CASES = {part: function(rng, size) -> arguments}

and `mistake`, which holds wrong functions. Sizes 0 and 3 are the cases that students see, with which their checks were
made: in the first all sizes differ, in the second they are the same. Those of size 1 and 2 are hidden. The solutions
serve all tasks: they look up `check.options`, which `task` sets.
"""

import contextlib
import copy
import functools
import importlib
import itertools
import json
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

from coursework import notebooks

SHOWN, HIDDEN_SIZES = (0, 3), (1, 2)
OTHER_TASK = "this is right for another task: {theirs}. Yours is: {own}."
Function = Callable[..., Any]  # of an assignment: each part has its own arguments and results
Cases = dict[str, list[tuple[Any, ...]]]  # {part: [arguments of a case]}
Options = dict[str, str]  # {what differs between students: one of its values}


class Mistakes(dict[str, list[tuple[str, Function]]]):
    """{part: [(message, wrong function)]}, filled by `edits`, or by `@mistake(part, message)`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def edits(self, part: str, *each: tuple[str, ...]) -> None:
        """Adds wrong functions: each (message, old, new, …) is the solution with the texts replaced, old by new."""
        for message, *changes in each:
            self.setdefault(part, []).append((message, edited(self.name, part, *changes)))

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


def hint(kind: str, text: str) -> str:
    """What an exception most likely means, as the checks say it to students."""
    said: str = selfcheck().hint(kind, text)
    return said


def arguments(name: str, sizes: Iterable[int]) -> Cases:
    """{part: [arguments of a case]} of the task in force: the same at each call."""
    return {part: cases(name, part, sizes) for part in module(name).CASES}


def cases(name: str, part: str, sizes: Iterable[int]) -> list[tuple[Any, ...]]:
    """The arguments of a part, for each of the sizes."""
    return [module(name).CASES[part](generator(name, part, size), size) for size in sizes]


def generator(name: str, part: str, size: int) -> Any:
    """The random numbers of a case. They depend on its name alone, so that a new part leaves the others as they are."""
    import numpy as np

    digest = sha256(f"{name}/{part}".encode()).digest()
    return np.random.default_rng([size, int.from_bytes(digest[:8], "big")])


@functools.cache
def source_cells(name: str) -> list[Any]:
    """The cells of a source, with its solutions."""
    return notebooks.notebook(notebooks.source(name)).cells


@functools.cache
def solutions(name: str) -> dict[str, Any]:
    """The functions of an assignment, from its source: {name: function}. Tests and plain cells are not run.

    In the place of a Check stands what `task` sets.
    """
    selfcheck()
    held = types.ModuleType(f"solutions_of_{name}").__dict__
    for cell in source_cells(name):
        kind = notebooks.grader(cell)
        if cell.cell_type == "code" and kind and not kind.get("points") and kind["grade_id"] != "task":
            code = cell.source.replace(f'check = Check("{name}")\n', "")  # the answers may not have been made yet
            exec(compile(code, f"<solutions of {name}>", "exec"), held)
            held.setdefault("check", in_force(name))
    return held


@functools.cache
def in_force(name: str) -> types.SimpleNamespace:
    """The task that solutions, cases and mistakes of an assignment look up: at first the first of all options."""
    first = {what: next(iter(values)) for what, values in module(name).TASK.items()}
    return types.SimpleNamespace(options=first)


@contextlib.contextmanager
def task(name: str, options: Options) -> Iterator[None]:
    """Within the block the solutions, cases and mistakes of an assignment are those of a task."""
    check = in_force(name)
    before, check.options = check.options, options
    try:
        yield
    finally:
        check.options = before


def tasks(name: str, part: str) -> dict[str, Options]:
    """{key: options}: all tasks that differ for a part."""
    held, varies = module(name).TASK, module(name).VARIES[part].split()
    first = {what: next(iter(values)) for what, values in held.items()}
    combinations = itertools.product(*(held[what] for what in varies))
    return {" ".join(c): first | dict(zip(varies, c, strict=True)) for c in combinations}


def of_student(name: str, student: str) -> Options:
    """The task of a student."""
    return selfcheck().choose(module(name).TASK, name, student)


def edited(name: str, part: str, *changes: str) -> Function:
    """The solution of a part with texts replaced, old by new; ValueError where an old one is not there."""

    @functools.cache
    def made() -> Function:
        code = next(cell.source for cell in source_cells(name) if notebooks.grader(cell).get("grade_id") == part)
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            if old not in code:
                raise ValueError(f"{name}, {part}: the solution has no text {old!r}")
            code = code.replace(old, new)
        held = dict(solutions(name))
        exec(compile(code, f"<{part} of {name}, edited>", "exec"), held)
        return held[part]

    return lambda *args: made()(*args)


def solution(name: str) -> Callable[[str], Function]:
    """A function from a part's name to its solution, found when it is first called."""
    return lambda part: solutions(name)[part]


def right(name: str, part: str, sizes: Iterable[int]) -> list[Any]:
    """The right results of a part for the task in force."""
    return [solutions(name)[part](*args) for args in cases(name, part, sizes)]


def of_tasks(name: str, sizes: Iterable[int], *, with_right: bool) -> dict[str, Any]:
    """{part: {varies, of: {key of a task: {cases, right}}}}, encoded."""
    encode, made = selfcheck().encode, {}
    for part in module(name).CASES:
        made[part] = {"varies": module(name).VARIES[part].split(), "of": {}}
        for key, options in tasks(name, part).items():
            with task(name, options):
                held = {"cases": [rounded(encode(args)) for args in cases(name, part, sizes)]}
                if with_right:
                    held["right"] = [rounded(encode(got)) for got in right(name, part, sizes)]
            made[part]["of"][key] = held
    return made


def shown(name: str) -> str:
    """What answers/NAME.json holds: JSON with one line for each part."""
    held: dict[str, Any] = {"task": module(name).TASK}
    for part, made in of_tasks(name, SHOWN, with_right=True).items():
        for key, options in tasks(name, part).items():
            made["of"][key]["mistakes"] = recognisable(name, part, options)
        held[part] = made
    lines = (f"{json.dumps(part)}: {json.dumps(value, ensure_ascii=False)}" for part, value in held.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def recognisable(name: str, part: str, options: Options) -> list[Any]:
    """[message, sketches of its results on the shown cases] for each mistake, and for solutions of other tasks."""
    checks, words = selfcheck(), module(name).TASK
    with task(name, options):
        given = cases(name, part, SHOWN)
        wants = [checks.sketch(got) for got in right(name, part, SHOWN)]
        made = [[message, [sketched(function, args) for args in given]]
                for message, function in module(name).mistake.get(part, [])]  # fmt: skip
    for other in tasks(name, part).values():
        theirs, own = (
            "; ".join(words[k][held[k]] for k in options if options[k] != other[k]) for held in (other, options)
        )
        with task(name, other):
            message = OTHER_TASK.format(theirs=theirs, own=own)
            made.append([message, [sketched(solutions(name)[part], args) for args in given]])
    # in some tasks a mistake is none
    return [each for each in made if not all(map(checks.alike, each[1], wants))]


def sketched(function: Function, args: tuple[Any, ...]) -> list[Any]:
    """A sketch of a wrong function's result, or of the error that it raises, for instance if matrices do not fit."""
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            got = function(*copy.deepcopy(args))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        got = error
    return rounded(selfcheck().sketch(got))


def rounded(value: Any) -> Any:
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
    """Python text that defines `_hidden`: `ask` for the sandbox, or `keep`, which holds the right results."""
    held = {"name": name, "task": module(name).TASK, "parts": of_tasks(name, HIDDEN_SIZES, with_right=with_right)}
    kind = "keep" if with_right else "ask"
    text = (notebooks.BOOK / "coursework/hidden.py").read_text(encoding="utf-8")
    _, ask, keep = text.split("\n\n\ndef ")
    body = "def " + (keep if with_right else ask).rstrip()
    return f"{body}\n\n\n_hidden = {kind}({literal(held)})"


class Solved:
    """What is right for a student: on the hidden cases, and for their own measurement."""

    def __init__(self, name: str) -> None:
        self.name = name

    def right(self, part: str, student: str) -> list[Any]:
        options = of_student(self.name, student)
        key = " ".join(options[what] for what in module(self.name).VARIES[part].split())
        with task(self.name, tasks(self.name, part)[key]):  # as `of_tasks` made the cases
            return right(self.name, part, HIDDEN_SIZES)

    def own(self, part: str, student: str) -> Any:
        with task(self.name, of_student(self.name, student)):
            return solutions(self.name)[part](student)
