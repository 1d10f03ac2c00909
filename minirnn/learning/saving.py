"""Runs on disk: arrays, and a header in JSON that says where each belongs. Reading one runs nothing that it holds.

    cell     class and fields: {"class": "LSTM", "m": 2, "n": 3}
    state    parameters, the optimizer's memory, the rng with its count of spawned generators, and the history

>>> import tempfile
>>> from minirnn import LSTM
>>> cell, rng = LSTM(m=2, n=3), np.random.default_rng(0)
>>> run = Run(cell, TrainingState(cell.init(rng), {}, rng.bit_generator.state))
>>> with tempfile.TemporaryDirectory() as folder:
...     save(run, Path(folder) / "run")
...     load(Path(folder) / "run").cell
LSTM(m=2, n=3)
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.cells.linear import BlockRNN, Paired, paired
from minirnn.core import checks
from minirnn.core.archives import check_arrays, read_archive, reading, write_archive
from minirnn.core.arguments import checked
from minirnn.gradients.backpropagation import check_params
from minirnn.learning.cell_records import CellRecord, cell_of, cell_record, cell_text, needs_code
from minirnn.learning.pickled_runs import is_pickle, unpickled
from minirnn.learning.runs import Run, TrainingState

FORMAT = 2  # in 1 the state of paired units was laid out otherwise
WANTED = "a file written by save"
WHILE = ("clip", "rate")  # what else a run notes of its last update
IN_JSON = (type(None), bool, int, float, str)


@checked
def save(run: Run, path: str | Path) -> None:
    """Writes the run to a file next to `path` and renames it, so that a kill leaves the old file or the new one.

    Raises TypeError or ValueError if the optimizer's memory is more than arrays of numbers, numbers, strings, None,
    and dicts, lists and tuples of these.
    """
    write_archive(Path(path), *packed(run))


def packed(run: Run) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a run by their names, and its header; raises what `save` does."""
    arrays: dict[str, np.ndarray] = {}
    history = {key: np.array(values, float) for key, values in run.history.items()}
    state = _packed("", run.state._asdict() | {"history": history}, arrays)
    check_arrays("run", arrays)
    training = {key: getattr(run, key) for key in WHILE}  # earlier versions read a file with it, too
    return arrays, {"minirnn run": FORMAT, "cell": cell_record(run.cell), "state": state, "training": training}


@checked
def load(path: str | Path, cell: Cell | None = None) -> Run:
    """The run saved at `path`. Pass `cell` if it is of a class of your own; cells of minirnn are in the file.

    From a pickle of an earlier version the numbers alone are read, with a warning.
    Raises ValueError if the file is damaged or holds no Run, or the Run of another cell than the one passed.
    """
    return read_run("path", Path(path), cell)


def read_run(name: str, path: Path, cell: Cell | None) -> Run:
    """As `load`; messages call the path `name`."""
    if path.is_dir():
        raise ValueError(f"{name} must be a file, got the directory {path}")
    training: dict[str, Any] = {}
    if is_pickle(path):
        version, record, state = _old(name, path)
    else:
        version, record, state, training = _new(name, path)
    with reading(name, path, WANTED):
        text = cell_text(record)
    if cell is None and needs_code(record):
        raise ValueError(f"cell must be given, as it is of a class of your own: load(path, cell={text})")
    if cell is not None and record != {key: cell_record(cell).get(key) for key in record}:
        raise ValueError(f"{name} must hold a run of {cell_text(cell_record(cell))}; {path} holds one of {text}")
    with reading(name, path, WANTED):
        own = cell_of(record) if cell is None else cell
        return _run(own, training, **(state if version == FORMAT else _in_pairs(own, state)))


def _new(name: str, path: Path) -> tuple[int, CellRecord, dict[str, Any], dict[str, Any]]:
    arrays, header = read_archive(name, path, WANTED)
    with reading(name, path, WANTED):
        if not isinstance(header, dict) or "minirnn run" not in header:
            raise ValueError("it has no header of a run")
        version = header["minirnn run"]
        if version not in (1, FORMAT):
            raise ValueError(f"its format is {version!r:.20}, and this version reads 1 and {FORMAT}")
        training = dict(header.get("training", {}))  # files of earlier versions have none
        return version, dict(header["cell"]), _unpacked(header["state"], arrays), training


