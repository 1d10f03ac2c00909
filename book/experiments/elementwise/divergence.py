"""How variance and sensitivity diverge as |λ| -> 1, measured on simulated inputs (zucchet2024, section 2).

h_t = λh_{t-1} + x_t and its derivative in λ, over sequences of inputs with autocorrelation ρ^|lag| (first-order
autoregressions), long after the start. The exponent is the slope of ln E over ln 1/(1-λ), by least squares over the
largest memories. The deviation from the paper: it gives the formulas and a figure, we fit exponents to samples.
"""

import time
from typing import Any

import numpy as np

from experiments.record import load, rounded, save, swept

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


def again() -> tuple[object, object]:
    """One point made now, and as saved."""
    saved = load("divergence")["results"]
    return rounded(measure(0.9, GAPS[3], 0)), [saved[key][1][0][3] for key in ("variance", "sensitivity")]


def main() -> None:
    started = time.time()
    runs = swept(measure, {"rho": RHOS, "seed": list(SEEDS), "gap": GAPS}, jobs=1)
    both = np.reshape(runs, (len(RHOS), len(SEEDS), len(GAPS), 2))
    results = {"gap": GAPS, "rho": RHOS}
    results |= {"variance": rounded(both[..., 0]), "sensitivity": rounded(both[..., 1])}
    settings = dict(sequences=SEQUENCES, seeds=list(SEEDS), fitted=FITTED)
    save("divergence", started, settings, results)


if __name__ == "__main__":
    main()
