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

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, norm, overflow_allowed
from minirnn.gradients.backpropagation import bptt, unroll
from minirnn.learning.clipping import clip_by_norm
from minirnn.learning.losses import Loss, readout
from minirnn.learning.optimizers import Optimizer
from minirnn.learning.resuming import check_remembers_nothing, resumed, spawned_seeds
from minirnn.learning.runs import Run, TrainingState, Update
from minirnn.learning.saving import load, packed, save
from minirnn.optional import progress_bar

__all__ = ["Run", "TrainingState", "Update", "accuracy", "load", "named", "save", "train"]


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
    each_update: Callable[[Update], Mapping[str, float] | None] | None = None,
    save_to: str | Path | None = None,
    save_every: int = 100,
    progress: bool = True,
) -> Run:
    """Makes `updates` updates of `params` and returns the Run: parameters, history of loss and gradient norm.

    batch(rng) -> (X, target) and loss(target) define the task; `clip` is a threshold for the gradient's norm;
    `gradient` computes (E, gradient) as `bptt` does, for instance `partial(truncated_bptt, K=10)`; `train` calls
    stop(run) after each update, and ends early if it is true. The history's norms are those before clipping.

    each_update(update) sees each `Update`: the run after it, the gradient, how far the parameters moved. It may return
    numbers by name, which the history holds beside loss and norm, nan where it returned None. For instance
    `each_update=update_size`, or the loss on other data after every 50 updates:

        def validation(update):
            if update.run.updates % 50 == 0:
                return {"validation": bptt(cell, update.run.params, X, held_out)[0]}

    A step is skipped, counted in `run.skipped` and recorded as it is, if its loss is not finite, or the square of its
    gradient (after the clip), which Adam would store, is not: the parameters stay as they were.

    With `save_to`, the whole state is written there every `save_every` updates and at the end, also when the run is
    interrupted. If the file exists, the run resumes from it: a killed run loses at most the updates since the last
    save, makes these again, and ends in the same numbers as one that was never stopped. `rng` then counts only for the
    first start of a run.

    The file holds the parameters, the optimizer's memory, the history, and all of `rng`: its state, and how many
    generators it has spawned. It does not hold what `batch`, `loss`, `gradient`, `stop`, `each_update` or the
    optimizer's functions store by themselves, and a resumed run begins without it: so let `batch` draw all its numbers
    from the rng that it gets, and `stop` read the run's history. With `save_to`, `train` refuses functions that hold a
    Generator or an iterator of their own: as a global, in a closure, a default, an attribute or a partial, of the
    function itself or of a function of its module that it calls. `train` cannot see lists that a function changes,
    objects within them, or values of other modules. So `each_update` may collect rows for a plot, but its result should
    not depend on them.

    Raises ValueError if updates or save_every < 1, clip <= 0, the file is of another cell, optimizer or kind of rng,
    or a function holds what the file would miss; TypeError if `rng` is not a Generator, `optimizer` no Optimizer,
    batch(rng) no pair or each_update(update) no dict of numbers, or if the optimizer remembers what cannot be saved.
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
    run = Run(cell, _at(rng, TrainingState(params, optimizer.init(params), {})))
    if save_to is not None:
        functions = {"batch": batch, "loss": loss, "gradient": gradient, "stop": stop, "each_update": each_update}
        for name, f in (functions | {"optimizer": optimizer.update}).items():
            check_remembers_nothing(name, f, rng)
        packed(run)  # raises now and not after the first hundred updates
        run = resumed(run, Path(save_to), rng) if Path(save_to).exists() else run
    run.clip = clip
    bar = progress_bar(total=updates, initial=run.updates, disable=not progress, unit="update", leave=False)
    try:
        while run.updates < updates and not (stop is not None and run.updates and stop(run)):
            X, target = _pair(batch(rng))
            E, g = gradient(cell, run.params, X, loss(target))
            clipped, size = clip_by_norm(g, clip) if clip is not None else (g, norm(g))
            run.record(loss=E, norm=size)
            eta = None if optimizer.rate is None else float(optimizer.rate(run.updates - run.skipped))
            after = Run(cell, _updated(run.state, optimizer, E, clipped, rng), run.history, clip, eta)
            if each_update is not None:
                run.record(**_values(each_update(Update(after, run.params, g, X, target))))
                after.state = _at(rng, after.state)  # the observer may draw, too
            run = after
            bar.update()
            if save_to is not None and run.updates % save_every == 0:
                save(run, save_to)
    finally:
        bar.close()
        if save_to is not None:
            save(run, save_to)
    return run


def _values(returned: Any) -> dict[str, float]:
    """The numbers that `each_update` returned, to be recorded beside loss and norm."""
    if returned is None:
        return {}
    if not isinstance(returned, Mapping) or not all(isinstance(key, str) for key in returned):
        raise TypeError(f"each_update must return a dict of numbers by name, or None, got {checks.kind(returned)}")
    if taken := returned.keys() & {"loss", "norm"}:
        raise ValueError(f"each_update must leave loss and norm to train, got {', '.join(sorted(taken))}")
    for key, value in returned.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise TypeError(f"each_update(…)[{key!r}] must be a real number, got {checks.kind(value)}")
    return {key: float(value) for key, value in returned.items()}


def _pair(drawn: Any) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(drawn, tuple) or len(drawn) != 2:
        raise TypeError(f"batch must return (X, target), got {type(drawn).__name__}")
    return drawn


def _updated(
    state: TrainingState, optimizer: Optimizer, E: float, g: Params, rng: np.random.Generator
) -> TrainingState:
    with overflow_allowed():
        finite = bool(np.isfinite(E)) and all(np.isfinite(np.vdot(value, value)) for value in g.values())
    params, memory = optimizer.update(state.params, g, state.optimizer) if finite else state[:2]
    updates, skipped = state.updates + 1, state.skipped + (not finite)
    return _at(rng, TrainingState(params, memory, {}, updates, skipped))


def _at(rng: np.random.Generator, state: TrainingState) -> TrainingState:
    """The state with all of `rng` as it is now."""
    return state._replace(rng=rng.bit_generator.state, seeds=spawned_seeds(rng))


@checked
def accuracy(
    cell: Cell, params: Params, X: np.ndarray, target: np.ndarray, lengths: np.ndarray | None = None
) -> float:
    """Share of sequences X (T, B, m) whose last readout is larger for the class `target` (B,) than for any other; with
    lengths (B,), the readout at the end of each sequence.

    Where two are equal, or one is nan, the network names no class, and the sequence counts as wrong.
    Raises TypeError or ValueError if X or params do not fit the cell, or target and lengths are not (B,) class numbers
    and steps from 1 to T.
    """
    H = unroll(cell, params, X)
    T, B = X.shape[:2]
    h = H[-1] if lengths is None else H[checks.lengths("lengths", lengths, T, B), np.arange(B)]
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
