"""Bengio, Simard and Frasconi (1994): how often does one unit learn to keep a bit for T steps?

    a_t = w tanh(a_{t-1}) + u_t,  a_0 = 0;   u_t is learned for each class and each t <= 3, and noise N(0, s²) after

The weight w starts at w0, the inputs u_t at N(0, 0.1²); E = ½(tanh a_T - d)² with d = ±0.8. SGD with rate 0.1 for
600 updates of 20 sequences; a run counts as a success with more than 97 % right signs on 1000 fresh sequences.
Deviations: the paper's rate, number of updates and initial inputs are not given; its success is that of its own
stopping rule. All seeds run side by side, as one more axis of the arrays: the model has seven parameters.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_shares
from experiments.record import rounded

SHOWN, TARGET, LR, UPDATES, BATCH, SEEDS = 3, 0.8, 0.1, 600, 20, 40
LENGTHS = [5, 10, 15, 20, 30, 40, 60, 80, 120]
STARTS = [0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0]
NOISES = [0.1, 0.2, 0.4]

Learned = tuple[np.ndarray, np.ndarray]


def forward(w: np.ndarray, u: np.ndarray, classes: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """x_0 … x_T, x = tanh a, (T+1, S, B): w (S, 1), u (2, SHOWN, S), classes (S, B) of 0 and 1, noise (T, S, B)."""
    x = np.zeros((len(noise) + 1, *classes.shape))
    seeds = np.arange(len(w))[:, None]
    for t in range(len(noise)):
        h = u[classes, t, seeds] if t < SHOWN else noise[t]
        x[t + 1] = np.tanh(w * x[t] + h)
    return x


def update(w: np.ndarray, u: np.ndarray, classes: np.ndarray, noise: np.ndarray) -> Learned:
    """One step of SGD for each seed."""
    x = forward(w, u, classes, noise)
    delta = (x[-1] - TARGET * (2 * classes - 1)) / classes.shape[1]  # ∂E/∂x_T of the mean over the batch
    dw, du = np.zeros_like(w), np.zeros_like(u)
    for t in reversed(range(len(noise))):
        d = delta * (1 - x[t + 1] ** 2)
        dw += (d * x[t]).sum(1, keepdims=True)
        if t < SHOWN:
            du[:, t] = [(d * (classes == c)).sum(1) for c in (0, 1)]
        delta = w * d
    return w - LR * dw, u - LR * du


def run(T: int, w0: float, s: float, seeds: int = SEEDS, updates: int = UPDATES) -> dict[str, Any]:
    """The accuracies of all seeds after training, and the weights they ended at."""
    rng = np.random.default_rng([T, round(100 * w0), round(100 * s)])

    def draw(B: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.integers(0, 2, (seeds, B)), s * rng.standard_normal((T, seeds, B))

    w, u = np.full((seeds, 1), w0), 0.1 * rng.standard_normal((2, SHOWN, seeds))
    for _ in range(updates):
        w, u = update(w, u, *draw(BATCH))
    classes, noise = draw(1000)
    right = (forward(w, u, classes, noise)[-1] > 0) == (classes == 1)
    return {"accuracy": right.mean(1), "w": w.ravel()}


def summary(r: dict[str, Any], s: float, w0: float, T: int) -> dict[str, Any]:
    """How many seeds succeeded, and the median of the weights they ended at."""
    success = int((r["accuracy"] > 0.97).sum())
    return {"s": s, "w0": w0, "T": T, "success": success, "w": rounded(np.median(r["w"]), 4)}


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [summary(r, **point) for r, point in zip(runs, EXPERIMENT.points(), strict=True)]


def again(saved: Saved) -> Pair:
    """Makes the run with T = 5, w0 = 1.25 and noise 0.2 again, and finds its saved one."""
    point: dict[str, Any] = dict(s=0.2, w0=1.25, T=5)
    return summary(run(**point), **point), saved(**point)


def success_falls(r: list[dict[str, Any]]) -> Verdict:
    wins = {run["T"]: (run["success"], SEEDS) for run in r if (run["s"], run["w0"]) == (0.2, 1.25)}
    ours = ", ".join(f"{wins[T][0]} of {SEEDS} at T = {T}" for T in (10, 30, 60))
    return verdict(ours, above(of_shares(wins[10], wins[30])), above(of_shares(wins[30], wins[60])))


EXPERIMENT = Experiment(
    name="latch",
    run=run,
    grid={"s": NOISES, "w0": STARTS, "T": LENGTHS},
    settings=dict(lr=LR, updates=UPDATES, batch=BATCH, seeds=SEEDS, shown=SHOWN, T=LENGTHS, w0=STARTS, s=NOISES),
    results=results,
    rows=list,
    again=again,
    claims=[
        Claim(
            paper="bengio1994",
            page="vanishing",
            text="The longer the lag, the more rarely a latch is learned",
            theirs="success falls with T, shown as a figure",
            deviation="one unit as theirs; 600 updates, 40 seeds",
            judge=success_falls,
        )
    ],
)
