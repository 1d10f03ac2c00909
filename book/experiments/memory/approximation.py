"""How many units does a memory cost? The best fits of four kernels by m = 1 … 24 units, over 1000 steps.

Two classes: "real", exponentials with real positive multipliers only; and "any", all linear networks of m units,
whose eigenvalues may be complex. Minimised is the error in the sense of least squares over all multipliers and
weights, from several starts: log-spaced ones, random ones, the fit of the m before with random ones added, and for
"any" also the network that the singular values of the Hankel matrix give. What is saved is the best that was found,
an upper bound on what is possible. The lower bound is that of `theory.reduction`, the largest over the sizes n in
BOUND_SIZES. Deviation: li2021 prove rates of approximation in continuous time and without a horizon, and report no
such table.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import by, load, rounded
from minirnn.theory.memory import KERNELS, Fit, fit, optimise
from minirnn.theory.reduction import eigenvalues, error_bound, realize, singular_values

T, UNITS, STARTS, STEPS = 1000, [1, 2, 3, 4, 6, 8, 12, 16, 24], 8, 100
BOUND_SIZES = [2, 5, 10, 20, 30, 40, 45, 50, 55, 60, 65, 70, 80, 120, 300]


def random_real(rng: np.random.Generator, m: int) -> np.ndarray:
    """m multipliers e^-r with log-uniform rates r from 1/T to 1."""
    return np.exp(-np.exp(rng.uniform(-np.log(T), 0, m)))


def from_hankel(K: np.ndarray, m: int) -> Fit:
    """The network of the m largest singular values, its weights fitted anew; few enough eigenvalues are moved too."""
    sigma = singular_values(K, 300)
    lam = eigenvalues(realize(K, min(m, int(np.count_nonzero(sigma > 1e-13 * sigma[0]))), 300)[0])
    moved = m <= 8 and (lam.real[lam.imag == 0] > 0).all()
    return optimise(K, lam, STEPS) if moved else fit(K, lam)


def run(kernel: str, kind: str, units: Sequence[int] = UNITS) -> list[dict[str, Any]]:
    """For each m the best fit found: its eigenvalues and its error."""
    K, rng = KERNELS[kernel](T), np.random.default_rng(0)
    found: list[Fit] = []
    for m in units:
        before = found[-1].lam if found else np.empty(0)
        if found and found[-1].error < 1e-9:  # more units cannot be told apart from rounding
            found.append(found[-1])
            continue
        fits = [found[-1]] if found else []
        if kind == "any":
            fits.append(from_hankel(K, m))
        starts = [np.exp(-np.logspace(-3, 0, m))] if m > 1 else []
        starts += [random_real(rng, m) for _ in range(STARTS)]
        if found and not np.iscomplexobj(before):
            starts += [np.concatenate([before, random_real(rng, m - len(before))]) for _ in range(STARTS)]
        fits += [optimise(K, lam, STEPS) for lam in starts]
        found.append(min(fits, key=lambda f: f.error))
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
    settings=dict(T=T, units=UNITS, starts=STARTS, steps=STEPS, bound_sizes=BOUND_SIZES),
    results=results,
    rows=lambda results: [fits[kind] for fits in results.values() for kind in KINDS],
    again=again,
)
