"""Memory against smoothness: networks of 32 units, several architectures and gains, all at initialisation.

Memory is the linear memory capacity: the sum over lags 1 … 60 of the R² with which a linear readout of the state
predicts the input of that lag (fitted on 1500 steps of white noise, judged on 500 others). Smoothness is the
measured Lipschitz constant of the gradient of a cost over 60 steps, as a function of W in a ball of 1 % of its norm.
λ₁ is measured on the same inputs. The paper (ribeiro2020) argues for this trade-off; the plane is our measurement.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn import GRU, LSTM, ChaosFreeRNN, VanillaRNN, bptt, unroll
from minirnn.core import initializers
from minirnn.core.params import Params, norm
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.dynamics.lipschitz import measured_constants
from minirnn.learning import losses
from minirnn.learning.contraction import contractive_lstm

UNITS, AMPLITUDE, LAGS, N, POINTS, SEEDS = 32, 0.3, 60, 60, 20, range(3)
GAINS = [0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 2.5, 3.0]
ARCHITECTURES: dict[str, Any] = {
    "tanh": (VanillaRNN(1, UNITS), initializers.fan_in),
    "orthogonal": (VanillaRNN(1, UNITS), initializers.orthogonal),
    "LSTM": (LSTM(1, UNITS), initializers.fan_in),
    "GRU": (GRU(1, UNITS), initializers.fan_in),
    "chaos-free": (ChaosFreeRNN(1, UNITS), initializers.fan_in),
    "contractive": (LSTM(1, UNITS), initializers.fan_in),
}


def memory(H: np.ndarray, x: np.ndarray, fit: int = 1500) -> float:
    """Σ over lags of R² on steps not fitted; H (T, units), x (T,) the inputs of the same steps."""
    past = np.stack([np.roll(x, lag) for lag in range(1, LAGS + 1)], axis=1)
    states = np.hstack([H, np.ones((len(H), 1))])
    train, test = slice(LAGS, fit), slice(fit, None)
    gram = states[train].T @ states[train] + 1e-8 * np.eye(states.shape[1])
    readout = np.linalg.solve(gram, states[train].T @ past[train])
    errors = ((states[test] @ readout - past[test]) ** 2).mean(0) / past[test].var(0)
    return float(np.clip(1 - errors, 0, 1).sum())


def measure(architecture: str, gain: float, seed: int) -> dict[str, float]:
    cell, initializer = ARCHITECTURES[architecture]
    rng = np.random.default_rng(seed)
    params: Params = cell.init(rng, recurrent=partial(initializer, gain=gain))
    if architecture == "contractive":
        params = contractive_lstm(params, largest_input=4 * AMPLITUDE)
    params = params | losses.init_readout(rng, cell, outputs=1)
    X = AMPLITUDE * rng.standard_normal((2200, 1, 1))
    H = unroll(cell, params, X)[201:, 0, : cell.n_out]
    loss = losses.at_every_step(losses.squared_error, rng.standard_normal((N, 1, 1)))

    def cost(p: Params) -> tuple[float, Params]:
        E, gradient = bptt(cell, params | p, X[:N], loss)
        return E, {"W": gradient["W"]}

    W = {"W": params["W"]}
    constants = measured_constants(cost, W, 0.01 * norm(W), rng, POINTS, distances=(1e-1, 1e-4, 1e-7))
    return {
        "memory": memory(H, X[200:, 0, 0]),
        "cost": constants.cost,
        "gradient": constants.gradient,
        "exponent": float(lyapunov_exponents(cell, params, X[:800], burn_in=200).item()),
    }


KEYS = ("memory", "cost", "gradient", "exponent")


def results(runs: list[dict[str, float]]) -> dict[str, Any]:
    shape = (len(ARCHITECTURES), len(GAINS), len(SEEDS))
    tables = {key: rounded(np.reshape([run[key] for run in runs], shape), 4) for key in KEYS}
    return tables | {"architecture": list(ARCHITECTURES), "gain": GAINS}


def rows(results: dict[str, Any]) -> list[dict[str, float]]:
    columns = (np.ravel(results[key]).tolist() for key in KEYS)
    return [dict(zip(KEYS, numbers, strict=True)) for numbers in zip(*columns, strict=True)]


def again(saved: Saved) -> Pair:
    """A tanh network of small gain, first seed."""
    point: dict[str, Any] = dict(architecture="tanh", gain=GAINS[1], seed=0)
    return {key: rounded(number, 4) for key, number in measure(**point).items()}, saved(**point)


EXPERIMENT = Experiment(
    name="memory_and_smoothness",
    run=measure,
    grid={"architecture": list(ARCHITECTURES), "gain": GAINS, "seed": SEEDS},
    settings=dict(units=UNITS, amplitude=AMPLITUDE, lags=LAGS, N=N, points=POINTS, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
)
