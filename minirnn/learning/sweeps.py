"""A grid of runs on all cores or a cluster. Each result is stored at once, so a killed sweep can go on.

    def measure(gain, seed):                       # a function of a module: pure, its result can be pickled
        return {"accuracy": ...}

    runs = sweep(measure, {"gain": [0.5, 1.0], "seed": range(8)}, folder="results")
    table = results(runs)                          # one result for each point, in the order of the grid

Each run has a process of its own, which holds the code as it was when the sweep began, so no run can change another.
The same works on a cluster of Dask, where another worker makes the runs of one that dies:

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
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.core import checks
from minirnn.learning.processes import Processes, store
from minirnn.learning.snapshots import Snapshot, snapshot
from minirnn.optional import extra, progress_bar

GridPoint = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One point of the grid: its result, or the traceback of what it raised; and how long it took."""

    point: GridPoint
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
) -> list[Outcome]:
    """`run(**point)` for each point of the grid; returns a Outcome for each, in the grid's order.

    `grid` is a dict of lists, of which all combinations are run (the last key changes fastest), or a list of dicts.
    Values are None, bools, numbers, strings, lists of these and dicts with strings for keys, which reach `run` as they
    are; NumPy's numbers and arrays become Python's numbers and lists. `jobs` runs are made at a time (-1: one for
    each core), each in a new process with `threads` threads for matrix products (None: as it is), so that processes
    do not fight for cores.

    A finished run is stored in `folder` under a hash of its point, of `run`'s name and of `version`, and is not made
    again by later calls, for this grid or another. By default the version is the code: the text of `run`'s module and
    of all that it imports, minirnn too and other installed packages not, as the files are when the sweep begins; for a
    function of a notebook, itself and the functions, classes and values that it uses. After an edit there the runs are
    made anew; a sweep that is under way keeps the old code. A value that you set in a module from outside does not
    reach a run either: put it into the point.

    Results may be of any class, so they are stored as pickles, which can run code when they are read: use a `folder`
    of your own, and no one else's.

    A run that raises, exits or dies is stored with its traceback or the signal that ended it, while the others go on; a
    later call tries it again unless `retry` is False. A stored result that cannot be read is made again.

    Raises TypeError or ValueError if `run` or the grid is not as said above, OSError if `folder` cannot be written to.
    """
    points = expand(grid)
    if not isinstance(folder, str | Path):
        raise TypeError(f"folder must be a path, got {type(folder).__name__} {folder!r:.40}")
    _check_callable(run, points)
    checks.integer("threads", threads, 1) if threads is not None else None
    if checks.integer("jobs", jobs, -1) == 0:
        raise ValueError("jobs must be -1 (one for each core) or >= 1, got 0")
    with extra("sweeps"):  # here, since importing minirnn's modules should stay quick
        from joblib import Parallel, delayed

    code = snapshot(run)
    identity = f"{code.name}\n{code.digest if version is None else version}"
    folder = Path(folder).absolute()  # a run may change the directory
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{_key(identity, point)}.pickle": point for point in points}
    done = _stored(files, retry)
    todo = [(file, point) for file, point in files.items() if file not in done]
    if todo:
        tempfile.TemporaryFile(dir=folder).close()  # better now than after the first run's hours
    processes = Processes()
    finished = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered", prefer="threads")(
        delayed(_in_a_process)(processes, code, point, file, threads) for file, point in todo
    )
    bar = progress_bar(
        finished, total=len(points), initial=len(done), disable=not progress, unit="run", leave=False
    )
    try:
        for file, stored, seconds in bar:
            done[file] = _loaded(stored, files[file], seconds)
    finally:
        processes.end()
    runs = [done[file] for file in files]
    if failed := [r for r in runs if r.error]:
        print(f"{len(failed)} of {len(runs)} runs failed. The first:\n{_report(failed[0])}", file=sys.stderr)
    return runs


def results(runs: Sequence[Outcome]) -> list[Any]:
    """The results of `sweep`, if no run failed.

    >>> results([Outcome({"gain": 1.0}, 0.9, None, seconds=2.0)])
    [0.9]

    Raises RuntimeError with the first traceback if one did.
    """
    if failed := [r for r in runs if r.error]:
        raise RuntimeError(f"{len(failed)} of {len(runs)} runs failed. The first:\n{_report(failed[0])}")
    return [r.result for r in runs]


