"""Records for `diagnosis`: a network on one batch, and a short log of its training.

A network is a list of recurrent layers and a loss. `bridges` and `diagnosis` make these records of our own cells, of a
torch module and of a step function, so that each measure is written once. They hold NumPy arrays alone.

>>> log = TrainingLog(loss=np.array([1.0, 0.5]), norm=np.array([3.0, 2.0]), clip=1.0)
>>> bool((log.norm > log.clip).all())
True
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import archives, checks
from minirnn.core.params import Params


@dataclass(frozen=True)
class Layer:
    """A recurrent layer on one batch: X (T, B, m), H (T+1, B, n_state) with H[0] = h_0, and dE (T, B, n_state).

    dE[t-1] = ∂E/∂h_t through the loss and the layers above, and not through the layer's own later steps: the dE that
    `backward` takes. `params` are those of the cell, by the cell's own names.
    Raises ValueError unless the three fit the cell and each other.
    """

    name: str
    cell: Cell
    params: Params
    X: np.ndarray
    H: np.ndarray
    dE: np.ndarray

    def __post_init__(self) -> None:
        T, B, _ = checks.float_array(f"X of {self.name}", self.X, ("T", "B", self.cell.m), finite=False).shape
        checks.float_array(f"H of {self.name}", self.H, (T + 1, B, self.cell.n_state), finite=False)
        checks.float_array(f"dE of {self.name}", self.dE, (T, B, self.cell.n_state), finite=False)


class Answers(NamedTuple):
    """Of a model whose answers were seen: the shape of its `targets`; of what an answer reads, the share at the step
    whose number is that of the answer, the share in the sequence of this number, and from how many sequences it reads;
    the loss that takes scores but got probabilities, and the number of classes, 1 where it takes one score an
    answer."""

    targets: tuple[int, ...]
    own_step: float
    own_sequence: float
    sequences: float
    of_probabilities: tuple[str, int] | None


@dataclass(frozen=True)
class Network:
    """Recurrent layers, the lowest first, and the loss E of one batch.

    `params` are all of the network's by their full names ("readout.weight", "rnn.weight_hh_l0", "V"), `gradients` ∂E of
    them by the same names; `inputs` (T, B, m) are the user's. Where they are known: `targets`, class numbers (B,) or
    values (B, q) at the end, (T, B) or (T, B, q) at every step; `baseline`, the loss of the best constant answer;
    `lengths` (B,) of the sequences; `tables`, the names of parameters that are looked up and multiply no states; what
    the `answers` show.
    """

    layers: tuple[Layer, ...]
    E: float
    params: Params
    gradients: Params
    inputs: np.ndarray
    targets: np.ndarray | None = None
    baseline: float | None = None
    lengths: np.ndarray | None = None
    tables: tuple[str, ...] = ()
    answers: Answers | None = None

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("layers must hold one recurrent layer or more, got none")


@dataclass(frozen=True)
class TrainingLog:
    """K rows, one every `every` updates: loss (K,), norm (K,) of the gradient before the clip, and where they are known
    `update` (K,), the norm of the update over that of the parameters, the clip's threshold and the rate. Raises
    ValueError for other shapes.

    `save` writes a file .npz that `load` and the command line read; one of `numpy.savez` will do, with these names.
    """

    loss: np.ndarray
    norm: np.ndarray
    update: np.ndarray | None = None
    clip: float | None = None
    rate: float | None = None
    every: int = 1

    def __post_init__(self) -> None:
        checks.integer("every", self.every, 1)
        K = len(checks.float_array("loss", self.loss, ("K",), finite=False))
        checks.float_array("norm", self.norm, (K,), finite=False)
        if self.update is not None:
            checks.float_array("update", self.update, (K,), finite=False)

    def save(self, path: str | Path) -> None:
        """Writes the log to a file .npz."""
        known = {key: np.asarray(value) for key, value in vars(self).items() if value is not None}
        archives.write_archive(Path(path), known)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The log of a file of `save`, or of `numpy.savez`. Raises ValueError if it holds other arrays, or no loss."""
        arrays = archives.read_archive("log", Path(path))[0]
        wanted = "loss (K,) and norm (K,), maybe update (K,), clip, rate and every"
        if not {"loss", "norm"} <= {*arrays} <= {*cls.__dataclass_fields__}:
            raise ValueError(f"log must hold {wanted}, got {path} with {', '.join(sorted(arrays)) or 'nothing'}")
        numbers = {
            key: float(checks.float_array(key, arrays[key], ())) for key in ("clip", "rate") if key in arrays
        }
        rows = {key: np.asarray(arrays[key], float) for key in ("loss", "norm", "update") if key in arrays}
        return cls(
            rows["loss"],
            rows["norm"],
            rows.get("update"),
            numbers.get("clip"),
            numbers.get("rate"),
            every=np.asarray(arrays.get("every", 1)).item(),
        )
