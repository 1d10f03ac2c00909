"""Diagnosis from the command line:

    python -m minirnn.diagnosis run.py:model --batch batch.npz --loss cross-entropy

run.py is your own program, which is run to its end; `model` is a name in it, of a torch.nn.Module, of a pair
(cell, params) of minirnn, or of a function without arguments that returns one. The model is measured as it then is:
load its weights in the file, and keep training under `if __name__ == "__main__"`.

batch.npz holds X and y: X as the model takes it (our cells: (T, B, m)), y class numbers or values. A model of PyTorch
that gives one score for each answer takes --loss binary-cross-entropy, with y of 0 and 1. With --lag N, the
steps that the task reaches back, and --log log.npz, which `save` of a `TrainingLog` writes, the report knows more. The
exit code is 0 if no cause was found, 1 if one was, 2 if the command cannot be carried out.

>>> print(main(["run.py"]))  # doctest: +ELLIPSIS
usage: ...
2
"""

import argparse
import contextlib
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.bridges.tensors import import_torch
from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import lacking
from minirnn.diagnosis.causes import SAY_LAG
from minirnn.diagnosis.entry import diagnose, diagnose_model
from minirnn.diagnosis.files import UsageError, load_batch, load_model
from minirnn.diagnosis.report import Report
from minirnn.learning import losses
from minirnn.learning.observed import TrainingLog

IGNORED = -100  # what PyTorch's cross-entropy leaves out
LOSSES = {"cross-entropy": losses.softmax_cross_entropy, "squared-error": losses.squared_error}
BINARY = "binary-cross-entropy"  # of one score an answer, which PyTorch alone has


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
        "--loss",
        choices=[*LOSSES, BINARY],
        help="without it: cross-entropy for class numbers, else squared error; the binary one takes one score for each "
        "answer, not its sigmoid, and y of 0 and 1",
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
    except Exception:  # of a cell, or ours: without a report the exit code must not be that of a finding
        traceback.print_exc()
        return 2
    print(str(report).replace(SAY_LAG, "--lag N"))
    return int(report.findings[0].name not in ("nothing-found", "cannot-tell"))


def report_of(given: argparse.Namespace) -> Report:
    """Loads model and batch, and diagnoses."""
    if given.log is not None and not Path(given.log).is_file():
        raise UsageError(f"there is no file {given.log}; log().save({given.log!r}) of a watcher writes it")
    log = None if given.log is None else TrainingLog.load(given.log)
    model, (X, y) = load_model(given.model), load_batch(given.batch)
    kind = given.loss or ("cross-entropy" if y.dtype.kind in "iu" else "squared-error")
    if isinstance(model, tuple) and len(model) == 2 and not lacking(Cell, model[0]):
        check_batch(X, y, given.every_step, kind)
        check_readout(model[1], kind)
        loss = (losses.at_every_step if given.every_step else losses.at_end)(LOSSES[kind], y)
        return diagnose(*model, X, loss, log=log, lag=given.lag)
    if hasattr(model, "named_modules"):
        if given.every_step:
            check_every_step(X, y)
        return diagnose_torch(model, X, y, kind, log, given.lag)
    raise UsageError(
        f"{given.model} must be a torch.nn.Module or a pair (cell, params), or a function that returns one, "
        f"got {checks.kind(model)}"
    )


def check_batch(X: np.ndarray, y: np.ndarray, every_step: bool, kind: str) -> None:
    """Raises UsageError unless X is (T, B, m) and y has a target for each sequence, or for each step of each."""
    wanted = X.shape[:2] if every_step else X.shape[1:2]
    if X.ndim != 3 or y.shape[: len(wanted)] != wanted:
        what = "(T, B, ...)" if every_step else "(B, ...)"
        raise UsageError(f"X must be (T, B, m), time first, and y {what}, got X {X.shape} and y {y.shape}")
    if kind == "cross-entropy" and y.ndim > len(wanted):
        raise UsageError(
            f"y must hold class numbers {wanted} for cross-entropy, got {y.shape}: if it is one-hot, give y.argmax(-1)"
        )


def check_readout(params: Any, kind: str) -> None:
    """Raises UsageError for a loss that a readout of ours does not have."""
    if kind == BINARY:
        raise UsageError(
            f"--loss {BINARY} is for a torch.nn.Module; for (cell, params) choose cross-entropy, with a readout of two "
            "outputs, and class numbers 0 and 1"
        )
    if kind == "cross-entropy" and hasattr(params, "get") and np.shape(params.get("V"))[:1] == (1,):
        raise UsageError(
            "params must have a readout of one output for each class, but V has one row: make it by "
            "init_readout(rng, cell, outputs=2), or choose --loss squared-error and give values y (B, 1)"
        )


