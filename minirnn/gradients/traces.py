"""One trace for each parameter in place of the whole influence: exact where units see only their own past.

A parameter acts directly on one unit of its cell, that of its row. Where units see only their own past, it never
reaches another unit: of P_t (eq. influence) only ∂h_u/∂θ_j for the unit u of θ_j is not 0, and

    e_j  <-  J_uu e_j + ∂⁺h_u/∂θ_j                                                                  (eq. trace)

with the Jacobian's entry J_uu of that unit. mozer1989 derived it for units with self-loops, zucchet2023 use it for
complex ones. In other cells it drops the paths through other units (`snap1`: menick2021) or all paths through synapses
(`eprop`: bellec2020; murray2019 for leaky units). A unit of s entries, as h and c of an LSTM, counts as one: it has s
traces for each parameter, and a block in place of J_uu.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, step_jacobian
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.gradients.objective import Objective
from minirnn.gradients.realtime import Moment, summed_online


class Layout(NamedTuple):
    """Where the s entries of n units are in the state, (s, n), and for each parameter the unit of each of its rows."""

    at: np.ndarray
    owner: dict[str, np.ndarray]

    def rows(self, key: str, units: np.ndarray, trace: np.ndarray) -> np.ndarray:
        """Numbers (B, n) of units as factors of the traces (B, rows, ...) of a parameter."""
        rows = units[:, self.owner[key]]
        return rows.reshape(*rows.shape, *[1] * (trace.ndim - 2))

    def one_entry(self, moment: Moment) -> np.ndarray:
        """(s, B, n_state): 1 at entry q of every unit, 0 elsewhere."""
        delta = np.zeros((len(self.at), *moment.H_prev[:, 0].shape), moment.H_prev.dtype)
        for q, entries in enumerate(self.at):
            delta[q][:, entries] = 1
        return delta

    def gradient(self, traces: Params, dE: np.ndarray) -> Params:
        """Σ over the batch and the units' entries of ∂E/∂h_u e_j, from ∂E/∂h (B, n_state)."""
        parts = [dE[:, entries] for entries in self.at]
        return {
            key: sum((self.rows(key, part, e) * e).sum(0) for part, e in zip(parts, traces[key], strict=True))
            for key in traces
        }


def _random_moment(cell: Any, size: float = 1.0, B: int = 8) -> tuple[Moment, np.ndarray]:
    """A step of B sequences from random states and inputs of a size, with random parameters, and random adjoints
    (B, n_state). A network's own parameters would not do: where its units are saturated or dead, none sees another."""
    rng = np.random.default_rng(round(size) - 1)
    params = {key: 0.5 * rng.standard_normal(shape) for key, shape in cell.shapes().items()}
    X, H_prev = (size * rng.standard_normal((B, 1, k)) for k in (cell.m, cell.n_state))
    drive = cell.drive(params, X)
    local = cell.linearize(params, drive, H_prev, np.asarray(cell.step(params, H_prev, drive)))
    return Moment(cell, params, X, H_prev, local), rng.standard_normal((B, cell.n_state))


@cache
def layout(cell: Any) -> Layout:
    """The cell's layout: entries in groups of n, as h and c of an LSTM, or side by side. Both are tried, and the right
    one gives each row of the parameters to one unit. Raises ValueError if neither does."""
    n = getattr(cell, "n", None)
    if not isinstance(n, int) or cell.n_state % n:
        raise ValueError(f"cell must be one layer of n units, got {type(cell).__name__}; use rtrl")
    entries = np.arange(cell.n_state)
    for at in (entries.reshape(-1, n), entries.reshape(n, -1).T):
        owner = {key: np.zeros(shape[0], int) for key, shape in cell.shapes().items()}
        for size, B in (
            (1.0, 8),
            (10.0, 32),
            (100.0, 32),
        ):  # a unit may be dead in small sums, or saturated in large
            units = _owners(*_random_moment(cell, size, B), at)
            if units is None:
                break
            owner = {key: np.maximum(owner[key], units[key]) for key in owner}
            if all(rows.all() for rows in owner.values()):
                return Layout(at, {key: rows - 1 for key, rows in owner.items()})
    got = f"got {type(cell).__name__}; use rtrl"
    raise ValueError(f"cell must have parameters of which each acts on the unit of its row, {got}")


def _owners(moment: Moment, delta: np.ndarray, at: np.ndarray) -> dict[str, np.ndarray] | None:
    """u + 1 for each row of the parameters, of unit u: the adjoints of unit u, multiplied by u + 1, multiply all that
    they make of its rows by u + 1, and no row of several units by one number. None where there is such a row; 0 for a
    row that they make nothing of."""
    number = np.empty(at.size)
    number[at] = np.arange(1.0, at.shape[1] + 1)
    (_, once), (_, counted) = moment.send(delta), moment.send(number * delta)
    owner = {}
    for key in once:
        a, b = (np.moveaxis(made[key], 1, 0).reshape(made[key].shape[1], -1) for made in (once, counted))
        times = np.rint((a * b).sum(1) / np.maximum((a * a).sum(1), 1e-300))
        if not np.allclose(b, times[:, None] * a, 1e-9, 1e-9):
            return None
        owner[key] = times.astype(int)
    return owner


# --- blocks of the Jacobian: (s, s, B, n), entry q of each unit by its entry r ---------------------------------------


def column_sums(moment: Moment) -> np.ndarray:
    """Σ_v ∂h_v/∂h_u in place of ∂h_u/∂h_u: the same for units that see only their own past, by s adjoint steps."""
    of_units = layout(moment.cell)
    carry, _ = moment.back(of_units.one_entry(moment))
    return carry[..., of_units.at].swapaxes(1, 2)


