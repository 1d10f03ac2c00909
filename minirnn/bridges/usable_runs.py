"""Runs of a model that show nothing of its learning, refused in words that say what to change.

A module that is called step by step carries the gradient from one call to the next through its state. If each call
begins with a state that was detached, or with none, no gradient goes back, however long the sequence is.

>>> torch = import_torch()
>>> with tensors_wanted(torch.nn.Linear(2, 1), (np.ones((3, 2)), None)):
...     np.ones((3, 2)).dim()
Traceback (most recent call last):
TypeError: inputs must be a tensor, got NumPy; write torch.as_tensor(inputs, dtype=torch.float32)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minirnn.bridges.hooks import Call, Recorder, same_values
from minirnn.bridges.tensors import import_torch
from minirnn.bridges.torch_weights import SUPPORTED
from minirnn.core import checks

FEWEST_STEPS = 4  # steps that the first module must read in one piece: fewer show no course of a gradient over time


def check_run(model: Any, E: Any, recorder: Recorder) -> None:
    """Raises TypeError or ValueError unless recurrent modules ran on one sequence or more, and E is a scalar that
    autograd can follow."""
    torch = import_torch()
    if not recorder.sequences:
        unused = f"; {', '.join(recorder.modules)} did not run" if recorder.modules else ""
        raise ValueError(
            f"model must use {SUPPORTED} while its loss is computed, got {type(model).__name__}, which does "
            f"not{unused}. A recurrence of its own can be observed as a function by observe_step"
        )
    for name, _, call in recorder.in_order:
        if 0 in call.X.shape[:2]:
            T, B, _ = call.X.shape
            raise ValueError(
                f"the batch must hold one sequence or more, got {B} sequences of {T} steps at {name}: look at how "
                "the batch is drawn"
            )
    if not isinstance(E, torch.Tensor):
        raise TypeError(f"loss must return a scalar tensor, got {checks.kind(E)}")
    if E.numel() != 1:
        raise ValueError(f"loss must return a scalar tensor, got one of shape {tuple(E.shape)}; take its mean")
    if not E.requires_grad:
        raise ValueError("loss must return what autograd can follow: was it computed under no_grad, or detached?")


def check_pieces(recorder: Recorder) -> None:
    """Raises ValueError if a module was called for one step after the other, and no call goes on with the state of the
    call before; of the module that ran first, also if its pieces have fewer than four steps, as a report needs them.

    A module may as well be called once for each step with a state of another one: that is no such loop.
    """
    for place, (name, sequences) in enumerate(recorder.sequences.items()):
        steps = max(sum(len(call.X) for call in calls) for calls in sequences)
        short = steps == 1 or (place == 0 and steps < FEWEST_STEPS)
        packed = any(call.lengths is not None for calls in sequences for call in calls)
        if not short or len(sequences) < 2 or packed:
            continue
        if (place == 0 and steps == 1) or all(map(cut, sequences[:-1], sequences[1:])):
            raise ValueError(no_carry(name, recorder.modules[name], len(sequences), steps))


def no_carry(name: str, module: Any, pieces: int, steps: int) -> str:
    """What to say of a module that read so many pieces, each of so many steps at most.

    >>> print(no_carry("gru", None, 30, 1))  # doctest: +ELLIPSIS
    gru was called 30 times for one step each, and no call goes on with the state of the call before: a state that is...
    """
    each = "one step each" if steps == 1 else f"{steps} steps at most"
    if getattr(module, "bidirectional", False):
        return (
            f"{name} was called {pieces} times for {each}, but it is bidirectional and must read whole sequences: give "
            "it all steps in one call"
        )
    one, called = ("call", "was called {} times for") if steps == 1 else ("piece", "read {} pieces of")
    return (
        f"{name} {called.format(pieces)} {each}, and no {one} goes on with the state of the {one} before: a state that "
        "is detached, or not handed on, carries no gradient back. Hand on the state as it came, without detach()"
    )


def cut(before: list[Call], after: list[Call]) -> bool:
    """Does a sequence begin with the values of the states with which the one before ended?"""
    last, start = before[-1], after[0].start
    if start is None:
        return False
    ends = [last.stacked(state.detach()) for state in last.states]
    return len(ends) == len(start) and all(map(same_values, ends, start))


@contextmanager
def on_one_device(model: Any) -> Iterator[None]:
    """What PyTorch says of tensors on several devices becomes a ValueError that says what to do."""
    try:
        yield
    except RuntimeError as error:
        if not re.search(r"same device|expected device", str(error)):
            raise
        devices = ", ".join(dict.fromkeys(str(p.device) for p in model.parameters()))
        raise ValueError(
            f"model and batch must be on one device, got parameters on {devices} and other tensors elsewhere; move "
            f"inputs and targets by .to(…) before ({error!s:.200})"
        ) from error


@contextmanager
def tensors_wanted(model: Any, batch: Any) -> Iterator[None]:
    """What PyTorch says of NumPy arrays becomes a TypeError that says what to write. A model or a loss that takes
    arrays may do so."""
    try:
        yield
    except (AttributeError, TypeError) as error:
        pair = batch if isinstance(batch, tuple | list) and len(batch) == 2 else ()
        arrays = {name: value for name, value in zip(("inputs", "targets"), pair, strict=False) if of_numpy(value)}
        if not arrays:
            raise
        dtype = next((p.dtype for p in model.parameters()), import_torch().get_default_dtype())
        floats = [name for name, value in arrays.items() if getattr(value, "dtype", np.dtype(int)).kind == "f"]
        calls = [f"torch.as_tensor({name}{f', dtype={dtype}' if name in floats else ''})" for name in arrays]
        must = "must be a tensor" if len(arrays) == 1 else "must be tensors"
        raise TypeError(f"{' and '.join(arrays)} {must}, got NumPy; write {' and '.join(calls)}") from error


def of_numpy(value: Any) -> bool:
    """Is it an array of NumPy, or a tuple, list or dict that holds one?"""
    if isinstance(value, dict | tuple | list):
        return any(map(of_numpy, value.values() if isinstance(value, dict) else value))
    return isinstance(value, np.ndarray)
