"""Two cells of the chapter: a leaky tanh network, and a map with one hidden layer that learns to be another map."""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn import VanillaRNN
from minirnn.cells.contract import Local, Sized
from minirnn.core.params import Params
from minirnn.core.products import outer_sum, times


@dataclass(frozen=True)
class Leaky(VanillaRNN):
    """h_t = (1 - a) h_{t-1} + a tanh(W h_{t-1} + U x_t + b); with a = 1 a `VanillaRNN`."""

    a: float = 1.0

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return (1 - self.a) * h_prev + self.a * super().step(params, h_prev, drive)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (self.a * (1 - np.tanh(times(H_prev, params["W"]) + drive) ** 2),)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        carry, d = super().vjp_step(params, local, delta)
        return (1 - self.a) * delta + carry, d

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return (1 - self.a) * V + super().jvp_step(params, local, V)


@dataclass(frozen=True)
class Shallow(Sized):
    """z_t = z_{t-1} r + C tanh(A z_{t-1} + b) + c with `hidden` units: a map of n variables, without an input.

    A (hidden, n), b (hidden,), C (n, hidden), c (n,); r is 1 if `residual`, else 0. Its pre-activations are those of
    the hidden units, and z_t itself.
    """

    hidden: int = 24
    residual: bool = False

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"A": (self.hidden, self.n), "b": (self.hidden,), "C": (self.n, self.hidden), "c": (self.n,)}

    def init(self, rng: np.random.Generator) -> Params:
        """A and b standard normal, C of size 0.3 in all, c = 0."""
        params = {key: rng.standard_normal(shape) for key, shape in self.shapes().items()}
        return params | {"C": 0.3 * params["C"] / np.sqrt(self.hidden), "c": 0 * params["c"]}

    def drive(self, params: Params, X: np.ndarray) -> Any:
        return anp.concatenate([0 * X[..., :1] + params["b"], 0 * X[..., :1] + params["c"]], axis=-1)

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        s = anp.tanh(times(h_prev, params["A"]) + drive[..., : self.hidden])
        return self.residual * h_prev + times(s, params["C"]) + drive[..., self.hidden :]

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        return (np.tanh(times(H_prev, params["A"]) + drive[..., : self.hidden]),)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        d = (delta @ params["C"]) * (1 - local[0] ** 2)
        return self.residual * delta + d @ params["A"], np.concatenate(
            [d, np.broadcast_to(delta, (*d.shape[:-1], self.n))], axis=-1
        )

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        d, delta = D[..., : self.hidden], D[..., self.hidden :]
        return {"A": outer_sum(d, H_prev), "b": d.sum(-2), "C": outer_sum(delta, local[0]), "c": delta.sum(-2)}
