"""Lipschitz constants of a cost and of its gradient over the length N, in three regimes of a tanh network.

Networks of 16 units without input, from a random state; the cost is the mean over N steps of ½y_t² for a fixed
random readout; the parameter is W, in a ball of radius 0.1. The recurrent matrix is 0.8 or 1 times an orthogonal one,
or Gaussian with gain 3 (chaotic). Measured constants are lower bounds, of 30 points and 3 distances. ribeiro2020 give
upper bounds and no such measurement.
"""

import time
from functools import partial

import numpy as np

from experiments.record import load, rounded, save, swept
from minirnn import VanillaRNN, bptt
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.dynamics.exponents import network, spectrum
from minirnn.dynamics.lipschitz import measured_constants
from minirnn.learning import losses

UNITS, RADIUS, POINTS, SEEDS = 16, 0.1, 30, range(5)
LENGTHS = [5, 10, 20, 30, 40, 60, 80, 100, 150, 200]
CELL = VanillaRNN(m=1, n=UNITS)
REGIMES = {
    "contractive": partial(initializers.orthogonal, gain=0.8),
    "orthogonal": partial(initializers.orthogonal, gain=1.0),
    "chaotic": partial(initializers.fan_in, gain=3.0),
}


def start(regime: str, seed: int) -> tuple[Params, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    params = CELL.init(rng, recurrent=REGIMES[regime]) | losses.init_readout(rng, CELL, outputs=1)
    return params, 0.5 * rng.standard_normal((1, UNITS)), rng


def measure(regime: str, seed: int, N: int, points: int = POINTS) -> dict[str, float]:
    """Measured constants of V and ∇V, as functions of W, for sequences of N steps."""
    params, h0, rng = start(regime, seed)
    X, loss = np.zeros((N, 1, 1)), losses.at_every_step(losses.squared_error, np.zeros((N, 1, 1)))

    def cost(p: Params) -> tuple[float, Params]:
        E, gradient = bptt(CELL, params | p, X, loss, h0)
        return E, {"W": gradient["W"]}

    found = measured_constants(cost, {"W": params["W"]}, RADIUS, rng, points, distances=(1e-2, 1e-5, 1e-8))
    return {"cost": found.cost, "gradient": found.gradient}


def exponent(regime: str, seed: int) -> float:
    params, h0, _ = start(regime, seed)
    return float(spectrum(network(CELL, params), h0, 3000, 1, burn_in=500).exponents.item())


def again() -> tuple[object, object]:
    """One run made now, and what is saved of it."""
    saved = load("lipschitz_constants")["results"]
    found = measure("contractive", 0, LENGTHS[1])
    return rounded([found["cost"], found["gradient"]], 4), [saved[key][0][0][1] for key in ("cost", "gradient")]


def main() -> None:
    started = time.time()
    found = swept(measure, {"regime": list(REGIMES), "seed": SEEDS, "N": LENGTHS})
    shape = (len(REGIMES), len(SEEDS), len(LENGTHS))
    results = {
        "N": LENGTHS,
        "regimes": list(REGIMES),
        "cost": rounded(np.reshape([f["cost"] for f in found], shape), 4),
        "gradient": rounded(np.reshape([f["gradient"] for f in found], shape), 4),
        "exponent": rounded([[exponent(regime, seed) for seed in SEEDS] for regime in REGIMES], 4),
    }
    settings = dict(units=UNITS, radius=RADIUS, points=POINTS, distances=[1e-2, 1e-5, 1e-8], seeds=list(SEEDS))
    save("lipschitz_constants", started, settings, results)


if __name__ == "__main__":
    main()
