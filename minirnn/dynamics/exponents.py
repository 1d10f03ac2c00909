"""Cells and maps as dynamical systems: Jacobians and Lyapunov exponents.

A `System` is a step and the products of its Jacobians with vectors; `network` makes one of any cell, `autonomous` of
any map with a Jacobian. Rows of a batch may start in different states or have different parameters.

The largest exponent λ₁ is the mean rate, in nats a step, at which two nearby states part (λ₁ > 0) or meet (λ₁ < 0).
Adjoints run through the same Jacobians, transposed and backwards; products have the same singular values either way,
so over long lags a generic ‖δ_{t-k}‖ grows or decays like e^{λ₁k}.
This module only evaluates: autograd has no derivative for QR.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from minirnn.cells.contract import Cell, Local, Sized, step_jacobian
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.dynamics.systems import Product, System, check_start, stretch
from minirnn.gradients.backpropagation import blocks, check_inputs, check_params

BLOCKS = 10  # the scatter of the means of ten blocks of steps estimates the error


class Spectrum(NamedTuple):
    """Exponents (B, k), nats a step; their standard errors (B, k); the step (B,) after which a state was not finite,
    0 if it always was. The exponents of a row that diverged are those of the steps before."""

    exponents: np.ndarray
    errors: np.ndarray
    diverged: np.ndarray


@checked
def jacobian(cell: Cell, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """∂h_t/∂h_{t-1}, (..., B, n_state, n_state), at h_prev (..., B, n_state) and drive: [b, i, j] = ∂h_i/∂h_j.

    Row i is the adjoint step of the unit vector e_i, so every cell has a Jacobian without further code.

    >>> from minirnn import LinearRNN
    >>> params = {"W": np.array([[0.0, 2.0], [3.0, 0.0]]), "U": np.zeros((2, 1)), "b": np.zeros(2)}
    >>> jacobian(LinearRNN(m=1, n=2), params, np.zeros((1, 2)), np.zeros((1, 2)))[0]
    array([[0., 2.],
           [3., 0.]])
    """
    check_params(cell, params)
    if h_prev.shape[-1:] != (cell.n_state,) or h_prev.ndim < 2:
        raise ValueError(f"h_prev must be (..., B, {cell.n_state}), got {h_prev.shape}")
    width = np.shape(cell.drive(params, np.zeros((1, 1, cell.m), h_prev.dtype)))[-1]
    if drive.shape != (*h_prev.shape[:-1], width):
        raise ValueError(f"drive must be {(*h_prev.shape[:-1], width)}, as cell.drive gives it, got {drive.shape}")
    local = cell.linearize(params, drive, h_prev, cell.step(params, h_prev, drive))
    return step_jacobian(cell, params, local, h_prev.shape[:-1], h_prev.dtype)


def _stacked(cell: Cell, params: Sequence[Params]) -> Params:
    """The parameters of B networks as one dict: matrices (B, r, c) and vectors (B, 1, n), for states (B, 1, n)."""
    return {key: np.stack([np.atleast_2d(p[key]) for p in params]) for key in cell.shapes()}


@checked
def network(cell: Cell, params: Params | Sequence[Params], X: np.ndarray | None = None) -> System:
    """The cell as a system, driven by X (T, B, m); without X the input is 0 and h0 may have any number of rows.

    `params` may also be a list: then row b of the batch is the network params[b].
    Raises TypeError or ValueError as `unroll`, and for an empty list.
    """
    several = not isinstance(params, dict)
    every: list[Params] = [params] if isinstance(params, dict) else list(params)
    if not every:
        raise ValueError("params must be a dict of arrays or a non-empty list of them, got an empty list")
    for p in every:
        check_params(cell, p)
    inputs = np.zeros((1, len(every), cell.m), next(iter(every[0].values())).dtype) if X is None else X
    for p in every:
        check_inputs(cell, p, inputs)
    if several and inputs.shape[1] != len(every):
        raise ValueError(f"X must be (T, {len(every)}, {cell.m}), a row for each of params, got {inputs.shape}")
    with overflow_allowed():
        drives = [cell.drive(p, inputs[:, [b]] if several else inputs) for b, p in enumerate(every)]
    drive = np.stack(drives, axis=1) if several else drives[0]
    weights = _stacked(cell, every) if several else every[0]
    wide = {key: p.astype(float, copy=False) for key, p in weights.items()}  # directions are in float64
    jvp_step = getattr(cell, "jvp_step", partial(Sized.jvp_step, cell))  # without a rule, through the Jacobian

    def step(t: int, h: np.ndarray) -> np.ndarray:
        h = h[:, None] if several else h
        here = drive[t] if X is not None else np.broadcast_to(drive[0], (*h.shape[:-1], drive.shape[-1]))
        after = np.asarray(cell.step(weights, h, here))
        return after[:, 0] if several else after

    def products(t: int, H: np.ndarray) -> Iterator[Product]:
        S, H = len(H) - 1, H[:, :, None] if several else H
        here = drive[t : t + S] if X is not None else drive
        here = np.broadcast_to(here, (*H[1:].shape[:-1], here.shape[-1]))
        local = cell.linearize(weights, here, H[:-1], H[1:])
        return (partial(product, [a[s] for a in local]) for s in range(S))

    def product(local: Local, V: np.ndarray) -> np.ndarray:
        if several:  # local (B, 1, ·): directions are rows of each network
            return np.asarray(jvp_step(wide, local, V.swapaxes(1, 2))).swapaxes(1, 2)
        return jvp_step(wide, local, V.transpose(2, 0, 1)).transpose(1, 2, 0)

    T, B = inputs.shape[:2]
    return System(
        cell.n_state, step, products, T if X is not None else None, B if several or X is not None else None
    )


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def orthonormalize(V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Q and ln |diag R| of V = QR for V (B, n, k). A single column is divided by its length. LAPACK for few or large
    matrices; for many small ones Gram–Schmidt, twice, over the whole batch at once."""
    B, _, k = V.shape
    if k > 8 or (k > 1 and B < 8):
        Q, R = np.linalg.qr(V)
        return Q, np.log(np.abs(np.diagonal(R, axis1=1, axis2=2)))
    if k == 1:
        sizes = np.sqrt(np.einsum("bnk,bnk->bk", V, V))
        Q = V / sizes[:, None]
    else:
        Q, sizes = _gram_schmidt(V)
    if not (sizes.min() > 1e-140 and sizes.max() < 1e140):
        # a square has left the range of floats, or a Jacobian annihilated a direction. LAPACK scales its arguments,
        # and its Q is orthonormal in both cases
        rows = ~((sizes > 1e-140) & (sizes < 1e140)).all(axis=1)
        Q[rows], R = np.linalg.qr(V[rows])
        sizes[rows] = np.abs(np.diagonal(R, axis1=1, axis2=2))
    return Q, np.log(sizes)


