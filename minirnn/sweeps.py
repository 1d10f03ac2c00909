"""A grid of runs: on all cores or a cluster, each result stored at once, so that a killed sweep goes on.

    def measure(gain, seed):                       # a function of a module: pure, its result can be pickled
        return {"accuracy": ...}

    runs = sweep(measure, {"gain": [0.5, 1.0], "seed": range(8)}, folder="results")
    table = results(runs)                          # one result for each point, in the order of the grid

The same on a cluster of Dask, where the runs of a worker that dies are given to another:

    client = distributed.Client(address)
    with joblib.parallel_config(backend="dask"):
        runs = sweep(measure, grid, folder=folder)  # a folder that this process and the workers see

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     runs = sweep(divmod, [{}], folder=folder)
Traceback (most recent call last):
TypeError: run must be a function of a module, got builtin_function_or_method
"""

import hashlib
import inspect
import itertools
import json
import os
import pickle
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import numpy as np

from minirnn import checks
from minirnn.optional import extra, progress_bar

Point = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One point of the grid: its result, or the traceback of what it raised; and how long it took."""

    point: Point
    result: Any
    error: str | None
    seconds: float


def sweep(
    run: Callable[..., Any],
    grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]],
    *,
    folder: str | Path,
    jobs: int = -1,
    version: str | None = None,
    retry: bool = True,
    threads: int | None = 1,
    progress: bool = True,
) -> list[Run]:
    """`run(**point)` for each point of the grid; returns a Run for each, in the grid's order.

    `grid` is a dict of lists, of which all combinations are run (the last key changes fastest), or a list of dicts,
    with values that JSON can write. `jobs` processes work at a time (-1: one for each core), each with `threads`
    threads for matrix products (None: as it is), so that processes do not fight for cores.

    A finished run is stored in `folder` under a hash of its point, of `run`'s name and of `version`, and is not made
    again by later calls, for this grid or another. By default the version is the source of `run`'s module together
    with minirnn's version number: an edit there makes all runs anew, one in another module none. A run that raises
    is stored with its traceback while the others go on; a later call tries it again unless `retry` is False.

    Raises TypeError or ValueError if `run` or the grid is not as said above.
    """
    points = expand(grid)
    _check_callable(run, points)
    checks.integer("threads", threads, 1) if threads is not None else None
    if checks.integer("jobs", jobs, -1) == 0:
        raise ValueError("jobs must be -1 (one for each core) or >= 1, got 0")
    with extra("sweeps"):  # here, since importing minirnn's modules should stay quick
        from joblib import Parallel, delayed

    identity = f"{_name(run)}\n{_source(run) if version is None else version}"
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{_key(identity, point)}.pickle" for point in points]
    done = {file: _load(file) for file in files if file.exists()}
    done = {file: old for file, old in done.items() if old.error is None or not retry}
    todo = [(file, point) for file, point in zip(files, points, strict=True) if file not in done]
    finished = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(
        delayed(_run_and_store)(run, point, file, threads) for file, point in todo
    )
    for file, new in progress_bar(
        finished, total=len(points), initial=len(done), disable=not progress, unit="run", leave=False
    ):
        done[file] = new
    runs = [done[file] for file in files]
    if failed := [r for r in runs if r.error]:
        print(f"{len(failed)} of {len(runs)} runs failed. The first:\n{_report(failed[0])}", file=sys.stderr)
    return runs


def results(runs: Sequence[Run]) -> list[Any]:
    """The results of `sweep`, if no run failed.

    >>> results([Run({"gain": 1.0}, 0.9, None, seconds=2.0)])
    [0.9]

    Raises RuntimeError with the first traceback if one did.
    """
    if failed := [r for r in runs if r.error]:
        raise RuntimeError(f"{len(failed)} of {len(runs)} runs failed. The first:\n{_report(failed[0])}")
    return [r.result for r in runs]


def expand(grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]) -> list[Point]:
    """The points of a grid, in plain Python values.

    >>> expand({"gain": np.array([0.5, 1.0]), "seed": range(2)})[1:3]
    [{'gain': 0.5, 'seed': 1}, {'gain': 1.0, 'seed': 0}]

    Raises TypeError or ValueError unless the grid is a dict of lists or a list of dicts, with values that JSON can
    write, not empty, and without a point twice.
    """
    if isinstance(grid, Mapping):
        for key, values in grid.items():
            if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__iter__"):
                raise TypeError(
                    f"grid[{key!r}] must be a list of values, got {type(values).__name__} {values!r:.40}"
                )
        dicts = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    elif isinstance(grid, Sequence) and all(isinstance(point, Mapping) for point in grid):
        dicts = [dict(point) for point in grid]
    else:
        raise TypeError(f"grid must be a dict of lists or a list of dicts, got {type(grid).__name__} {grid!r:.40}")
    if not dicts:
        raise ValueError("grid must hold a point at least, got none")
    written = [_written(point) for point in dicts]
    if len(set(written)) < len(written):
        twice = next(text for text in written if written.count(text) > 1)
        raise ValueError(f"grid must hold each point once, got {twice} {written.count(twice)} times")
    return [json.loads(text) for text in written]


def _written(point: Point) -> str:
    """A point as JSON: what is hashed, and what `run` is given."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.generic | np.ndarray):
            return value.tolist()
        raise TypeError(f"grid must hold values that JSON can write, got {type(value).__name__} {value!r:.40}")

    if not all(isinstance(key, str) for key in point):
        raise TypeError(f"grid must have strings for keys, got {', '.join(map(repr, point))}")
    return json.dumps(point, default=plain)


