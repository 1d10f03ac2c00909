"""The birth of the first nan or inf of a run: in the inputs, the forward pass, the loss, on a gradient's way back, or
in the update.

>>> print(Birth("forward", "rnn", step=3, unit=0, sequence=1))
the states of rnn were finite until step 3, where unit 0 of sequence 1 is not. First: smaller recurrent weights, \
a bounded activation, or a smaller rate before this.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from minirnn.core.params import Params, overflow_allowed
from minirnn.diagnosis.powers import without_e
from minirnn.gradients.backpropagation import adjoints, forward_scan
from minirnn.layers.composition import Composed
from minirnn.learning.observed import Layer
from minirnn.learning.runs import Update

GROWN = 1e6  # a loss that has grown so much was on its way out of the floats
TOLD = {
    "inputs": (
        "the inputs of {name} are not finite: {place}",
        "find the missing values, and go on from the last finite parameters",
    ),
    "forward": (
        "the states of {name} were finite until {place}",
        "smaller recurrent weights, a bounded activation, or a smaller rate before this",
    ),
    "loss": (
        "all states are finite, and the loss is not: the readout or the loss made it",
        "look for a logarithm or a division of 0, and for targets that are nan",
    ),
    "growth": (
        "the loss grew from {name} until it was not finite",
        "a smaller rate, or a clip of the norms of the first updates",
    ),
    "unseen": (
        "the loss is not finite, and no recurrent module of PyTorch was seen to run",
        "look at the inputs and targets; a recurrence of its own shows by diagnose_step where it overflows",
    ),
    "above": (
        "the loss is finite, and its gradient is not where it reaches the states of {name}{place}",
        "look above that layer for a square root or a norm of 0, a division, or a where() that hides a nan",
    ),
    "gradient": (
        "the loss is finite, and the gradient of {name} is not{place}",
        "clip before the rate makes states grow; smaller recurrent weights (no clip mends inf or nan)",
    ),
    "update": (
        "loss and gradient are finite, and the update made {name} not finite",
        "a smaller rate; look at what the optimizer divides by",
    ),
}


class Birth(NamedTuple):
    """Of the first number that is not finite: its kind (a key of TOLD); the layer or the
    parameter; where they are known the time step t = 1, 2, …, the unit and the sequence, counted from 0."""

    kind: str
    name: str = ""
    step: int | None = None
    unit: int | None = None
    sequence: int | None = None

    def __str__(self) -> str:
        text, remedy = TOLD[self.kind]
        place = ""
        if self.step is not None:
            who = f"unit {self.unit} of sequence {self.sequence}"
            place = {
                "inputs": f"step {self.step}, feature {self.unit} of sequence {self.sequence}",
                "forward": f"step {self.step}, where {who} is not",
                "above": f": step {self.step}, {who}",
                "gradient": f": on its way back it was finite until step {self.step}, where {who} is not",
            }[self.kind]
        return f"{text.format(name=self.name, place=place)}. First: {remedy}."


class Seen(NamedTuple):
    """An update as a watcher reads it. Costly numbers are functions, which are called only when a row is written."""

    loss: float
    birth: Birth | None
    norm: Callable[[], float]
    size: Callable[[], float]
    states: Callable[[], list[np.ndarray]]


def first_bad(A: np.ndarray, last: bool = False) -> tuple[int, int, int] | None:
    """The step t = 1, 2, …, the unit and the sequence of the first entry of A (T, B, n) that is not finite; of the last
    step that has one, if `last`.

    >>> first_bad(np.array([[[1.0, 2.0]], [[1.0, np.nan]], [[np.inf, 0.0]]]))
    (2, 1, 0)
    """
    steps = np.flatnonzero(~np.isfinite(A).all(axis=(1, 2)))
    if not len(steps):
        return None
    t = int(steps[-1 if last else 0])
    sequence, unit = np.argwhere(~np.isfinite(A[t]))[0]
    return t + 1, int(unit), int(sequence)


def of_forward_pass(layers: Sequence[Layer]) -> Birth:
    """The birth behind a loss that is not finite: in the inputs, at the earliest step of a layer (the lowest layer with
    this step), or in the loss."""
    given, states = first_bad(layers[0].X), first_bad(layers[0].H[1:])
    if given and not (states and states[0] < given[0]):  # else its own outputs came back as inputs
        return Birth("inputs", layers[0].name, *given)
    places = [(bad, layer.name) for layer in layers if (bad := first_bad(layer.H[1:]))]
    if not places:
        return Birth("loss")
    bad, name = min(places, key=lambda place: place[0][0])
    return Birth("forward", name, *bad)


def of_backward_pass(layers: Sequence[Layer], names: Iterable[str]) -> Birth:
    """The birth behind a gradient that is not finite although the loss is: the highest layer with such an adjoint, at
    the step nearest to the end, and whether it came from above; else the first parameter of these names."""
    with overflow_allowed():
        for layer in reversed(layers):
            zero = np.zeros_like(layer.H[0])
            _, D, _ = adjoints(layer.cell, layer.params, layer.X, layer.H, layer.dE, zero)
            if bad := first_bad(D, last=True):
                came_so = not np.isfinite(layer.dE[bad[0] - 1]).all()
                return Birth("above" if came_so else "gradient", layer.name, *bad)
    return Birth("gradient", next(iter(names)))


def of_update(update: Update, loss: float) -> Birth | None:
    """The birth in an update of `learning.train`, which skips updates with a loss or gradient that is not finite."""
    cell, X = update.run.cell, update.X
    if not np.isfinite(loss):
        own: Params = {key: update.before[key] for key in cell.shapes()}
        with overflow_allowed():
            H = forward_scan(cell, own, X, None)
        zeros, title = np.zeros_like(H[1:]), type(cell).__name__
        parts = cell.layers(own, X, H, zeros) if isinstance(cell, Composed) else [("", cell, own, X, H, zeros)]
        return of_forward_pass([Layer(f"{title}[{name}]" if name else title, *rest) for name, *rest in parts])
    if bad := not_finite(update.gradient):
        return Birth("gradient", bad[0])
    bad = not_finite(update.run.params)
    return Birth("update", bad[0]) if bad else None


def grown(birth: Birth, losses: Sequence[float]) -> Birth:
    """The birth of a loss that nothing but its own growth made: a run that has left its data behind.

    >>> print(grown(Birth("loss"), [0.5, 2e31]))
    the loss grew from 0.5 to 2·10³¹ until it was not finite. First: a smaller rate, or a clip of the norms of the \
first updates.
    """
    if birth.kind not in ("loss", "unseen") or len(losses) < 2 or not losses[-1] > GROWN * max(losses[0], 1.0):
        return birth
    return Birth("growth", without_e(f"{losses[0]:.2g} to {losses[-1]:.2g}"))


def not_finite(params: Params) -> list[str]:
    """The keys of the arrays that are not finite."""
    return [key for key, value in params.items() if not np.isfinite(value).all()]
