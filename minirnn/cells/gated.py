"""Gated cells: a gate decides at each step how much of the past is kept.

All keep the contract of `cells`. The states are known when the backward pass begins, so the gates of the
whole sequence are computed again in `linearize` by one matrix product, instead of being stored.
"""

from dataclasses import dataclass

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Initializer, Local, Sized
from minirnn.core import checks, initializers, recurrences
from minirnn.core.activations import sigmoid, sigmoid_slope, sigmoids, tanh_slope
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, outer_sum, parts, times


@dataclass(frozen=True)
class LSTM(Sized):
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
        checks.generator("rng", rng)
        b = np.zeros(4 * self.n)
        b[self.n : 2 * self.n] = checks.number("forget_bias", forget_bias)
        return {"W": recurrent(rng, (4 * self.n, self.n)), "U": inputs(rng, (4 * self.n, self.m)), "b": b}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """i, f, g, o, each (..., B, n), and their pre-activations (..., B, 4n)."""
        n, a = self.n, h_prev[..., : self.n] @ params["W"].T + drive
        rows = sigmoid(a)  # those of g too: one call costs less than two
        return rows[..., :n], rows[..., n : 2 * n], anp.tanh(a[..., 2 * n : 3 * n]), rows[..., 3 * n :], a

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        i, f, g, o, _ = self.gates(params, h_prev, drive)
        c = f * h_prev[..., self.n :] + i * g
        return anp.concatenate([o * anp.tanh(c), c], axis=-1)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        n = self.n
        i, f, g, o, a = self.gates(params, H_prev, drive)
        c_prev, c = H_prev[..., n:], H[..., n:]
        slopes = sigmoid_slope(a)
        slopes[..., :n] *= g
        slopes[..., n : 2 * n] *= c_prev
        slopes[..., 2 * n : 3 * n] = i * tanh_slope(a[..., 2 * n : 3 * n])
        slopes[..., 3 * n :] *= np.tanh(c)
        return f, o * tanh_slope(c), slopes

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, dh_dc, slopes = local
        delta_h = delta[..., : self.n]
        delta_c = delta[..., self.n :] + delta_h * dh_dc
        d = np.concatenate([delta_c, delta_c, delta_c, delta_h], axis=-1) * slopes  # i, f, g act on c; o on h
        return np.concatenate([d @ params["W"], delta_c * f], axis=-1), d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        f, dh_dc, slopes = local
        i, f_, g, o = parts(slopes * times(V[..., : self.n], params["W"]), 4)
        c = f * V[..., self.n :] + i + f_ + g
        return np.concatenate([dh_dc * c + o, c], axis=-1)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"W": outer_sum(D, H_prev[..., : self.n]), **affine_vjp(X, D)}


@dataclass(frozen=True)
class GRU(Sized):
    """h_t = (1 - z) ⊙ s + z ⊙ h_{t-1},   s = tanh(a_s + r ⊙ (W_s h_{t-1} + c))                  (eq. gru)

    [r, z] = σ(W_rz h_{t-1} + U_rz x_t + b_rz), a_s = U_s x_t + b_s; rows in the order r, z, s (PyTorch's r, z, n):
    W (3n, n), U (3n, m), b (3n,), and c (n,), the bias that the reset gate multiplies. This is the variant whose
    gate acts after the matrix product, as in PyTorch and cuDNN; the first paper's acts before it.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (3 * self.n, self.n), "U": (3 * self.n, self.m), "b": (3 * self.n,), "c": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
        update_bias: float = 1.0,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, biases 0 but for the update gate (it keeps where z is near 1)."""
        checks.generator("rng", rng)
        b = np.zeros(3 * self.n)
        b[self.n : 2 * self.n] = checks.number("update_bias", update_bias)
        W, U = recurrent(rng, (3 * self.n, self.n)), inputs(rng, (3 * self.n, self.m))
        return {"W": W, "U": U, "b": b, "c": np.zeros(self.n)}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """Pre-activations of r and z, and their σ, (..., B, 2n); that of s, and q = W_s h_{t-1} + c, (..., B, n)."""
        n, a = self.n, h_prev @ params["W"].T
        a_rz, q = a[..., : 2 * n] + drive[..., : 2 * n], a[..., 2 * n :] + params["c"]
        rz = sigmoid(a_rz)
        return a_rz, rz, drive[..., 2 * n :] + rz[..., :n] * q, q

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        _, rz, a_s, _ = self.gates(params, h_prev, drive)
        z = rz[..., self.n :]
        return (1 - z) * anp.tanh(a_s) + z * h_prev  # s + z(h - s) would round a state that is kept as it is

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        a_rz, rz, a_s, q = self.gates(params, H_prev, drive)
        n, closed = self.n, sigmoid(-a_rz)  # 1 - r and 1 - z
        slopes = np.empty((*a_s.shape[:-1], 3 * n), a_s.dtype)
        slopes[..., : 2 * n] = rz * closed
        dh_ds = closed[..., n:] * tanh_slope(a_s)  # up to the pre-activation of s
        slopes[..., :n] *= dh_ds * q
        slopes[..., n : 2 * n] *= H_prev - np.tanh(a_s)
        slopes[..., 2 * n :] = dh_ds
        return slopes, rz[..., :n], rz[..., n:]

    def recurrent_adjoint(self, D: np.ndarray, r: np.ndarray) -> np.ndarray:
        """∂E/∂(W h_{t-1}) from D = ∂E/∂(drive): the rows of s are reached through the reset gate."""
        return np.concatenate([D[..., : 2 * self.n], D[..., 2 * self.n :] * r], axis=-1)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slopes, r, z = local
        d = np.concatenate([delta, delta, delta], axis=-1) * slopes
        return self.recurrent_adjoint(d, r) @ params["W"] + delta * z, d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        slopes, r, z = local
        dr, dz, ds = parts(slopes * times(V, params["W"]), 3)
        return z * V + dr + dz + r * ds

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        DW = self.recurrent_adjoint(D, local[1])
        return {"W": outer_sum(DW, H_prev), **affine_vjp(X, D), "c": DW[..., 2 * self.n :].sum(-2)}


