"""The chaotic LSTM of two units at 5000 scales of its weights: λ₁, the attractor's kind, and the orbit diagram.

Weights of ribeiro2020's code, without bias and input, h₀ = c₀ = ½; scales s from 0.5 to 2. The paper draws the diagram
from 200 steps after a burn-in of 100; here 2000 steps of burn-in settle the state, and λ₁ is a mean over 4000 steps.
Also: spectra of this LSTM (s = 1) and of the GRU of laurent2017, over 20 starts of 5000 steps.
"""

import time

import numpy as np

from experiments.record import load, rounded, save
from minirnn import LSTM, ResetFirstGRU
from minirnn.core.params import Params
from minirnn.dynamics.exponents import System, network, spectrum
from minirnn.dynamics.orbits import attractors, orbit

W_LSTM = np.array([[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]], float)  # i, f, g, o
W_GRU = np.array([[0, 1], [1, 0], [0, -1], [-1, -1], [-5, -8], [8, 5]], float)  # r, z, s; z is 1 - z of the paper
BINS, COLUMNS, LOW, HIGH = 200, 625, -0.2, 0.65


def weights(W: np.ndarray, s: float) -> Params:
    """The matrix times s, no bias, one input without effect."""
    return {"W": s * W, "U": np.zeros((len(W), 1)), "b": np.zeros(len(W))}


def lstm(scales: np.ndarray) -> tuple[System, np.ndarray]:
    """The autonomous LSTM, a row for each scale, and its start."""
    return network(LSTM(1, 2), [weights(W_LSTM, s) for s in scales]), np.full((len(scales), 4), 0.5)


def gru(scales: np.ndarray) -> tuple[System, np.ndarray]:
    """The autonomous GRU, a row for each scale, and its start."""
    return network(ResetFirstGRU(1, 2), [weights(W_GRU, s) for s in scales]), np.full((len(scales), 2), 0.5)


def diagram(scales: np.ndarray, T: int = 2400, burn_in: int = 2000) -> np.ndarray:
    """Values of h₁ after the burn-in, (T - burn_in, scales)."""
    return orbit(*lstm(scales), T, burn_in)[:, :, 0]


def occupied(values: np.ndarray) -> list[int]:
    """The bins of [LOW, HIGH] that hold a value."""
    return sorted({int(b) for b in np.clip((values - LOW) / (HIGH - LOW) * BINS, 0, BINS - 1)})


def long_spectrum(make: object, T: int = 5000, starts: int = 20) -> dict[str, list[float]]:
    """Mean and standard error over many starts of the whole spectrum at scale 1."""
    system, h0 = make(np.ones(starts))
    h0 = h0 + 1e-3 * np.random.default_rng(0).standard_normal(h0.shape)
    found = spectrum(system, h0, T, burn_in=500).exponents
    return {"mean": rounded(found.mean(0)), "error": rounded(found.std(0, ddof=1) / np.sqrt(starts), 3)}


def again() -> tuple[object, object]:
    """One run made now, and what is saved of it."""
    saved, few = load("lstm_scales")["results"], np.linspace(0.5, 2, 5000)[[0, 1000, -1]]
    found = spectrum(*lstm(few), 6000, 1, burn_in=2000).exponents[:, 0]
    return rounded(found, 4), [saved["exponent"][i] for i in (0, 1000, -1)]


def main() -> None:
    started, scales = time.time(), np.linspace(0.5, 2, 5000)
    found = spectrum(*lstm(scales), 6000, 1, burn_in=2000)
    kinds = attractors(*lstm(scales), T=3000, burn_in=2000)
    results = {
        "exponent": rounded(found.exponents[:, 0], 4),
        "error": rounded(found.errors[:, 0], 2),
        "kind": [a.kind for a in kinds],
        "period": [a.period for a in kinds],
        "columns": [occupied(h) for h in diagram(np.linspace(0.5, 2, COLUMNS)).T],
        "spectra": {"LSTM": long_spectrum(lstm), "GRU": long_spectrum(gru)},
    }
    settings = dict(scales=[0.5, 2, 5000], steps=4000, burn_in=2000, bins=[LOW, HIGH, BINS], columns=COLUMNS)
    save("lstm_scales", started, settings, results)


if __name__ == "__main__":
    main()
