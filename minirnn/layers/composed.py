"""Layers one above the other, and two cells side by side, for instance one for each direction of time.

A composed cell keeps the contract, so gradients, exponents and diagnosis serve it unchanged.

>>> from minirnn import GRU, LSTM, unroll
>>> cell = Stack([LSTM(m=2, n=3), GRU(m=3, n=4)])
>>> cell.n_state, cell.n_out, list(cell.shapes())
(10, 4, ['0.W', '0.U', '0.b', '1.W', '1.U', '1.b', '1.c'])
>>> unroll(cell, cell.init(np.random.default_rng(0)), np.ones((5, 1, 2))).shape
(6, 1, 10)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import came, expected, lacking
from minirnn.layers.composition import Composed


def checked_cell(name: str, cell: Any) -> Any:
    """`cell`, if it is one."""
    if isinstance(cell, type) or lacking(Cell, cell):
        raise TypeError(f"{name} must be {expected(Cell)}, got {came(Cell, cell)}")
    return cell


@dataclass(frozen=True)
class Stack(Composed):
    """Layers: cells[0] reads the inputs, cells[l] the first n_out entries of the state of cells[l - 1]   (eq. stack)

    The state is that of the top layer, then that of the one below, down to cells[0]; so a readout sees the top layer.
    Parameters are those of cells[l] with the prefix "l.": "0.W", "1.W". A stack of two `LSTM`s is PyTorch's
    LSTM(num_layers=2).

    >>> from minirnn.cells import LSTM
    >>> cell = Stack([LSTM(m=2, n=3), LSTM(m=3, n=3)])
    >>> cell.m, cell.n_out, cell.shapes()["1.U"]
    (2, 3, (12, 3))

    Raises TypeError for anything but cells, ValueError for an empty list, or if the m of a cell is not the n_out of the
    cell below.
    """

    cells: Sequence[Any]

    chained = True

    def __post_init__(self) -> None:
        if not isinstance(self.cells, Sequence) or not self.cells:
            raise ValueError(f"cells must be a list of one cell or more, got {self.cells!r:.40}")
        object.__setattr__(self, "cells", tuple(checked_cell(f"cells[{i}]", c) for i, c in enumerate(self.cells)))
        for i, (below, cell) in enumerate(pairwise(self.cells)):
            if cell.m != below.n_out:
                shows = f"the n_out of cells[{i}], {type(below).__name__}"
                raise ValueError(f"cells[{i + 1}] must have m = {below.n_out}, {shows}, got m = {cell.m}")
            if not hasattr(cell, "vjp_inputs"):
                raise TypeError(
                    f"cells[{i + 1}] must have vjp_inputs to send errors down, got {type(cell).__name__}"
                )

    def named(self) -> dict[str, Any]:
        return {str(i): cell for i, cell in enumerate(self.cells)}

    @property
    def n_out(self) -> int:
        return self.cells[-1].n_out


@dataclass(frozen=True)
class Parallel(Composed):
    """Two cells side by side: `forward` reads the first columns of the input, `backward` the others.

    With inputs of `both_ways`, [x_t, x_{T+1-t}], it is a bidirectional pair: at step t `backward` has read the sequence
    from its end to position T+1-t. At the last step both have read all of it, so `at_end` reads the states that PyTorch
    calls h_n. For a loss at every step use `losses.aligned`, which pairs the states of both directions at one position.
    The state is [n_out entries of forward, n_out entries of backward, the rest of forward, the rest of backward].

    A bidirectional pair upon another one is no stack: at step 1 its `backward` half would need the state of the lower
    `backward` half at step T, and a step sees only the steps before it. Such pairs are made by `layers.Upper`.

    >>> from minirnn.cells import GRU, LSTM
    >>> cell = Parallel(LSTM(m=2, n=3), GRU(m=2, n=4))
    >>> cell.m, cell.n_out, cell.n_state
    (4, 7, 10)

    Raises TypeError for anything but cells.
    """

    forward: Any
    backward: Any

    chained = False

    def __post_init__(self) -> None:
        for name, cell in self.named().items():
            checked_cell(name, cell)

    def named(self) -> dict[str, Any]:
        return {"forward": self.forward, "backward": self.backward}

    @property
    def n_out(self) -> int:
        return self.forward.n_out + self.backward.n_out

    def split(self, H: Any) -> list[Any]:
        n_f, n_out, rest = self.forward.n_out, self.n_out, self.n_out + self.forward.n_state - self.forward.n_out
        halves = [(H[..., :n_f], H[..., n_out:rest]), (H[..., n_f:n_out], H[..., rest:])]
        return [first if not last.shape[-1] else anp.concatenate([first, last], axis=-1) for first, last in halves]

    def join(self, states: Sequence[Any]) -> Any:
        f, b = states
        n_f, n_b = self.forward.n_out, self.backward.n_out
        return anp.concatenate([f[..., :n_f], b[..., :n_b], f[..., n_f:], b[..., n_b:]], axis=-1)

    def aligned(self, H: Any, lengths: np.ndarray | None = None) -> Any:
        """H (T, B, n_state) with the states of both directions at position t in row t; applied twice, H itself."""
        f, b = self.split(H)
        return self.join([f, reversed_in_time(b, lengths)])


def both_ways(X: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """[x_t, x_{T+1-t}] (T, B, 2m) of X (T, B, m): what a bidirectional `Parallel` reads.

    >>> both_ways(np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1))[:, 0].tolist()
    [[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]]

    With lengths (B,), each sequence is reversed within its own. Raises TypeError or ValueError as `reversed_in_time`.
    """
    checks.float_array("X", X, ("T", "B", "m"))
    return np.concatenate([X, reversed_in_time(X, lengths)], axis=-1)


def reversed_in_time(X: Any, lengths: np.ndarray | None = None) -> Any:
    """X (T, B, ...) from the last step to the first; with lengths (B,), each sequence within its own length, while the
    padding stays where it is.

    >>> reversed_in_time(np.array([[1, 1], [2, 2], [3, 0]]), np.array([3, 2])).tolist()
    [[3, 2], [2, 1], [1, 0]]

    Raises TypeError or ValueError unless lengths are (B,) integers from 1 to T.
    """
    if lengths is None:
        return X[::-1]
    t = np.arange(len(X))[:, None]
    checks.lengths("lengths", lengths, *X.shape[:2])
    return X[np.where(t < lengths, lengths - 1 - t, t), np.arange(len(lengths))]
