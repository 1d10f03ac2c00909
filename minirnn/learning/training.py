"""The training loop: gradient, clip, update, record; and a state on disk from which a killed run goes on.

>>> from minirnn import VanillaRNN
>>> from minirnn.learning import losses, optimizers, tasks
>>> rng = np.random.default_rng(0)
>>> cell = VanillaRNN(m=6, n=8)
>>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=4)
>>> batch = lambda rng: tasks.temporal_order(rng, B=20, T=10)
>>> loss = lambda target: losses.at_end(losses.softmax_cross_entropy, target)
>>> run = train(cell, params, batch, loss, optimizers.sgd(0.1), updates=50, rng=rng, progress=False)
>>> len(run.history["loss"]), run.skipped
(50, 0)
"""

import inspect
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from io import IOBase
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, norm, overflow_allowed
from minirnn.gradients.backpropagation import bptt, unroll
from minirnn.learning.clipping import clip_by_norm
from minirnn.learning.losses import Loss, readout
from minirnn.learning.notebook_code import global_names
from minirnn.learning.optimizers import Optimizer
from minirnn.optional import progress_bar


class TrainingState(NamedTuple):
    """Where a run is; replaced as a whole, so that an interrupt leaves the state before an update or after it."""

    params: Params
    optimizer: dict[str, Any]
    rng: Mapping[str, Any]
    updates: int = 0
    skipped: int = 0
    seeds: Mapping[str, Any] | None = None  # of the rng: how many generators it has spawned is not in its own state


@dataclass
class Run:
    """All that a run is: saved, it goes on to the same numbers as if it had never stopped."""

    cell: Cell
    state: TrainingState
    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": [], "norm": []})

    @property
    def params(self) -> Params:
        return self.state.params

    @property
    def updates(self) -> int:
        """Updates done, skipped ones included."""
        return self.state.updates

    @property
    def skipped(self) -> int:
        """Updates not made because the loss, or the gradient's square, was not finite."""
        return self.state.skipped

    def record(self, **values: float) -> None:
        """Appends to the history; what an interrupted update had written beyond `updates` is dropped first."""
        for key, value in values.items():
            self.history[key][self.updates :] = [value]


