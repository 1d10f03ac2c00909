"""What several test modules share: all cells with every activation, random parameters, distances."""

import re
from dataclasses import fields

import numpy as np
import pytest

from minirnn import CELLS, GRU, LRU, LSTM, LinearRNN, Parallel, RotationRNN, Stack, VanillaRNN
from minirnn.core.activations import ACTIVATIONS
from minirnn.learning import losses


def compositions(m=2, n=3):
    """Layers and directions, of cells that show all of their state and of others, and both at once."""
    yield Stack([LSTM(m, 2), LSTM(2, n)])
    yield Stack([GRU(m, n), LSTM(n, 2)])
    yield Stack([LRU(m, 2), VanillaRNN(4, n)])
    yield Parallel(GRU(m, n), GRU(m, 2))
    yield Stack([Parallel(LSTM(m, 2), GRU(1, 1)), Stack([VanillaRNN(3, n)])])


def every_cell(m=2, n=3):
    """Every registered cell, with every activation where it has one, and some that are composed of them."""
    for make in CELLS:
        choosable = make is not LinearRNN and "activation" in {field.name for field in fields(make)}
        yield from (make(m, n, activation=name) for name in ACTIVATIONS) if choosable else (make(m, n),)
    yield from compositions(m, n)


class Leaky(VanillaRNN):
    """h_t = 0.8 h_{t-1} + 0.2 tanh(a_t), without the rules for directions that would go with it."""

    def step(self, params, h_prev, drive):
        return 0.8 * h_prev + 0.2 * super().step(params, h_prev, drive)

    def linearize(self, params, drive, H_prev, H):
        return (0.2 * (1 - ((H - 0.8 * H_prev) / 0.2) ** 2),)

    def vjp_step(self, params, local, delta):
        carry, d = super().vjp_step(params, local, delta)
        return carry + 0.8 * delta, d


def name(cell):
    if hasattr(cell, "named"):
        return f"{type(cell).__name__}({', '.join(map(name, cell.named().values()))})"
    return type(cell).__name__ + (f"-{cell.activation}" if hasattr(cell, "activation") else "")


all_cells = pytest.mark.parametrize("cell", list(every_cell()), ids=name)


def random_params(rng, cell, outputs=None, dtype=np.float64):
    """Everything random, biases included: zeros hide missing terms. Scaled so that T = 7 neither dies nor explodes;
    for the same reason most ReLU units are kept above their kink."""
    shapes = cell.shapes()
    if outputs is not None:
        shapes = shapes | {"V": (outputs, cell.n_out), "c_out": (outputs,)}
    params = {key: 0.6 * rng.standard_normal(shape) for key, shape in shapes.items()}
    if "nu" in params:
        params["nu"] = rng.uniform(0.3, 1.1, cell.n)
    if getattr(cell, "activation", "") == "relu":
        params["b"] += 1.0
    if isinstance(cell, RotationRNN):  # it forgets nothing: sums of large inputs would leave a softmax no gradient
        params["U"][cell.n :] *= 0.4
        params["b"][cell.n :] *= 0.4
    return {key: value.astype(dtype) for key, value in params.items()}


def random_case(rng, cell, T, B, reading, error, outputs=3):
    """Parameters with a readout, inputs, a nonzero h0 and a loss."""
    params = random_params(rng, cell, outputs)
    X = rng.standard_normal((T, B, cell.m))
    h0 = rng.standard_normal((B, cell.n_state))
    lead = (B,) if reading is losses.at_end else (T, B)
    if error is losses.squared_error:
        target = rng.standard_normal((*lead, outputs))
    else:
        target = rng.integers(0, outputs, lead)
    return params, X, h0, reading(error, target)


def distance(a, b):
    """Largest difference of two dicts of arrays, relative to the largest entry of the same array (or to 1e-3)."""
    assert a.keys() == b.keys()
    assert all(a[key].shape == b[key].shape for key in a)
    return max(np.abs(a[key] - b[key]).max() / max(np.abs(b[key]).max(), 1e-3) for key in a)


def refused(error, *words):
    """`pytest.raises` for a message that has all the words, in this order."""
    return pytest.raises(error, match="(?s)" + ".*".join(map(re.escape, words)))


def only(h_index=-1):
    """A loss that is the sum of all states at one time: what a known answer for dh_T/dθ needs."""

    def loss(params, H):
        dE = np.zeros_like(H)
        dE[h_index] = 1.0
        return float(H[h_index].sum()), dE, {}

    return loss