def _old(name: str, path: Path) -> tuple[int, CellRecord, dict[str, Any]]:
    with reading(name, path, WANTED):
        record, state = unpickled(path)
    warnings.warn(
        f"{path} is a pickle of an earlier version. Anything can hide in a pickle, so its numbers alone were read. To "
        f"convert it: save(load(path), path)",
        stacklevel=5,
    )
    return 0, record, state


def _in_pairs(cell: Cell, state: dict[str, Any]) -> dict[str, Any]:
    """A state of format 1 in the layout of today. Format 1 stored the first numbers of all units before the second
    ones: a readout's columns change places, in a `BlockRNN` the rows of U and b; in the optimizer's memory too."""
    inner = [part for part in _parts(cell) if isinstance(part, Paired)]
    if not inner:
        return state
    if inner != [cell]:
        kind = type(inner[0]).__name__
        raise ValueError(f"an earlier version wrote it, and this one converts no weights of layers with a {kind}")
    axes = {"V": -1, "U": 0, "b": 0} if isinstance(cell, BlockRNN) else {"V": -1}

    def moved(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: moved(name, item) for name, item in value.items()}
        return paired(value, axes[key]) if isinstance(value, np.ndarray) and key in axes else value

    return state | {name: moved("", state[name]) for name in ("params", "optimizer")}


def _parts(cell: Any) -> Iterator[Any]:
    """The cell, and the cells of which it is made."""
    yield cell
    for part in getattr(cell, "named", dict)().values():
        yield from _parts(part)


def _run(cell: Cell, training: dict[str, Any], history: dict[str, Any], **state: Any) -> Run:
    """The Run in a file's arrays and header, if `train` can go on with it."""
    now = TrainingState(**state)
    check_params(cell, now.params)
    checks.integer("updates", now.updates, 0)
    checks.integer("skipped", now.skipped, 0, now.updates)
    if not isinstance(now.optimizer, dict) or not isinstance(now.rng, dict) or "bit_generator" not in now.rng:
        raise ValueError("it holds no optimizer's memory, or no state of a rng")
    clip, rate = (None if (value := training.get(key)) is None else checks.number(key, value, 0.0) for key in WHILE)
    run = Run(cell, now, {key: _column(values) for key, values in history.items()}, clip, rate)
    packed(run)  # a pickle may have held objects, which were not read
    return run


def _column(values: Any) -> list[float]:
    column = np.asarray(values, float)
    if column.ndim != 1:
        raise ValueError(f"a column of its history is {column.shape}")
    return column.tolist()


# --- values as JSON and arrays ---------------------------------------------------------------------------------------


def _packed(place: str, value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """`value` for JSON. An array goes to `arrays`, under its place: {"$array": "optimizer/m/W"}."""
    if type(value) in IN_JSON:
        return value
    if isinstance(value, np.generic) or type(value) in (np.ndarray, np.memmap):
        if place in arrays:  # {"m/W": …, "m": {"W": …}}
            raise ValueError(f"run must have one array of each name, got two of {place!r}")
        arrays[place] = np.asarray(value)
        return {"$array" if isinstance(value, np.ndarray) else "$number": place}
    if type(value) in (tuple, list):
        items = [_packed(f"{place}/{i}", item, arrays) for i, item in enumerate(value)]
        return items if type(value) is list else {"$tuple": items}
    if not isinstance(value, dict):
        what = "arrays, numbers, strings, None, and dicts, lists and tuples of these"
        raise TypeError(f"run must hold {what}, to be saved, got {type(value).__name__} at {place}")
    for key in value:
        if not isinstance(key, str) or key.startswith("$"):
            raise ValueError(f'run must have strings for keys, which do not begin with "$", got {key!r} at {place}')
    return {key: _packed(f"{place}/{key}" if place else key, item, arrays) for key, item in value.items()}


def _unpacked(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unpacked(item, arrays) for item in value]
    match value:
        case {"$array": name}:
            return arrays[name]
        case {"$number": name}:
            return arrays[name][()]
        case {"$tuple": items}:
            return tuple(_unpacked(items, arrays))
        case dict():
            return {key: _unpacked(item, arrays) for key, item in value.items()}
    return value
