"""Gated cells: a gate decides at each step how much of the past is kept.

All keep the contract of `cells.contract`. The states are known when the backward pass begins, so the gates of the
whole sequence are computed again in `linearize` by one matrix product, instead of being stored.
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells import in_place
from minirnn.cells.contract import Affine, Initializer, Local
from minirnn.core import checks, initializers
from minirnn.core.activations import sigmoid, sigmoids, tanh_slope
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, outer_sum, parts, row_sum, times, times_many


@dataclass(frozen=True)
class Gated(Affine):
    """A cell whose units are bounded by their form."""

    def saturated(self, H: np.ndarray) -> np.ndarray:
        """True where |h| > 0.97: the unit's output is near its bound."""
        return np.abs(H[..., : self.n_out]) > 0.97


@dataclass(frozen=True)
class LSTM(Gated):
    """c_t = f ⊙ c_{t-1} + i ⊙ g,   h_t = o ⊙ tanh c_t                                          (eq. lstm)

    [i, f, g, o] = [σ, σ, tanh, σ](W h_{t-1} + U x_t + b), rows in this order (PyTorch's too): W (4n, n),
    U (4n, m), b (4n,). The state is one array [h, c] (B, 2n). From hochreiter1997 with the forget gate of Gers
    et al.; its bias starts at `forget_bias` = 1 (jozefowicz2015), so that memory is the first guess.

    >>> cell = LSTM(m=2, n=3)
    >>> {key: value.shape for key, value in cell.init(np.random.default_rng(0)).items()}, cell.n_state
    ({'W': (12, 3), 'U': (12, 2), 'b': (12,)}, 6)
    """

    @property
    def n_state(self) -> int:
        return 2 * self.n

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (4 * self.n, self.n), "U": (4 * self.n, self.m), "b": (4 * self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
        forget_bias: float = 1.0,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, b = 0 but for the forget gate."""
        params = self.draw(rng, W=recurrent, U=inputs)
        params["b"][self.n : 2 * self.n] = checks.number("forget_bias", forget_bias)
        return params

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """i, f, g, o, each (..., B, n), and their pre-activations (..., B, 4n)."""
        n, a = self.n, times(h_prev[..., : self.n], params["W"]) + drive
        rows = sigmoid(a)  # also of the rows of g, which are not used: one call costs less than two
        return rows[..., :n], rows[..., n : 2 * n], anp.tanh(a[..., 2 * n : 3 * n]), rows[..., 3 * n :], a

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        i, f, g, o, _ = self.gates(params, h_prev, drive)
        c = f * h_prev[..., self.n :] + i * g
        return anp.concatenate([o * anp.tanh(c), c], axis=-1)

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        return in_place.lstm_states(params, drive, h0)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        n = self.n
        a = times_many(H_prev[..., :n], params["W"])
        a += drive
        a_g, c_prev, c = a[..., 2 * n : 3 * n], H_prev[..., n:], H[..., n:]
        gates, slopes = sigmoids(a)  # σ(a) and σ(-a), the product of which is σ'(a)
        i, f, _, o = parts(gates, 4)
        slopes[..., : 2 * n] *= gates[..., : 2 * n]
        slopes[..., :n] *= np.tanh(a_g)
        slopes[..., n : 2 * n] *= c_prev
        np.multiply(i, tanh_slope(a_g), out=slopes[..., 2 * n : 3 * n])
        slopes[..., 3 * n :] *= H[..., :n]  # σ(a_o) tanh c is h
        return f, o * tanh_slope(c), slopes

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, dh_dc, slopes = local
        delta_h = delta[..., : self.n]
        delta_c = delta[..., self.n :] + delta_h * dh_dc
        d = np.concatenate([delta_c, delta_c, delta_c, delta_h], axis=-1) * slopes  # i, f, g act on c; o on h
        return np.concatenate([d @ params["W"], delta_c * f], axis=-1), d

    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        return in_place.lstm_adjoints(params, local, dE, carry)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        f, dh_dc, slopes = local
        i, f_, g, o = parts(slopes * times_many(V[..., : self.n], params["W"]), 4)
        c = f * V[..., self.n :] + i + f_ + g
        return np.concatenate([dh_dc * c + o, c], axis=-1)

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        _, dh_dc, slopes = local
        i, f, g, o = parts(slopes * times_many(V, params["U"]), 4)
        return np.concatenate([dh_dc * (i + f + g) + o, i + f + g], axis=-1)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"W": outer_sum(D, H_prev[..., : self.n]), **affine_vjp(X, D)}

    def openness(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> dict[str, np.ndarray]:
        i, f, _, o, _ = self.gates(params, H_prev, drive)
        return {"input": i, "forget": f, "output": o}

    def slopes(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        return tanh_slope(self.gates(params, H_prev, drive)[-1][..., 2 * self.n : 3 * self.n])


@dataclass(frozen=True)
class UpdateGated(Gated):
    """h_t = (1 - z) ⊙ s + z ⊙ h_{t-1}: the step of all GRUs, whose `gates` compute z and s in different ways."""

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
        update_bias: float = 1.0,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, biases 0 but for the update gate (it keeps where z is near 1)."""
        params = self.draw(rng, W=recurrent, U=inputs)
        params["b"][self.n : 2 * self.n] = checks.number("update_bias", update_bias)
        return params

    def step(self: Any, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        _, rz, a_s, *_ = self.gates(params, h_prev, drive)
        z = rz[..., self.n :]
        return (1 - z) * anp.tanh(a_s) + z * h_prev  # s + z(h - s) would round a state that z = 1 keeps exactly

    def openness(self: Any, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> dict[str, np.ndarray]:
        """z keeps the state, as the forget gate of an LSTM does, and 1 - z lets the input in."""
        a_rz, rz, *_ = self.gates(params, H_prev, drive)
        return {"input": sigmoid(-a_rz[..., self.n :]), "forget": rz[..., self.n :], "reset": rz[..., : self.n]}

    def slopes(self: Any, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        return tanh_slope(self.gates(params, H_prev, drive)[2])


@dataclass(frozen=True)
class GRU(UpdateGated):
    """h_t = (1 - z) ⊙ s + z ⊙ h_{t-1},   s = tanh(a_s + r ⊙ (W_s h_{t-1} + c))                  (eq. gru)

    [r, z] = σ(W_rz h_{t-1} + U_rz x_t + b_rz), a_s = U_s x_t + b_s; rows in the order r, z, s (PyTorch's r, z, n):
    W (3n, n), U (3n, m), b (3n,), and c (n,), the bias that the reset gate multiplies. This is the variant whose
    gate acts after the matrix product, as in PyTorch and cuDNN; the first paper's acts before it.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (3 * self.n, self.n), "U": (3 * self.n, self.m), "b": (3 * self.n,), "c": (self.n,)}

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """Pre-activations of r and z, and their σ, (..., B, 2n); that of s, and q = W_s h_{t-1} + c, (..., B, n)."""
        n, a = self.n, times(h_prev, params["W"])
        a_rz, q = a[..., : 2 * n] + drive[..., : 2 * n], a[..., 2 * n :] + params["c"]
        rz = sigmoid(a_rz)
        return a_rz, rz, drive[..., 2 * n :] + rz[..., :n] * q, q

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        return in_place.gru_states(params, drive, h0)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        n, slopes = self.n, times_many(H_prev, params["W"])
        a_rz, q = slopes[..., : 2 * n], slopes[..., 2 * n :] + params["c"]
        a_rz += drive[..., : 2 * n]
        rz, closed = sigmoids(a_rz)  # and 1 - r, 1 - z
        a_s = rz[..., :n] * q
        a_s += drive[..., 2 * n :]
        dh_ds = np.multiply(
            closed[..., n:], tanh_slope(a_s), out=slopes[..., 2 * n :]
        )  # up to the pre-activation of s
        np.multiply(rz, closed, out=slopes[..., : 2 * n])
        q *= dh_ds
        slopes[..., :n] *= q
        slopes[..., n : 2 * n] *= np.subtract(H_prev, np.tanh(a_s, out=a_s), out=a_s)
        return slopes, rz[..., :n], rz[..., n:]

    def recurrent_adjoint(self, D: np.ndarray, r: np.ndarray) -> np.ndarray:
        """∂E/∂(W h_{t-1}) from D = ∂E/∂(drive): the rows of s are reached through the reset gate."""
        return np.concatenate([D[..., : 2 * self.n], D[..., 2 * self.n :] * r], axis=-1)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slopes, r, z = local
        d = np.concatenate([delta, delta, delta], axis=-1) * slopes
        return self.recurrent_adjoint(d, r) @ params["W"] + delta * z, d

    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        return in_place.gru_adjoints(params, local, dE, carry)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        slopes, r, z = local
        dr, dz, ds = parts(slopes * times_many(V, params["W"]), 3)
        return z * V + dr + dz + r * ds

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        dr, dz, ds = parts(local[0] * times_many(V, params["U"]), 3)
        return dr + dz + ds

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        DW = self.recurrent_adjoint(D, local[1])
        return {"W": outer_sum(DW, H_prev), **affine_vjp(X, D), "c": row_sum(DW[..., 2 * self.n :])}


@dataclass(frozen=True)
class ResetFirstGRU(UpdateGated):
    """h_t = (1 - z) ⊙ s + z ⊙ h_{t-1},   s = tanh(a_s + W_s (r ⊙ h_{t-1}))                      (eq. gru-first)

    [r, z] = σ(W_rz h_{t-1} + U_rz x_t + b_rz), a_s = U_s x_t + b_s; rows r, z, s: W (3n, n), U (3n, m), b (3n,).
    The first paper's GRU, whose reset gate acts before the matrix product. laurent2017 write 1 - z for our z: their
    weights A_z are ours with the opposite sign.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (3 * self.n, self.n), "U": (3 * self.n, self.m), "b": (3 * self.n,)}

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """The pre-activations of r and z, and their σ, (..., B, 2n); and the pre-activation of s (..., B, n)."""
        n, W = self.n, params["W"]
        a_rz = times(h_prev, W[..., : 2 * n, :]) + drive[..., : 2 * n]
        rz = sigmoid(a_rz)
        return a_rz, rz, drive[..., 2 * n :] + times(rz[..., :n] * h_prev, W[..., 2 * n :, :])

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        a_rz, rz, a_s = self.gates(params, H_prev, drive)
        n, closed = self.n, sigmoid(-a_rz)  # 1 - r and 1 - z
        slopes = rz * closed
        dm_dr, dh_dz = H_prev * slopes[..., :n], (H_prev - np.tanh(a_s)) * slopes[..., n:]
        return dm_dr, dh_dz, closed[..., n:] * tanh_slope(a_s), rz[..., :n], rz[..., n:]

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dm_dr, dh_dz, dh_ds, r, z = local  # m = r ⊙ h_{t-1}
        n, W = self.n, params["W"]
        d_s = delta * dh_ds
        m = d_s @ W[..., 2 * n :, :]
        d_rz = np.concatenate([m * dm_dr, delta * dh_dz], axis=-1)
        return delta * z + m * r + d_rz @ W[..., : 2 * n, :], np.concatenate([d_rz, d_s], axis=-1)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        dm_dr, dh_dz, dh_ds, r, z = local
        n, W = self.n, params["W"]
        to_r, to_z = parts(times_many(V, W[..., : 2 * n, :]), 2)
        return z * V + dh_dz * to_z + dh_ds * times_many(r * V + dm_dr * to_r, W[..., 2 * n :, :])

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        dm_dr, dh_dz, dh_ds, *_ = local
        to_r, to_z, to_s = parts(times_many(V, params["U"]), 3)
        return dh_dz * to_z + dh_ds * (times_many(dm_dr * to_r, params["W"][..., 2 * self.n :, :]) + to_s)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        n, m = self.n, local[3] * H_prev
        W = np.concatenate([outer_sum(D[..., : 2 * n], H_prev), outer_sum(D[..., 2 * n :], m)], axis=-2)
        return {"W": W, **affine_vjp(X, D)}
