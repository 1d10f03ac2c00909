"""Saved results: one JSON file for each experiment, with all that is needed to judge and repeat it."""

import json
import platform
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.learning import sweeps

CACHE = Path(__file__).parents[2] / ".cache" / "sweeps"
RESULTS = Path(__file__).parent / "results"


def swept(run: Callable[..., Any], grid: Any, **options: Any) -> list[Any]:
    """The results of `run` for each point of the grid; see `learning.sweeps`. Finished runs are not repeated."""
    return sweeps.results(sweeps.sweep(run, grid, folder=CACHE, **options))


def save(name: str, started: float, settings: dict[str, Any], results: Any, command: str) -> Path:
    """Writes results/NAME.json; `started` is the time.time() at which the experiment began."""
    record = {
        "command": command,
        "date": date.today().isoformat(),
        "seconds": round(time.time() - started),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in ("numpy", "autograd", "minirnn")},
        "settings": settings,
        "results": results,
    }
    print(f"{name}.json: {record['seconds']} s", file=sys.stderr)
    return write(name, record)


def write(name: str, record: dict[str, Any]) -> Path:
    """Writes a record as it is."""
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return path


def load(name: str) -> dict[str, Any]:
    """The record of an experiment: date, command, versions, settings, results."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        command = (
            "make bench"
            if name in ("bench", "bench_elsewhere", "cores", "watch")
            else f"make sweeps ONLY=CHAPTER.{name}"
        )
        raise FileNotFoundError(f"there is no record {path}; to make it: {command}")
    return json.loads(path.read_text(encoding="utf-8"))


def files_named(text: str) -> list[Path]:
    """The records that a text loads, each found by its name in the text, which therefore depends on them."""
    return [RESULTS / f"{name}.json" for name in re.findall(r"\bload\([\"'](\w+)[\"']\)", text)]


def rounded(values: Any, digits: int = 5) -> Any:
    """Nested lists of floats with `digits` significant digits: enough for a figure, and small in git."""
    if np.ndim(values):
        return [rounded(v, digits) for v in values]
    return float(f"{values:.{digits}g}")


def grouped(entries: Sequence[Any], size: int) -> list[list[Any]]:
    """Lists of `size` entries that follow each other: those of one value of all axes of a grid but the fastest.

    >>> grouped([1, 2, 3, 4], 2)
    [[1, 2], [3, 4]]
    """
    return [list(entries[i : i + size]) for i in range(0, len(entries), size)]


def by(keys: Iterable[str], entries: Sequence[Any]) -> dict[str, Any]:
    """The entries in equal parts, one for each key: the runs of each value of a grid's slowest axis.

    >>> by(["free", "contractive"], [1, 2, 3, 4])
    {'free': [1, 2], 'contractive': [3, 4]}
    """
    names = list(keys)
    return dict(zip(names, grouped(entries, len(entries) // len(names)), strict=True))