@dataclass(frozen=True)
class ResetFirstGRU(Sized):
    """h_t = (1 - z) ⊙ s + z ⊙ h_{t-1},   s = tanh(a_s + W_s (r ⊙ h_{t-1}))                      (eq. gru-first)

    [r, z] = σ(W_rz h_{t-1} + U_rz x_t + b_rz), a_s = U_s x_t + b_s; rows r, z, s: W (3n, n), U (3n, m), b (3n,).
    The first paper's GRU, whose reset gate acts before the matrix product. laurent2017 write 1 - z for our z: their
    weights A_z are ours with the opposite sign.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (3 * self.n, self.n), "U": (3 * self.n, self.m), "b": (3 * self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
        update_bias: float = 1.0,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, b = 0 but for the update gate (it keeps where z is near 1)."""
        params = GRU(self.m, self.n).init(rng, recurrent, inputs, update_bias)
        return {key: params[key] for key in self.shapes()}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def gates(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> tuple:
        """The pre-activations of r and z, and their σ, (..., B, 2n); and the pre-activation of s (..., B, n)."""
        n, W = self.n, params["W"]
        a_rz = h_prev @ W[..., : 2 * n, :].T + drive[..., : 2 * n]
        rz = sigmoid(a_rz)
        return a_rz, rz, drive[..., 2 * n :] + (rz[..., :n] * h_prev) @ W[..., 2 * n :, :].T

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        _, rz, a_s = self.gates(params, h_prev, drive)
        z = rz[..., self.n :]
        return (1 - z) * anp.tanh(a_s) + z * h_prev

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
        to_r, to_z = parts(times(V, W[..., : 2 * n, :]), 2)
        return z * V + dh_dz * to_z + dh_ds * times(r * V + dm_dr * to_r, W[..., 2 * n :, :])

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        n, m = self.n, local[3] * H_prev
        W = np.concatenate([outer_sum(D[..., : 2 * n], H_prev), outer_sum(D[..., 2 * n :], m)], axis=-2)
        return {"W": W, **affine_vjp(X, D)}


@dataclass(frozen=True)
class MinGRU(Sized):
    """h_t = (1 - z) ⊙ h_{t-1} + z ⊙ s,   z = σ(U_z x_t + b_z),   s = U_s x_t + b_s              (eq. mingru)

    U (2n, m), b (2n,), rows in the order z, s. Gates see the input alone, so the recurrence is linear in the
    state and element-wise: λ_t = 1 - z_t, which is σ(-U_z x_t - b_z). From feng2024. Here z near 1 *forgets*,
    contrary to `GRU`.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"U": (2 * self.n, self.m), "b": (2 * self.n,)}

    @checked
    def init(self, rng: np.random.Generator, inputs: Initializer = initializers.fan_in) -> Params:
        """U from `inputs`, b = 0."""
        checks.generator("rng", rng)
        return {"U": inputs(rng, (2 * self.n, self.m)), "b": np.zeros(2 * self.n)}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        a, s = drive[..., : self.n], drive[..., self.n :]
        return sigmoid(-a) * h_prev + sigmoid(a) * s  # h + z(s - h) overflows where s and h lie far apart

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        a, s = drive[..., : self.n], drive[..., self.n :]
        z, lam = sigmoids(a)
        slope = z * lam
        return lam, np.concatenate([slope * s - slope * H_prev, z], axis=-1)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lam, slopes = local
        return delta * lam, np.concatenate([delta, delta], axis=-1) * slopes

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * V

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        a, s = drive[..., : self.n], drive[..., self.n :]
        z, lam = sigmoids(a)
        return recurrences.scan_states(lam, z * s, h0)

    def scan_adjoints(
        self, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[Local, np.ndarray, np.ndarray]:
        lam, slopes = local = self.linearize(params, self.drive(params, X), H[:-1], H[1:])
        q, before = recurrences.scan_adjoints(lam, dE, carry)
        return local, np.concatenate([q, q], axis=-1) * slopes, before

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return affine_vjp(X, D)
