"""A training run: its state, its history, and one update as an observer sees it.

>>> from minirnn import VanillaRNN
>>> run = Run(VanillaRNN(m=1, n=2), TrainingState({"b": np.ones(2)}, {}, {}))
>>> run.record(loss=0.5, norm=1.0)
>>> after = Run(run.cell, TrainingState({"b": np.array([1.0, 0.9])}, {}, {}, updates=1), run.history)
>>> round(Update(after, run.params, {"b": np.array([0.0, 1.0])}, np.ones((3, 1, 1)), np.ones(1)).size, 4)
0.0707
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, map_params, norm, overflow_allowed
from minirnn.learning.observed import TrainingLog


class TrainingState(NamedTuple):
    """Where a run is; replaced as a whole, so that an interrupt leaves the state before an update or after it."""

    params: Params
    optimizer: dict[str, Any]
    rng: Mapping[str, Any]
    updates: int = 0
    skipped: int = 0
    seeds: Mapping[str, Any] | None = (
        None  # of the rng, whose own state does not count the generators it has spawned
    )


@dataclass
class Run:
    """A run; loaded from a file, it goes on to the same numbers as if it had never stopped. `clip` and `rate` are the
    threshold and the learning rate of its last update, None where there is none or it is not known."""

    cell: Cell
    state: TrainingState
    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": [], "norm": []})
    clip: float | None = None
    rate: float | None = None

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
        """Writes into the history, one entry an update; nan where an earlier update recorded nothing of this name.

        Entries that an interrupted update wrote beyond `updates` are dropped first.
        """
        for key, value in values.items():
            column = self.history.setdefault(key, [])
            column[self.updates :] = [np.nan] * (self.updates - len(column)) + [value]

    def log(self, last: int | None = None) -> TrainingLog:
        """The updates, or the `last` of them, as the log that `diagnose` reads; the sizes of the updates where
        `each_update=update_size` recorded them. Raises ValueError if no update was made."""
        if not self.updates:
            raise ValueError("run must have made an update, whose log could be read, got none")
        first = 0 if last is None else max(0, self.updates - checks.integer("last", last, 1))
        kept = slice(first, self.updates)  # beyond it is what an interrupted update had written
        loss, norms = (np.array(self.history[key], float)[kept] for key in ("loss", "norm"))
        sizes = self.history.get("update")
        moved = None if sizes is None else np.array(sizes, float)[kept]
        return TrainingLog(loss, norms, moved, self.clip, self.rate)


class Update(NamedTuple):
    """One update as `each_update` of `train` sees it.

    `run` is the run after it, `before` the parameters before it, `gradient` the gradient before the clip, on the batch
    X (T, B, m) and its target. Loss and norm are the last entries of `run.history`.
    """

    run: Run
    before: Params
    gradient: Params
    X: np.ndarray
    target: np.ndarray

    @property
    def change(self) -> Params:
        """θ after - θ before; zeros where the update was skipped."""
        with overflow_allowed():
            return map_params(np.subtract, self.run.params, self.before)

    @property
    def size(self) -> float:
        """‖θ after - θ before‖/‖θ before‖, all parameters as one vector; inf where these were all 0."""
        change, before = norm(self.change), norm(self.before)
        return change / before if before else np.inf if change else 0.0


@checked
def update_size(update: Update) -> dict[str, float]:
    """For `each_update` of `train`: records the size of each update relative to that of the parameters."""
    return {"update": update.size}
