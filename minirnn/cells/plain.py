"""Plain cells: dense, element-wise, and the dense one without a nonlinearity."""

from dataclasses import dataclass

import numpy as np

from minirnn.cells.contract import Affine, Initializer, Local
from minirnn.core import checks, initializers
from minirnn.core.activations import ACTIVATIONS, IN_PLACE
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, outer_sum, row_sum, times, times_many


@dataclass(frozen=True)
class Activated(Affine):
    """h_t = σ(a_t), with any pre-activation a_t. `activation` is tanh, sigmoid, relu or identity."""

    reads_drive = False
    activation: str = "tanh"

    def slope(self, H: np.ndarray) -> np.ndarray:
        """σ'(a), from its value h = σ(a)."""
        return ACTIVATIONS[self.activation][1](H)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (self.slope(H),)

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * times_many(V, params["U"])

    def saturated(self, H: np.ndarray) -> np.ndarray:
        """True where the slope is below 1/20 of that at a = 0, the largest of tanh and sigmoid. No unit with ReLU,
        whose slope at 0 is 0, or with the identity counts as saturated."""
        sigma, _ = ACTIVATIONS[self.activation]
        return self.slope(H) < 0.05 * float(self.slope(np.asarray(sigma(0.0))))

    def slopes(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        return self.slope(H) * (4.0 if self.activation == "sigmoid" else 1.0)


@dataclass(frozen=True)
class VanillaRNN(Activated):
    """h_t = σ(W h_{t-1} + U x_t + b)                                                          (eq. rnn)

    W (n, n), U (n, m), b (n,). `activation` is tanh, sigmoid, relu or identity. Pascanu et al. (2013) write the
    same network for the pre-activation, x_t = W σ(x_{t-1}) + U u_t + b; elman1990 introduced it.

    >>> cell = VanillaRNN(m=2, n=3)
    >>> {key: value.shape for key, value in cell.init(np.random.default_rng(0)).items()}
    {'W': (3, 3), 'U': (3, 2), 'b': (3,)}
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (self.n, self.n), "U": (self.n, self.m), "b": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, b = 0."""
        return self.draw(rng, W=recurrent, U=inputs)

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](times(h_prev, params["W"]) + drive)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d @ params["W"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * times_many(V, params["W"])

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        """The loop over `step`. Every operation writes its result in place, so a step makes no new array."""
        H, W = np.empty(drive.shape, drive.dtype), params["W"].T
        sigma, h_prev = IN_PLACE[self.activation], h0
        for h, a in zip(H, drive, strict=True):
            np.dot(h_prev, W, out=h)  # at a step of few numbers np.matmul takes half as long again
            h += a
            sigma(h, out=h)
            h_prev = h
        return H

    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The loop over `vjp_step`, in the same way."""
        (slopes,), W = local, params["W"]
        D, back = np.empty(dE.shape, dE.dtype), carry.copy()
        for d, slope, dE_t in zip(D[::-1], slopes[::-1], dE[::-1], strict=True):
            np.add(dE_t, back, out=d)
            d *= slope
            np.dot(d, W, out=back)
        return D, back

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"W": outer_sum(D, H_prev), **affine_vjp(X, D)}


@dataclass(frozen=True)
class IndRNN(Activated):
    """h_t = σ(w ⊙ h_{t-1} + U x_t + b): each unit sees only its own past                       (eq. indrnn)

    w (n,), U (n, m), b (n,); from li2018indrnn. The Jacobian is diag(w ⊙ σ').
    """

    activation: str = "relu"

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.n,), "U": (self.n, self.m), "b": (self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.uniform,
        inputs: Initializer = initializers.fan_in,
    ) -> Params:
        """w from `recurrent` (uniform on [-1, 1) by default), U from `inputs`, b = 0."""
        return self.draw(rng, w=recurrent, U=inputs)

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](h_prev * params["w"] + drive)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d * params["w"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * (params["w"] * V)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"w": row_sum(D * H_prev), **affine_vjp(X, D)}


@dataclass(frozen=True)
class LinearRNN(VanillaRNN):
    """h_t = W h_{t-1} + U x_t + b: `VanillaRNN` with the identity for σ                        (eq. linear)

    >>> LinearRNN(m=2, n=3).activation
    'identity'
    """

    activation: str = "identity"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.choice("activation", self.activation, ["identity"])
