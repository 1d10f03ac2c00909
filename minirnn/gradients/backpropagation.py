"""Backpropagation through time, written once for every cell.

For E = Σ_t E_t(h_t) and h_t = f(h_{t-1}, x_t; θ) the adjoints δ_t = ∂E/∂h_t obey one backward recursion, and the
gradient is a sum of immediate partial derivatives, one for each time step:

    δ_t = ∂E_t/∂h_t + (∂h_{t+1}/∂h_t)ᵀ δ_{t+1},   δ_{T+1} = 0                                  (eq. adjoint)
    ∂E/∂θ = Σ_t (∂⁺h_t/∂θ)ᵀ δ_t                                                                (eq. gradient)

∂⁺ holds h_{t-1} constant. Only the step and (eq. adjoint) run through time; all else is done for many steps at once.
Derived in the book's chapter on backpropagation through time; see rumelhart1986, werbos1990, pascanu2013.

Shapes: X (T, B, m) inputs, H (T+1, B, n_state) states with H[0] = h_0, dE (T, B, n_state) with
dE[t-1] = ∂E_t/∂h_t, D (T, B, k) adjoints of the pre-activations. States and gradients that overflow are returned
as they are, without a warning: the book studies them.
"""

from functools import cache

import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.objective import Objective, evaluate

# --- the two recursions, and the sum -------------------------------------------------------------------------------


def forward_loop(cell: Cell, params: Params, drive: np.ndarray, H: np.ndarray) -> None:
    """h_t = f(h_{t-1}, x_t; θ): the states after H[0], one after the other, from the drive (T, B, k)."""
    h = H[0]
    for t, drive_t in enumerate(drive):
        h = H[t + 1] = cell.step(params, h, drive_t)


