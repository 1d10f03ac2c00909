"""How many units does a memory cost? The best fits of four kernels by m = 1 … 24 units, over 1000 steps.

Two classes: "real", exponentials with real positive multipliers only; and "any", all linear networks of m units,
whose eigenvalues may be complex. We minimise the squared error over all multipliers and weights, in an orthonormal
basis, since good multipliers are often nearly or exactly equal. The starts: log-spaced multipliers; m times the one
multiplier that is best in this form; random ones around it; random ones anywhere; the best fit of the m before,
stretched to more, or with random ones added; and for "any" also the network from the singular values of the Hankel
matrix. The record holds the best fit of all starts, whose error is an upper bound of the least possible one. The lower
bound is that of `theory.reduction`, the largest over the sizes n in BOUND_SIZES. Deviation: li2021 prove rates of
approximation in continuous time and without a horizon, and report no such table.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import by, load, rounded
from minirnn.theory.memory import KERNELS, Fit, optimise, project
from minirnn.theory.reduction import eigenvalues, error_bound, realize, singular_values

T, UNITS, STARTS, STEPS = 1000, [1, 2, 3, 4, 6, 8, 12, 16, 24], 6, 100
BOUND_SIZES = [2, 5, 10, 20, 30, 40, 45, 50, 55, 60, 65, 70, 80, 120, 300]
SPREADS = [0.1, 0.3, 0.6]  # of the logarithms of rates around the one that serves best


def random_real(rng: np.random.Generator, m: int) -> np.ndarray:
    """m multipliers e^-r with log-uniform rates r from 1/T to 1."""
    return np.exp(-np.exp(rng.uniform(-np.log(T), 0, m)))


def random_any(rng: np.random.Generator, m: int) -> np.ndarray:
    """m // 2 pairs, turning by log-uniform angles from 1/200 to 1 a step; and a real one if m is odd."""
    turns = np.exp(1j * np.exp(rng.uniform(np.log(0.005), 0, m // 2)))
    return np.concatenate([random_real(rng, m % 2), random_real(rng, m // 2) * turns])


def one_for_all(K: np.ndarray, m: int) -> float:
    """The multiplier that, m times, gives the smallest error; of 500 log-spaced rates from 1/T to 1.5."""
    return float(min(np.exp(-np.geomspace(1 / T, 1.5, 500)), key=lambda a: project(K, np.full(m, a)).error))


def from_hankel(K: np.ndarray, m: int) -> np.ndarray:
    """The eigenvalues of the network of the m largest singular values."""
    sigma = singular_values(K, 300)
    return eigenvalues(realize(K, min(m, int(np.count_nonzero(sigma > 1e-13 * sigma[0]))), 300)[0])


def stretched(lam: np.ndarray, m: int) -> np.ndarray:
    """m eigenvalues, or m // 2 pairs, spread as these are: their angles and logarithms of rates, sorted, in between."""
    angles, rates = np.angle(lam), np.log(-np.log(np.abs(lam)))
    order, n = np.lexsort((rates, angles)), m // 2 if (lam.imag > 0).all() else m
    rate, angle = (np.interp(np.linspace(0, len(lam) - 1, n), range(len(lam)), v[order]) for v in (rates, angles))
    return np.exp(-np.exp(rate) + 1j * angle)


def starts(K: np.ndarray, kind: str, m: int, before: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Multipliers of m units to start from; `before` are those of the best fit by fewer units."""
    draw, best = random_real if kind == "real" else random_any, one_for_all(K, m)
    yield np.exp(-np.geomspace(1 / T, 1, m))
    yield np.full(m, best)
    if len(before) and len(set(np.sign(before.imag))) == 1 and (before.real > 0).all():
        yield stretched(before, m)
    for spread in SPREADS:
        yield best ** np.exp(spread * rng.standard_normal(m))
    for _ in range(STARTS):
        yield draw(rng, m)
        yield np.concatenate([before, draw(rng, m - len(before) - int((before.imag > 0).sum()))])
    if kind == "any":
        yield np.concatenate([np.full(m % 2, best), np.full(m // 2, best * np.exp(0.02j))])
        yield from_hankel(K, m)


def run(kernel: str, kind: str, units: Sequence[int] = UNITS) -> list[dict[str, Any]]:
    """For each m the best fit found: its eigenvalues and its error."""
    K, rng, best = KERNELS[kernel](T), np.random.default_rng(0), Fit(np.empty(0), np.empty(0), np.empty(0), np.inf)
    found: list[Fit] = []
    for m in units:
        if best.error > 1e-9:  # below, more units cannot be told apart from rounding
            fits = [optimise(K, lam, STEPS) for lam in starts(K, kind, m, best.lam, rng)]
            best = min([best, *fits], key=lambda f: f.error)
        found.append(best)
    return [summary(f) for f in found]


def summary(f: Fit) -> dict[str, Any]:
    lam = np.asarray(f.lam, complex)
    return {"re": rounded(lam.real, 9), "im": rounded(lam.imag, 9), "error": rounded(f.error, 4)}


def bounds(kernel: str) -> list[float]:
    """For each m an error below which no linear network of m units can come."""
    K = KERNELS[kernel](T)
    return [max(error_bound(K, m, n) for n in BOUND_SIZES) for m in UNITS]


KINDS = ("real", "any")  # of the multipliers: real and positive, or complex ones too


def results(runs: list[list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {
        kernel: {"bound": rounded(bounds(kernel), 4)} | dict(zip(KINDS, both, strict=True))
        for kernel, both in by(KERNELS, runs).items()
    }


def again(saved: Saved) -> Pair:
    """The fit of one unit to the cheapest kernel with real multipliers, and its bound."""
    was = saved(kernel="exponentials", kind="real")[0]
    bound = load("approximation")["results"]["exponentials"]["bound"][0]
    return [run("exponentials", "real", UNITS[:1])[0]["error"], bounds("exponentials")[0]], [was["error"], bound]


EXPERIMENT = Experiment(
    name="approximation",
    run=run,
    grid={"kernel": list(KERNELS), "kind": KINDS},
    options=dict(jobs=1),
    settings=dict(T=T, units=UNITS, starts=STARTS, spreads=SPREADS, steps=STEPS, bound_sizes=BOUND_SIZES),
    results=results,
    rows=lambda results: [fits[kind] for fits in results.values() for kind in KINDS],
    again=again,
)
