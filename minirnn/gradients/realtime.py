"""Real-time recurrent learning: the gradient of a loss without a step back in time.

The influence P_t = ∂h_t/∂θ of all past uses of θ on the state obeys a recursion that runs with the network:

    P_t = J_t P_{t-1} + ∂⁺h_t/∂θ,   P_0 = 0,   J_t = ∂h_t/∂h_{t-1}                             (eq. influence)
    ∂E_t/∂θ = (∂E_t/∂h_t) P_t                                                                   (eq. online)

∂⁺ holds h_{t-1} constant. For weights that stay the same, the sum over t is what `bptt` computes, bracketed from the
other end (robinson1987, williams1989). Past states are not needed again; P has n_state numbers for each parameter.

Both factors come from the contract of a cell: `vjp_step` on the unit vectors gives the rows of J_t and the adjoints of
the pre-activations, `vjp_params` turns these into the rows of ∂⁺h_t/∂θ. A `Way` decides how much of P is stored: all
of it here, less in `traces` and in `rank_one`. Each sequence of a batch is a batch of one, along a leading axis B.
"""

from collections.abc import Iterable, Iterator
from functools import partial, reduce
from typing import Any, NamedTuple, Protocol

import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, map_params, overflow_allowed
from minirnn.gradients.backpropagation import check_inputs, check_params, forward_scan
from minirnn.gradients.objective import Objective, evaluate


class Moment(NamedTuple):
    """One step of a cell, for its derivatives: X (B, 1, m), H_prev (B, 1, n_state), local (B, 1, ·)."""

    cell: Any
    params: Params
    X: np.ndarray
    H_prev: np.ndarray
    local: Local

    def back(self, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """δᵀJ_t (..., B, n_state) and the adjoints d (..., B, 1, k) of the pre-activations, for δ (..., B, n_state)."""
        carry, d = self.cell.vjp_step(self.params, self.local, delta[..., None, :])
        return carry[..., 0, :], d

    def send(self, delta: np.ndarray) -> tuple[np.ndarray, Params]:
        """δᵀJ_t and δᵀ∂⁺h_t/∂θ, arrays (..., B, *shape), for δ (..., B, n_state)."""
        carry, d = self.back(delta)
        lead = delta.shape[:-1]  # all with as many leading axes as δ, as the contract of a cell has it
        X, H_prev, *local = (np.broadcast_to(a, (*lead, *a.shape[1:])) for a in (self.X, self.H_prev, *self.local))
        return carry, self.cell.vjp_params(self.params, X, H_prev, local, d)


class Way(Protocol):
    """A form in which the influence is stored. `check` raises ValueError for a cell that it does not suit; P is None
    before the first step, where the influence is 0; `gradient` is ∂E_t/∂θ, summed over the batch."""

    def check(self, cell: Cell, params: Params) -> None: ...
    def step(self, moment: Moment, P: Any) -> Any: ...
    def gradient(self, P: Any, dE: np.ndarray) -> Params: ...


class Full:
    """All of P: arrays (B, n_state, *shape), one for each key of the cell's parameters."""

    def check(self, cell: Cell, params: Params) -> None:
        """Every cell has an influence."""

    def step(self, moment: Moment, P: Params | None) -> Params:
        """(eq. influence): n_state² p products for p parameters."""
        B, _, n = moment.H_prev.shape
        unit = np.eye(n, dtype=moment.H_prev.dtype)[:, None, :]
        J, immediate = moment.send(np.broadcast_to(unit, (n, B, n)))
        J, immediate = J.swapaxes(0, 1), {key: I.swapaxes(0, 1) for key, I in immediate.items()}
        if P is None:
            return immediate
        return {key: I + (J @ P[key].reshape(B, n, -1)).reshape(I.shape) for key, I in immediate.items()}

    def gradient(self, P: Params, dE: np.ndarray) -> Params:
        """(eq. online), summed over the batch, from ∂E_t/∂h_t (B, n_state)."""
        checks.float_array("dE", dE, next(iter(P.values())).shape[:2], finite=False)
        return {key: np.tensordot(dE, influence, 2) for key, influence in P.items()}


FULL = Full()


# --- along a stream ------------------------------------------------------------------------------------------------


def advance(way: Way, cell: Cell, params: Params, x: np.ndarray, h: np.ndarray, P: Any) -> tuple[np.ndarray, Any]:
    """h_t (B, n_state) and P_t from x_t (B, m), h_{t-1} and P_{t-1}; P = None at the start. The weights may change
    between steps: then P is the derivative of h_t in a common shift of all weights so far, not in the last ones."""
    X, H_prev = x[:, None], h[:, None]
    drive = cell.drive(params, X)
    H = np.asarray(cell.step(params, H_prev, drive))
    local = cell.linearize(params, drive, H_prev, H)
    return H[:, 0], way.step(Moment(cell, params, X, H_prev, local), P)


@checked
def along(
    cell: Cell, params: Params, stream: Iterable[np.ndarray], way: Way = FULL, h0: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, Any]]:
    """h_t (B, n_state) and P_t for each x_t (B, m) of a stream, which need not end: no past state is stored.

    `way.gradient(P_t, dE_t)` is ∂E_t/∂θ, a dict like the cell's parameters, for dE_t = ∂E_t/∂h_t (B, n_state).

    >>> from itertools import islice, repeat
    >>> from minirnn import IndRNN
    >>> cell, params = IndRNN(m=1, n=1, activation="identity"), {"w": np.array([0.5]), "U": np.eye(1), "b": np.zeros(1)}
    >>> for h, P in islice(along(cell, params, repeat(np.ones((1, 1)))), 3):
    ...     print(h.item(), FULL.gradient(P, np.ones((1, 1)))["w"].item())
    1.0 0.0
    1.5 1.0
    1.75 2.0

    Raises TypeError or ValueError if params, h0 or the stream do not fit the cell; of an input, when it comes.
    """
    weights = {key: params[key] for key in check_params(cell, params)}
    way.check(cell, params)
    if h0 is not None:
        checks.float_array("h0", h0, ("B", cell.n_state), finite=False)
    checks.one_dtype(**weights, **{} if h0 is None else {"h0": h0})
    if not isinstance(stream, Iterable):
        raise TypeError(
            f"stream must be an array (T, B, m) or an iterable of inputs (B, m), got {checks.kind(stream)}"
        )
    return _followed(way, cell, params, stream, h0)