def check_every_step(X: np.ndarray, y: np.ndarray) -> None:
    """Raises UsageError unless y begins with the axes of sequences and steps of X, in one of the two orders."""
    axes = X.shape[:2]
    if y.shape[:2] not in (axes, axes[::-1]):
        raise UsageError(
            f"with --every-step y must have a target for each step, {axes} or {axes[::-1]} as X {X.shape}, got "
            f"{y.shape}: leave --every-step out if there is one target a sequence"
        )


def diagnose_torch(
    model: Any, X: np.ndarray, y: np.ndarray, kind: str, log: TrainingLog | None, lag: int | None
) -> Report:
    """The loss of a model whose answer to X is (B, classes or q), or (B, T, …) or (T, B, …) in the order of y."""
    torch, classes = import_torch(), kind == "cross-entropy"
    if classes and y.dtype.kind == "f" and (y != np.round(y)).any():
        raise UsageError(
            "y must be class numbers for cross-entropy, got values between them: choose another --loss"
        )
    dtype = next((p.dtype for p in model.parameters()), torch.get_default_dtype())
    inputs, target = torch.as_tensor(X), torch.as_tensor(y)
    inputs = inputs.to(dtype) if inputs.is_floating_point() else inputs
    try:
        target = target.long() if classes else target.to(dtype)
        return diagnose_model(model, inputs, target, of_one_tensor(TORCH_LOSSES[kind]), log=log, lag=lag)
    except (UsageError, TypeError, ValueError):
        raise
    except Exception as error:  # an error of the model must not end with the exit code of a finding
        raise UsageError(f"the model fails on X {X.shape}: {type(error).__name__}: {error}") from error


def of_one_tensor(loss: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The loss; raises UsageError where the model answers by anything else than a tensor."""

    def checked(answer: Any, target: Any) -> Any:
        if not hasattr(answer, "shape"):
            raise UsageError(f"the model must answer by one tensor, got {checks.kind(answer)}")
        return loss(answer, target)

    return checked


def cross_entropy(answer: Any, target: Any) -> Any:
    """That of scores (…, classes) and class numbers (…)."""
    shape, given = tuple(answer.shape), tuple(target.shape)
    if answer.ndim < 2 or shape[-1] == 1:
        raise UsageError(
            f"the model must answer by a score for each class, (…, classes), got {shape}: if it gives one score for "
            f"each answer, and y holds 0 and 1, choose --loss {BINARY}"
        )
    if shape == given:
        raise UsageError(
            f"y must hold class numbers {shape[:-1]}, got {given}, one entry for each score of the model: if it is "
            "one-hot, give y.argmax(-1)"
        )
    if answer[..., 0].numel() != target.numel():
        raise UsageError(
            f"y must hold a class number for each row of scores (…, classes) of the model, {shape[:-1]} for its answer "
            f"{shape}, got {given}"
        )
    classes, named = shape[-1], target[target != IGNORED]
    if named.numel() == 0 or named.min() < 0 or named.max() >= classes:
        raise UsageError(
            f"y must be class numbers from 0 to {classes - 1}, as the model has {classes} scores, or {IGNORED} "
            f"where none is asked for, got {sorted({*target.flatten().tolist()})[:20]}"
        )
    return import_torch().nn.functional.cross_entropy(answer.flatten(0, -2), target.flatten())


def binary_cross_entropy(answer: Any, target: Any) -> Any:
    """That of one score for each target from 0 to 1; a last axis of one may be left out of y."""
    scores = answer[..., 0] if answer.ndim == target.ndim + 1 and answer.shape[-1] == 1 else answer
    if scores.shape != target.shape:
        raise UsageError(
            f"the model must answer by one score for each of y {tuple(target.shape)} for --loss {BINARY}, got "
            f"{tuple(answer.shape)}"
        )
    if target.min() < 0 or target.max() > 1:
        raise UsageError(
            f"y must be 0 or 1 for --loss {BINARY}, got numbers from {target.min():g} to {target.max():g}"
        )
    return import_torch().nn.functional.binary_cross_entropy_with_logits(scores, target)


def mean_squares(answer: Any, target: Any) -> Any:
    """PyTorch's, the mean over all entries."""
    if answer.shape != target.shape:
        raise UsageError(
            f"y must have the shape of the model's answer {tuple(answer.shape)}, got {tuple(target.shape)}"
        )
    return import_torch().nn.functional.mse_loss(answer, target)


TORCH_LOSSES = {"cross-entropy": cross_entropy, "squared-error": mean_squares, BINARY: binary_cross_entropy}
