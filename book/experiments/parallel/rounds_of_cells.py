"""Rounds for cells whose memory is on the diagonal: GRU, LSTM and IndRNN as the library starts them, and made larger.

n units, m = 2 inputs x ~ N(0, 1), 1024 steps, 5 seeds, recurrent weights times 1 or 2, λ₁ over these steps after 100.
gonzalez2024 has a trained autoregressive GRU; danieli2025 cells that were redesigned to have diagonal Jacobians.
Rounding decides large counts: for one LSTM four kinds of processors need 129, 131, 150 and 198 rounds with J.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference
from experiments.parallel.networks import TOL
from experiments.record import grouped, rounded
from minirnn import GRU, LSTM, IndRNN, newton_unroll
from minirnn.cells.contract import Cell
from minirnn.dynamics import lyapunov_exponents
from minirnn.gradients.newton import JACOBIANS

CELLS: dict[str, Cell] = {"GRU": GRU(2, 8), "LSTM": LSTM(2, 8), "IndRNN": IndRNN(2, 16, "tanh")}
SCALES, SEEDS, T = [1.0, 2.0], range(5), 1024


def measure(name: str, scale: float, seed: int, T: int = T) -> dict[str, Any]:
    """λ₁ and the rounds by what stands for the Jacobian."""
    rng, cell = np.random.default_rng(seed), CELLS[name]
    params = cell.init(rng)
    key = "w" if name == "IndRNN" else "W"
    params[key] = scale * params[key]
    X = rng.standard_normal((T, 1, 2))
    counts = {kind: newton_unroll(cell, params, X, jacobian=kind, tol=TOL).rounds for kind in JACOBIANS}
    return {"exponent": rounded(lyapunov_exponents(cell, params, X, 1, 100)[0, 0], 4)} | counts


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    by_cell = grouped(grouped(runs, len(SEEDS)), len(SCALES))
    return {name: dict(zip(map(str, SCALES), part, strict=True)) for name, part in zip(CELLS, by_cell, strict=True)}


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for part in results.values() for seeds in part.values() for run in seeds]


def counts(r: dict[str, Any], name: str, kind: str, scale: float = 1.0) -> np.ndarray:
    """(seeds,)."""
    return np.array([run[kind] for run in r[name][str(scale)]])


def again(saved: Saved) -> Pair:
    """The first GRU."""
    return measure("GRU", 1.0, 0), saved(name="GRU", scale=1.0, seed=0)


def diagonal_is_comparable(r: dict[str, Any]) -> Verdict:
    """At most ten times Newton's rounds, and fewer than with 0."""
    full, diagonal, none = (counts(r, "GRU", kind) for kind in JACOBIANS)
    medians = [f"{np.median(values):.0f}" for values in (full, diagonal, none)]
    ours = f"medians {medians[0]} with J, {medians[1]} with its diagonal, {medians[2]} with 0"
    return verdict(ours, above(of_difference(10 * full, diagonal)), above(of_difference(none, diagonal)))


EXPERIMENT = Experiment(
    name="rounds_of_cells",
    run=measure,
    grid={"name": list(CELLS), "scale": SCALES, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(tol=TOL, T=T, scales=SCALES, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="gonzalez2024",
            page="parallel",
            text="In a GRU the Jacobian's diagonal takes at most ten times Newton's rounds, "
            "and fewer than 0 in its place",
            theirs="comparable, on a trained GRU",
            deviation="8 units, untrained, 1024 steps",
            judge=diagonal_is_comparable,
        )
    ],
)
