"""Runs that earlier versions wrote: pickles, of which we read only numbers and names.

A pickle calls the functions that it names. Here every class or function is replaced by an empty stand-in, except those
that NumPy needs for its arrays; so reading a pickle imports none of its modules and runs none of its code.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "old"
...     _ = path.write_bytes(pickle.dumps(print))
...     is_pickle(path)
True
"""

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.learning.cell_records import CellRecord

ARRAYS = {  # NumPy's names in the pickle of an array or a number
    "ndarray": np.ndarray,
    "dtype": np.dtype,
    "_reconstruct": np.zeros(1).__reduce_ex__(4)[0],
    "_frombuffer": np.zeros(1).__reduce_ex__(5)[0],
    "scalar": np.float64(1).__reduce__()[0],
}


class _StandIn:
    """A stand-in for an object of any class, which keeps its arguments and its state."""

    args: tuple[Any, ...]

    def __new__(cls, *args: Any) -> "_StandIn":
        stand_in = super().__new__(cls)
        stand_in.args = args
        return stand_in


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.split(".")[0] == "numpy" and name in ARRAYS:
            function: Any = ARRAYS[name]
            # a pickle may set attributes of the functions that it names, so it gets wrappers of NumPy's functions
            return function if isinstance(function, type) else lambda *args: function(*args)
        return type(name, (_StandIn,), {"__module__": module})


def is_pickle(path: Path) -> bool:
    """Does the file begin as `pickle.dump` of any Python since 3.8 begins it?"""
    with path.open("rb") as file:
        start = file.read(2)
    return start[:1] == b"\x80" and start[1:] in (b"\x04", b"\x05")


def unpickled(path: Path) -> tuple[CellRecord, dict[str, Any]]:
    """The cell's record, and the fields of its TrainingState with the history; raises anything for another pickle."""
    with path.open("rb") as file:
        run = _Reader(file).load()
    if not isinstance(run, _StandIn) or type(run).__name__ != "Run":
        raise ValueError(f"it holds a {type(run).__name__}")
    names = ("params", "optimizer", "rng", "updates", "skipped", "seeds")
    state = dict(zip(names, run.state.args, strict=False))  # type: ignore[attr-defined]
    return _record(run.cell), state | {"history": run.history}  # type: ignore[attr-defined]


def _record(cell: Any) -> CellRecord:
    if type(cell).__module__.startswith("minirnn.cells."):
        return {"class": type(cell).__name__} | {key: value for key, value in vars(cell).items() if key != "args"}
    return {"own class": type(cell).__name__}
