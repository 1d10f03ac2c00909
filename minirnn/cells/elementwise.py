"""Cells that are linear in their state, element by element: each defines its recurrence, and loops and scans follow.

    h_t = λ_t ⊙ h_{t-1} + u_t                                                                   (eq. scan)

λ_t and u_t depend on the inputs alone; in `MinGRU` both do, in `linear.DiagonalRNN` λ is the same at every step.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from minirnn.cells.contract import Affine, Initializer, Local, Sized
from minirnn.core import initializers, recurrences
from minirnn.core.activations import sigmoids
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, parts, times_many


@dataclass(frozen=True)
class ElementwiseLinear(Sized):
    """(eq. scan) with the `coefficients` of a subclass, which also defines `derivatives` and `drive_adjoint` if u_t is
    not the drive itself, `units` and `entries` if a unit is more than one entry of the state."""

    @property
    def widest(self) -> int:
        """A quarter of the state: a step does little to each entry, so blocks must be longer to be worth their cost."""
        return (self.n_state + 3) // 4

    def coefficients(self, params: Params, drive: np.ndarray) -> tuple[Any, Any]:
        """λ_t, (..., B, n) or (n,) where it is constant, and u_t (..., B, n_state)."""
        raise NotImplementedError(f"{type(self).__name__} must define coefficients")

    def derivatives(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> Local:
        """∂h_t/∂h_{t-1} = λ_t, and the local derivatives that `drive_adjoint` reads."""
        return (self.coefficients(params, drive)[0],)

    def drive_adjoint(self, local: Local, delta: np.ndarray) -> np.ndarray:
        """d_t = ∂E/∂(drive) from δ_t."""
        return delta

    def units(self, H: Any) -> Any:
        """The state (..., n_state) as units (..., n)."""
        return H

    def entries(self, Z: Any) -> Any:
        """Units (..., n) as the state (..., n_state)."""
        return Z

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        lam, u = self.coefficients(params, drive)
        return self.entries(lam * self.units(h_prev)) + u

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        lam, *rest = self.derivatives(params, drive, H_prev)
        return np.broadcast_to(lam, (*H.shape[:-1], self.n)), *rest

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.entries(local[0].conj() * self.units(delta)), self.drive_adjoint(local, delta)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self.entries(local[0] * self.units(V))

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        lam, u = self.coefficients(params, drive)
        return self.entries(recurrences.scan_states(lam, self.units(u), self.units(h0)))

    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        q, before = recurrences.scan_adjoints(local[0], self.units(dE), self.units(carry))
        return self.drive_adjoint(local, self.entries(q)), self.entries(before)


@dataclass(frozen=True)
class MinGRU(ElementwiseLinear, Affine):
    """h_t = (1 - z) ⊙ h_{t-1} + z ⊙ s,   z = σ(U_z x_t + b_z),   s = U_s x_t + b_s              (eq. mingru)

    U (2n, m), b (2n,), rows in the order z, s. Gates see the input alone, so the recurrence is linear in the
    state and element-wise: λ_t = 1 - z_t, which is σ(-U_z x_t - b_z). From feng2024. Here z near 1 *forgets*,
    contrary to `GRU`.

    >>> cell = MinGRU(m=1, n=1)
    >>> lam, u = cell.coefficients({}, np.array([[0.0, 3.0]]))
    >>> lam.tolist(), u.tolist()
    ([[0.5]], [[1.5]])
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"U": (2 * self.n, self.m), "b": (2 * self.n,)}

    @checked
    def init(self, rng: np.random.Generator, inputs: Initializer = initializers.fan_in) -> Params:
        """U from `inputs`, b = 0."""
        return self.draw(rng, U=inputs)

    def coefficients(self, params: Params, drive: np.ndarray) -> tuple[Any, Any]:
        z, lam = sigmoids(drive[..., : self.n])
        return lam, z * drive[..., self.n :]  # h + z(s - h) overflows where s and h lie far apart

    def derivatives(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> Local:
        z, lam = sigmoids(drive[..., : self.n])
        slope = z * lam
        return lam, np.concatenate([slope * drive[..., self.n :] - slope * H_prev, z], axis=-1)

    def drive_adjoint(self, local: Local, delta: np.ndarray) -> np.ndarray:
        return np.concatenate([delta, delta], axis=-1) * local[1]

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        z, s = parts(local[1] * times_many(V, params["U"]), 2)
        return z + s

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return affine_vjp(X, D)

    def openness(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> dict[str, np.ndarray]:
        z, lam = sigmoids(drive[..., : self.n])
        return {"input": z, "forget": lam}
