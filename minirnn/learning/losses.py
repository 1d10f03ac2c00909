"""What a network is asked for: a linear readout of its states, and the error of the readout.

    y_t = V h_t + c_out                                                                        (eq. readout)

A loss for `bptt` is made from a pointwise error and its targets: `at_end(squared_error, target)`. Errors are
means over the batch, and over time where there is one target for each step, so that neither changes the scale.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell, Initializer
from minirnn.core import checks, initializers
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.core.products import outer_sum

# (Y (N, outputs), target) -> (E averaged over N, ∂E/∂Y)
Pointwise = Callable[[Any, np.ndarray], tuple[Any, Any]]


@checked
def init_readout(
    rng: np.random.Generator, cell: Cell, outputs: int, weights: Initializer = initializers.fan_in
) -> Params:
    """V (outputs, n_out) from `weights` and c_out (outputs,) = 0."""
    checks.generator("rng", rng)
    shape = (checks.integer("outputs", outputs, 1), cell.n_out)
    return {"V": weights(rng, shape), "c_out": np.zeros(outputs)}


def readout(params: Params, H: Any) -> Any:
    """y = V h + c_out for states H (..., n_state): (..., outputs). V sees the first n_out entries of a state.

    Raises ValueError unless params hold V (outputs, n_out) with n_out <= n_state, and c_out (outputs,).
    """
    if not hasattr(params, "keys"):  # a dict, or what autograd makes of one
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
    """E as a function of the states H (T, B, n_state), H[t-1] = h_t; its kinds say which states are read."""

    error: Pointwise
    target: np.ndarray

    def __post_init__(self) -> None:
        if not isinstance(self.target, np.ndarray):
            raise TypeError(f"target must be an array, got {checks.kind(self.target)}")
        checks.function("error", self.error, "(Y, target) -> (E, dE/dY) such as squared_error")

    def read(self, H: Any) -> Any:
        """The states that the readout sees, one a row: (N, n_state), a view of H."""
        raise TypeError("make a Loss by at_end or at_every_step")

    def rows(self) -> np.ndarray:
        """The targets of these states, one a row."""
        return self.target

    def value(self, params: Params, H: Any) -> Any:
        """E alone: what autograd differentiates."""
        return self.error(readout(params, self.read(H)), self.rows())[0]

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        """E, ∂E/∂H (T, B, n_state) and the gradients of V and c_out."""
        states = self.read(H)
        E, dY = self.error(readout(params, states), self.rows())
        n_out = params["V"].shape[1]
        dE = np.zeros(H.shape, H.dtype)  # in C order, of which `read` is a view: zeros_like keeps another order
        self.read(dE)[:, :n_out] = dY @ params["V"]
        return float(E), dE, {"V": outer_sum(dY, states[:, :n_out]), "c_out": dY.sum(0)}


class AtEnd(Loss):
    """Reads h_T."""

    last_state_only = True  # so that checkpoints may drop the others

    def read(self, H: Any) -> Any:
        return H[-1]


class AtEveryStep(Loss):
    """Reads h_1 to h_T, whose first axes must be those of the target."""

    def read(self, H: Any) -> Any:
        if self.target.shape[:2] != H.shape[:2]:
            T, B = H.shape[:2]
            raise ValueError(f"target must be (T, B, ...) = ({T}, {B}, ...), got {self.target.shape}")
        return H.reshape((-1, H.shape[-1]))

    def rows(self) -> np.ndarray:
        return self.target.reshape((-1, *self.target.shape[2:]))


def at_end(error: Pointwise, target: np.ndarray) -> AtEnd:
    """The loss E = error(y_T, target): the last state only is read. target (B, ...)."""
    return AtEnd(error, target)


def at_every_step(error: Pointwise, target: np.ndarray) -> AtEveryStep:
    """The loss E = mean over t of error(y_t, target_t). target (T, B, ...)."""
    return AtEveryStep(error, target)
