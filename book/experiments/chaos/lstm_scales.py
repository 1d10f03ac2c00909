"""The chaotic LSTM of two units at 5000 scales of its weights: λ₁, the attractor's kind, and the orbit diagram.

Weights of ribeiro2020's code, without bias and input, h₀ = c₀ = ½; scales s from 0.5 to 2. The paper draws the diagram
from 200 steps after a burn-in of 100; here 2000 steps of burn-in settle the state, and λ₁ is a mean over 4000 steps.
Also: spectra of this LSTM (s = 1) and of the GRU of laurent2017, over 20 starts of 5000 steps.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_error
from experiments.record import rounded
from minirnn import LSTM, ResetFirstGRU
from minirnn.core.params import Params
from minirnn.dynamics.exponents import System, network, spectrum
from minirnn.dynamics.orbits import attractors, orbit
from minirnn.figures.panels import signed

W_LSTM = np.array([[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]], float)  # i, f, g, o
W_GRU = np.array([[0, 1], [1, 0], [0, -1], [-1, -1], [-5, -8], [8, 5]], float)  # r, z, s; z is 1 - z of the paper
SCALES, STARTS, BINS, COLUMNS, LOW, HIGH = 5000, 20, 200, 625, -0.2, 0.65


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


def long_spectrum(
    make: Callable[[np.ndarray], tuple[System, np.ndarray]], T: int = 5000, starts: int = STARTS
) -> dict[str, list[float]]:
    """Mean and standard error over many starts of the whole spectrum at scale 1."""
    system, h0 = make(np.ones(starts))
    h0 = h0 + 1e-3 * np.random.default_rng(0).standard_normal(h0.shape)
    exponents = spectrum(system, h0, T, burn_in=500).exponents
    return {"mean": rounded(exponents.mean(0)), "error": rounded(exponents.std(0, ddof=1) / np.sqrt(starts), 3)}


def measure() -> dict[str, Any]:
    """All scales at once, a row for each."""
    scales = np.linspace(0.5, 2, SCALES)
    result = spectrum(*lstm(scales), 6000, 1, burn_in=2000)
    kinds = attractors(*lstm(scales), T=3000, burn_in=2000)
    return {
        "exponent": rounded(result.exponents[:, 0], 4),
        "error": rounded(result.errors[:, 0], 2),
        "kind": [a.kind for a in kinds],
        "period": [a.period for a in kinds],
        "columns": [occupied(h) for h in diagram(np.linspace(0.5, 2, COLUMNS)).T],
        "spectra": {"LSTM": long_spectrum(lstm), "GRU": long_spectrum(gru)},
    }


def again(saved: Saved) -> Pair:
    """The exponents at three of the scales."""
    few = [0, 1000, -1]
    now = spectrum(*lstm(np.linspace(0.5, 2, SCALES)[few]), 6000, 1, burn_in=2000).exponents[:, 0]
    return rounded(now, 4), [saved()["exponent"][i] for i in few]


def turns_chaotic(r: dict[str, Any]) -> Verdict:
    chaotic = [kind == "chaotic" for kind in r["kind"]]
    scales = np.linspace(0.5, 2, len(chaotic))[chaotic]
    ours = f"chaos between s = {scales.min():.2f} and {scales.max():.2f}"
    rates, twice = np.array(r["exponent"]), 2 * np.array(r["error"])
    return verdict(ours, bool(rates[0] + twice[0] < 0), bool((rates - twice > 0).any()))


def chaotic_without_input(r: dict[str, Any]) -> Verdict:
    first = {name: [r["spectra"][name][key][0] for key in ("mean", "error")] for name in ("LSTM", "GRU")}
    ours = ", ".join(f"{name}: {signed(rate, 3)} ± {error:.3f}" for name, (rate, error) in first.items())
    return verdict(ours, *(above(of_error(rate, error, STARTS)) for rate, error in first.values()))


EXPERIMENT = Experiment(
    name="lstm_scales",
    run=measure,
    settings=dict(scales=[0.5, 2, SCALES], steps=4000, burn_in=2000, bins=[LOW, HIGH, BINS], columns=COLUMNS),
    again=again,
    claims=[
        Claim(
            paper="ribeiro2020",
            page="chaos",
            text="An LSTM of two units, ordered at small weights, turns chaotic as they grow",
            theirs="a bifurcation diagram",
            deviation="5000 scales",
            judge=turns_chaotic,
        ),
        Claim(
            paper="laurent2017",
            page="chaos",
            text="LSTM and GRU of two units are chaotic without input",
            theirs="attractors drawn",
            deviation="largest exponent over 20 starts of 5000 steps",
            judge=chaotic_without_input,
        ),
    ],
)
