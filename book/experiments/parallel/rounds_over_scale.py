"""Rounds for the chaotic LSTM of two units of the chapter on chaos, over the scale s of its weights, beside λ₁.

No input, the guess 0, no residual above 1e-8; 64, 256 and 512 steps; λ₁ over 4000 steps after 1000. Five starts with
entries uniform in [-1, 1], the same at all scales: where there are several attractors, starts reach different ones.
Rounding decides counts of a hundred rounds and more: another processor's differ by up to 13 %.
"""

from typing import Any

import numpy as np

from experiments.chaos.lstm_scales import W_LSTM, weights
from experiments.experiment import Experiment, Pair, Saved
from experiments.parallel.networks import TOL
from experiments.record import grouped, rounded
from minirnn import LSTM, newton_unroll
from minirnn.dynamics import lyapunov_exponents

SCALES, LENGTHS, STARTS = [round(0.5 + 0.02 * i, 2) for i in range(31)], [64, 256, 512], range(5)


def start(seed: int) -> np.ndarray:
    """h₀ and c₀ (1, 4)."""
    return np.random.default_rng(seed).uniform(-1, 1, (1, 4))


def measure(s: float, seed: int, lengths: list[int] | None = None) -> dict[str, Any]:
    """λ₁ and the rounds of Newton's method at each length."""
    cell, params, h0, X = LSTM(1, 2), weights(W_LSTM, s), start(seed), np.zeros((5000, 1, 1))
    rounds = [newton_unroll(cell, params, X[:T], h0, tol=TOL).rounds for T in lengths or LENGTHS]
    exponent = lyapunov_exponents(cell, params, X, 1, 1000, h0=h0)[0, 0]
    return {"exponent": rounded(exponent, 4), "rounds": rounds}


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"s": SCALES, "runs": grouped(runs, len(STARTS))}


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for starts in results["runs"] for run in starts]


def exponents(r: dict[str, Any]) -> np.ndarray:
    """λ₁ (scales, starts)."""
    return np.array([[run["exponent"] for run in starts] for starts in r["runs"]])


def rounds(r: dict[str, Any]) -> np.ndarray:
    """(scales, starts, lengths)."""
    return np.array([[run["rounds"] for run in starts] for starts in r["runs"]])


def again(saved: Saved) -> Pair:
    """The smallest scale."""
    return measure(0.5, 0), saved(s=0.5, seed=0)


EXPERIMENT = Experiment(
    name="rounds_over_scale",
    run=measure,
    grid={"s": SCALES, "seed": STARTS},
    options=dict(jobs=1),
    settings=dict(tol=TOL, lengths=LENGTHS, starts=list(STARTS), steps=4000, burn_in=1000),
    results=results,
    rows=rows,
    again=again,
)