def expand(grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]) -> list[GridPoint]:
    """The points of a grid, in plain Python values.

    >>> expand({"gain": np.array([0.5, 1.0]), "seed": range(2)})[1:3]
    [{'gain': 0.5, 'seed': 1}, {'gain': 1.0, 'seed': 0}]

    Raises TypeError or ValueError unless the grid is a dict of lists or a list of dicts, of values that `sweep` allows,
    not empty, and without a point twice.
    """
    if isinstance(grid, Mapping):
        for key, values in grid.items():
            if isinstance(values, str | bytes | Mapping) or not np.iterable(values):
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
    points = [_plain(point) for point in dicts]
    written, count = Counter(map(_written, points)).most_common(1)[0]
    if count > 1:
        raise ValueError(f"grid must hold each point once, got {written} {count} times")
    return points


def _plain(value: Any) -> Any:
    """`value` without NumPy's types; raises TypeError for a value that JSON would not return unchanged."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if type(value) is list:
        return [_plain(item) for item in value]
    if type(value) is dict:
        if not all(type(key) is str for key in value):
            raise TypeError(f"grid must have strings for keys, got {', '.join(map(repr, value))}")
        return {key: _plain(item) for key, item in value.items()}
    if value is None or type(value) in (bool, int, float, str):
        return value
    hint = "; write it as a list" if isinstance(value, tuple) else ""
    raise TypeError(f"grid must hold values that JSON can write, got {type(value).__name__} {value!r:.40}{hint}")


def _written(point: GridPoint) -> str:
    """A point for the hash. The order of its keys cannot change `run`; the order of a dict within it may."""
    return json.dumps({key: point[key] for key in sorted(point)})


def _key(identity: str, point: GridPoint) -> str:
    return hashlib.sha256(f"{identity}\n{_written(point)}".encode()).hexdigest()[:24]


def _check_callable(run: Any, points: list[GridPoint]) -> None:
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


def _stored(files: dict[Path, GridPoint], retry: bool) -> dict[Path, Outcome]:
    """The stored runs, by file."""
    stored: dict[Path, Outcome] = {}
    for file, point in files.items():
        if not file.exists():
            continue
        try:
            run = Outcome(point, *pickle.loads(file.read_bytes()))
        except Exception as error:  # a damaged pickle, or one of classes that are gone, can raise almost anything
            print(f"{file} cannot be read and is made again: {error!r}", file=sys.stderr)
        else:
            stored |= {file: run} if run.error is None or not retry else {}
    return stored


def _loaded(stored: bytes, point: GridPoint, seconds: float) -> Outcome:
    """Reads a result in the process of the sweep, which may hold a class that a worker of a cluster lacks."""
    try:
        return Outcome(point, *pickle.loads(stored))
    except Exception:  # a class that only the run could import
        return Outcome(point, None, traceback.format_exc(), seconds)


def _in_a_process(
    processes: Processes, code: Snapshot, point: GridPoint, file: Path, threads: int | None
) -> tuple[Path, bytes, float]:
    started, before = time.perf_counter(), _stamp(file)
    status = processes.run(vars(code), point, file, threads)
    seconds = time.perf_counter() - started
    if _stamp(file) != before:
        return file, file.read_bytes(), seconds
    cause = f"by {signal.Signals(-status).name}" if status < 0 else f"with exit code {status}"
    memory = " (it may have needed more memory than there is)" if cause == "by SIGKILL" else ""
    stored = None, f"The process of this run ended {cause} before its result was stored{memory}.", seconds
    with suppress(OSError):  # a full disk: the failure is told, though not stored
        store(stored, file)
    return file, pickle.dumps(stored), seconds


def _stamp(file: Path) -> tuple[int, int] | None:
    """The identity of the file, which each `save` changes."""
    try:
        return file.stat().st_ino, file.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _report(run: Outcome) -> str:
    return f"{', '.join(f'{key}={value!r}' for key, value in run.point.items())}\n{run.error}"
