"""A bidirectional pair of cells upon another one: the network above is the loss of the one below.

A layer of both directions needs all states of the layer below before its first step, so no single cell can hold two of
them. But the layers above a layer are, together with the loss, a function of its states: they have a value, a
derivative with respect to the states, and gradients of their own parameters. `bptt` needs no more from a loss.
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.core.params import Params
from minirnn.gradients.backpropagation import adjoints, check_params, forward_scan, sum_over_time
from minirnn.gradients.objective import evaluate
from minirnn.gradients.referee import energy
from minirnn.layers.composed import Parallel, reversed_in_time

PREFIX = "upper."


@dataclass(frozen=True)
class Upper:
    """A loss of the states of the bidirectional pair `below`: the pair `cell`, which reads both directions of `below`
    at each position, and the loss of the states of `cell`. The parameters of both have the prefix "upper.", also V and
    c_out of the loss. For a third pair pass an `Upper` as the loss of the second.

    >>> from minirnn import GRU, bptt
    >>> from minirnn.layers import both_ways
    >>> from minirnn.learning import losses
    >>> rng, first, second = np.random.default_rng(0), Parallel(GRU(1, 3), GRU(1, 3)), Parallel(GRU(6, 2), GRU(6, 2))
    >>> above = second.init(rng) | losses.init_readout(rng, second, outputs=1)
    >>> params = first.init(rng) | {PREFIX + key: value for key, value in above.items()}
    >>> loss = Upper(first, second, losses.at_end(losses.squared_error, np.ones((4, 1))))
    >>> E, gradient = bptt(first, params, both_ways(rng.standard_normal((5, 4, 1))), loss)
    >>> gradient.keys() == params.keys()
    True

    `lengths` (B,) are those of the sequences, if they differ, as in `both_ways`. Raises TypeError or ValueError if the
    m of `cell` is not twice the n_out of `below`, or at its first call if the parameters do not fit.
    """

    below: Parallel
    cell: Parallel
    loss: Any
    lengths: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name, pair in (("below", self.below), ("cell", self.cell)):
            if not isinstance(pair, Parallel):
                raise TypeError(f"{name} must be a Parallel of two cells, got {type(pair).__name__}")
        if self.cell.m != 2 * self.below.n_out:
            needed = f"{2 * self.below.n_out}, twice the n_out of the pair below"
            raise ValueError(f"cell must have m = {needed}, got m = {self.cell.m}")

    def own(self, params: Any) -> Any:
        """The parameters of the pair above and of its loss, without the prefix."""
        return {key.removeprefix(PREFIX): params[key] for key in params if key.startswith(PREFIX)}

    def inputs(self, H: Any) -> Any:
        """The inputs (T, B, 2 n_out) of `cell`, from the states H (T, B, n_state) of the pair below."""
        both = self.below.aligned(H, self.lengths)[..., : self.below.n_out]
        return anp.concatenate([both, reversed_in_time(both, self.lengths)], axis=-1)

    def value(self, params: Params, H: Any) -> Any:
        """E alone: what autograd differentiates."""
        return energy(self.cell, self.own(params), self.inputs(H), self.loss)

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        """E, ∂E/∂H (T, B, n_state) and the gradients of the parameters of the pair above and of its loss."""
        own, X = self.own(params), self.inputs(H)
        check_params(self.cell, own)
        states = forward_scan(self.cell, own, X, None)
        E, dE, readout = evaluate(self.loss, self.cell, own, states)
        local, D, _ = adjoints(self.cell, own, X, states, dE, np.zeros_like(states[0]))
        gradient = sum_over_time(self.cell, own, X, states[:-1], local, D) | readout
        dX = self.cell.vjp_inputs(own, D)
        dH, n_out = np.zeros(H.shape, H.dtype), self.below.n_out
        dH[..., :n_out] = dX[..., :n_out] + reversed_in_time(dX[..., n_out:], self.lengths)
        return E, self.below.aligned(dH, self.lengths), {PREFIX + key: value for key, value in gradient.items()}
