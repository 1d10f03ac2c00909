"""A cell that cannot be chaotic, by its form."""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Affine, Initializer, Local
from minirnn.core import initializers
from minirnn.core.activations import sigmoid, sigmoid_slope, tanh_slope
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.core.products import outer_sum, parts, times, times_many


@dataclass(frozen=True)
class ChaosFreeRNN(Affine):
    """h_t = θ ⊙ tanh(h_{t-1}) + η ⊙ tanh(U_s x_t)                                                (eq. cfn)

    [θ, η] = σ(W h_{t-1} + U_θη x_t + b): W (2n, n), U (3n, m) with rows θ, η, s, b (2n,). The chaos-free network of
    laurent2017: without input |h_t| = θ |tanh h_{t-1}| < |h_{t-1}| in every unit, so all orbits end at 0, whatever
    the weights are. The map need not be a contraction: gates may let two states part for a while.
    """

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (2 * self.n, self.n), "U": (3 * self.n, self.m), "b": (2 * self.n,)}

    @checked
    def init(
        self,
        rng: np.random.Generator,
        recurrent: Initializer = initializers.orthogonal,
        inputs: Initializer = initializers.fan_in,
    ) -> Params:
        """W from `recurrent`, U from `inputs`, b = 1 for θ and -1 for η, as in the paper."""
        return self.draw(rng, W=recurrent, U=inputs) | {"b": np.repeat([1.0, -1.0], self.n)}

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return times(X, params["U"]) + self.padded(params["b"])

    def padded(self, b: Any) -> Any:
        """b with zeros for the rows of s, which has no bias: (..., 3n)."""
        return anp.concatenate([b, anp.zeros((*b.shape[:-1], self.n), b.dtype)], axis=-1)

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        return D @ params["U"]

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        n = self.n
        gates = sigmoid(times(h_prev, params["W"]) + drive[..., : 2 * n])
        return gates[..., :n] * anp.tanh(h_prev) + gates[..., n:] * anp.tanh(drive[..., 2 * n :])

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        n = self.n
        a = times(H_prev, params["W"]) + drive[..., : 2 * n]
        gates, a_s = sigmoid(a), drive[..., 2 * n :]
        slopes = np.concatenate([np.tanh(H_prev), np.tanh(a_s)], axis=-1) * sigmoid_slope(a)
        return slopes, gates[..., :n] * tanh_slope(H_prev), gates[..., n:] * tanh_slope(a_s)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slopes, through, dh_da = local
        d = np.concatenate([delta, delta], axis=-1) * slopes
        return delta * through + d @ params["W"], np.concatenate([d, delta * dh_da], axis=-1)

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        theta, eta = parts(local[0] * times_many(V, params["W"]), 2)
        return local[1] * V + theta + eta

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        theta, eta, s = parts(times_many(V, params["U"]), 3)
        slopes = parts(local[0], 2)
        return slopes[0] * theta + slopes[1] * eta + local[2] * s

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        gates = D[..., : 2 * self.n]
        return {"W": outer_sum(gates, H_prev), "U": outer_sum(D, X), "b": gates.sum(-2)}

    def openness(self, params: Params, drive: np.ndarray, H_prev: np.ndarray) -> dict[str, np.ndarray]:
        theta, eta = parts(sigmoid(times(H_prev, params["W"]) + drive[..., : 2 * self.n]), 2)
        return {"input": eta, "forget": theta}

    def slopes(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> np.ndarray:
        return tanh_slope(drive[..., 2 * self.n :])
