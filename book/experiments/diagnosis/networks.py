"""Networks as the book starts them, by kind: what is broken in a case was one of these."""

from collections.abc import Callable
from functools import partial

import numpy as np

from minirnn import GRU, LRU, LSTM, ChaosFreeRNN, DiagonalRNN, IndRNN, LinearRNN, MinGRU, NormalizedRNN, VanillaRNN
from minirnn.cells.contract import Cell
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.layers import Stack, joined

Start = Callable[[np.random.Generator, int, int, int], tuple[Cell, Params]]


def tanh(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """Orthogonal recurrent weights."""
    cell = VanillaRNN(m, n)
    return cell, cell.init(rng)


def irnn(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """ReLU and the identity (le2015), with small input weights."""
    cell = VanillaRNN(m, n, "relu")
    return cell, cell.init(rng, initializers.identity, partial(initializers.fan_in, gain=0.3))


def lstm(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """Forget bias ln T."""
    cell = LSTM(m, n)
    return cell, cell.init(rng, forget_bias=np.log(T))


def gru(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """Update bias ½ ln T: a gate that keeps over about √T steps, and lets something in at each."""
    cell = GRU(m, n)
    return cell, cell.init(rng, update_bias=0.5 * np.log(T))


def mingru(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """Time scales between 2 and T steps (tallec2018); z near 1 forgets."""
    cell = MinGRU(m, n)
    params = cell.init(rng)
    params["b"][:n] = -initializers.chrono(rng, n, max(T, 3))
    return cell, params


def indrnn(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    """Time scales τ between 1 and T steps, uniform in their logarithm: w = exp(-1/τ)."""
    cell = IndRNN(m, n)
    return cell, cell.init(rng, lambda rng, shape: np.exp(-np.exp(-rng.uniform(0.0, np.log(T), shape))))


def linear(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    cell = LinearRNN(m, n)
    return cell, cell.init(rng)


def chaos_free(rng: np.random.Generator, m: int, n: int, T: int) -> tuple[Cell, Params]:
    cell = ChaosFreeRNN(m, n)
    return cell, cell.init(rng)


def on_a_ring(
    rng: np.random.Generator, m: int, n: int, T: int, cell_class: type[DiagonalRNN]
) -> tuple[Cell, Params]:
    """Eigenvalues on the ring 0.9 <= |λ| <= 0.999."""
    cell = cell_class(m, n)
    return cell, cell.init(rng, r_min=0.9, r_max=0.999)


def two_layers(rng: np.random.Generator, m: int, n: int, T: int, layer: Start) -> tuple[Cell, Params]:
    """One layer upon another of its kind."""
    (below, lower), (above, upper) = layer(rng, m, n, T), layer(rng, n, n, T)
    return Stack([below, above]), joined({"0": lower, "1": upper})


KINDS: dict[str, Start] = {
    "tanh": tanh,
    "IRNN": irnn,
    "LSTM": lstm,
    "GRU": gru,
    "LRU": partial(on_a_ring, cell_class=LRU),
    "MinGRU": mingru,
    "IndRNN": indrnn,
    "linear": linear,
    "chaos-free": chaos_free,
    "diagonal": partial(on_a_ring, cell_class=DiagonalRNN),
    "normalized": partial(on_a_ring, cell_class=NormalizedRNN),
    "two tanh": partial(two_layers, layer=tanh),
    "two LSTMs": partial(two_layers, layer=lstm),
    "two GRUs": partial(two_layers, layer=gru),
}