@checked
def train(
    cell: Cell,
    params: Params,
    batch: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]],
    loss: Callable[[np.ndarray], Loss],
    optimizer: Optimizer,
    updates: int,
    rng: np.random.Generator,
    *,
    clip: float | None = None,
    gradient: Callable[..., tuple[float, Params]] = bptt,
    stop: Callable[[Run], bool] | None = None,
    save_to: str | Path | None = None,
    save_every: int = 100,
    progress: bool = True,
) -> Run:
    """Makes `updates` updates of `params` and returns the Run: parameters, history of loss and gradient norm.

    batch(rng) -> (X, target) and loss(target) say what is learned; `clip` is a threshold for the gradient's norm;
    `gradient` computes (E, gradient) as `bptt` does, for instance `partial(truncated_bptt, K=10)`; stop(run) ends
    the run early, asked after each update. The history's norms are those before clipping.

    A step is skipped, counted in `run.skipped` and recorded as it is, if its loss is not finite or the square of
    its gradient (after the clip), which Adam would remember, is not: the parameters stay what they were.

    With `save_to`, the whole state is written there every `save_every` updates and at the end, also when the run is
    interrupted. A file that is there already is resumed from, so a killed run loses at most the updates since the
    last save, makes these again, and ends in the same numbers as one that was never stopped; `rng` then counts only
    for a run's first start.

    Saved are the parameters, the optimizer's memory, the history, and all of `rng`: its state, and how many generators
    it has spawned. What `batch`, `loss`, `gradient` or `stop` remember by themselves is not, and a resumed run begins
    with it anew: so let `batch` draw all from the rng that it is given, and `stop` read the run's history. With
    `save_to`, a Generator of their own or an iterator that they hold is refused, as a global, in a closure, a default,
    an attribute or a partial, theirs or that of a function of their module which they call. Not seen are a list that
    they change, what lies within a list or an object that they use, and what functions of other modules hold.

    Raises ValueError if updates or save_every < 1, clip <= 0, the file is of another cell, optimizer or kind of rng,
    or a function holds what the file would miss; TypeError if `rng` is not a Generator, `optimizer` no Optimizer or
    batch(rng) no pair.
    """
    checks.integer("updates", updates, 1)
    checks.integer("save_every", save_every, 1)
    checks.generator("rng", rng)
    checks.float_arrays("params", params)
    if save_to is not None and Path(save_to).is_dir():
        raise ValueError(f"save_to must be a file, got the directory {save_to}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer such as sgd(lr=0.1), got {type(optimizer).__name__}")
    if clip is not None:
        clip = checks.number("clip", clip, 0.0, open_low=True)
    run = Run(cell, TrainingState(params, optimizer.init(params), rng.bit_generator.state, seeds=_seeds(rng)))
    if save_to is not None:
        for name, f in (("batch", batch), ("loss", loss), ("gradient", gradient), ("stop", stop)):
            _check_remembers_nothing(name, f, rng)
        if Path(save_to).exists():
            run = _same_kind(load(save_to), run, save_to)
            _restore(rng, run.state)
    bar = progress_bar(total=updates, initial=run.updates, disable=not progress, unit="update", leave=False)
    try:
        while run.updates < updates and not (stop is not None and run.updates and stop(run)):
            X, target = _pair(batch(rng))
            E, g = gradient(cell, run.params, X, loss(target))
            g, size = clip_by_norm(g, clip) if clip is not None else (g, norm(g))
            run.record(loss=E, norm=size)
            run.state = _updated(run.state, optimizer, E, g, rng)
            bar.update()
            if save_to is not None and run.updates % save_every == 0:
                save(run, save_to)
    finally:
        bar.close()
        if save_to is not None:
            save(run, save_to)
    return run


def _pair(drawn: Any) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(drawn, tuple) or len(drawn) != 2:
        raise TypeError(f"batch must return (X, target), got {type(drawn).__name__}")
    return drawn


def _same_kind(saved: Run, run: Run, path: str | Path) -> Run:
    """`saved`, if `run` can go on from it."""

    def described(run: Run) -> str:
        shapes = ", ".join(f"{key} {value.shape} {value.dtype}" for key, value in run.params.items())
        memory = ", ".join(run.state.optimizer) or "nothing"
        return f"{run.cell} with {shapes}; an optimizer that remembers {memory}; {run.state.rng['bit_generator']}"

    if described(saved) != described(run):
        raise ValueError(f"save_to must hold a run of {described(run)}; {path} holds one of {described(saved)}")
    return saved


def _updated(
    state: TrainingState, optimizer: Optimizer, E: float, g: Params, rng: np.random.Generator
) -> TrainingState:
    with overflow_allowed():
        finite = bool(np.isfinite(E)) and all(np.isfinite(np.vdot(value, value)) for value in g.values())
    params, memory = optimizer.update(state.params, g, state.optimizer) if finite else state[:2]
    updates, skipped = state.updates + 1, state.skipped + (not finite)
    return TrainingState(params, memory, rng.bit_generator.state, updates, skipped, _seeds(rng))


def _seeds(rng: np.random.Generator) -> Mapping[str, Any] | None:
    return getattr(rng.bit_generator.seed_seq, "state", None)


def _restore(rng: np.random.Generator, state: TrainingState) -> None:
    rng.bit_generator.state = state.rng
    if state.seeds is not None:  # files of earlier versions have none
        rng.bit_generator.__setstate__((state.rng, np.random.SeedSequence(**state.seeds)))  # type: ignore[attr-defined]


