"""Does damping help Newton's method over a sequence? Rounds with a share of the Jacobian taken off, and with a trust
region.

gonzalez2024 keep each new state near the old one: e is the mean of a Kalman filter, as in their code, to which the old
state is an observation of variance σ². Cheaper is (1 - k) J in place of J. From T = 256 steps: maps of one number from
a bad guess, five starts each; random tanh networks of 16 units from the guess 0, five seeds. No residual above 1e-8;
at most 256 rounds, None where these are not enough (the filter need not be done after T rounds).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference
from experiments.parallel.networks import TOL, tanh_network
from minirnn.gradients import newton_rounds

T, SHARES, VARIANCES, STARTS = 256, [0.0, 0.1, 0.3, 0.6, 1.0], [1.0, 10.0, 100.0], [0.1, 0.2, 0.3, 0.4, 0.6]
METHODS = [*(f"k = {k:g}" for k in SHARES), *(f"σ² = {v:g}" for v in VARIANCES)]
SYSTEMS = ["logistic 2.8", "logistic 3.5", "logistic 4", "overshoot", "tanh 0.8", "tanh 1.5", "tanh 2"]
Counts = dict[str, dict[str, list[int | None]]]  # {system: {method: rounds}}


class Task(NamedTuple):
    """All f_t of all s_{t-1} (T, B, n), their Jacobians (T, B, n, n), the guess (T, B, n) and h_0 (B, n)."""

    f: Callable[[np.ndarray], np.ndarray]
    slopes: Callable[[np.ndarray, np.ndarray], np.ndarray]
    guess: np.ndarray
    h0: np.ndarray


def task(system: str, which: int) -> Task:
    """One start or seed of a system."""
    name, _, number = system.partition(" ")
    if name == "tanh":
        cell, params, X = tanh_network(float(number), which, T)
        W, drive = params["W"], cell.drive(params, X)
        return Task(
            lambda s: np.tanh(s @ W.T + drive),
            lambda _, after: (1 - after**2)[..., None] * W,
            np.zeros((T, 1, 16)),
            np.zeros((1, 16)),
        )
    start = np.full((1, 1), STARTS[which])
    if name == "logistic":
        r = float(number)
        return Task(
            lambda s: r * s * (1 - s), lambda s, _: (r * (1 - 2 * s))[..., None], np.full((T, 1, 1), 0.5), start
        )
    return Task(
        lambda s: 0.9 * s - 1.6 * np.tanh(s),
        lambda s, _: (0.9 - 1.6 / np.cosh(np.minimum(np.abs(s), 300)) ** 2)[..., None],
        np.full((T, 1, 1), 1.5),
        start,
    )


def filtered(J: np.ndarray, r: np.ndarray, variance: float) -> np.ndarray:
    """e (T, n): e_t = (I - G_t) (J_t e_{t-1} - r_t), with the gain G_t of a Kalman filter that sees e_t as 0."""
    n, e = r.shape[1], np.zeros_like(r)
    eye, P, before = np.eye(n), np.zeros((n, n)), np.zeros(n)
    for t in range(len(r)):
        Q = J[t] @ P @ J[t].T + eye
        left = variance * np.linalg.inv(Q + variance * eye)  # I - G
        e[t] = before = left @ (J[t] @ before - r[t])
        P = left @ Q
    return e


def filter_rounds(made: Task, variance: float) -> int | None:
    """Rounds of s <- s + e with the filter's e, None where T of them are not enough."""
    s = made.guess
    with np.errstate(all="ignore"):
        for count in range(T + 1):
            before = np.concatenate([made.h0[None], s[:-1]])
            after = made.f(before)
            r = s - after
            if np.max(np.abs(r) / np.maximum(1, np.abs(after))) <= TOL:
                return count
            J = made.slopes(before, after)[:, 0]
            moved = s + filtered(np.nan_to_num(J), np.nan_to_num(r[:, 0]), variance)[:, None]
            s = np.where(np.isfinite(moved), moved, made.guess)
    return None


def measure(system: str, method: str) -> list[int | None]:
    """The rounds of the five tasks of a system."""
    kind, number = method.split(" = ")
    counts: list[int | None] = []
    for which in range(5):
        made = task(system, which)
        if kind == "σ²":
            counts.append(filter_rounds(made, float(number)))
        else:
            solved = newton_rounds(*made, tol=TOL, damping=float(number))
            counts.append(solved.rounds if solved.converged else None)
    return counts


def results(runs: list[list[int | None]]) -> Counts:
    made = iter(runs)
    return {system: {method: next(made) for method in METHODS} for system in SYSTEMS}


def rows(results: Counts) -> list[list[int | None]]:
    return [counts for of_system in results.values() for counts in of_system.values()]


def counts(r: Counts, system: str, method: str) -> np.ndarray:
    """(5,); T where T rounds were not enough."""
    return np.array([T if count is None else count for count in r[system][method]])


def best(r: Counts, system: str, kind: str) -> str:
    """The method of a kind, "k" or "σ²", with the smallest mean."""
    of_kind = [m for m in METHODS if m.startswith(kind) and m not in ("k = 0", "k = 1")]
    return min(of_kind, key=lambda method: counts(r, system, method).mean())


def again(saved: Saved) -> Pair:
    """The quiet map, with a share taken off."""
    return measure("logistic 2.8", "k = 0.3"), saved(system="logistic 2.8", method="k = 0.3")


def a_trust_region_stabilises(r: Counts) -> Verdict:
    """Fewer rounds than Newton's, with the best of three σ²: from a bad guess, and where the network is chaotic."""
    told, held = [], []
    for system in ("logistic 2.8", "overshoot", "tanh 2"):
        plain, damped = (counts(r, system, m) for m in ("k = 0", best(r, system, "σ²")))
        told.append(f"{np.median(plain):.0f} and {np.median(damped):.0f} ({system})")
        held.append(above(of_difference(plain, damped)))
    return verdict(f"median rounds, plain and damped: {', '.join(told)}", *held)


EXPERIMENT = Experiment(
    name="damping",
    run=measure,
    grid={"system": SYSTEMS, "method": METHODS},
    options=dict(jobs=1),
    settings=dict(tol=TOL, T=T, starts=STARTS, seeds=list(range(5))),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="gonzalez2024",
            page="parallel",
            text="A trust region, solved by a Kalman filter, stabilises Newton's method and saves rounds",
            theirs="on a trained autoregressive GRU",
            deviation="maps of one number and random tanh networks; the best of three fixed σ²",
            judge=a_trust_region_stabilises,
        )
    ],
)