@cache
def sees_own_past(cell: Any) -> bool:
    """Do the sums make up the whole Jacobian, at a random place?"""
    (moment, delta), at = _random_moment(cell), layout(cell).at
    within_units = (np.moveaxis(delta[:, at], 1, 0)[:, None] * column_sums(moment)).sum(0)
    return np.allclose(within_units, np.moveaxis(moment.back(delta)[0][:, at], 1, 0), 1e-9, 1e-9)


def own_blocks(moment: Moment) -> np.ndarray:
    """∂h_u/∂h_u, out of the whole Jacobian, by n_state adjoint steps."""
    lead, at = moment.H_prev.shape[:-1], layout(moment.cell).at
    J = step_jacobian(moment.cell, moment.params, moment.local, lead, moment.H_prev.dtype)[:, 0]
    return np.moveaxis(J[:, at[:, None], at[None]], 0, 2)


def inside_blocks(moment: Moment) -> np.ndarray:
    """∂h_u/∂h_u without the synapses: the adjoint step with W = 0 at the same gates. A W of blocks is no synapse."""
    W = moment.params.get("W")
    silent = {"W": np.zeros_like(W)} if W is not None and W.ndim == 2 else {}
    return column_sums(moment._replace(params=moment.params | silent))


class Carried(NamedTuple):
    """Traces, arrays (s, B, *shape), and the layout of the cell's units."""

    traces: Params
    layout: Layout


@dataclass(frozen=True)
class Traces:
    """Traces, which each step multiplies by the `blocks` of the Jacobian."""

    blocks: Callable[[Moment], np.ndarray]

    def step(self, moment: Moment, P: Carried | None) -> Carried:
        """(eq. trace). `send` sums over units, and each parameter belongs to one, so the sums mix no parameters."""
        of_units = layout(moment.cell)
        _, immediate = moment.send(of_units.one_entry(moment))
        if P is None:
            return Carried(immediate, of_units)
        J = self.blocks(moment)
        carried = {
            key: [sum(of_units.rows(key, J[q, r], e) * e for r, e in enumerate(old)) for q in range(len(J))]
            for key, old in P.traces.items()
        }
        return Carried({key: I + np.stack(carried[key]) for key, I in immediate.items()}, of_units)

    def gradient(self, P: Carried, dE: np.ndarray) -> Params:
        """∂E_t/∂θ from ∂E_t/∂h_t (B, n_state), summed over the batch."""
        B = next(iter(P.traces.values())).shape[1]
        checks.float_array("dE", dE, (B, P.layout.at.size), finite=False)
        return P.layout.gradient(P.traces, dE)

    def check(self, cell: Any, params: Params) -> None:
        """Raises ValueError unless the cell has the form that (eq. trace) needs, to be exact if it has to."""
        layout(cell)
        if self.blocks is column_sums and not sees_own_past(cell):
            got = f"as those of IndRNN, MinGRU and DiagonalRNN do, got {type(cell).__name__}; use rtrl or snap1"
            raise ValueError(f"cell must have units that see only their own past, {got}")


OWN_PAST, SNAP1, INSIDE = Traces(column_sums), Traces(own_blocks), Traces(inside_blocks)


@checked
def elementwise_rtrl(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E and its gradient as `bptt` gives them, to rounding, by (eq. trace), for units that see only their own past.

    X (T, B, m), h0 (B, n_state) and the loss are as there. Memory: s numbers for each parameter and sequence, s = 1, or
    2 for complex units, whatever T is; a step costs about as much as s adjoint steps.

    >>> from minirnn import DiagonalRNN, bptt
    >>> from minirnn.learning import losses
    >>> rng, cell = np.random.default_rng(0), DiagonalRNN(m=2, n=3)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> X, loss = rng.standard_normal((50, 2, 2)), losses.at_end(losses.squared_error, np.ones((2, 1)))
    >>> forwards, backwards = elementwise_rtrl(cell, params, X, loss)[1], bptt(cell, params, X, loss)[1]
    >>> bool(np.allclose(forwards["theta"], backwards["theta"], rtol=1e-10))
    True

    Raises TypeError or ValueError if X, h0 or params do not fit the cell, or units of the cell see others.
    """
    return summed_online(OWN_PAST, cell, params, X, loss, h0)


@checked
def snap1(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E, and an estimate of its gradient that drops all paths from a unit through others: SnAp-1 of menick2021.

    Arguments as those of `bptt`; exact where units see only their own past. The whole Jacobian is made at each step,
    for the sake of one code for all cells, and only its diagonal used: n_state² numbers beside the traces.

    Raises TypeError or ValueError as `bptt`, and if a parameter of the cell acts on several units.
    """
    return summed_online(SNAP1, cell, params, X, loss, h0)


@checked
def eprop(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E, and an estimate of its gradient that keeps the memory inside units alone: a leak or a gate, no synapse.

    The eligibility traces of bellec2020, with ∂E_t/∂h_t as the learning signal and no random feedback; of leaky units
    murray2019 has the same. The weight of a unit that sees no other, as in an `IndRNN`, counts as inside it. Arguments
    as those of `bptt`. A `VanillaRNN` has no memory inside its units: there it is `truncated_bptt` with K = 1.

    Raises TypeError or ValueError as `bptt`, and if a parameter of the cell acts on several units.
    """
    return summed_online(INSIDE, cell, params, X, loss, h0)
