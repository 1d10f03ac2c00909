"""Whole Lyapunov spectra of random tanh networks without input, over gain and size, for a comparison with mean field.

W ~ N(0, gain²/N), 4 seeds, 400 steps after 200, decomposed at every fifth. Mean field is of N -> ∞. Those of
sompolinsky1988 are in continuous time, those of engelken2023lyapunov larger.
"""

from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.maps import tanh_network

GAINS, SIZES, SEEDS = [0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0], [25, 50, 100, 200], 4


def measure(gain: float, N: int, seeds: int = SEEDS, k: int | None = None) -> np.ndarray:
    """Exponents (seeds, k or N) of as many random networks."""
    rng = np.random.default_rng(N)
    W = gain / np.sqrt(N) * rng.standard_normal((seeds, N, N))
    return spectrum(tanh_network(W), rng.standard_normal((seeds, N)), 600, k, burn_in=200, every=5).exponents


def results(runs: list[np.ndarray]) -> dict[str, Any]:
    exponents = {f"{p['gain']}, {p['N']}": run for p, run in zip(EXPERIMENT.points(), runs, strict=True)}
    return {
        "gain": GAINS,
        "N": SIZES,
        "spectrum": {key: rounded(np.sort(run.mean(0))[::-1], 3) for key, run in exponents.items()},
        "largest": {key: rounded(run[:, 0], 4) for key, run in exponents.items()},
    }


def again(saved: Saved) -> Pair:
    """The largest exponents of the smallest networks of small gain."""
    point: dict[str, Any] = dict(gain=GAINS[0], N=SIZES[0])
    return rounded(measure(**point)[:, 0], 4), saved(**point)


EXPERIMENT = Experiment(
    name="tanh_spectra",
    run=measure,
    grid={"gain": GAINS, "N": SIZES},
    options=dict(jobs=1, threads=None),
    settings=dict(steps=400, burn_in=200, every=5, seeds=SEEDS),
    results=results,
    rows=lambda results: list(results["largest"].values()),
    again=again,
)
