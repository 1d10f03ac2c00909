"""The effect of a small change of the weights on a long memory, under four maps from parameter to rate.

The kernel (1 + t)^-1.1 on t = 0 … 1000 is fitted by 16 exponentials with log-spaced rates, the weights by least
squares: "positive", none negative; or "free", with the rates crowded into two decades, where they cancel each
other. Each rate is written as -f(w_i), each w_i is moved by a number uniform in (-β, β), and the error is ∫|kernel
- target| dt (a sum over t). The record has the errors of 20 draws; the weights are not moved. Deviation: wang2024
measure trained models; the horizon, the distribution of the moves and the positive weights are our choices.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_shares
from experiments.record import by, rounded
from minirnn.figures.panels import readable
from minirnn.theory.memory import fit, perturbed_kernels, power_law
from minirnn.theory.parametrizations import RATES

T, M, BETAS, DRAWS, SLOWEST = 1001, 16, [0.0, 0.001, 0.003, 0.01, 0.03, 0.1], 20, {"positive": 1e-3, "free": 1e-2}
TIMES, TARGET = np.arange(T, dtype=float), power_law(T)


def fitted(weights: str) -> tuple[np.ndarray, np.ndarray]:
    """Rates f < 0 (16,) and their weights; none faster than 1.9, as the best map reaches -2 only."""
    rates = -np.logspace(np.log10(SLOWEST[weights]), np.log10(1.9), M)
    return rates, fit(TARGET, np.exp(rates), positive=weights == "positive").weights


def kernels(weights: str, rate: str, beta: float) -> np.ndarray:
    """(20, T): the kernel after each of 20 moves; the same random numbers for all maps and sizes β."""
    moves = beta * np.random.default_rng(0).uniform(-1, 1, (DRAWS, M))
    return perturbed_kernels(RATES[rate], *fitted(weights), moves, TIMES)


def run(weights: str, rate: str) -> list[list[float]]:
    """For each β the 20 errors, smallest first."""
    return [np.sort(np.abs(kernels(weights, rate, beta) - TARGET).sum(1)).tolist() for beta in BETAS]


def results(runs: list[list[list[float]]]) -> dict[str, Any]:
    errors = by(SLOWEST, [rounded(run, 4) for run in runs])
    return {
        **{weights: dict(zip(RATES, by_rate, strict=True)) for weights, by_rate in errors.items()},
        "largest_weight": {weights: rounded(np.abs(fitted(weights)[1]).max(), 4) for weights in SLOWEST},
    }


def again(saved: Saved) -> Pair:
    """The exponential map with positive weights."""
    return run("positive", "exp"), saved(weights="positive", rate="exp")


def memory_is_destroyed(r: dict[str, Any]) -> Verdict:
    """A memory is destroyed if the error is larger than that of the output 0, the area under the kernel."""
    at, said, held = [BETAS.index(beta) for beta in (0.001, 0.01, 0.1)], [], []
    for k in at:
        direct, exp = (np.array(r["positive"][rate][k]) for rate in ("direct", "exp"))
        lost = [(int((errors > TARGET.sum()).sum()), DRAWS) for errors in (direct, exp)]
        said.append(
            f"at {BETAS[k]:g} {lost[0][0]} of {DRAWS}, worst error {readable(direct.max())} (exp {readable(exp.max())})"
        )
        held.append(above(of_shares(*lost)))
    return verdict(f"destroyed: {'; '.join(said)}", *held)


EXPERIMENT = Experiment(
    name="perturbation",
    run=run,
    grid={"weights": list(SLOWEST), "rate": list(RATES)},
    options=dict(jobs=1),
    settings=dict(T=T, m=M, betas=BETAS, draws=DRAWS, slowest=SLOWEST, norm=rounded(TARGET.sum())),
    results=results,
    rows=lambda results: [errors for weights in SLOWEST for errors in results[weights].values()],
    again=again,
    claims=[
        Claim(
            paper="wang2024",
            page="memory",
            text="Without a stable map, small moves of the weights destroy a long memory",
            theirs="shown for trained models",
            deviation="fitted, not trained; destroyed: the error is above the area under the kernel",
            judge=memory_is_destroyed,
        )
    ],
)