def backward_loop(
    cell: Cell, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """(eq. adjoint): δ_t = ∂E_t/∂h_t + carry, where `carry` is (∂h_{t+1}/∂h_t)ᵀ δ_{t+1}, at first from later steps.
    Returns D (T, B, k), d_t = ∂E/∂a_t of the pre-activations, and the carry to the steps before."""
    D = np.empty((*dE.shape[:-1], k), dE.dtype)
    for t in reversed(range(len(dE))):
        delta = dE[t] + carry
        carry, D[t] = cell.vjp_step(params, [a[t] for a in local], delta)
    return D, carry


def sum_over_time(
    cell: Cell, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray
) -> Params:
    """(eq. gradient), without making its summands: time is folded into the batch, (T, B, ·) -> (T·B, ·)."""
    X, H_prev, D = (a.reshape(-1, a.shape[-1]) for a in (X, H_prev, D))
    return cell.vjp_params(params, X, H_prev, [a.reshape(-1, a.shape[-1]) for a in local], D)


# --- both recursions a block of steps at a time, by a cell's own scans where it has them -----------------------------


def run_forward(cell: Cell, params: Params, drive: np.ndarray, H: np.ndarray) -> None:
    """`forward_loop`, or the cell's own scan."""
    if scan := getattr(cell, "scan", None):  # isinstance with a protocol takes fifty times as long
        H[1:] = scan(params, drive, H[0])
    else:
        forward_loop(cell, params, drive, H)


def run_backward(
    cell: Cell, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """`backward_loop`, or the cell's own scan."""
    if scan := getattr(cell, "scan_adjoints", None):
        return scan(params, local, dE, carry)
    return backward_loop(cell, params, local, dE, carry, k)


BLOCK = 2**15  # entries of the state that are worked on at a time: 256 KB in float64


@cache
def keep_freed_memory() -> None:
    """From now on the process keeps the memory that a block frees, for the next block.

    The C library of Linux returns freed memory to the system if it is more than twice the largest array, of at most
    32 MB, that was ever freed. The first touch of new memory can cost more than the arithmetic: up to three quarters of
    a pass. So this function makes such an array and frees it, and touches no page of it. Elsewhere it does nothing.
    """
    np.empty(2**25 - 2**16, np.uint8)


def entries(cell: Cell, B: int) -> int:
    """The entries of the state for which a step counts; of layers, which run one after the other, the largest one's."""
    return B * getattr(cell, "widest", cell.n_state)


def blocks(T: int, size: int) -> list[slice]:
    """Slices that cover T steps of so many entries each, four steps at least. The arrays of one block fit into the
    processor's cache, and no array but the states exists for all steps."""
    steps = max(4, BLOCK // size)
    return [slice(start, min(start + steps, T)) for start in range(0, T, steps)]


def forward_scan(cell: Cell, params: Params, X: np.ndarray, h0: np.ndarray | None) -> np.ndarray:
    """H (T+1, B, n_state) from X (T, B, m)."""
    keep_freed_memory()
    T, B, _ = X.shape
    H = np.empty((T + 1, B, cell.n_state), X.dtype)
    H[0] = 0.0 if h0 is None else h0
    params = {key: np.asfortranarray(p) for key, p in params.items()}  # W.T in C order: BLAS has less to copy
    for block in blocks(T, entries(cell, B)):
        run_forward(cell, params, cell.drive(params, X[block]), H[block.start : block.stop + 1])
    return H


def adjoints(
    cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray, carry: np.ndarray
) -> tuple[Local, np.ndarray, np.ndarray]:
    """The local derivatives, D and the carry for X (T, B, m), H (T+1, B, n_state), dE: maps, and a scan."""
    drive = _drive_again(cell, params, X)
    local = cell.linearize(params, drive, H[:-1], H[1:])
    D, carry = run_backward(cell, params, local, dE, carry, drive.shape[-1])
    return local, D, _vanished_at_zero(carry)


def _vanished_at_zero(carry: np.ndarray) -> np.ndarray:
    """The array with 0 for numbers below 1e-31 in float32, 1e-292 in float64: a float's smallest over its precision.

    A processor works with subnormal numbers, those below the smallest normal one, up to a hundred times slower. Where a
    gradient vanishes they come, also as products of numbers just above, and stay: the smallest of all, times a forget
    gate of more than a half, is rounded to itself.
    """
    floats = np.finfo(carry.dtype)
    vanished = np.abs(carry) < floats.tiny / floats.eps
    return np.where(vanished, carry.dtype.type(0.0), carry) if vanished.any() else carry


def _drive_again(cell: Cell, params: Params, X: np.ndarray) -> np.ndarray:
    """The drive for `linearize`; an array of nan if `linearize` does not read it."""
    if getattr(cell, "reads_drive", True):
        return cell.drive(params, X)
    k = cell.drive(params, X[:1, :1]).shape[-1]
    return np.broadcast_to(X.dtype.type(np.nan), (*X.shape[:-1], k))


def gradient_and_carry(
    cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray, carry: np.ndarray
) -> tuple[Params, np.ndarray]:
    """(eq. gradient), summed block by block from the last to the first; and the carry to h_0. If dE has fewer than T
    steps, they are the last ones, and the steps before them have no errors."""
    total: Params = {}
    steps = blocks(len(X), entries(cell, X.shape[1]))
    none = np.zeros((steps[0].stop if len(dE) < len(X) else 0, *dE.shape[1:]), dE.dtype)
    none.flags.writeable = False  # one array serves all blocks without errors
    for block in reversed(steps):
        states = H[block.start : block.stop + 1]
        local, D, carry = adjoints(cell, params, X[block], states, _errors(dE, none, block, len(X)), carry)
        for key, term in sum_over_time(cell, params, X[block], states[:-1], local, D).items():
            total[key] = total[key] + term if key in total else term
    return total, carry


def _errors(dE: np.ndarray, none: np.ndarray, block: slice, T: int) -> np.ndarray:
    """dE of a block of the T steps: dE holds the last steps, and those before have no errors, as `none` has."""
    first = T - len(dE)
    known = dE[max(block.start - first, 0) : max(block.stop - first, 0)]
    silent = none[: block.stop - block.start - len(known)]
    return np.concatenate([silent, known]) if len(silent) and len(known) else known if len(known) else silent


# --- entries -------------------------------------------------------------------------------------------------------


@checked
def unroll(cell: Cell, params: Params, X: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """States H (T+1, B, n_state) for inputs X (T, B, m), with H[0] = h0 (B, n_state), 0 by default.

    >>> from minirnn import VanillaRNN
    >>> cell = VanillaRNN(m=1, n=1)
    >>> params = {"W": np.array([[0.5]]), "U": np.array([[1.0]]), "b": np.zeros(1)}
    >>> unroll(cell, params, np.array([1.0, 0.0]).reshape(2, 1, 1)).ravel().round(4)
    array([0.    , 0.7616, 0.3634])

    Raises TypeError or ValueError if X, h0 or params do not fit the cell.
    """
    check_inputs(cell, params, X, h0)
    with overflow_allowed():
        return forward_scan(cell, params, X, h0)


@checked
def backward(cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray) -> np.ndarray:
    """Adjoints D (T, B, k) of the pre-activations, d_t = ∂E/∂a_t, from H of `unroll` and dE (T, B, n_state)."""
    _check_states(cell, params, X, H, dE)
    with overflow_allowed():
        return adjoints(cell, params, X, H, dE, np.zeros_like(H[0]))[1]


@checked
def temporal_terms(cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray) -> Params:
    """The T summands of the gradient: a dict of arrays (T, ...), whose sums over the first axis are ∂E/∂θ.

    Summand k is (∂⁺h_k/∂θ)ᵀ δ_k: the part of the gradient that is due to the use of θ at step k. With dE zero
    but at step t these are the terms of pascanu2013, eq. (4), for E_t.
    """
    _check_states(cell, params, X, H, dE)
    with overflow_allowed():
        local, D, _ = adjoints(cell, params, X, H, dE, np.zeros_like(H[0]))
        return cell.vjp_params(params, X, H[:-1], local, D)


@checked
def bptt(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """E and its gradient, a dict like `params`, for inputs X (T, B, m) and a loss from `losses`.

    >>> from minirnn import VanillaRNN
    >>> from minirnn.learning import losses
    >>> rng = np.random.default_rng(0)
    >>> cell = VanillaRNN(m=2, n=3)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> loss = losses.at_end(losses.squared_error, np.ones((4, 1)))
    >>> E, gradient = bptt(cell, params, rng.standard_normal((5, 4, 2)), loss)
    >>> {key: value.shape for key, value in gradient.items()}
    {'W': (3, 3), 'U': (3, 2), 'b': (3,), 'V': (1, 3), 'c_out': (1,)}

    Raises TypeError or ValueError if X, h0 or params do not fit the cell.
    """
    check_inputs(cell, params, X, h0)
    with overflow_allowed():
        H = forward_scan(cell, params, X, h0)
        # no zeros are stored for the steps that a loss does not read: they would fill as much memory as the states
        E, dE, readout = evaluate(loss, cell, params, H[-2:] if getattr(loss, "last_state_only", False) else H)
        return E, gradient_and_carry(cell, params, X, H, dE, np.zeros_like(H[0]))[0] | readout


@checked
def truncated_bptt(
    cell: Cell, params: Params, X: np.ndarray, loss: Objective, K: int, h0: np.ndarray | None = None
) -> tuple[float, Params]:
    """Like `bptt`, but each E_t sends its error back through its last K steps only: BPTT(K) of williams1990.

    K = 1 keeps the immediate partial derivatives, K >= T the exact gradient. The errors of all t are sent back
    together, one step at a time, so the cost is K maps over the whole sequence.

    Raises ValueError if K < 1, and as `bptt`.
    """
    checks.integer("K", K, 1)
    check_inputs(cell, params, X, h0)
    with overflow_allowed():
        H = forward_scan(cell, params, X, h0)
        E, dE, readout = evaluate(loss, cell, params, H)
        drive = cell.drive(params, X)
        local = cell.linearize(params, drive, H[:-1], H[1:])
        D, delta = np.zeros_like(drive), dE
        for _ in range(min(K, len(X))):
            carry, d = cell.vjp_step(params, local, delta)
            D = D + d
            delta = np.concatenate([carry[1:], np.zeros_like(carry[:1])])
        return E, sum_over_time(cell, params, X, H[:-1], local, D) | readout


# --- checks --------------------------------------------------------------------------------------------------------


def check_inputs(cell: Cell, params: Params, X: np.ndarray, h0: np.ndarray | None = None) -> None:
    """Raises TypeError or ValueError unless X, h0 and the parameters fit the cell and each other.

    A readout among the parameters must fit too: a V with too few columns would read too few units in silence. Other
    keys, which a loss may read, are checked by `objective.evaluate`.
    """
    known = check_params(cell, params)
    checks.float_array("X", X, ("T", "B", cell.m))
    if h0 is not None:
        checks.float_array("h0", h0, (X.shape[1], cell.n_state), finite=False)
    checks.one_dtype(X=X, **{} if h0 is None else {"h0": h0}, **{key: params[key] for key in known})


def check_params(cell: Cell, params: Params) -> list[str]:
    """The keys of the cell and of the usual readout; raises TypeError or ValueError unless the parameters fit them."""
    checks.float_arrays("params", params)
    shapes: dict[str, tuple[int | str, ...]] = {**cell.shapes()}
    if "V" in params:
        shapes |= {"V": ("outputs", cell.n_out), "c_out": params["V"].shape[:1]}
    for key, shape in shapes.items():
        if key not in params:
            raise ValueError(f"params must hold {', '.join(shapes)}; {key} is missing")
        checks.float_array(f"params[{key!r}]", params[key], shape, finite=False)
    return list(shapes)


def _check_states(cell: Cell, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray) -> None:
    """`check_inputs`, and the same for H and dE: for functions that take the states."""
    check_inputs(cell, params, X)
    T, B, _ = X.shape
    checks.float_array("H", H, (T + 1, B, cell.n_state), finite=False)
    checks.float_array("dE", dE, (T, B, cell.n_state), finite=False)
    checks.one_dtype(X=X, H=H, dE=dE)
