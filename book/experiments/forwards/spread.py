"""How much does one estimate of UORO scatter around the gradient? Over the length of the sequence and the gain.

A tanh network of 16 units with W ~ N(0, gain²/16), two inputs N(0, 1), and E = Σ_t c_t·h_t with c_t ~ N(0, I): a random
loss at every step. We record, for five networks, E‖ĝ - g‖²/‖g‖² over 400 draws, the cosine with g of single draws and
of means of 10 and 100, and λ₁ over 1000 steps after 100. At the gain 3, which is chaotic, rounding decides the gradient
of 300 steps: two exact algorithms differ by its length. tallec2018uoro prove that there is no bias; we know of no table
of the variance over T.
"""

from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn import VanillaRNN, bptt
from minirnn.core.params import Params, flatten
from minirnn.dynamics import lyapunov_exponents
from minirnn.gradients import uoro_estimates

N, M, SEEDS, DRAWS = 16, 2, 5, 400
CALM, WILD, LENGTHS, MEANS = [0.5, 0.9, 1.2, 1.5, 2.0], 3.0, [1, 3, 10, 30, 100, 300], [1, 10, 100]
GAINS = [*CALM, WILD]
CELL = VanillaRNN(M, N)


def draw(gain: float, T: int, seed: int) -> tuple[Params, np.ndarray, Any]:
    """Parameters, inputs (T, 1, 2), and the random linear loss."""
    rng = np.random.default_rng([seed, T])
    params = CELL.init(rng) | {"W": gain * rng.standard_normal((N, N)) / np.sqrt(N)}
    X, c = rng.standard_normal((T, 1, M)), rng.standard_normal((T, 1, N))
    return params, X, lambda params, H: (float((c * H).sum()), c, {})


def rows(gain: float, T: int, seed: int, draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Estimates (draws, p), and the exact gradient (p,)."""
    params, X, loss = draw(gain, T, seed)
    exact = bptt(CELL, params, X, loss)[1]
    rng = np.random.default_rng([seed, T, round(100 * gain)])  # signs of their own for each network
    estimates = uoro_estimates(CELL, params, X, loss, rng=rng, draws=draws)[1]
    return np.concatenate([estimates[key].reshape(draws, -1) for key in exact], axis=1), flatten(exact)


def run(gain: float, T: int, seeds: int = SEEDS) -> dict[str, list[float]]:
    """Of each seed λ₁, the relative variance, the relative squared error of the mean, and the mean cosine of means."""
    kept: dict[str, list[float]] = {key: [] for key in ("exponent", "variance", "bias", *map(str, MEANS))}
    for seed in range(seeds):
        params, inputs = draw(gain, T, seed)[0], np.random.default_rng(seed).standard_normal((1100, 1, M))
        kept["exponent"].append(float(lyapunov_exponents(CELL, params, inputs, burn_in=100)[0, 0]))
        estimates, g = rows(gain, T, seed)
        kept["variance"].append(float(((estimates - g) ** 2).sum(1).mean() / (g @ g)))
        kept["bias"].append(float(((estimates.mean(0) - g) ** 2).sum() / (g @ g)))
        for k in MEANS:
            means = estimates.reshape(-1, k, len(g)).mean(1)
            kept[str(k)].append(float((means @ g / np.linalg.norm(means, axis=1)).mean() / np.linalg.norm(g)))
    return kept


def results(runs: list[dict[str, list[float]]]) -> list[dict[str, Any]]:
    points = zip(EXPERIMENT.points(), runs, strict=True)
    return [point | {key: rounded(value, 4) for key, value in r.items()} for point, r in points]


def again(saved: Saved) -> Pair:
    """The first network at gain 0.9, T = 10."""
    was = saved(gain=0.9, T=10)
    now = {key: rounded(value, 4) for key, value in run(0.9, 10, seeds=1).items()}
    return now, {key: was[key][:1] for key in now}


EXPERIMENT = Experiment(
    name="spread",
    run=run,
    grid=[{"gain": gain, "T": T} for gain in GAINS for T in LENGTHS if (gain, T) != (WILD, LENGTHS[-1])],
    options=dict(jobs=1),
    settings=dict(n=N, m=M, seeds=SEEDS, draws=DRAWS, means=MEANS),
    results=results,
    rows=list,
    again=again,
)
