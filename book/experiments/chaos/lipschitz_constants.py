"""Lipschitz constants of a cost and of its gradient over the length N, in three regimes of a tanh network.

Networks of 16 units without input, from a random state; the cost is the mean over N steps of ½y_t² for a fixed
random readout; the parameter is W, in a ball of radius 0.1. The recurrent matrix is 0.8 or 1 times an orthogonal one,
or Gaussian with gain 3 (chaotic). Measured constants are lower bounds, of 30 points and 3 distances. In chaos rounding
decides them from 100 steps on: made again, they differ there. ribeiro2020 give upper bounds and no such measurement.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_mean
from experiments.record import rounded
from minirnn import VanillaRNN, bptt
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.dynamics.exponents import network, spectrum
from minirnn.dynamics.lipschitz import measured_constants
from minirnn.learning import losses

UNITS, RADIUS, POINTS, SEEDS = 16, 0.1, 30, range(5)
LENGTHS, DISTANCES = [5, 10, 20, 30, 40, 60, 80, 100, 150, 200], (1e-2, 1e-5, 1e-8)
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

    found = measured_constants(cost, {"W": params["W"]}, RADIUS, rng, points, DISTANCES)
    return {"cost": found.cost, "gradient": found.gradient}


def exponent(regime: str, seed: int) -> float:
    params, h0, _ = start(regime, seed)
    return float(spectrum(network(CELL, params), h0, 3000, 1, burn_in=500).exponents.item())


def results(runs: list[dict[str, float]]) -> dict[str, Any]:
    shape = (len(REGIMES), len(SEEDS), len(LENGTHS))
    return {
        "N": LENGTHS,
        "regimes": list(REGIMES),
        "cost": rounded(np.reshape([run["cost"] for run in runs], shape), 4),
        "gradient": rounded(np.reshape([run["gradient"] for run in runs], shape), 4),
        "exponent": rounded([[exponent(regime, seed) for seed in SEEDS] for regime in REGIMES], 4),
    }


def rows(results: dict[str, Any]) -> list[dict[str, float]]:
    costs, gradients = (np.ravel(results[key]).tolist() for key in ("cost", "gradient"))
    return [{"cost": cost, "gradient": gradient} for cost, gradient in zip(costs, gradients, strict=True)]


def again(saved: Saved) -> Pair:
    """The contractive network, first seed, ten steps."""
    point: dict[str, Any] = dict(regime="contractive", seed=0, N=10)
    return {key: rounded(constant, 4) for key, constant in measure(**point).items()}, saved(**point)


def both_grow(r: dict[str, Any]) -> Verdict:
    N, chaotic = np.array(r["N"]), r["regimes"].index("chaotic")
    early = N <= 40
    cost, gradient = (
        np.polyfit(N[early], np.log(np.array(r[key][chaotic])).T[early], 1)[0] for key in ("cost", "gradient")
    )
    ratio = of_mean(gradient / cost)
    found = (
        f"{cost.mean():.2f} and {gradient.mean():.2f} nats a step, ratio {ratio[0]:.1f} to {ratio[1]:.1f} over "
        f"{len(cost)} networks"
    )
    return verdict(found, above(of_mean(cost)), above(ratio, 1))


EXPERIMENT = Experiment(
    name="lipschitz_constants",
    run=measure,
    grid={"regime": list(REGIMES), "seed": SEEDS, "N": LENGTHS},
    settings=dict(units=UNITS, radius=RADIUS, points=POINTS, distances=DISTANCES, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="ribeiro2020",
            page="chaos",
            text="In chaos the constants of a cost and, faster, of its gradient grow exponentially with the length",
            theirs="upper bounds, whose rates are 2 : 3, and 1 : 2 where residuals are bounded",
            deviation="measured on tanh networks of 16 units, up to 40 steps",
            judge=both_grow,
        )
    ],
)
