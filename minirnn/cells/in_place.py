"""The loops over the steps of an LSTM and of a GRU, in which no step makes an array.

What a step computes stands in `gated`; the referee compares these loops with those over `step` and `vjp_step`. With one
sequence a step is some twenty calls on few numbers, and calls that make no array halve the time of the forward loop.
With many sequences the numbers count, and both loops take as long.

Shapes: drive (T, B, k), h0 and carry (B, n_state), dE (T, B, n_state); all are read and none is changed.
"""

import numpy as np

from minirnn.cells.contract import Local
from minirnn.core.activations import sigmoid_in_place
from minirnn.core.params import Params, overflow_allowed
from minirnn.core.products import parts


def lstm_states(params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """H (T, B, 2n), the states [h, c] after h0 (eq. lstm).

    A forget gate that is half open halves the cell state c = 1, and h is half of tanh c:

    >>> lstm_states({"W": np.zeros((4, 1))}, np.zeros((1, 1, 4)), np.array([[0.0, 1.0]])).round(3)
    array([[[0.231, 0.5  ]]])
    """
    W, n = params["W"].T, params["W"].shape[1]
    H, a, written = (
        np.empty((*drive.shape[:-1], 2 * n), drive.dtype),
        np.empty(drive.shape[1:], drive.dtype),
        np.empty_like(h0[:, n:]),
    )
    i, f, g, o = parts(a, 4)
    h, c = h0[:, :n], h0[:, n:]
    with overflow_allowed():
        for u, h_t, c_t in zip(drive, H[..., :n], H[..., n:], strict=True):
            np.dot(h, W, out=a)
            a += u
            np.tanh(g, out=written)
            sigmoid_in_place(a)
            written *= i
            np.multiply(f, c, out=c_t)
            c_t += written
            np.tanh(c_t, out=h_t)
            h_t *= o
            h, c = h_t, c_t
    return H


def lstm_adjoints(params: Params, local: Local, dE: np.ndarray, carry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """D (T, B, 4n), and the carry to h0."""
    (f, dh_dc, slopes), W, n = local, params["W"], params["W"].shape[1]
    D, back, through = np.empty(slopes.shape, dE.dtype), carry.copy(), np.empty_like(carry[:, n:])
    delta_h, delta_c = back[:, :n], back[:, n:]
    gates, gate_slopes = (a.reshape(*a.shape[:-1], 4, n) for a in (D, slopes))
    onto_c = gates[:, :, :3], gate_slopes[:, :, :3]  # i, f, g act on c
    onto_h = gates[:, :, 3], gate_slopes[:, :, 3]  # o acts on h
    steps = (a[::-1] for a in (D, f, dh_dc, dE, *onto_c, *onto_h))
    for d, f_t, dh_dc_t, dE_t, d_c, slope_c, d_h, slope_h in zip(*steps, strict=True):
        back += dE_t
        np.multiply(delta_h, dh_dc_t, out=through)
        delta_c += through
        np.multiply(slope_c, delta_c[:, None], out=d_c)
        np.multiply(slope_h, delta_h, out=d_h)
        delta_c *= f_t
        np.matmul(d, W, out=delta_h)
    return D, back


def gru_states(params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """H (T, B, n), the states after h0 (eq. gru)."""
    W, n = params["W"].T, params["W"].shape[1]
    H, a, kept = (
        np.empty((*drive.shape[:-1], n), drive.dtype),
        np.empty(drive.shape[1:], drive.dtype),
        np.empty_like(h0),
    )
    rz, (*_, s), h = a[:, : 2 * n].copy(), parts(a, 3), h0  # σ of a part of the rows of a takes longer
    r, z = parts(rz, 2)
    with overflow_allowed():
        for u_rz, u_s, h_t in zip(drive[..., : 2 * n], drive[..., 2 * n :], H, strict=True):
            np.dot(h, W, out=a)
            np.add(a[:, : 2 * n], u_rz, out=rz)
            sigmoid_in_place(rz)
            s += params["c"]
            s *= r
            s += u_s
            np.tanh(s, out=s)
            np.multiply(z, h, out=kept)
            np.subtract(1.0, z, out=h_t)
            h_t *= s
            h_t += kept
            h = h_t
    return H


def gru_adjoints(params: Params, local: Local, dE: np.ndarray, carry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """D (T, B, 3n), and the carry to h0."""
    (slopes, r, z), W, n = local, params["W"], params["W"].shape[1]
    D, back, through, to_W = (
        np.empty(slopes.shape, dE.dtype),
        carry.copy(),
        np.empty(carry.shape, carry.dtype),
        np.empty(slopes.shape[1:], slopes.dtype),
    )
    gates, gate_slopes = (a.reshape(*a.shape[:-1], 3, n) for a in (D, slopes))
    steps = (a[::-1] for a in (D[..., : 2 * n], D[..., 2 * n :], r, z, dE, gates, gate_slopes))
    for d_rz, d_s, r_t, z_t, dE_t, d_gates, slope in zip(*steps, strict=True):
        back += dE_t
        np.multiply(slope, back[:, None], out=d_gates)
        to_W[:, : 2 * n] = d_rz
        np.multiply(d_s, r_t, out=to_W[:, 2 * n :])  # the rows of s are reached through the reset gate
        back *= z_t
        np.dot(to_W, W, out=through)
        back += through
    return D, back
