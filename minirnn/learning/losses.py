"""Losses: a linear readout of the states, and the error of the readout.

    y_t = V h_t + c_out                                                                        (eq. readout)

A loss for `bptt` is made from a pointwise error and its targets: `at_end(squared_error, target)`. Errors are
means over the batch, and over time where there is one target for each step, so that neither changes the scale.

Sequences of different lengths are padded at their ends to the T of the longest, and the loss gets their `lengths` (B,).
A later input changes no earlier state, so padded steps, which the loss does not read, have no effect. A mean is then
over all steps that count: each step weighs the same, and a long sequence more than a short one. The states of padded
steps are computed nevertheless: where these overflow, 0·inf makes a gradient nan.

>>> from minirnn import GRU, train
>>> from minirnn.learning import optimizers, tasks
>>> def batch(rng):
...     drawn = [tasks.temporal_order(rng, B=1, T=T) for T in (10, 15, 20)]
...     X, lengths = tasks.padded([X[:, 0] for X, _ in drawn])
...     return X, (np.concatenate([target for _, target in drawn]), lengths)
>>> loss = lambda pair: at_end(softmax_cross_entropy, *pair)
>>> rng, cell = np.random.default_rng(0), GRU(m=6, n=8)
>>> params = cell.init(rng) | init_readout(rng, cell, outputs=4)
>>> train(cell, params, batch, loss, optimizers.sgd(0.1), updates=5, rng=rng, progress=False).updates
5
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell, Initializer
from minirnn.cells.linear import Paired, paired
from minirnn.core import checks, initializers
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.core.products import outer_sum
from minirnn.layers.composed import Parallel

# (Y (N, outputs), target) -> (E averaged over N, ∂E/∂Y)
Pointwise = Callable[[Any, np.ndarray], tuple[Any, Any]]


@checked
def init_readout(
    rng: np.random.Generator, cell: Cell, outputs: int, weights: Initializer = initializers.fan_in
) -> Params:
    """V (outputs, n_out) from `weights` and c_out (outputs,) = 0."""
    checks.generator("rng", rng)
    shape = (checks.integer("outputs", outputs, 1), cell.n_out)
    V = weights(rng, shape)
    return {"V": paired(V) if isinstance(cell, Paired) else V, "c_out": np.zeros(outputs)}


def readout(params: Params, H: Any) -> Any:
    """y = V h + c_out for states H (..., n_state): (..., outputs). V sees the first n_out entries of a state.

    Raises ValueError unless params hold V (outputs, n_out) with n_out <= n_state, and c_out (outputs,).
    """
    if not hasattr(params, "keys"):  # autograd's own dicts have them too
        raise TypeError(f"params must be a dict of arrays, got {checks.kind(params)}")
    if not hasattr(H, "shape"):
        raise TypeError(f"H must be an array of states (..., n_state), got {checks.kind(H)}")
    if "V" not in params or "c_out" not in params:
        raise ValueError(f"params must hold V and c_out (see init_readout), got {', '.join(params)}")
    V, c_out = params["V"], params["c_out"]
    if V.ndim != 2 or c_out.shape != V.shape[:1] or V.shape[1] > H.shape[-1]:
        raise ValueError(
            f"V must be (outputs, <= {H.shape[-1]}) and c_out (outputs,), got {V.shape}, {c_out.shape}"
        )
    return H[..., : V.shape[1]] @ V.T + c_out


def squared_error(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """½‖y - target‖², mean over the N rows of Y (N, outputs); target (N, outputs).

    >>> squared_error(np.array([[3.0], [1.0]]), np.array([[1.0], [1.0]]))[0].item()
    1.0

    Raises TypeError or ValueError unless the target is finite and has the shape and dtype of Y.
    """
    checks.float_array("target", target, _two_dimensional(Y))
    if target.dtype != Y.dtype:
        raise TypeError(f"target must be {Y.dtype}, as the outputs are, got {target.dtype}")
    residual = Y - target
    return 0.5 * (residual**2).sum() / len(Y), residual / len(Y)


def softmax_cross_entropy(Y: Any, target: np.ndarray) -> tuple[Any, Any]:
    """-log softmax(y)[target], mean over the N rows of Y (N, classes), in nats; target (N,) class numbers.

    >>> E, _ = softmax_cross_entropy(np.zeros((1, 4)), np.array([2]))
    >>> bool(np.isclose(E, np.log(4)))
    True

    Raises TypeError or ValueError unless the target holds integers from 0 to classes - 1.
    """
    checks.integers("target", target, _two_dimensional(Y)[:1])
    if target.min() < 0 or target.max() >= Y.shape[1]:
        raise ValueError(f"target must be from 0 to {Y.shape[1] - 1}, got {target.min()} to {target.max()}")
    right = np.arange(Y.shape[1]) == target[:, None]
    log_p = log_softmax(Y)
    p = anp.exp(log_p)
    missing = anp.where(right, 0.0, p).sum(axis=1, keepdims=True)  # 1 - p of the target, which would be 1 - 1
    return anp.where(right, -log_p, 0.0).sum() / len(Y), anp.where(right, -missing, p) / len(Y)


def log_softmax(Y: Any) -> Any:
    """log(exp(y) / Σ exp(y)) of the rows of Y (N, classes), exact to rounding also where a probability is near 1.

    >>> log_softmax(np.array([[0.0, -50.0]]))[0, 0].item()
    -1.9287498479639178e-22
    """
    largest = np.arange(Y.shape[1]) == anp.argmax(Y, axis=1)[:, None]  # one a row: `max` would share among equals
    with overflow_allowed():  # the difference may be -inf, and the probability 0
        shifted = Y - anp.where(largest, Y, 0.0).sum(axis=1, keepdims=True)
    return shifted - anp.log1p(anp.where(largest, 0.0, anp.exp(shifted)).sum(axis=1, keepdims=True))


def _two_dimensional(Y: Any) -> tuple[int, int]:
    if not hasattr(Y, "shape"):
        raise TypeError(f"Y must be an array (N, outputs), got {checks.kind(Y)}")
    if Y.ndim != 2:
        raise ValueError(f"Y must be (N, outputs), got {Y.shape}")
    return Y.shape


@dataclass(frozen=True)
class Loss:
    """E as a function of the states H (T, B, n_state), H[t-1] = h_t. Its subclasses choose the states that it reads."""

    error: Pointwise
    target: np.ndarray
    lengths: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.lengths is not None:
            checks.integers("lengths", self.lengths, np.shape(self.lengths)[:1])
        if not isinstance(self.target, np.ndarray):
            raise TypeError(f"target must be an array, got {checks.kind(self.target)}")
        checks.function("error", self.error, "(Y, target) -> (E, dE/dY) such as squared_error")

    def places(self, H: Any) -> tuple[Any, ...]:
        """The index of H for the states that the readout sees."""
        raise TypeError("loss must be made by at_end or at_every_step, got a plain Loss")

    def rows(self, places: tuple[Any, ...]) -> np.ndarray:
        """The targets of these states, one a row."""
        return self.target

    def value(self, params: Params, H: Any) -> Any:
        """E alone: what autograd differentiates."""
        places = self.places(H)
        return self.error(readout(params, _as_rows(H[places])), self.rows(places))[0]

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        """E, ∂E/∂H (T, B, n_state) and the gradients of V and c_out."""
        places = self.places(H)
        states = H[places]
        E, dY = self.error(readout(params, _as_rows(states)), self.rows(places))
        n_out = params["V"].shape[1]
        dE = np.zeros(H.shape, H.dtype)
        dE[(*places, slice(n_out))] = (dY @ params["V"]).reshape((*states.shape[:-1], n_out))
        return float(E), dE, {"V": outer_sum(dY, _as_rows(states)[:, :n_out]), "c_out": dY.sum(0)}


def _as_rows(states: Any) -> Any:
    return states.reshape((-1, states.shape[-1]))


class AtEnd(Loss):
    """Reads h_T, or of each sequence the state at its length."""

    @property
    def last_state_only(self) -> bool:
        """Whether the loss reads the last state alone, so that checkpoints may drop the others."""
        return self.lengths is None

    def places(self, H: Any) -> tuple[Any, ...]:
        if self.lengths is None:
            return (-1, slice(None))
        T, B = H.shape[:2]
        return checks.lengths("lengths", self.lengths, T, B) - 1, np.arange(B)


class AtEveryStep(Loss):
    """Reads h_1 to h_T, whose first axes must be those of the target, or of each sequence those up to its length."""

    def places(self, H: Any) -> tuple[Any, ...]:
        T, B = H.shape[:2]
        if self.target.shape[:2] != (T, B):
            raise ValueError(f"target must be (T, B, ...) = ({T}, {B}, ...), got {self.target.shape}")
        if self.lengths is None:
            return (slice(None), slice(None))
        return np.nonzero(np.arange(T)[:, None] < checks.lengths("lengths", self.lengths, T, B))

    def rows(self, places: tuple[Any, ...]) -> np.ndarray:
        return self.target[places].reshape((-1, *self.target.shape[2:]))


def at_end(error: Pointwise, target: np.ndarray, lengths: np.ndarray | None = None) -> AtEnd:
    """The loss E = error(y_T, target): the last state only is read. target (B, ...).

    With lengths (B,), integers from 1 to T, sequence b ends at step lengths[b], and what comes after is padding.
    Raises TypeError or ValueError, of target and lengths when the loss is used, unless they fit.
    """
    return AtEnd(error, target, lengths)


def at_every_step(error: Pointwise, target: np.ndarray, lengths: np.ndarray | None = None) -> AtEveryStep:
    """The loss E = mean over t of error(y_t, target_t). target (T, B, ...).

    With lengths (B,) the mean is over the steps t <= lengths[b] of all sequences b together, and targets of later
    steps may be anything. Raises as `at_end`.
    """
    return AtEveryStep(error, target, lengths)


@dataclass(frozen=True)
class Aligned:
    """A loss at every position of a bidirectional `Parallel`, from both directions' states there; see `aligned`."""

    loss: Loss
    cell: Parallel

    @property
    def target(self) -> np.ndarray:
        """That of the loss."""
        return self.loss.target

    @property
    def lengths(self) -> np.ndarray | None:
        """Those of the loss."""
        return self.loss.lengths

    def value(self, params: Params, H: Any) -> Any:
        """E alone: what autograd differentiates."""
        return self.loss.value(params, self.cell.aligned(H, self.lengths))

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        """E, ∂E/∂H (T, B, n_state) and the gradients of V and c_out."""
        E, dE, readout = self.loss(params, self.cell.aligned(H, self.lengths))
        return E, self.cell.aligned(dE, self.lengths), readout  # a permutation that is its own inverse


@checked
def aligned(loss: Loss, cell: Parallel) -> Aligned:
    """The loss at every step of a bidirectional pair: the readout of position t sees the state of `forward` after step
    t and that of `backward` after step T+1-t, when it has just read x_t.

    >>> from minirnn import GRU, bptt
    >>> from minirnn.layers import both_ways
    >>> rng, cell = np.random.default_rng(0), Parallel(GRU(m=1, n=3), GRU(m=1, n=3))
    >>> params = cell.init(rng) | init_readout(rng, cell, outputs=1)
    >>> X, lengths = rng.standard_normal((6, 2, 1)), np.array([6, 4])
    >>> loss = aligned(at_every_step(squared_error, X, lengths), cell)
    >>> E, gradient = bptt(cell, params, both_ways(X, lengths), loss)

    The lengths are those of `loss`. Raises TypeError unless the cell is a Parallel: a layer above a Parallel has mixed
    the states of two different positions, and no loss can separate them again.
    """
    return Aligned(loss, cell)
