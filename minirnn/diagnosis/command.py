"""Diagnosis from the command line:

    python -m minirnn.diagnosis run.py:model --batch batch.npz --loss cross-entropy

run.py is your own program, which is run to its end; `model` is a name in it, of a torch.nn.Module, of a pair
(cell, params) of minirnn, or of a function without arguments that returns one. The model is measured as it then is:
load its weights in the file, and keep training under `if __name__ == "__main__"`.

batch.npz holds X and y: X as the model takes it (our cells: (T, B, m)), y class numbers or values. With --lag N, the
steps that the task reaches back, and --log log.npz, which `save` of a `TrainingLog` writes, the report knows more. The
exit code is 0 if no cause was found, 1 if one was, 2 if the command cannot be carried out.

>>> print(main(["run.py"]))  # doctest: +ELLIPSIS
usage: ...
2
"""

import argparse
import contextlib
import runpy
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.bridges.tensors import import_torch
from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import lacking
from minirnn.diagnosis.causes import SAY_LAG
from minirnn.diagnosis.entry import diagnose, diagnose_model
from minirnn.diagnosis.report import Report
from minirnn.learning import losses
from minirnn.learning.observed import TrainingLog

IGNORED = -100  # what PyTorch's cross-entropy leaves out
LOSSES = {"cross-entropy": losses.softmax_cross_entropy, "squared-error": losses.squared_error}


