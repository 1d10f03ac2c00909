"""The gradient by lag, for a handful of the errors of a loss.

    by lag k   ‖d_{s-k}‖/‖d_s‖,  d = ∂E_s/∂a, a the pre-activation and s the step of the error E_s
    term k     ‖g_{s-k}‖, g the temporal terms: the part of the gradient that is due to the step k before the error

Each sequence sends its own errors back, one at a time: the last, and of many a few that are spread over its length.
Errors that lie at different steps are shifted in time, so that one backward pass serves all of them.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from minirnn.core.params import overflow_allowed, row_norms
from minirnn.gradients.backpropagation import adjoints, blocks
from minirnn.learning.observed import Layer

ERRORS = 3  # of each sequence: the last, and those after one and two thirds of them
COLUMNS = 8  # at least so many errors are sent back, if there are as many


class ByLag(NamedTuple):
    """Sizes (L,) of the gradient by lag, that at lag 0 being 1, and of the terms; the first lag at which one of them is
    not finite; how many errors, of how many sequences, were sent back. All sizes are 0 where no gradient arrives; where
    none arrives at lag 0, the largest is 1."""

    sizes: np.ndarray
    terms: np.ndarray
    overflow: int | None
    errors: int
    sequences: int


def errors_of(dE: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps (C,) and sequences (C,) of the errors to send back, of dE (T, B, n_state); none where all are 0.

    >>> dE = np.zeros((9, 2, 1))
    >>> dE[8, 0], dE[::2, 1] = 1.0, 1.0
    >>> [a.tolist() for a in errors_of(dE)]
    [[8, 2, 6, 8], [0, 1, 1, 1]]
    """
    asked = (dE != 0).any(axis=-1).T
    so_far = asked.cumsum(axis=1)
    counts = np.minimum(so_far[:, -1], ERRORS)
    with_errors = np.flatnonzero(counts)
    if not len(with_errors):
        return with_errors, with_errors
    room = max(len(dE[0]), COLUMNS) // counts.max()
    chosen = with_errors[np.linspace(0, len(with_errors) - 1, min(room, len(with_errors))).astype(int)]
    rows, of_each = np.repeat(chosen, counts[chosen]), counts[chosen]
    nth = np.arange(1, len(rows) + 1) - np.repeat(of_each.cumsum() - of_each, of_each)
    wanted = np.ceil(so_far[rows, -1] * nth / counts[rows])  # of the errors of its sequence, this one
    return (so_far[rows] < wanted[:, None]).sum(axis=1), rows


