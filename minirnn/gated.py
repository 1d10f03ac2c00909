"""Gated cells: a gate decides at each step how much of the past is kept.

All keep the contract of `cells`. The states are known when the backward pass begins, so the gates of the
whole sequence are computed again in `linearize` by one matrix product, instead of being stored.
"""

from dataclasses import dataclass
from functools import cached_property

import autograd.numpy as anp
import numpy as np

from minirnn import checks, initializers
from minirnn.arguments import checked
from minirnn.cells import Initializer, Local, Sized, affine_vjp, outer_sum, parts, sigmoid, times
from minirnn.params import Params
from minirnn.scan import linear_scan, scan_adjoint


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

    @cached_property
    def slope(self) -> np.ndarray:
        """½ for the rows of the gates, 1 for those of the candidate: one tanh serves them all."""
        return np.repeat([0.5, 0.5, 1.0, 0.5], self.n)

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
        """i, f, g, o, each (..., B, n): with s = ½, s tanh(s a) + 1 - s is σ(a), with s = 1 it is tanh a."""
        s = self.slope.astype(drive.dtype, copy=False)
        a = s * anp.tanh(s * (h_prev[..., : self.n] @ params["W"].T + drive)) + (1 - s)
        return tuple(a[..., k * self.n : (k + 1) * self.n] for k in range(4))

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        i, f, g, o = self.gates(params, h_prev, drive)
        c = f * h_prev[..., self.n :] + i * g
        return anp.concatenate([o * anp.tanh(c), c], axis=-1)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        i, f, g, o = self.gates(params, H_prev, drive)
        c, tanh_c = H_prev[..., self.n :], np.tanh(H[..., self.n :])
        dh_dc = o * (1 - tanh_c**2)
        dh_do = tanh_c * o * (1 - o)
        slopes = np.concatenate([g * i * (1 - i), c * f * (1 - f), i * (1 - g**2), dh_do], axis=-1)
        return f, dh_dc, slopes

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
        """r, z, s and q = W_s h_{t-1} + c, each (..., B, n)."""
        n = self.n
        a = h_prev @ params["W"].T
        rz = sigmoid(a[..., : 2 * n] + drive[..., : 2 * n])
        r, q = rz[..., :n], a[..., 2 * n :] + params["c"]
        return r, rz[..., n:], anp.tanh(drive[..., 2 * n :] + r * q), q

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        _, z, s, _ = self.gates(params, h_prev, drive)
        return s + z * (h_prev - s)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        r, z, s, q = self.gates(params, H_prev, drive)
        dh_ds = (1 - z) * (1 - s**2)  # up to the pre-activation of s
        slopes = np.concatenate([dh_ds * q * r * (1 - r), (H_prev - s) * z * (1 - z), dh_ds], axis=-1)
        return slopes, r, z

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
        """r, z, s, each (..., B, n)."""
        n, W = self.n, params["W"]
        rz = sigmoid(h_prev @ W[..., : 2 * n, :].T + drive[..., : 2 * n])
        r = rz[..., :n]
        return r, rz[..., n:], anp.tanh(drive[..., 2 * n :] + (r * h_prev) @ W[..., 2 * n :, :].T)

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        _, z, s = self.gates(params, h_prev, drive)
        return s + z * (h_prev - s)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        r, z, s = self.gates(params, H_prev, drive)
        return H_prev * r * (1 - r), (H_prev - s) * z * (1 - z), (1 - z) * (1 - s**2), r, z

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
    state and element-wise: λ_t = 1 - z_t. From feng2024. Here z near 1 *forgets*, contrary to `GRU`.
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
        return h_prev + sigmoid(drive[..., : self.n]) * (drive[..., self.n :] - h_prev)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        z = sigmoid(drive[..., : self.n])
        return 1 - z, np.concatenate([(drive[..., self.n :] - H_prev) * z * (1 - z), z], axis=-1)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lam, slopes = local
        return delta * lam, np.concatenate([delta, delta], axis=-1) * slopes

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * V

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        z = sigmoid(drive[..., : self.n])
        return linear_scan(1 - z, z * drive[..., self.n :], h0)

    def scan_adjoints(
        self, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[Local, np.ndarray, np.ndarray]:
        lam, slopes = local = self.linearize(params, self.drive(params, X), H[:-1], H[1:])
        q, before = scan_adjoint(lam, dE, carry)
        return local, np.concatenate([q, q], axis=-1) * slopes, before

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return affine_vjp(X, D)