class UsageError(Exception):
    """An error of the user, in a line that says what to change."""


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    made = argparse.ArgumentParser("python -m minirnn.diagnosis", description="Why does this network not learn?")
    made.add_argument(
        "model",
        metavar="FILE.py:NAME",
        help="a torch.nn.Module, or (cell, params); your file is run, "
        "and the model measured as it then is: load its weights there",
    )
    made.add_argument("--batch", required=True, metavar="FILE.npz", help="arrays X and y")
    made.add_argument(
        "--loss", choices=LOSSES, help="without it: cross-entropy for class numbers, else squared error"
    )
    made.add_argument("--every-step", action="store_true", help="y has a target for each step, not for the last")
    made.add_argument("--lag", type=int, metavar="N", help="how many steps the task reaches back")
    made.add_argument(
        "--log", metavar="FILE.npz", help="a training log, of watcher.log().save(FILE) or run.log().save(FILE)"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries the command out and returns the exit code."""
    try:
        with contextlib.redirect_stderr(sys.stdout if arguments is not None else sys.stderr):
            given = parser().parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        report = report_of(given)
    except (UsageError, TypeError, ValueError, OSError, ModuleNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(str(report).replace(SAY_LAG, "--lag N"))
    return int(report.findings[0].name not in ("nothing-found", "cannot-tell"))


def report_of(given: argparse.Namespace) -> Report:
    """Loads model and batch, and diagnoses."""
    log = None if given.log is None else TrainingLog.load(given.log)
    model, (X, y) = load_model(given.model), load_batch(given.batch)
    classes = y.dtype.kind in "iu"
    error = LOSSES[given.loss] if given.loss else LOSSES["cross-entropy" if classes else "squared-error"]
    if isinstance(model, tuple) and len(model) == 2 and not lacking(Cell, model[0]):
        check_batch(X, y, given.every_step)
        loss = (losses.at_every_step if given.every_step else losses.at_end)(error, y)
        return diagnose(*model, X, loss, log=log, lag=given.lag)
    if hasattr(model, "named_modules"):
        kind = given.loss or ("cross-entropy" if classes else "squared-error")
        return diagnose_torch(model, X, y, kind, log, given.lag)
    raise UsageError(
        f"{given.model} must be a torch.nn.Module or a pair (cell, params), or a function that returns one, "
        f"got {checks.kind(model)}"
    )


def check_batch(X: np.ndarray, y: np.ndarray, every_step: bool) -> None:
    """Raises UsageError unless X is (T, B, m) and y has a target for each sequence, or for each step of each."""
    wanted = X.shape[:2] if every_step else X.shape[1:2]
    if X.ndim != 3 or y.shape[: len(wanted)] != wanted:
        what = "(T, B, ...)" if every_step else "(B, ...)"
        raise UsageError(f"X must be (T, B, m), time first, and y {what}, got X {X.shape} and y {y.shape}")


def diagnose_torch(
    model: Any, X: np.ndarray, y: np.ndarray, kind: str, log: TrainingLog | None, lag: int | None
) -> Report:
    """The loss of a model whose answer to X is (B, classes or q), or (B, T, …) or (T, B, …) in the order of y."""
    torch = import_torch()
    dtype = next((p.dtype for p in model.parameters()), torch.get_default_dtype())
    inputs = torch.as_tensor(X)
    inputs = inputs.to(dtype) if inputs.is_floating_point() else inputs

    def loss(answer: Any, target: Any) -> Any:
        if not hasattr(answer, "shape"):
            raise UsageError(f"the model must answer by one tensor, got {checks.kind(answer)}")
        if kind == "cross-entropy":
            if answer.ndim < 2 or answer[..., 0].numel() != target.numel():
                raise UsageError(
                    f"the model must answer by scores (…, classes), one row for each of the "
                    f"{tuple(target.shape)} of y, got {tuple(answer.shape)}"
                )
            classes, named = answer.shape[-1], target[target != IGNORED]
            if named.numel() == 0 or named.min() < 0 or named.max() >= classes:
                raise UsageError(
                    f"y must be class numbers from 0 to {classes - 1}, as the model has {classes} scores, or {IGNORED} "
                    f"where none is asked for, got {sorted({*target.flatten().tolist()})[:20]}"
                )
            return torch.nn.functional.cross_entropy(answer.flatten(0, -2), target.flatten())
        if answer.shape != target.shape:
            raise UsageError(
                f"y must have the shape of the model's answer {tuple(answer.shape)}, got {target.shape}"
            )
        return torch.nn.functional.mse_loss(answer, target)

    target = torch.as_tensor(y)
    try:
        target = target.long() if kind == "cross-entropy" else target.to(dtype)
        return diagnose_model(model, inputs, target, loss, log=log, lag=lag)
    except (UsageError, TypeError, ValueError):
        raise
    except Exception as error:  # an error of the model must not end with the exit code of a finding
        raise UsageError(f"the model fails on X {X.shape}: {type(error).__name__}: {error}") from error


def load_model(place: str) -> Any:
    """The value of FILE.py:NAME; a function without arguments is called."""
    file, _, name = place.rpartition(":")
    if not file or not name.isidentifier():
        raise UsageError(f"the model must be given as FILE.py:NAME, got {place}")
    if not Path(file).is_file():
        raise UsageError(f"there is no file {file}")
    sys.path.insert(0, str(Path(file).resolve().parent))  # the file may import modules from its own folder
    arguments, sys.argv = sys.argv, [file]  # the program must not see our arguments
    try:
        names = runpy.run_path(file)
    except SystemExit as end:
        raise UsageError(
            f"{file} must run to its end without arguments, but it exits ({end.code}); what trains or exits belongs "
            'under if __name__ == "__main__"'
        ) from end
    except Exception as error:
        raise UsageError(f"{file} fails: {type(error).__name__}: {error}") from error
    finally:
        sys.path.pop(0)
        sys.argv = arguments
    if name not in names:
        public = [key for key in names if not key.startswith("_")]
        raise UsageError(f"{file} has no {name}; it has {', '.join(public) or 'no names'}")
    model = names[name]
    made = callable(model) and not hasattr(model, "parameters")
    return model() if made or isinstance(model, type) else model


def load_batch(path: str) -> tuple[np.ndarray, np.ndarray]:
    """X and y of an npz file; pickles in it are refused."""
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise UsageError(f"{path} must be an .npz with X and y (np.savez), got a single array")
        with loaded as file:
            if missing := {"X", "y"} - set(file.files):
                raise UsageError(f"{path} must hold X and y, but {' and '.join(sorted(missing))} is missing")
            return file["X"], file["y"]
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise UsageError(f"{path} must be an .npz with arrays of numbers X and y: {error}") from error