def shifted(layer: Layer, steps: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X (L, C, m) and H (L+1, C, n_state) of these sequences, each shifted so that its error is at the last step; and
    which steps (L, C) exist. L is the number of steps up to the last error."""
    L = int(steps.max()) + 1
    if (steps == L - 1).all() and len(rows) == layer.X.shape[1]:
        return layer.X[:L], layer.H[: L + 1], np.ones((L, len(rows)), bool)
    at = np.arange(L + 1)[:, None] - (L - 1 - steps)
    exists = at >= 0
    at = np.maximum(at, 0)
    return layer.X[at[:-1], rows], layer.H[at, rows], exists[:-1]


def by_lag(layer: Layer) -> ByLag:
    """The gradient of a layer by lag.

    >>> from minirnn import LinearRNN, unroll
    >>> cell, X, dE = LinearRNN(m=1, n=1), np.ones((3, 1, 1)), np.zeros((3, 1, 1))
    >>> params = {"W": np.array([[0.5]]), "U": np.ones((1, 1)), "b": np.zeros(1)}
    >>> dE[-1] = 7.0
    >>> by_lag(Layer("rnn", cell, params, X, unroll(cell, params, X), dE)).sizes
    array([1.  , 0.5 , 0.25])
    """
    steps, rows = errors_of(layer.dE)
    if not len(steps):
        return ByLag(np.zeros(len(layer.X)), np.zeros(len(layer.X)), None, 0, 0)
    X, H, exists = shifted(layer, steps, rows)
    L = len(exists)
    sizes, terms, from_each = np.zeros(L), np.zeros(L), np.zeros(len(steps))
    carry = layer.dE[steps, rows]  # as if it came from a later step: the same δ
    for block in reversed(blocks(L, max(carry.size, sum(p.size for p in layer.params.values())))):
        states = H[block.start : block.stop + 1]
        zeros = np.broadcast_to(np.zeros((), X.dtype), states[1:].shape)
        local, D, carry = adjoints(layer.cell, layer.params, X[block], states, zeros, carry)
        if not exists[block].all():
            D, carry = np.where(exists[block][..., None], D, 0.0), np.where(exists[block][0][:, None], carry, 0.0)
        parts = layer.cell.vjp_params(layer.params, X[block], states[:-1], local, D).values()
        if block.stop == L:
            from_each = sizes_of(D[-1])
        sizes[block] = sizes_of(D)
        terms[block] = sizes_of(np.stack([sizes_of(part) for part in parts], axis=1))
    if not exists.all():
        arrived = sizes_of(np.where(exists, from_each, 0.0))  # of the errors that have a step so far back
        total = sizes_of(from_each[None])
        share = np.divide(arrived, total, out=np.ones(L), where=(total > 0) & np.isfinite(arrived) & (arrived > 0))
        sizes, terms = sizes / share, terms / share
    sizes, terms = sizes[::-1], terms[::-1]
    bad = np.flatnonzero(~(np.isfinite(sizes) & np.isfinite(terms)))
    return ByLag(relative(sizes), terms, int(bad[0]) if len(bad) else None, len(steps), len(np.unique(rows)))


def sizes_of(A: np.ndarray) -> np.ndarray:
    """`row_norms` of A (N, ...), which takes six passes, by one where no square is near the ends of the floats.

    >>> sizes_of(np.array([[3.0, 4.0], [3e-200, 4e-200]]))
    array([5.e+000, 5.e-200])
    """
    rows = A.reshape(len(A), -1).astype(float, copy=False)
    squares = np.einsum("ij,ij->i", rows, rows)
    sizes = np.sqrt(squares)
    ends = ~((squares > 1e-280) & (squares < 1e280))
    if ends.any():
        sizes[ends] = row_norms(rows[ends])
    return sizes


def whole_norm(A: np.ndarray) -> float:
    """That of an array as one vector: `sizes_of` one row, by a product alone where its square is far from the ends of
    the floats.

    >>> whole_norm(np.array([3.0, 4.0])), whole_norm(np.array([3e-200, 4e-200]))
    (5.0, 5e-200)
    """
    entries = A.ravel().astype(float, copy=False)
    with overflow_allowed():
        square = float(entries @ entries)
    return sqrt(square) if 1e-280 < square < 1e280 else float(sizes_of(A[None])[0])


def relative(sizes: np.ndarray) -> np.ndarray:
    """Sizes (L,) over the first; over the largest where the first is 0.

    >>> relative(np.array([0.0, 2.0, 1.0])), relative(np.zeros(2))
    (array([0. , 1. , 0.5]), array([0., 0.]))
    """
    finite = sizes[np.isfinite(sizes)]
    unit = sizes[0] if sizes[0] > 0 else finite.max(initial=0.0)
    return sizes / unit if unit > 0 else sizes


def share_from(terms: np.ndarray, lag: int) -> float:
    """The share of the terms (L,) that lie at this lag or further back: 0 if all are 0, 1 if those there overflow.

    >>> share_from(np.array([2.0, 1.0, 1.0]), 1), share_from(np.zeros(3), 1), share_from(np.array([1.0, np.inf]), 1)
    (0.5, 0.0, 1.0)
    """
    finite = np.where(np.isfinite(terms), terms, 0.0)
    if not np.isfinite(terms[lag:]).all():
        return 1.0
    largest = finite.max(initial=0.0)
    scaled = finite / largest if largest > 0 else finite
    return float(scaled[lag:].sum() / scaled.sum()) if largest > 0 else 0.0
