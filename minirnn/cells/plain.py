"""Plain cells: dense, element-wise, and the dense one without a nonlinearity."""

from dataclasses import dataclass

import numpy as np

from minirnn.cells.contract import Initializer, Local, Sized
from minirnn.core import checks, initializers
from minirnn.core.activations import ACTIVATIONS
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import affine_vjp, outer_sum, times


@dataclass(frozen=True)
class VanillaRNN(Sized):
    """h_t = σ(W h_{t-1} + U x_t + b)                                                          (eq. rnn)

    W (n, n), U (n, m), b (n,). `activation` is tanh, sigmoid, relu or identity. Pascanu et al. (2013) write the
    same network for the pre-activation, x_t = W σ(x_{t-1}) + U u_t + b; elman1990 introduced it.

    >>> cell = VanillaRNN(m=2, n=3)
    >>> {key: value.shape for key, value in cell.init(np.random.default_rng(0)).items()}
    {'W': (3, 3), 'U': (3, 2), 'b': (3,)}
    """

    activation: str = "tanh"

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
        checks.generator("rng", rng)
        return {
            "W": recurrent(rng, (self.n, self.n)),
            "U": inputs(rng, (self.n, self.m)),
            "b": np.zeros(self.n),
        }

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](h_prev @ params["W"].T + drive)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (ACTIVATIONS[self.activation][1](H),)  # σ'(a_t), from its value

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d @ params["W"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * times(V, params["W"])

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"W": outer_sum(D, H_prev), **affine_vjp(X, D)}


@dataclass(frozen=True)
class IndRNN(Sized):
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
        checks.generator("rng", rng)
        return {"w": recurrent(rng, (self.n,)), "U": inputs(rng, (self.n, self.m)), "b": np.zeros(self.n)}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return X @ params["U"].T + params["b"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.activation][0](h_prev * params["w"] + drive)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (ACTIVATIONS[self.activation][1](H),)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = delta * local[0]
        return d * params["w"], d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return local[0] * (params["w"] * V)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        return {"w": (D * H_prev).sum(-2), **affine_vjp(X, D)}


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
