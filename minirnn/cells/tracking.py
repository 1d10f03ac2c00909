"""Cells that are linear in their state and can keep track of a count: multipliers below 0, and on the circle.

A multiplier in [0, 1], as in `MinGRU`, can only keep or forget. One in [-1, 1] can change a sign, which is enough for
parity; one on the unit circle can turn, which is enough for counting modulo m (grazzi2025).
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Affine, Initializer, Local
from minirnn.cells.elementwise import ElementwiseLinear, MinGRU
from minirnn.cells.linear import Paired, paired, to_complex, to_real
from minirnn.core import initializers
from minirnn.core.activations import sigmoids
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, times_many


@dataclass(frozen=True)
class SignedMinGRU(MinGRU):
    """h_t = (1 - 2z) ⊙ h_{t-1} + z ⊙ s,   z = σ(U_z x_t + b_z),   s = U_s x_t + b_s         (eq. signed-mingru)

    U (2n, m), b (2n,), rows in the order z, s. `MinGRU` with multipliers in (-1, 1) in place of (0, 1): z near 1
    changes the sign of what was kept, z = 1/2 forgets it (grazzi2025).

    >>> cell = SignedMinGRU(m=1, n=1)
    >>> lam, u = cell.coefficients({}, np.array([[50.0, 1.0]]))
    >>> lam.tolist(), u.tolist()
    ([[-1.0]], [[1.0]])
    """

    def coefficients(self, params: Params, drive: np.ndarray) -> tuple[Any, Any]:
        z, rest = sigmoids(drive[..., : self.n])
        return rest - z, z * drive[..., self.n :]

    def derivatives(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> Local:
        z, rest = sigmoids(drive[..., : self.n])
        slope = z * rest
        return rest - z, np.concatenate([slope * drive[..., self.n :] - 2 * slope * H_prev, z], axis=-1)

    def openness(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> dict[str, np.ndarray]:
        z, rest = sigmoids(drive[..., : self.n])
        return {"input": z, "forget": np.abs(rest - z)}


@dataclass(frozen=True)
class RotationRNN(Paired, ElementwiseLinear, Affine):
    """h_t = e^{iθ_t} ⊙ h_{t-1} + u_t,   θ_t = U_θ x_t + b_θ,   u_t = U_u x_t + b_u               (eq. rotation)

    n complex units whose angle depends on the input; their multipliers have modulus 1 at every step. U (3n, m),
    b (3n,): first the rows of θ, then those of u, Re and Im of a unit side by side, as in the state (B, 2n).

    >>> cell = RotationRNN(m=1, n=1)
    >>> cell.step({}, np.array([[1.0, 0.0]]), np.array([[np.pi / 2, 0.0, 0.0]])).round(12).tolist()
    [[0.0, 1.0]]
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"U": (3 * self.n, self.m), "b": (3 * self.n,)}

    @checked
    def init(self, rng: np.random.Generator, inputs: Initializer = initializers.fan_in) -> Params:
        """U from `inputs`, b = 0."""
        params = self.draw(rng, U=inputs)
        angle, u = np.split(params["U"], [self.n])
        return params | {"U": np.concatenate([angle, paired(u, axis=0)])}

    def units(self, H: Any) -> Any:
        return to_complex(H)

    def entries(self, Z: Any) -> Any:
        return to_real(Z)

    def coefficients(self, params: Params, drive: np.ndarray) -> tuple[Any, Any]:
        return anp.exp(1j * drive[..., : self.n]), drive[..., self.n :]

    def derivatives(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> Local:
        lam, _ = self.coefficients(params, drive)
        return lam, self.entries(1j * lam * self.units(H_prev))

    def drive_adjoint(self, local: Local, delta: np.ndarray) -> np.ndarray:
        turned = delta * local[1]
        return np.concatenate([turned[..., ::2] + turned[..., 1::2], delta], axis=-1)

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        moved = times_many(V, params["U"])
        return local[1] * np.repeat(moved[..., : self.n], 2, axis=-1) + moved[..., self.n :]

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return affine_vjp(X, D)
