"""A saved run goes on to the same numbers: its random generator is restored, and other sources of change are refused.

>>> numbers = iter(range(9))
>>> check_remembers_nothing("batch", lambda rng: next(numbers), np.random.default_rng(0))  # doctest: +ELLIPSIS
Traceback (most recent call last):
ValueError: batch must remember nothing, so that a saved run goes on to the same numbers, but it holds a range_...
"""

import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from io import IOBase
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.learning.notebook_code import global_names
from minirnn.learning.runs import Run, TrainingState
from minirnn.learning.saving import read_run


def resumed(run: Run, path: Path, rng: np.random.Generator) -> Run:
    """The run saved at `path`, if `run` can go on from it; `rng` is put where it was.

    Raises ValueError if it is one of another cell, optimizer or kind of rng.
    """
    saved = read_run("save_to", path, run.cell)
    if _described(saved) != _described(run):
        raise ValueError(f"save_to must hold a run of {_described(run)}; {path} holds one of {_described(saved)}")
    try:
        _restore(rng, saved.state)
    except Exception as error:  # the numbers fit no rng of this kind
        raise ValueError(f"save_to must hold the state of its rng, got {path} with another: {error}") from error
    return saved


def _described(run: Run) -> str:
    shapes = ", ".join(f"{key} {value.shape} {value.dtype}" for key, value in run.params.items())
    memory = ", ".join(run.state.optimizer) or "nothing"
    return f"{run.cell} with {shapes}; an optimizer that remembers {memory}; {run.state.rng['bit_generator']}"


def spawned_seeds(rng: np.random.Generator) -> Mapping[str, Any] | None:
    """How many generators `rng` has spawned, and from which seed: its own state does not hold these."""
    return getattr(rng.bit_generator.seed_seq, "state", None)


def _restore(rng: np.random.Generator, state: TrainingState) -> None:
    if (
        state.rng["bit_generator"] == "MT19937"
    ):  # beyond its end NumPy would read memory that is not the generator's
        checks.integer("pos", state.rng["state"]["pos"], 0, 624)
    if state.rng["bit_generator"] == "Philox":
        checks.integer("buffer_pos", state.rng["buffer_pos"], 0, 4)
    rng.bit_generator.state = state.rng
    if state.seeds is not None:  # files of earlier versions have none
        checks.integer("pool_size", state.seeds["pool_size"], 4, 1024)  # mixing takes the square of it in time
        rng.bit_generator.__setstate__((state.rng, np.random.SeedSequence(**state.seeds)))  # type: ignore[attr-defined]


def check_remembers_nothing(name: str, f: Any, rng: np.random.Generator) -> None:
    """Raises ValueError if a function holds a generator or an iterator: each call moves it on, and no file saves it."""
    for value in _held(f, []):
        moves = isinstance(value, np.random.Generator | np.random.RandomState | Iterator)
        if moves and value is not rng and not isinstance(value, IOBase):
            raise ValueError(
                f"{name} must remember nothing, so that a saved run goes on to the same numbers, but it holds a "
                f"{type(value).__name__}, which is not saved; draw from the rng that batch is given, and delete a "
                f"generator that only made the data"
            )


def _held(f: Any, seen: list[Any]) -> Iterator[Any]:
    """The values that a function holds, and those of the functions that it wraps or calls in its own module."""
    if any(f is each for each in seen):
        return
    seen.append(f)
    values = list(getattr(f, "__dict__", {}).values())
    if isinstance(f, partial):
        values += [f.func, *f.args, *f.keywords.values()]
    elif inspect.ismethod(f):
        values += [f.__func__, *getattr(f.__self__, "__dict__", {}).values()]
    elif inspect.isfunction(f):
        globals_ = [f.__globals__.get(global_) for global_ in global_names(f.__code__)]
        own = (f.__module__, partial.__module__)  # the values of other modules are not examined
        values += [value for value in globals_ if not callable(value) or getattr(value, "__module__", None) in own]
        values += inspect.getclosurevars(f).nonlocals.values()
        values += [*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
    elif not isinstance(f, type):
        values += [type(f).__call__]
    for value in values:
        yield value
        if callable(value) and not isinstance(value, type):
            yield from _held(value, seen)
