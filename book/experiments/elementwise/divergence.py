"""How variance and sensitivity diverge as |λ| -> 1, measured on simulated inputs (zucchet2024, section 2).

h_t = λh_{t-1} + x_t and its derivative in λ, over sequences of inputs with autocorrelation ρ^|lag| (first-order
autoregressions), long after the start. The exponent is the slope of ln E over ln 1/(1-λ), by least squares over the
largest memories. The deviation from the paper: it gives the formulas and a figure, we fit exponents to samples.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import around, of_mean
from experiments.record import rounded

GAPS = [0.64, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01, 0.005, 0.0025]  # 1 - λ: the paper's seven, and two more
RHOS, SEEDS, SEQUENCES, FITTED = [0.0, 0.9, 1.0], range(5), 1000, 3


def measure(rho: float, gap: float, seed: int) -> list[float]:
    """The means of h² and (∂h/∂λ)² over SEQUENCES at one step, 25 times the time scale 1/(1-λ) after the start."""
    rng, lam = np.random.default_rng([seed, round(10_000 * gap)]), 1 - gap
    x, h, s = rng.standard_normal(SEQUENCES), np.zeros(SEQUENCES), np.zeros(SEQUENCES)
    for _ in range(int(25 / gap)):
        s = lam * s + h
        h = lam * h + x
        x = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(SEQUENCES)
    return [float((h**2).mean()), float((s**2).mean())]


def exponents(gaps: Any, values: Any) -> np.ndarray:
    """Slopes of ln values (..., gaps) over ln 1/gap, over the FITTED smallest gaps."""
    x, y = -np.log(np.asarray(gaps)[-FITTED:]), np.log(np.asarray(values)[..., -FITTED:])
    return (y - y.mean(-1, keepdims=True)) @ (x - x.mean()) / ((x - x.mean()) ** 2).sum()


def results(runs: list[list[float]]) -> dict[str, Any]:
    both = np.reshape(runs, (len(RHOS), len(SEEDS), len(GAPS), 2))
    return {"gap": GAPS, "rho": RHOS, "variance": rounded(both[..., 0]), "sensitivity": rounded(both[..., 1])}


def again(saved: Saved) -> Pair:
    """One point of correlated inputs."""
    return rounded(measure(0.9, GAPS[3], 0)), saved(rho=0.9, gap=GAPS[3], seed=0)


def powers(r: dict[str, Any]) -> Verdict:
    """Fitted powers of 1/(1-|λ|) over the smallest gaps, of sensitivity, for white and for constant input."""
    white, constant = (exponents(r["gap"], r["sensitivity"][r["rho"].index(rho)]) for rho in (0.0, 1.0))
    ours = f"{white.mean():.2f} for white input, {constant.mean():.2f} for constant input"
    return verdict(ours, around(of_mean(white), 3), around(of_mean(constant), 4))


EXPERIMENT = Experiment(
    name="divergence",
    run=measure,
    grid={"rho": RHOS, "seed": SEEDS, "gap": GAPS},
    options=dict(jobs=1),
    settings=dict(sequences=SEQUENCES, seeds=list(SEEDS), fitted=FITTED),
    results=results,
    rows=lambda results: [
        list(pair) for pair in zip(np.ravel(results["variance"]), np.ravel(results["sensitivity"]), strict=True)
    ],
    again=again,
    claims=[
        Claim(
            paper="zucchet2024",
            page="elementwise",
            text="The sensitivity of a state to its multiplier diverges with a power of 1/(1-|λ|)",
            theirs="3 for white input, 4 for constant input",
            deviation="none; sampled sequences",
            judge=powers,
        )
    ],
)
