"""A watch over a training loop: a row of numbers every few updates, and a halt where the first nan or inf is born.

    with watch(model) as watcher:                    # a torch.nn.Module
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            watcher.update(loss)                     # last, while the gradients still exist

    train(cell, params, …, each_update=Watcher())    # the loop of `learning.train`

A run whose loss is nan has usually lost its parameters many updates before you look. The first number that is not
finite arose in the inputs, in the forward pass, in the loss, on a gradient's way back, or in the update. The watcher
names the place, with layer, step and unit, and keeps the last parameters that were finite.
"""

from html import escape
from types import TracebackType
from typing import Any, NamedTuple, Self
from warnings import warn

import numpy as np

from minirnn.core import checks
from minirnn.core.params import Params
from minirnn.diagnosis.births import Birth, Seen, grown, of_update
from minirnn.diagnosis.powers import without_e
from minirnn.diagnosis.watched_models import SEQUENCES, TorchSource
from minirnn.gradients.backpropagation import unroll
from minirnn.learning.observed import TrainingLog
from minirnn.learning.runs import Update


class NotFinite(FloatingPointError):
    """The first nan or inf of a run: `birth` says where, `update` in which update."""

    def __init__(self, birth: Birth, update: int) -> None:
        super().__init__(birth, update)  # as args, which pickle passes on from one process to the other
        self.birth, self.update = birth, update

    def __str__(self) -> str:
        return f"update {self.update}: {self.birth}"


class Row(NamedTuple):
    """Numbers after an update: the loss; the gradient's norm; the update's norm over that of the parameters; of the
    recurrent layers the largest |h|, and the share of |h| above 0.97, where bounded units are near their bound."""

    update: int
    loss: float
    norm: float
    size: float
    largest: float
    near_bound: float


class Watcher:
    """Rows of a training run, one every `every` updates. At the first nan or inf it raises `NotFinite`; if `halt` is
    False, it records each kind and place once in `births` instead.

    `source` reads a model from outside (`watched_models`); without one, `learning.train` calls the watcher.
    """

    def __init__(self, source: TorchSource | None = None, every: int = 10, halt: bool = True) -> None:
        self.every = checks.integer("every", every, 1)
        self.halt, self.source = halt, source
        self.updates = 0
        self.rows: list[Row] = []
        self.losses: list[float] = []  # the first and the last finite one
        self.births: list[tuple[int, Birth]] = []

    def __enter__(self) -> Self:
        if self.source is not None:
            self.source.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.source is not None:
            self.source.close()

    @property
    def last_finite(self) -> Any:
        """The parameters after the last update that left all of them finite, as a dict by their names."""
        return None if self.source is None else self.source.last_finite()

    def update(self, loss: Any, norm: float | None = None) -> None:
        """Call it after an update of the watched model with this loss. `norm` is the gradient's norm before a clip;
        without it the norm of the present gradients counts. Raises NotFinite."""
        if self.source is None:
            raise ValueError("a Watcher without a model is called by train(…, each_update=…); see watch(model)")
        seen = self.source.seen(loss, norm)
        try:
            self.see(seen)
        finally:
            self.source.keep()

    def __call__(self, update: Update) -> None:
        """After an update of `learning.train`. Raises NotFinite."""
        history, X = update.run.history, update.X[:, :SEQUENCES]
        self.see(
            Seen(
                history["loss"][-1],
                of_update(update, history["loss"][-1]),
                lambda: history["norm"][-1],
                lambda: update.size,
                lambda: [states_of(update, X)],
            )
        )

    def see(self, seen: Seen) -> None:
        """Counts the update, writes a row if it is time or a number is not finite, and then raises NotFinite."""
        self.updates += 1
        if np.isfinite(seen.loss):
            self.losses = [*self.losses[:1], seen.loss]
        if seen.birth is not None:
            seen = seen._replace(birth=grown(seen.birth, self.losses))
        if self.updates % self.every == 0 or seen.birth is not None:
            states = [np.abs(H) for H in seen.states()]
            largest = max((float(H.max()) for H in states if H.size), default=np.nan)
            near = [float((H > 0.97).mean()) for H in states if H.size]
            share = float(np.mean(near)) if near else np.nan
            self.rows.append(Row(self.updates, seen.loss, seen.norm(), seen.size(), largest, share))
        if seen.birth is None:
            return
        if seen.birth[:2] not in [birth[:2] for _, birth in self.births]:
            self.births.append((self.updates, seen.birth))
        if self.halt:
            raise NotFinite(seen.birth, self.updates)

    def log(self, clip: float | None = None, rate: float | None = None) -> TrainingLog:
        """The rows as the log that `diagnose` reads, without those of updates that had no gradient, as where several
        batches add up for one step. Warns if none had one. Raises ValueError if there is no row yet."""
        if not self.rows:
            raise ValueError(f"the watcher has no row yet: {self.updates} updates, one row every {self.every}")
        born = {update for update, _ in self.births}
        rows = [row for row in self.rows if not np.isnan(row.norm) or row.update in born]
        if not rows:
            warn("the watcher saw no gradient: call update before zero_grad, or hand over the norm", stacklevel=2)
        loss, norm, size = (
            np.array([getattr(r, key) for r in rows or self.rows]) for key in ("loss", "norm", "size")
        )
        return TrainingLog(loss, norm, size, clip, rate, self.every)

    def __str__(self) -> str:
        heads = f"{'update':>8}{'loss':>12}{'gradient':>12}{'step/size':>12}{'largest |h|':>13}{'near bound':>12}"
        lines = [heads]
        for r in self.rows:
            loss, norm, size, largest = map(
                without_e, (f"{r.loss:.4g}", f"{r.norm:.3g}", f"{r.size:.2g}", f"{r.largest:.3g}")
            )
            lines.append(f"{r.update:>8}{loss:>12}{norm:>12}{size:>12}{largest:>13}{100 * r.near_bound:>10.0f} %")
        return "\n".join(lines + [f"update {update}: {birth}" for update, birth in self.births])

    def _repr_html_(self) -> str:
        """The table, for notebooks; `minirnn.figures` shows a plot there, once it is imported."""
        return f"<pre>{escape(str(self))}</pre>"


def states_of(update: Update, X: np.ndarray) -> np.ndarray:
    """The outputs (T, B, n_out) of the cell, with the parameters before the update."""
    cell = update.run.cell
    own: Params = {key: update.before[key] for key in cell.shapes()}
    return unroll(cell, own, X)[1:, :, : cell.n_out]


def watch(model: Any, every: int = 10, halt: bool = True) -> Watcher:
    """A watcher of a `torch.nn.Module`, for a with statement around the training loop.

    >>> watcher = Watcher(every=1)
    >>> watcher.see(Seen(0.5, None, lambda: 2.0, lambda: 0.01, lambda: [np.full((3, 1, 2), 0.5)]))
    >>> print(watcher)
      update        loss    gradient   step/size  largest |h|  near bound
           1         0.5           2        0.01          0.5         0 %

    Raises TypeError unless the model is a torch.nn.Module; ModuleNotFoundError without PyTorch.
    """
    return Watcher(TorchSource(model), every, halt)
