"""All terms of the gradient of small networks, one for each pair of an error at t and a use at k <= t.

Weights and inputs are drawn by `experiments.draws`, so that a page has the same ones.
"""

from functools import cache

import numpy as np

from experiments.draws import normal
from minirnn import GRU, LSTM, VanillaRNN, temporal_terms, unroll
from minirnn.core.params import Params, norm

INPUTS, UNITS, LENGTH, SEEDS = 4, 24, 30, 4
CELLS: dict[str, VanillaRNN | LSTM | GRU] = {
    "tanh": VanillaRNN(INPUTS, UNITS),
    "LSTM": LSTM(INPUTS, UNITS),
    "GRU": GRU(INPUTS, UNITS),
}
SIZES = [
    4 * UNITS * UNITS,
    4 * UNITS * INPUTS,
    2 * LENGTH * INPUTS,
    UNITS,
]  # W and U of four gates, inputs, an error


def draws(seed: int) -> list[np.ndarray]:
    """Normal numbers for W, U, the inputs and the direction of the errors."""
    return np.split(normal(SEEDS, sum(SIZES))[seed], np.cumsum(SIZES)[:-1])


def network_states(cell: str, gain: float, seed: int) -> tuple[Params, np.ndarray, np.ndarray]:
    """A network at initialisation, inputs (LENGTH, 1, INPUTS), and its states on them, from a state that it reaches.

    W is N(0, gain²/UNITS) and U N(0, 1/INPUTS); biases are those of the cell's `init`.
    """
    network, (W, U, inputs, _) = CELLS[cell], draws(seed)
    params = network.init(np.random.default_rng(0))
    rows = len(params["W"])
    params["W"] = gain / np.sqrt(UNITS) * W.reshape(-1, UNITS)[:rows]
    params["U"] = U.reshape(-1, INPUTS)[:rows] / np.sqrt(INPUTS)
    before, X = inputs.reshape(2, LENGTH, 1, INPUTS)
    return params, X, unroll(network, params, X, h0=unroll(network, params, before)[-1])


@cache
def term_map(cell: str, gain: float) -> np.ndarray:
    """log10 of the norm of term k of ∂E_t/∂W, [t-1, k-1], nan for k > t; mean of 4 seeds, 0 on average at k = t."""
    logs = np.full((SEEDS, LENGTH, LENGTH), np.nan)
    for seed in range(SEEDS):
        network, (params, X, H) = CELLS[cell], network_states(cell, gain, seed)
        direction = draws(seed)[3]
        for t in range(1, LENGTH + 1):
            dE = np.zeros_like(H[1:])
            dE[t - 1, :, : network.n_out] = direction  # E_t depends on h_t alone
            terms = temporal_terms(network, params, X, H, dE)["W"]
            logs[seed, t - 1, :t] = [np.log10(norm({"W": term})) for term in terms[:t]]
    mean = logs.mean(axis=0)
    return mean - np.diagonal(mean).mean()


def by_lag(logs: np.ndarray) -> np.ndarray:
    """Mean over t of the sizes 10^logs at each lag t - k = 0, 1, … of a map [t, k].

    >>> by_lag(np.array([[0.0, np.nan], [-1.0, 0.0]])).tolist()
    [1.0, 0.1]
    """
    return np.array([10.0 ** np.diagonal(logs, -lag).mean() for lag in range(len(logs))])


def regime_at(size: float) -> str:
    """The regime of an error of size 1 after its way back: vanishing below a tenth, exploding above ten."""
    return "vanishing" if size < 0.1 else "exploding" if size > 10 else "critical"