def _gram_schmidt(V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Q and |diag R| (B, k) of V = QR; with 0 on the diagonal, Q is nan from there on."""
    B, _, k = V.shape
    Q, sizes = np.ascontiguousarray(V.transpose(2, 1, 0)), np.empty((k, B))  # the batch runs fastest
    for j in range(k):
        for i in [*range(j)] * 2:
            Q[j] -= (Q[i] * Q[j]).sum(0) * Q[i]
        sizes[j] = np.sqrt((Q[j] ** 2).sum(0))
        Q[j] /= sizes[j]
    return Q.transpose(2, 1, 0), sizes.T


def growth(system: System, h0: np.ndarray, T: int, k: int, every: int = 1) -> Iterator[tuple]:
    """Q_t R_t = J_t Q_{t-1} along the orbits of h0 (B, n): yields (t, ln |R_ii| (B, k), diverged (B,)) after each
    `every` steps. diverged is the first step after which a state was not finite, else 0; such a row goes on from the
    state 0, and its later numbers mean nothing."""
    # a random frame: unit vectors would never leave an invariant subspace, and each is one for a diagonal Jacobian
    frame, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((system.n, k)))
    h, Q = h0, np.broadcast_to(frame, (len(h0), system.n, k))
    t, diverged = 0, np.zeros(len(h0), int)
    with overflow_allowed(), np.errstate(divide="ignore"):
        while t < T:
            H = stretch(system, t, h, min(blocks(T, h0.size)[0].stop, T - t))
            h, lost, start = H[-1], ~np.isfinite(H[-1]).all(axis=1), t
            for product in system.products(start, H):
                Q, t = product(Q), t + 1
                if t == start + len(H) - 1:
                    diverged[lost & (diverged == 0)] = t
                if t % every == 0:
                    Q, sizes = orthonormalize(Q)
                    yield t, sizes, diverged
            if lost.any():
                h, Q = np.where(lost[:, None], 0.0, h), np.where(lost[:, None, None], frame, Q)


@checked
def spectrum(
    system: System, h0: np.ndarray, T: int, k: int | None = None, burn_in: int = 0, every: int = 1
) -> Spectrum:
    """The k largest Lyapunov exponents of the orbits of h0 (B, n) over T steps (benettin1980); all n by default.

    λ_i = mean over t of ln |R_ii|, Q_t R_t = J_t Q_{t-1}. The first `burn_in` steps, in which h nears its attractor
    and Q turns to the fastest directions, are not counted. `every` > 1 decomposes less often, which is faster, and
    loses exponents that are more than about 30/every below the largest. They are in the order of their directions,
    descending in the limit; over T steps two that are nearly equal may be swapped. The errors are the scatter of the
    means of ten blocks of steps, divided by √10, and inf if a block would be empty. Changes that are slower than the
    whole run do not show in them.

    >>> from minirnn.dynamics import autonomous
    >>> henon = autonomous(2, lambda x: np.stack([1 - 1.4 * x[:, 0] ** 2 + x[:, 1], 0.3 * x[:, 0]], 1),
    ...                    lambda x: np.array([[[-2.8 * x, 1.0], [0.3, 0.0]] for x in x[:, 0]]))
    >>> bool(np.isclose(spectrum(henon, np.zeros((1, 2)), 2000).exponents.sum(), np.log(0.3)))
    True

    Raises ValueError unless 1 <= k <= n, 0 <= burn_in < T, 1 <= every <= T - burn_in, h0 is (B, n).
    """
    check_start(system, h0, T)
    k = checks.integer("k", system.n if k is None else k, 1, system.n)
    checks.integer("burn_in", burn_in, 0, T - 1)
    checks.integer("every", every, 1, T - burn_in)
    sums, counts = np.zeros((BLOCKS, len(h0), k)), np.zeros((BLOCKS, len(h0), 1))
    diverged = np.zeros(len(h0), int)
    for t, sizes, diverged in growth(system, h0, T, k, every):
        if t - every < burn_in:
            continue
        block = (t - 1 - burn_in) * BLOCKS // (T - burn_in)
        if diverged.any():
            counted = (diverged == 0) | ((diverged == t) & np.isfinite(sizes).all(axis=1))
            sums[block, counted] += sizes[counted]
            counts[block, counted] += every
        else:
            sums[block] += sizes
            counts[block] += every
    with np.errstate(invalid="ignore", divide="ignore"):
        exponents = sums.sum(0) / counts.sum(0)
        errors = (sums / counts).std(axis=0, ddof=1) / np.sqrt(BLOCKS)
    complete = (counts.min(axis=0) > 0) & (diverged == 0)[:, None]
    return Spectrum(exponents, np.where(complete, errors, np.inf), diverged)


@checked
def lyapunov_exponents(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    k: int = 1,
    burn_in: int = 0,
    h0: np.ndarray | None = None,
) -> np.ndarray:
    """The k largest Lyapunov exponents (B, k), nats a step, along the trajectories driven by X (T, B, m).

    `spectrum` of the driven cell, without its errors. Without inputs, pass zeros: then these are the exponents of
    the autonomous network. A direction that the Jacobians annihilate has the exponent -inf, or about -36 if rounding
    leaves something of it. If a Jacobian is nan, so are the exponents.

    >>> from minirnn import LinearRNN
    >>> params = {"W": np.diag([0.5, 2.0]), "U": np.zeros((2, 1)), "b": np.zeros(2)}
    >>> lyapunov_exponents(LinearRNN(m=1, n=2), params, np.zeros((100, 1, 1)), k=2, burn_in=50).round(6)
    array([[ 0.693147, -0.693147]])

    Raises ValueError unless 1 <= k <= n_state and 0 <= burn_in < T, and as `unroll`.
    """
    check_inputs(cell, params, X, h0)
    T, B, _ = X.shape
    h0 = np.zeros((B, cell.n_state), X.dtype) if h0 is None else h0
    return spectrum(network(cell, params, X), h0, T, k, burn_in).exponents
