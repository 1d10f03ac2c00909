"""How much of the gradient is lost if each layer of a deep element-wise network keeps traces of its own past alone?

Two layers of 16 real diagonal units with a tanh between: h1 = λ1 h1 + x, u = tanh(A h1), h2 = λ2 h2 + B u, with the
loss ½|h2 - x_{t-5}|² at each of 400 steps. The lower layer's traces are multiplied by the error that reaches it in the
same step; its effect on the loss through the upper layer's memory is left out. We record the cosine between the
resulting gradient in λ1 and the exact one, of five seeds. Deviation: zucchet2023 train deep networks of complex units;
the loss here is ours.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import of_mean
from experiments.record import rounded

N, T, LAG, SEEDS = 16, 400, 5, 5
UPPER, LOWER = [0.0, 0.5, 0.9, 0.99], {"short": (0.5, 0.9), "long": (0.9, 0.99)}


def gradients(upper: float, lower: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """∂E/∂λ1 (N,): by the traces of the layer, and exactly."""
    rng = np.random.default_rng(seed)
    lam = rng.uniform(*LOWER[lower], N)
    A, B = rng.standard_normal((N, N)) / np.sqrt(N) / 3, rng.standard_normal((N, N)) / np.sqrt(N)
    x = rng.standard_normal((T, N))
    target = np.concatenate([np.zeros((LAG, N)), x[:-LAG]])
    h1, h2, u = np.zeros((T + 1, N)), np.zeros((T + 1, N)), np.zeros((T, N))
    trace, online, exact = np.zeros(N), np.zeros(N), np.zeros(N)
    for t in range(T):
        h1[t + 1] = lam * h1[t] + x[t]
        u[t] = np.tanh(A @ h1[t + 1])
        h2[t + 1] = upper * h2[t] + B @ u[t]
        trace = lam * trace + h1[t]
        online += ((h2[t + 1] - target[t]) @ B * (1 - u[t] ** 2)) @ A * trace
    d1, d2 = np.zeros(N), np.zeros(N)
    for t in reversed(range(T)):
        d2 = upper * d2 + h2[t + 1] - target[t]
        d1 = lam * d1 + (d2 @ B * (1 - u[t] ** 2)) @ A
        exact += d1 * h1[t]
    return online, exact


def run(upper: float, lower: str) -> list[float]:
    """The cosines of all seeds."""
    pairs = [gradients(upper, lower, seed) for seed in range(SEEDS)]
    return [float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in pairs]


def results(runs: list[list[float]]) -> list[dict[str, Any]]:
    points = zip(EXPERIMENT.points(), runs, strict=True)
    return [point | {"cosine": rounded(cosines, 6)} for point, cosines in points]


def again(saved: Saved) -> Pair:
    """The upper layer with the longest memory."""
    return rounded(run(0.99, "long"), 6), saved(upper=0.99, lower="long")["cosine"]


def exact_per_layer(r: list[dict[str, Any]]) -> Verdict:
    """Below a layer without memory all cosines are 1; below one with λ2 = 0.99 the interval of the mean is under 1."""
    none, long = ([row["cosine"] for row in r if row["upper"] == upper] for upper in (0.0, 0.99))
    holds = [float(np.min(none)) > 1 - 1e-5, of_mean(np.ravel(long))[1] < 1]
    return verdict(f"cosine 1 below a layer without memory, {np.mean(long):.2f} below λ = 0.99", *holds)


EXPERIMENT = Experiment(
    name="two_layers",
    run=run,
    grid={"upper": UPPER, "lower": list(LOWER)},
    options=dict(jobs=1),
    settings=dict(n=N, T=T, lag=LAG, seeds=SEEDS, lower=LOWER),
    results=results,
    rows=list,
    again=again,
    claims=[
        Claim(
            paper="zucchet2023",
            page="forwards",
            text="Independent units in each layer give exact gradients as the network runs",
            theirs="exact for one layer; an approximation below others",
            deviation="two layers of real units, no training",
            judge=exact_per_layer,
        )
    ],
)
