"""Rounds for the chaotic LSTM of two units of the chapter on chaos, over the scale s of its weights, beside λ₁.

No input, h₀ = c₀ = ½, the guess 0, no residual above 1e-8; 64, 256 and 1024 steps; λ₁ over 4000 steps after 1000.
Rounding decides counts of a hundred rounds and more: another processor's differ by up to 13 %.
"""

from typing import Any

import numpy as np

from experiments.chaos.lstm_scales import W_LSTM, weights
from experiments.experiment import Experiment, Pair, Saved
from experiments.parallel.networks import TOL
from experiments.record import rounded
from minirnn import LSTM, newton_unroll
from minirnn.dynamics import lyapunov_exponents

SCALES, LENGTHS = [round(0.5 + 0.02 * i, 2) for i in range(31)], [64, 256, 1024]


def measure(s: float, lengths: list[int] | None = None) -> dict[str, Any]:
    """λ₁ and the rounds of Newton's method at each length."""
    cell, params, h0 = LSTM(1, 2), weights(W_LSTM, s), np.full((1, 4), 0.5)
    X = np.zeros((5000, 1, 1))
    rounds = [newton_unroll(cell, params, X[:T], h0, tol=TOL).rounds for T in lengths or LENGTHS]
    return {"exponent": rounded(lyapunov_exponents(cell, params, X, 1, 1000)[0, 0], 4), "rounds": rounds}


def again(saved: Saved) -> Pair:
    """The smallest scale."""
    return measure(0.5), saved(s=0.5)


EXPERIMENT = Experiment(
    name="rounds_over_scale",
    run=measure,
    grid={"s": SCALES},
    options=dict(jobs=1),
    settings=dict(tol=TOL, lengths=LENGTHS, steps=4000, burn_in=1000),
    results=lambda runs: {"s": SCALES, "runs": runs},
    rows=lambda results: results["runs"],
    again=again,
)
