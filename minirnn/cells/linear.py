"""Linear recurrences: the dense one, diagonal ones whose eigenvalues λ are complex, and one of 2×2 blocks.

A diagonal cell has n complex units. Its state is one real array (B, 2n), in which Re h_j and Im h_j stand side by
side, and all its parameters are real, so that readouts, Jacobians and optimizers have no special case; complex numbers
live inside this module, which views the memory of a real array as complex. With
δ = ∂E/∂Re h + i ∂E/∂Im h the adjoint of h -> λh is δ -> λ̄δ, and the gradient in a real parameter p of λ is
Re(conj(g) ∂λ/∂p), where g = Σ_t δ_t conj(h_{t-1}).
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Affine, Initializer, Local, Sized
from minirnn.cells.elementwise import ElementwiseLinear
from minirnn.core import checks, initializers
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, outer_sum, row_sum, times_many


def to_complex(h: Any) -> Any:
    """(..., 2n) real, Re and Im side by side -> (..., n) complex: a view of the same memory.

    >>> to_complex(np.array([1.0, 2.0, 3.0, 4.0]))
    array([1.+2.j, 3.+4.j])
    """
    if not isinstance(h, np.ndarray):  # traced by autograd
        return h[..., ::2] + 1j * h[..., 1::2]
    return (h if h.strides[-1] == h.itemsize else np.ascontiguousarray(h)).view(np.result_type(h, 1j))


def to_real(z: Any) -> Any:
    """(..., n) complex -> (..., 2n) real, in the same way back."""
    if not isinstance(z, np.ndarray):
        return interleaved(anp.real(z), anp.imag(z))
    return (z if z.strides[-1] == z.itemsize else np.ascontiguousarray(z)).view(z.real.dtype)


def interleaved(first: Any, second: Any, axis: int = -1) -> Any:
    """Two arrays of n entries along an axis as one of 2n, in which the two entries of a unit are neighbours.

    >>> interleaved(np.array([1, 3]), np.array([2, 4]))
    array([1, 2, 3, 4])
    """
    pairs = anp.stack([first, second], axis=axis % first.ndim + 1)
    shape = list(first.shape)
    shape[axis] *= 2
    return anp.reshape(pairs, shape)


def paired(halves: np.ndarray, axis: int = -1) -> np.ndarray:
    """An array that holds the first numbers of all units, then the second ones, in the order of the state: weights are
    drawn in halves, and earlier versions saved them so.

    >>> paired(np.array([1, 3, 2, 4]))
    array([1, 2, 3, 4])
    """
    first, second = np.split(halves, 2, axis)
    return interleaved(first, second, axis)


@dataclass(frozen=True)
class Paired(Sized):
    """n units of two real numbers each, which stand side by side in the state (B, 2n)."""

    @property
    def n_state(self) -> int:
        return 2 * self.n

    @property
    def n_out(self) -> int:
        return 2 * self.n


@dataclass(frozen=True)
class DiagonalRNN(Paired, ElementwiseLinear):
    """h_t = λ ⊙ h_{t-1} + B x_t with complex λ_j = ν_j e^{iθ_j}                                (eq. diagonal)

    nu (n,), theta (n,), B_re (n, m), B_im (n, m): polar coordinates, so |λ| = |ν| is one parameter. Nothing
    keeps ν below 1. The state (B, 2n) is Re h_1, Im h_1, Re h_2 and so on.
    """

    reads_drive = False

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"nu": (self.n,), "theta": (self.n,), "B_re": (self.n, self.m), "B_im": (self.n, self.m)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        inputs: Initializer = initializers.fan_in,
        r_min: float = 0.0,
        r_max: float = 0.99,
    ) -> Params:
        """λ uniform by area on the ring r_min <= |λ| <= r_max, B from `inputs` with ⟨|B|²⟩ as for a real one."""
        params = self.place(*initializers.ring(rng, self.n, r_min, r_max))
        params |= {key: inputs(rng, (self.n, self.m)) / np.sqrt(2) for key in ("B_re", "B_im")}
        return {key: params[key] for key in self.shapes()}

    def place(self, nu: np.ndarray, theta: np.ndarray) -> Params:
        """Parameters, other than B, with which λ_j = ν_j e^{iθ_j}."""
        return {"nu": nu, "theta": theta}

    def eigenvalues(self, params: Params) -> Any:
        """λ (n,) complex."""
        return params["nu"] * anp.exp(1j * params["theta"])

    def vjp_eigenvalues(self, params: Params, g: np.ndarray) -> Params:
        """Gradients in the parameters of λ from g (..., n) = ∂E/∂Re λ + i ∂E/∂Im λ."""
        lam, phase = self.eigenvalues(params), np.exp(1j * params["theta"])
        return {"nu": (g.conj() * phase).real, "theta": (g.conj() * 1j * lam).real}

    def input_scale(self, params: Params) -> Any:
        """γ (n,), the factor of B x_t: none here."""
        return anp.ones_like(params["nu"])

    def vjp_input_scale(self, params: Params, g: np.ndarray) -> Params:
        """Gradients in the parameters of γ from g (..., n) = ∂E/∂γ: none here."""
        return {}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return times_many(X, self.input_weights(params))

    def input_weights(self, params: Params) -> Any:
        """γ ⊙ B as rows (2n, m), Re and Im of a unit side by side; of B networks (B, 2n, m)."""
        gamma = self.input_scale(params)
        gamma = gamma.reshape((*gamma.shape[:-2], self.n, 1))  # from (n,), or of B networks (B, 1, n)
        return interleaved(gamma * params["B_re"], gamma * params["B_im"], axis=-2)

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        return D @ self.input_weights(params)

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self.drive(params, V)

    def coefficients(self, params: Params, drive: np.ndarray) -> tuple[Any, Any]:
        return self.eigenvalues(params), drive

    def units(self, H: Any) -> Any:
        return to_complex(H)

    def entries(self, Z: Any) -> Any:
        return to_real(Z)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        terms = np.conj(to_complex(H_prev))
        terms *= to_complex(D)
        dB = outer_sum(D, X)
        dB_re, dB_im = dB[..., ::2, :], dB[..., 1::2, :]
        gamma = self.input_scale(params)[:, None]
        dgamma = (dB_re * params["B_re"] + dB_im * params["B_im"]).sum(-1)
        return {
            **self.vjp_eigenvalues(params, row_sum(terms)),
            "B_re": gamma * dB_re,
            "B_im": gamma * dB_im,
            **self.vjp_input_scale(params, dgamma),
        }


def log_normalizer(nu_log: np.ndarray) -> np.ndarray:
    """log sqrt(1 - |λ|²) for |λ| = exp(-e^{ν_log}), of any shape; 1 - |λ|² itself is 0 in float32 at ν_log = -18.

    >>> np.exp(log_normalizer(np.float32(-18.0))).round(7)
    np.float32(0.0001745)
    """
    return 0.5 * np.log(-np.expm1(-2 * np.exp(nu_log)))


@dataclass(frozen=True)
class NormalizedRNN(DiagonalRNN):
    """h_t = λ ⊙ h_{t-1} + γ ⊙ B x_t,   λ_j = ν_j e^{iθ_j},   γ = e^{γ_log}                      (eq. normalized)

    nu, theta, gamma_log (n,), B_re, B_im (n, m). γ starts at sqrt(1 - |λ|²), which gives the state unit variance for
    white input, and is learned.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return super().shapes() | {"gamma_log": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        inputs: Initializer = initializers.fan_in,
        r_min: float = 0.0,
        r_max: float = 0.99,
    ) -> Params:
        """λ uniform by area on the ring r_min <= |λ| <= r_max (below 1), γ normalised for these λ."""
        r_max = checks.number("r_max", r_max, 0.0, 1.0, open_high=True)
        return super().init(rng, inputs, r_min, r_max)

    def place(self, nu: np.ndarray, theta: np.ndarray) -> Params:
        return super().place(nu, theta) | {"gamma_log": log_normalizer(np.log(-np.log(nu)))}

    def input_scale(self, params: Params) -> Any:
        """γ (n,)."""
        return anp.exp(params["gamma_log"])

    def vjp_input_scale(self, params: Params, g: np.ndarray) -> Params:
        return {"gamma_log": g * self.input_scale(params)}


