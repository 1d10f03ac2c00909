"""How fast nearby states part along the inputs of a batch, with the error of a finite time.

    λ = mean over windows of (1/S) ln ‖Jᵀ…Jᵀ q‖,  q the direction after the windows behind it

The adjoint recursion runs backwards over windows of S steps; products of Jacobians have the same singular values either
way, so this is the largest Lyapunov exponent, and costs less than a gradient. A finite-time exponent from rest may
measure the transient: states of an LSTM whose forget gates remember T steps part a little during the first T, and not
later. So where states seem to part, the run goes on beyond its end, with the inputs of its neighbour in the batch.
"""

from typing import NamedTuple

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core.params import Params
from minirnn.diagnosis.lags import sizes_of
from minirnn.gradients.backpropagation import blocks, forward_scan, run_backward
from minirnn.learning.observed import Layer

FOLLOWED = 8  # so many of a batch are followed: their scatter is the error, and eight show it to a quarter
WINDOWS = 8  # of T steps at least; the first and the last quarter are not counted: a transient, and q that turns
LONGEST = 25  # steps of a window: e^{±12 a step} stays within the floats
CALM = 1.0  # growth by e over the T steps, which is harmless


class Exponent(NamedTuple):
    """The mean rate λ in nats a step and its standard error; nan and inf where states are not finite."""

    value: float
    error: float

    @property
    def low(self) -> float:
        return self.value - 2 * self.error

    @property
    def high(self) -> float:
        return self.value + 2 * self.error


class Parting(NamedTuple):
    """The exponent along the inputs; where states seem to part, that of the same network later on; of how many
    sequences."""

    along: Exponent
    later: Exponent | None
    sequences: int

    @property
    def low(self) -> float:
        """A lower bound of both exponents."""
        return self.along.low if self.later is None else min(self.along.low, self.later.low)

    @property
    def high(self) -> float:
        """An upper bound of the smaller exponent."""
        return self.along.high if self.later is None else min(self.along.high, self.later.high)


NOT_FINITE = Exponent(float("nan"), float("inf"))


def parting_of(layer: Layer, lengths: np.ndarray | None = None) -> Parting:
    """The exponents of a layer, of its longest sequences.

    >>> from minirnn import LinearRNN, unroll
    >>> cell, X = LinearRNN(m=1, n=2), np.zeros((60, 1, 1))
    >>> params = {"W": np.diag([0.5, 0.25]), "U": np.ones((2, 1)), "b": np.zeros(2)}
    >>> found = parting_of(Layer("rnn", cell, params, X, unroll(cell, params, X), np.zeros((60, 1, 2))))
    >>> round(found.along.value, 4), found.later, round(float(np.log(0.5)), 4)
    (-0.6931, None, -0.6931)
    """
    T, B, _ = layer.X.shape
    every = np.full(B, T) if lengths is None else lengths
    longest = np.sort(np.argsort(-every, kind="stable")[:FOLLOWED])
    T = int(every[longest].min())
    cell, wide = layer.cell, {key: p.astype(float, copy=False) for key, p in layer.params.items()}
    X, H = (a[:, longest].astype(float, copy=False) for a in (layer.X[:T], layer.H[: T + 1]))
    if not np.isfinite(H).all():
        return Parting(NOT_FINITE, None, len(longest))
    along = exponent_of(cell, wide, X, H)
    if not along.low * T > CALM:
        return Parting(along, None, len(longest))
    after = np.roll(X, 1, axis=1)
    return Parting(along, exponent_of(cell, wide, after, forward_scan(cell, wide, after, H[-1])), len(longest))


def exponent_of(cell: Cell, params: Params, X: np.ndarray, H: np.ndarray) -> Exponent:
    """The exponent along X (T, B, m) and H (T+1, B, n_state), from the windows between the first and last quarter."""
    rates = window_rates(cell, params, X, H)
    quarter = len(rates) // 4
    return mean_rate(rates[quarter : len(rates) - quarter])


def window_rates(cell: Cell, params: Params, X: np.ndarray, H: np.ndarray) -> np.ndarray:
    """Rates (W, B) in the W windows of X (T, B, m), from a random direction behind the last. Where a direction is
    annihilated its rate is -inf, and it goes on at random."""
    T = len(X)
    steps, rng = max(1, min(LONGEST, T // WINDOWS)), np.random.default_rng(0)
    windows = max(1, blocks(T, H[0].size)[0].stop // steps) * steps
    rates, q = [], rng.standard_normal(H[0].shape)
    sizes, zeros = sizes_of(q), np.broadcast_to(np.zeros(()), (steps, *q.shape))
    for start in reversed(range(0, T, windows)):
        states = H[start : min(start + windows, T) + 1]
        drive = cell.drive(params, X[start : start + windows])
        local = cell.linearize(params, drive, states[:-1], states[1:])
        for t in reversed(range(0, len(drive), steps)):
            part, length = [a[t : t + steps] for a in local], min(steps, len(drive) - t)
            _, q = run_backward(cell, params, part, zeros[:length], q / sizes[:, None], drive.shape[-1])
            sizes = sizes_of(q)
            rates.append(np.log(sizes) / length)
            if not (sizes > 0).all():
                q = np.where((sizes > 0)[:, None], q, rng.standard_normal(q.shape))
                sizes = sizes_of(q)
    return np.array(rates)[::-1]


def mean_rate(rates: np.ndarray) -> Exponent:
    """The mean of rates (W, B), and its error: by the scatter over windows or over sequences, whichever is larger."""
    if not np.isfinite(rates).all():
        return Exponent(float(rates.mean()), float("inf")) if np.isneginf(rates).any() else NOT_FINITE
    W, B = rates.shape
    over_windows = rates.mean(axis=1).std(ddof=1) / np.sqrt(W) if W > 1 else np.inf
    over_rows = rates.mean(axis=0).std(ddof=1) / np.sqrt(B) if B > 1 else 0.0
    return Exponent(float(rates.mean()), float(max(over_windows, over_rows)))
