"""Whole Lyapunov spectra of random tanh networks without input, over gain and size, for a comparison with mean field.

W ~ N(0, gain²/N), 4 seeds, 400 steps after 200, decomposed at every fifth. Mean field is of N -> ∞. Those of
sompolinsky1988 are in continuous time, those of engelken2023lyapunov larger.
"""

import time

import numpy as np

from experiments.record import load, rounded, save
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.maps import tanh_network

GAINS, SIZES, SEEDS = [0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0], [25, 50, 100, 200], 4


def measure(gain: float, N: int, seeds: int = SEEDS, k: int | None = None) -> np.ndarray:
    """Exponents (seeds, k or N) of as many random networks."""
    rng = np.random.default_rng(N)
    W = gain / np.sqrt(N) * rng.standard_normal((seeds, N, N))
    return spectrum(tanh_network(W), rng.standard_normal((seeds, N)), 600, k, burn_in=200, every=5).exponents


def again() -> tuple[object, object]:
    """One run made now, and what is saved of it."""
    saved, found = load("tanh_spectra")["results"], measure(GAINS[0], SIZES[0])
    return rounded(found[:, 0], 4), saved["largest"][f"{GAINS[0]}, {SIZES[0]}"]


def main() -> None:
    started = time.time()
    found = {f"{gain}, {N}": measure(gain, N) for gain in GAINS for N in SIZES}
    results = {
        "gain": GAINS,
        "N": SIZES,
        "spectrum": {key: rounded(np.sort(e.mean(0))[::-1], 3) for key, e in found.items()},
        "largest": {key: rounded(e[:, 0], 4) for key, e in found.items()},
    }
    save("tanh_spectra", started, dict(steps=400, burn_in=200, every=5, seeds=SEEDS), results)


if __name__ == "__main__":
    main()
