"""Networks that learn, and what breaks them: for tests of what the report says of either."""

from functools import partial
from itertools import pairwise

import numpy as np

from minirnn import GRU, LRU, LSTM, IndRNN, LinearRNN, MinGRU, VanillaRNN
from minirnn.core import initializers
from minirnn.learning import TrainingLog, losses, optimizers, tasks, train

N, B = 16, 8
SEEDS = (0, 1, 2)


def healthy(kind, seed=0, T=60, inputs=1.0):
    """(cell, params, X, loss at the end) of a cell that starts with the book's remedies for T steps."""
    rng = np.random.default_rng(seed)
    cell, start = {
        "tanh": (VanillaRNN(2, N), {"inputs": partial(initializers.fan_in, gain=0.3)}),
        "relu": (VanillaRNN(2, N, "relu"), {"recurrent": initializers.identity}),
        "linear": (LinearRNN(2, N), {}),
        "LSTM": (LSTM(2, N), {"forget_bias": float(np.log(T))}),
        "GRU": (GRU(2, N), {"update_bias": float(np.log(T))}),
        "LRU": (LRU(2, N), {"r_min": 0.9, "r_max": 0.999}),
        "MinGRU": (MinGRU(2, N), {}),
        "IndRNN": (IndRNN(2, N), {"recurrent": partial(initializers.uniform, low=0.99)}),
    }[kind]
    params = cell.init(rng, **start) | losses.init_readout(rng, cell, outputs=1)
    if kind == "MinGRU":
        params["b"][:N] = -np.log(T)
    if kind == "IndRNN":
        params["b"] += 1.0
    X = inputs * rng.standard_normal((T, B, 2))
    return cell, params, X, losses.at_end(losses.squared_error, rng.standard_normal((B, 1)))


def with_params(network, **changes):
    """The network with some parameters replaced by what a function makes of them."""
    cell, params, X, loss = network
    return cell, params | {key: change(params[key]) for key, change in changes.items()}, X, loss


def with_inputs(network, change):
    cell, params, X, loss = network
    return cell, params, change(X), loss


def with_targets(network, change):
    cell, params, X, loss = network
    return cell, params, X, losses.at_end(loss.error, change(loss.target))


def rows(start, stop, value):
    """A change of a vector: these entries become the value."""

    def change(b):
        b = b.copy()
        b[start * N : stop * N] = value
        return b

    return change


def trained(kind, optimizer, updates, seed=0, T=20, clip=None, **start):
    """(cell, params, X, loss) after so many updates on the temporal order of two symbols, and the log."""
    rng = np.random.default_rng(seed)
    make = {
        "tanh": VanillaRNN,
        "relu": partial(VanillaRNN, activation="relu"),
        "LSTM": LSTM,
        "GRU": GRU,
        "LRU": LRU,
    }
    cell = make[kind](6, N)
    params = cell.init(rng, **start) | losses.init_readout(rng, cell, outputs=4)
    every = [params]

    def loss(target):
        return losses.at_end(losses.softmax_cross_entropy, target)

    def batch(rng):
        return tasks.temporal_order(rng, B=32, T=T)

    def keep(run):
        every.append(run.params)
        return False

    run = train(cell, params, batch, loss, optimizer, updates, rng, clip=clip, stop=keep, progress=False)
    every = [*every[: len(run.history["loss"])], run.params]
    steps = [distance(after, before) / distance(before) for before, after in pairwise(every)]
    log = TrainingLog(*(np.array(run.history[key]) for key in ("loss", "norm")), update=np.array(steps), clip=clip)
    X, target = batch(rng)
    return (cell, run.params, X, loss(target)), log


def distance(a, b=None):
    return np.sqrt(sum(((a[key] - (b[key] if b else 0.0)) ** 2).sum() for key in a))


adam, sgd = optimizers.adam, optimizers.sgd