def _check_remembers_nothing(name: str, f: Any, rng: np.random.Generator) -> None:
    """Raises ValueError if a function holds what moves on with each call and is not saved."""
    for value in _held(f, []):
        moves = isinstance(value, np.random.Generator | np.random.RandomState | Iterator)
        if moves and value is not rng and not isinstance(value, IOBase):
            raise ValueError(
                f"{name} must remember nothing, so that a saved run goes on to the same numbers, but it holds a "
                f"{type(value).__name__}, which is not saved; draw from the rng that batch is given, and delete a "
                f"generator that only made the data"
            )


def _held(f: Any, seen: list[Any]) -> Iterator[Any]:
    """What a function holds, and what the functions hold that it is made of or finds in its own module."""
    if any(f is each for each in seen):
        return
    seen.append(f)
    held = list(getattr(f, "__dict__", {}).values())
    if isinstance(f, partial):
        held += [f.func, *f.args, *f.keywords.values()]
    elif inspect.ismethod(f):
        held += [f.__func__, *getattr(f.__self__, "__dict__", {}).values()]
    elif inspect.isfunction(f):
        found = [f.__globals__.get(global_) for global_ in global_names(f.__code__)]
        own = (f.__module__, partial.__module__)  # what other modules hold is theirs
        held += [value for value in found if not callable(value) or getattr(value, "__module__", None) in own]
        held += inspect.getclosurevars(f).nonlocals.values()
        held += [*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
    elif not isinstance(f, type):
        held += [type(f).__call__]
    for value in held:
        yield value
        if callable(value) and not isinstance(value, type):
            yield from _held(value, seen)


@checked
def save(run: Run, path: str | Path) -> None:
    """Writes the run to a file next to `path` and renames it, so that a kill leaves the old file or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial_path = path.with_name(path.name + ".partial")
    with partial_path.open("wb") as file:
        pickle.dump(run, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial_path, path)


@checked
def load(path: str | Path) -> Run:
    """The run saved at `path`. It is a pickle: load only files that you wrote.

    Raises ValueError if the file does not hold a Run.
    """
    if Path(path).is_dir():
        raise ValueError(f"path must be a file, got the directory {path}")
    with Path(path).open("rb") as file:
        try:
            run = pickle.load(file)
        except Exception as error:  # a damaged pickle can raise almost anything
            raise ValueError(f"path must be a file written by save, got {path}, which is none: {error}") from error
    if not isinstance(run, Run):
        raise ValueError(f"path must be a file written by save, got {path} with a {type(run).__name__}")
    return run


@checked
def accuracy(cell: Cell, params: Params, X: np.ndarray, target: np.ndarray) -> float:
    """Share of sequences X (T, B, m) whose last readout is larger for the class `target` (B,) than for any other.

    Where two are equal, or one is nan, the network names no class, and the sequence counts as wrong.
    Raises TypeError or ValueError if X or params do not fit the cell, or the target is not (B,) class numbers.
    """
    h = unroll(cell, params, X)[-1]
    checks.integers("target", target, h.shape[:1])
    with overflow_allowed():
        return float(named(readout(params, h), target).mean())


@checked
def named(Y: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Whether the entry `target` (...) of each row of Y (..., classes) is larger than all others: (...) of bools.

    `np.argmax` would name the first of equal entries, and nan as the largest.

    >>> named(np.array([[1.0, 2.0], [np.nan, np.nan], [np.inf, np.inf]]), np.array([1, 0, 0]))
    array([ True, False, False])

    Raises ValueError if a target is no class.
    """
    if target.min() < 0 or target.max() >= Y.shape[-1]:
        raise ValueError(f"target must be from 0 to {Y.shape[-1] - 1}, got {target.min()} to {target.max()}")
    own = np.take_along_axis(Y, target[..., None], axis=-1)
    return ~np.isnan(own[..., 0]) & ((own > Y).sum(axis=-1) == Y.shape[-1] - 1)
