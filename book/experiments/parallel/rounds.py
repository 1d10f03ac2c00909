"""How many rounds find the states of random tanh networks, over gain, length and size, beside λ₁.

gonzalez2025 has 100 units, gains from 0.5 to 2, up to 3000 steps, a random guess, and stops by the mean of the squared
residuals, 1e-10. Here: 8 to 32 units, 64 to 1024 steps, the guess 0, and no residual above 1e-8; 5 seeds; λ₁ over 4096
steps after 200. Three things stand for the Jacobian: itself, its diagonal, and 0, the fixed-point iteration.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference
from experiments.parallel.networks import LONGEST, TOL, tanh_network
from experiments.record import grouped, rounded
from minirnn import newton_unroll, unroll
from minirnn.dynamics import lyapunov_exponents
from minirnn.gradients.newton import JACOBIANS

GAINS, SIZES, SEEDS = [0.5, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0], [8, 16, 32], range(5)
LENGTHS = {8: [256], 16: [64, 256, 1024], 32: [256]}  # steps, by the number of units


def measure(n: int, g: float, seed: int, lengths: list[int] | None = None) -> dict[str, Any]:
    """λ₁; and for each length the rounds by what stands for the Jacobian, and the largest error of Newton's states."""
    cell, params, X = tanh_network(g, seed, LONGEST, n)
    found: dict[str, Any] = {"exponent": rounded(lyapunov_exponents(cell, params, X, 1, 200)[0, 0], 4)}
    for T in lengths or LENGTHS[n]:
        solved = {kind: newton_unroll(cell, params, X[:T], jacobian=kind, tol=TOL) for kind in JACOBIANS}
        error = np.abs(solved["full"].H - unroll(cell, params, X[:T])).max()
        found[str(T)] = {kind: one.rounds for kind, one in solved.items()} | {"error": rounded(error, 2)}
    return found


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    by_size = grouped(grouped(runs, len(SEEDS)), len(GAINS))
    return {"gain": GAINS, "runs": {str(n): part for n, part in zip(SIZES, by_size, strict=True)}}


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for part in results["runs"].values() for seeds in part for run in seeds]


def rounds(r: dict[str, Any], n: int, T: int, kind: str = "full") -> np.ndarray:
    """(gains, seeds)."""
    return np.array([[run[str(T)][kind] for run in seeds] for seeds in r["runs"][str(n)]])


def exponents(r: dict[str, Any], n: int) -> np.ndarray:
    """λ₁ (gains, seeds)."""
    return np.array([[run["exponent"] for run in seeds] for seeds in r["runs"][str(n)]])


def again(saved: Saved) -> Pair:
    """A short one of a small gain; counts and λ₁, no rounding errors."""
    point: dict[str, Any] = dict(n=16, g=0.8, seed=0)
    now, then = measure(**point, lengths=[64]), saved(**point)
    return [now["exponent"], now["64"]["full"], now["64"]["none"]], [
        then["exponent"],
        then["64"]["full"],
        then["64"]["none"],
    ]


def rise_where_chaos_begins(r: dict[str, Any]) -> Verdict:
    """Few rounds, whatever T, at the gain 0.8, and a share of T at 2.5, where λ₁ > 0."""
    calm, wild = (GAINS.index(g) for g in (0.8, 2.5))
    short, long = rounds(r, 16, 64), rounds(r, 16, 1024)
    found = (
        f"from 64 to 1024 steps: {np.median(short[calm]):.0f} and {np.median(long[calm]):.0f} rounds at gain 0.8, "
        f"{np.median(short[wild]):.0f} and {np.median(long[wild]):.0f} at 2.5"
    )
    growth = of_difference(long[wild] - short[wild], long[calm] - short[calm])
    return verdict(found, above(growth, 100.0), not above(of_difference(long[calm], short[calm]), 2.0))


def diagonal_is_comparable(r: dict[str, Any]) -> Verdict:
    """Where Newton's method is quick, at gains 0.5 and 0.8: at most ten times its rounds; and fewer than with 0."""
    gains = [GAINS.index(g) for g in (0.5, 0.8)]
    full, diagonal, none = (rounds(r, 16, 1024, kind)[gains] for kind in JACOBIANS)
    found = f"medians at 0.5, 0.8: {medians(full)}; {medians(diagonal)} with the diagonal; {medians(none)} with 0"
    quick = [above(of_difference(10 * f, d)) for f, d in zip(full, diagonal, strict=True)]
    fewer = [above(of_difference(a, d)) for a, d in zip(none, diagonal, strict=True)]
    return verdict(found, all(quick), all(fewer))


def medians(counts: np.ndarray) -> str:
    return ", ".join(f"{np.median(row):.0f}" for row in counts)


EXPERIMENT = Experiment(
    name="rounds",
    run=measure,
    grid={"n": SIZES, "g": GAINS, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(
        tol=TOL, steps=LONGEST, burn_in=200, lengths={str(n): T for n, T in LENGTHS.items()}, seeds=list(SEEDS)
    ),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="gonzalez2025",
            page="parallel",
            text="The rounds of Newton's method are few where λ₁ < 0, and grow with T where λ₁ > 0",
            theirs="a sharp rise at λ₁ = 0",
            deviation="16 units for 100, 1024 steps for 3000",
            judge=rise_where_chaos_begins,
        ),
        Claim(
            paper="gonzalez2024",
            page="parallel",
            text="In dense networks the Jacobian's diagonal takes at most ten times Newton's rounds, "
            "and fewer than 0 in its place",
            theirs="comparable, on a GRU",
            deviation="dense random tanh networks",
            judge=diagonal_is_comparable,
        ),
    ],
)
