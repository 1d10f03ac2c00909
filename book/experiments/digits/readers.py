"""The cells that read digits pixel by pixel, the digits, and linear readers of the pixels and of a cell's states."""

from functools import cache, partial
from typing import Any

import numpy as np

from minirnn import GRU, LRU, LSTM, VanillaRNN
from minirnn.cells.contract import Cell
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.learning import losses, tasks
from minirnn.learning.training import named

N = 32
ORDER = np.random.default_rng(1).permutation(64)
TASKS: dict[str, dict[str, Any]] = {
    "64": {"T": 64},
    "64 permuted": {"T": 64, "order": ORDER},
    "208": {"T": 208},
    "784": {"T": 784},
}
# name: the cell, and how it starts. A gain of 3^-0.5 is the variance of a uniform start on ±1/√n
CELLS: dict[str, tuple[Cell, dict[str, Any]]] = {
    "tanh": (VanillaRNN(1, N), {"recurrent": partial(initializers.fan_in, gain=3**-0.5)}),
    "orthogonal": (VanillaRNN(1, N), {"recurrent": initializers.orthogonal}),
    "IRNN": (
        VanillaRNN(1, N, "relu"),
        {"recurrent": initializers.identity, "inputs": partial(initializers.fan_in, gain=0.3)},
    ),
    "LSTM, bias 0": (LSTM(1, N), {"forget_bias": 0.0}),
    "LSTM, bias 1": (LSTM(1, N), {"forget_bias": 1.0}),
    "GRU": (GRU(1, N), {}),
    "LRU": (LRU(1, N), {"r_min": 0.9, "r_max": 0.999}),
}
loss = partial(losses.at_end, losses.softmax_cross_entropy)


@cache
def data(part: str, task: str) -> tuple[np.ndarray, np.ndarray]:
    return tasks.spaced_digits(part, **TASKS[task])


def network(name: str, seed: int, dtype: str = "float64") -> tuple[Cell, Params, np.random.Generator]:
    """A cell with its parameters at the start, and the generator for all that follows."""
    rng = np.random.default_rng(seed)
    cell, start = CELLS[name]
    params = cell.init(rng, **start) | losses.init_readout(rng, cell, outputs=10)
    return cell, {key: p.astype(dtype) for key, p in params.items()}, rng


def fitted_readout(states: np.ndarray, validation: np.ndarray, penalty: float = 1e-6) -> float:
    """Accuracy on the validation part of a linear readout that ridge regression fits to states (1077, n).

    Each unit is first scaled to mean 0 and deviation 1 on the states it is fitted to: else the penalty would measure
    how large the states are.
    """
    mean, size = states.mean(axis=0), states.std(axis=0)
    size = np.where(size > 0, size, 1.0)
    Z, Z_val = (np.column_stack([(h - mean) / size, np.ones(len(h))]) for h in (states, validation))
    gram, target = Z.T @ Z, tasks.one_hot(data("fit", "64")[1], 10)
    weights = np.linalg.solve(gram + penalty * np.trace(gram) / len(gram) * np.eye(len(gram)), Z.T @ target)
    return float(named(Z_val @ weights, data("validation", "64")[1]).mean())


def baseline() -> dict[str, float]:
    """Logistic regression on the 64 pixels, its penalty chosen on the validation part."""
    from sklearn.linear_model import LogisticRegression

    (X, y), (X_val, val), (X_test, test) = (
        (x[:, :, 0].T, t) for x, t in (data(part, "64") for part in ("fit", "validation", "test"))
    )
    models = [LogisticRegression(C=C, max_iter=2000).fit(X, y) for C in (0.01, 0.1, 1.0, 10.0)]
    best = max(models, key=lambda m: m.score(X_val, val))
    return {"C": best.C, "validation": best.score(X_val, val), "test": best.score(X_test, test)}