def _followed(
    way: Way, cell: Cell, params: Params, stream: Iterable[np.ndarray], h0: np.ndarray | None
) -> Iterator[tuple[np.ndarray, Any]]:
    """What `along` gives."""
    h, P = h0, None
    for x in stream:
        checks.float_array("x", x, ("B" if h is None else h.shape[0], cell.m))
        checks.one_dtype(x=x, **{key: params[key] for key in cell.shapes()})
        h = np.zeros((len(x), cell.n_state), x.dtype) if h is None else h
        with overflow_allowed():
            h, P = advance(way, cell, params, x, h, P)
        yield h, P


def summed_online(
    way: Way, cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None
) -> tuple[float, Params]:
    """E and Σ_t (∂E_t/∂h_t) P_t. Losses of this library read all states at once, so these are computed beforehand."""
    check_inputs(cell, params, X, h0)
    with overflow_allowed():
        H = forward_scan(cell, params, X, h0)
        E, dE, readout = evaluate(loss, cell, params, H)
        moments = zip(along(cell, params, X, way, H[0]), dE, strict=True)
        terms = (way.gradient(P, dE_t) for (_, P), dE_t in moments)
        return E, reduce(partial(map_params, np.add), terms) | readout


@checked
def rtrl(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E and its gradient as `bptt` gives them, to rounding, by (eq. influence), for every cell.

    X (T, B, m), h0 (B, n_state) and the loss are as there. The influence has B·n_state·p numbers for p parameters,
    whatever T is, and a step costs B·n_state²·p products: n⁴ where p grows like n².

    >>> from minirnn import VanillaRNN, bptt
    >>> from minirnn.learning import losses
    >>> rng, cell = np.random.default_rng(0), VanillaRNN(m=2, n=3)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> X, loss = rng.standard_normal((50, 2, 2)), losses.at_end(losses.squared_error, np.ones((2, 1)))
    >>> forwards, backwards = rtrl(cell, params, X, loss)[1], bptt(cell, params, X, loss)[1]
    >>> bool(np.allclose(forwards["W"], backwards["W"], rtol=1e-10))
    True

    Raises TypeError or ValueError if X, h0 or params do not fit the cell.
    """
    return summed_online(FULL, cell, params, X, loss, h0)
