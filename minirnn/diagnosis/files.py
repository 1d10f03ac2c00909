"""The files of a diagnosis from the command line: a program, of which one name is the model, and a batch.

>>> load_model("run.txt")
Traceback (most recent call last):
minirnn.diagnosis.files.UsageError: the model must be given as FILE.py:NAME, got run.txt
"""

import inspect
import runpy
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


class UsageError(Exception):
    """An error of the user, in a line that says what to change."""


def load_model(place: str) -> Any:
    """The value of FILE.py:NAME; a function without arguments is called."""
    file, _, name = place.rpartition(":")
    if not file or not name.isidentifier():
        raise UsageError(f"the model must be given as FILE.py:NAME, got {place}")
    if not Path(file).is_file():
        raise UsageError(f"there is no file {file}")
    with as_program(file):
        with as_usage_error(file, "must run to its end without arguments"):
            names = runpy.run_path(file)
        if name not in names:
            public = [key for key in names if not key.startswith("_")]
            raise UsageError(f"{file} has no {name}; it has {', '.join(public) or 'no names'}")
        model = names[name]
        if isinstance(model, type) or (callable(model) and not hasattr(model, "parameters")):
            check_no_arguments(file, name, model)
            with as_usage_error(f"{name} of {file}", "must return the model"):
                return model()
        return model


@contextmanager
def as_program(file: str) -> Iterator[None]:
    """A context in which modules of the file's own folder can be imported, and our arguments are not seen."""
    sys.path.insert(0, str(Path(file).resolve().parent))
    arguments, sys.argv = sys.argv, [file]
    try:
        yield
    finally:
        sys.path.pop(0)
        sys.argv = arguments


@contextmanager
def as_usage_error(what: str, must: str) -> Iterator[None]:
    """What the user's own code raises becomes a UsageError: the exit code must not be that of a finding."""
    try:
        yield
    except SystemExit as end:
        raise UsageError(
            f"{what} {must}, but it exits ({end.code}); what trains or exits belongs under "
            'if __name__ == "__main__"'
        ) from end
    except Exception as error:
        raise UsageError(f"{what} fails: {type(error).__name__}: {error}") from error


def check_no_arguments(file: str, name: str, function: Any) -> None:
    """Raises UsageError if the function, or the class, cannot be called without arguments."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of some built-in functions nothing is known
        return
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in variable]
    if needed:
        values = ", ".join(f"{key}=…" for key in needed)
        raise UsageError(
            f"{name} of {file} must be callable without arguments, but it needs {', '.join(needed)}: write "
            f"model = {name}({values}) in the file, and give {file}:model"
        )


def load_batch(path: str) -> tuple[np.ndarray, np.ndarray]:
    """X and y of an npz file, which are arrays of numbers and not empty; pickles in it are refused."""
    wanted = f"{path} must be an .npz with arrays of numbers X and y"
    try:
        loaded = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}; write it by numpy.savez({path!r}, X=X, y=y)") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise UsageError(
            f"{wanted}, but it is no such file; write it by numpy.savez({path!r}, X=X, y=y)"
        ) from error
    if isinstance(loaded, np.ndarray):
        raise UsageError(f"{path} must be an .npz with X and y (np.savez), got a single array")
    with loaded as file:
        if missing := [name for name in ("X", "y") if name not in file.files]:
            lacks = f"{missing[0]} is missing" if len(missing) == 1 else "both are missing"
            raise UsageError(
                f"{path} must hold X and y, but {lacks}; it holds {', '.join(file.files) or 'nothing'}"
            )
        X, y = (member(file, name, wanted) for name in ("X", "y"))
    if X.ndim == 0 or y.ndim == 0 or not X.size or not y.size:
        raise UsageError(f"{path} must hold one sequence or more, got X {X.shape} and y {y.shape}")
    return X, y


def member(file: Any, name: str, wanted: str) -> np.ndarray:
    """An array of numbers in an open npz file."""
    try:
        array = file[name]
    except (ValueError, zipfile.BadZipFile, EOFError, OSError) as error:
        python = "Object arrays" in str(error)
        why = "holds objects of Python, of which numbers must be made first" if python else "is damaged"
        raise UsageError(f"{wanted}, but {name} {why}") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        dtype = getattr(array, "dtype", None)
        kind = "strings" if dtype is not None and dtype.kind in "US" else f"entries of {dtype}"
        example = f", such as {array.flat[0]!s:.40}" if getattr(array, "size", 0) else ""
        numbers = "class numbers, from 0 on, or values" if name == "y" else "numbers"
        raise UsageError(f"{wanted}, but {name} holds {kind}{example}: make {numbers} of it")
    return array