def _key(identity: str, point: Point) -> str:
    text = identity + "\n" + json.dumps(point, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _check_callable(run: Any, points: list[Point]) -> None:
    """A function that another process can import, and that takes the points."""
    if not inspect.isfunction(run):
        raise TypeError(f"run must be a function of a module, got {type(run).__name__}")
    if "<" in run.__qualname__:  # <lambda>, outer.<locals>.inner
        raise TypeError(f"run must be a function of a module, at its top level, got {run.__qualname__}")
    for point in points:
        try:
            inspect.signature(run).bind(**point)
        except TypeError as error:
            raise TypeError(f"run must take the keys of each point, got {point}: {error}") from None


def _name(run: Callable[..., Any]) -> str:
    """module.function; a module that was started by `python -m` is called what it is imported as."""
    spec = getattr(sys.modules[run.__module__], "__spec__", None)
    return f"{spec.name if spec else run.__module__}.{run.__qualname__}"


def _source(run: Callable[..., Any]) -> str:
    """What the result depends on, as far as it can be known: the source of the module, and minirnn's version."""
    try:
        source = inspect.getsource(sys.modules[run.__module__])
    except (TypeError, OSError):  # in a notebook there is no module's file
        source = inspect.getsource(run)
    try:
        return f"{package_version('minirnn')}\n{source}"
    except PackageNotFoundError:  # used from its folder, not installed
        return source


def _run_and_store(run: Callable[..., Any], point: Point, file: Path, threads: int | None) -> tuple[Path, Run]:
    """In the worker: one run, on disk before its result travels, so that nobody's death can lose it."""
    with extra("sweeps"):
        from threadpoolctl import threadpool_limits

    started = time.perf_counter()
    try:
        with threadpool_limits(threads) if threads is not None else nullcontext():
            result, error = run(**point), None
        pickle.dumps(result)  # what cannot be stored is a failure of this run, not of the sweep
    except Exception:
        result, error = None, traceback.format_exc()
    done = Run(point, result, error, time.perf_counter() - started)
    _save(done, file)
    return file, done


def _save(run: Run, file: Path) -> None:
    """At any moment the file is not there, or whole."""
    partial = file.with_name(f"{file.stem}.{os.getpid()}.partial")
    partial.write_bytes(pickle.dumps(run))
    os.replace(partial, file)


def _load(file: Path) -> Run:
    return pickle.loads(file.read_bytes())


def _report(run: Run) -> str:
    return f"{', '.join(f'{key}={value!r}' for key, value in run.point.items())}\n{run.error}"