@dataclass(frozen=True)
class LRU(NormalizedRNN):
    """h_t = λ ⊙ h_{t-1} + γ ⊙ B x_t,   λ = exp(-e^{ν_log} + i e^{θ_log}),   γ = e^{γ_log}      (eq. lru)

    nu_log, theta_log, gamma_log (n,), B_re, B_im (n, m). `NormalizedRNN` with |λ| < 1 for every value of the
    parameters: the linear recurrent unit of orvieto2023 without its readout and feed-through. Losses hold the readout.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        n, m = self.n, self.m
        return {"nu_log": (n,), "theta_log": (n,), "B_re": (n, m), "B_im": (n, m), "gamma_log": (n,)}

    def place(self, nu: np.ndarray, theta: np.ndarray) -> Params:
        polar = super().place(nu, theta)
        return {"nu_log": np.log(-np.log(nu)), "theta_log": np.log(theta), "gamma_log": polar["gamma_log"]}

    def eigenvalues(self, params: Params) -> Any:
        """λ (n,) complex, inside the unit disc."""
        return anp.exp(-anp.exp(params["nu_log"]) + 1j * anp.exp(params["theta_log"]))

    def vjp_eigenvalues(self, params: Params, g: np.ndarray) -> Params:
        size, angle = params["nu_log"], 1j * np.exp(params["theta_log"])
        by_size = -np.exp(
            size - np.exp(size) + angle
        )  # -e^{ν_log} λ, of which the first may be inf and the second 0
        return {
            "nu_log": (g.conj() * by_size).real,
            "theta_log": (g.conj() * angle * self.eigenvalues(params)).real,
        }


@dataclass(frozen=True)
class BlockRNN(Paired, Affine):
    """n pairs of units: (h_t)_j = W_j (h_{t-1})_j + U x_t + b with real 2×2 matrices W_j         (eq. blocks)

    W (n, 2, 2), U (2n, m), b (2n,), in which the two rows of a unit follow each other, as its two numbers do in the
    state. With W_j a multiple of a rotation it is a `DiagonalRNN`.

    >>> cell = BlockRNN(m=1, n=3)
    >>> cell.n_state, cell.init(np.random.default_rng(0))["W"].shape
    (6, (3, 2, 2))
    """

    reads_drive = False

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (self.n, 2, 2), "U": (2 * self.n, self.m), "b": (2 * self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        inputs: Initializer = initializers.fan_in,
        r_min: float = 0.0,
        r_max: float = 0.99,
    ) -> Params:
        """W_j a rotation times |λ|, with λ uniform by area on the ring r_min <= |λ| <= r_max; U from `inputs`."""
        nu, theta = initializers.ring(rng, self.n, r_min, r_max)
        re, im = nu * np.cos(theta), nu * np.sin(theta)
        W = np.stack([np.stack([re, -im], axis=-1), np.stack([im, re], axis=-1)], axis=-2)
        return self.draw(rng, W=lambda rng, shape: W, U=lambda rng, shape: paired(inputs(rng, shape), axis=0))

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        W, first, second = params["W"], h_prev[..., ::2], h_prev[..., 1::2]
        entry = [[W[..., i, j][..., None, :] for j in range(2)] for i in range(2)]  # rows (1, n), also of stacked W
        rows = [entry[i][0] * first + entry[i][1] * second for i in range(2)]
        return interleaved(*rows) + drive

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (np.broadcast_to(H.dtype.type(0), H.shape),)  # W is the Jacobian, whatever the state

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        back = params | {"W": params["W"].swapaxes(-1, -2)}
        return self.step(back, delta, np.zeros((), delta.dtype)), delta

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self.step(params, V, np.zeros((), V.dtype))

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return times_many(V, params["U"])

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        pairs = [z.reshape(*z.shape[:-1], self.n, 2) for z in (D, H_prev)]
        return {"W": np.einsum("...bni,...bnj->...nij", *pairs), **affine_vjp(X, D)}
