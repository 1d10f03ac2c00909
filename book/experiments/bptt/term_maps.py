"""All terms of the gradient of small networks, one for each pair of an error at t and a use at k <= t."""

from functools import cache, partial

import numpy as np

from minirnn import GRU, LSTM, VanillaRNN, temporal_terms, unroll
from minirnn.core import initializers
from minirnn.core.params import Params, norm

CELLS: dict[str, VanillaRNN | LSTM | GRU] = {
    "tanh": VanillaRNN(m=4, n=24),
    "LSTM": LSTM(m=4, n=24),
    "GRU": GRU(m=4, n=24),
}
LENGTH, SEEDS = 30, 4


def network_states(cell: str, gain: float, seed: int) -> tuple[Params, np.ndarray, np.ndarray]:
    """A network at initialisation, inputs (LENGTH, 1, 4), and its states on them, from a state that it reaches."""
    rng, network = np.random.default_rng(seed), CELLS[cell]
    params = network.init(rng, recurrent=partial(initializers.fan_in, gain=gain))
    before, X = rng.standard_normal((2, LENGTH, 1, 4))
    return params, X, unroll(network, params, X, h0=unroll(network, params, before)[-1])


@cache
def term_map(cell: str, gain: float) -> np.ndarray:
    """log10 of the norm of term k of ∂E_t/∂W, [t-1, k-1], nan for k > t; mean of 4 seeds, 0 on average at k = t."""
    logs = np.full((SEEDS, LENGTH, LENGTH), np.nan)
    for seed in range(SEEDS):
        network, (params, X, H) = CELLS[cell], network_states(cell, gain, seed)
        direction = np.random.default_rng([seed, 1]).standard_normal((1, network.n_out))
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
    """What has become of an error of size 1: vanishing below a tenth, exploding above ten."""
    return "vanishing" if size < 0.1 else "exploding" if size > 10 else "critical"
