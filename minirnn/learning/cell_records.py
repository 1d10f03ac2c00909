"""A cell as plain values, and back: its class by name and its fields, so that a file needs no code to restore it.

>>> from minirnn import LSTM
>>> cell_record(LSTM(m=2, n=3))
{'class': 'LSTM', 'm': 2, 'n': 3}
>>> cell_of(cell_record(LSTM(m=2, n=3)))
LSTM(m=2, n=3)

A class outside `minirnn.cells` and `minirnn.layers` is recorded under "own class", since a name in a file must not
decide which module Python imports; to load such a file, pass the cell.
"""

import dataclasses
from typing import Any, cast

import numpy as np

from minirnn import cells, layers
from minirnn.cells.contract import Cell

CellRecord = dict[str, Any]


def cell_record(cell: Cell) -> CellRecord:
    """The class and the fields of a cell, in values that JSON can hold; of a class without fields, its sizes."""
    make = type(cell)
    if dataclasses.is_dataclass(cell):
        names = [field.name for field in dataclasses.fields(cell)]
    else:
        names = ["m", "n_state", "n_out"]
    kind = "class" if class_of(make.__name__) is make else "own class"
    return {kind: make.__name__} | {name: _plain(getattr(cell, name)) for name in names}


def class_of(name: str) -> Any:
    """The class of this name among the cells and layers of minirnn, or None."""
    entry = getattr(cells, name, getattr(layers, name, None))
    return entry if isinstance(entry, type) and dataclasses.is_dataclass(entry) and hasattr(entry, "step") else None


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if hasattr(value, "step"):
        return cell_record(value)
    # such as a function
    return {"own object": getattr(value, "__qualname__", type(value).__name__)}


def cell_of(record: Any) -> Cell:
    """The cell of a record. Raises ValueError, or what its class raises, unless it is one of minirnn's classes."""
    if not isinstance(record, dict) or not isinstance(record.get("class"), str):
        raise ValueError(f"a cell must be a class of minirnn with its fields, got {record!r:.80}")
    make = class_of(record["class"])
    if make is None:
        raise ValueError(f"minirnn has no cell {record['class']!r:.40}: is the file of a later version?")
    return cast(Cell, make(**{name: _field(value) for name, value in record.items() if name != "class"}))


def _field(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_field(item) for item in value)
    return cell_of(value) if isinstance(value, dict) else value


def needs_code(record: Any) -> bool:
    """Is the cell, or one that it is made of, of a class that a file cannot restore?"""
    if isinstance(record, list):
        return any(map(needs_code, record))
    return isinstance(record, dict) and ("own class" in record or any(map(needs_code, record.values())))


def cell_text(record: Any) -> str:
    """The text that the cell itself would print: LSTM(m=2, n=3).

    >>> cell_text({"class": "LSTM", "m": 2, "n": 3})
    'LSTM(m=2, n=3)'
    """
    if isinstance(record, list):
        return f"({', '.join(map(cell_text, record))})"
    if not isinstance(record, dict):
        return f"{record!r:.40}"
    (_, name), *fields = record.items()
    return f"{name:.40}({', '.join(f'{key:.40}={cell_text(value)}' for key, value in fields)})"
