"""How many steps of policy gradient, plain and natural, until a delayed cue is used? Over its delay L.

A cue ±1, seen with accuracy 0.9, then L blank steps and one choice. The expected reward J, its gradient and the Fisher
matrix are exact; a run counts as solved once J > 0.86 (the optimum is 0.9, without memory 0.5), and has failed after
`CAP` iterations. θ <- θ + η·direction: the gradient (PG), or (F + κI)⁻¹ times it with κ = 1e-8 (NPG) or 1e-4 (NPG,
damped). Policies read 32 numbers: IndRNNs with tanh whose recurrent weights all start at r, a GRU with update bias 1,
and an LRU of 16 complex units with 0.9 <= |λ| <= 0.999.

η is chosen on three seeds that are not used again, from the same grid for all, in two ways: one η for each method and
policy that solves most runs over all lengths (then the fewest iterations), and one for each length apart. Ten fresh
seeds follow. Deviation from cayci2025: their guarantees are for wide IndRNNs trained from samples with projections and
a critic; nothing is projected, sampled or estimated here, and no bound on the width is tested.
"""

import time
from functools import partial
from typing import Any

import numpy as np

from experiments.record import load, rounded, save, swept
from minirnn import GRU, LRU, IndRNN
from minirnn.cells.contract import Cell
from minirnn.control.policy_gradient import exact_gradient, exact_scores, natural
from minirnn.control.pomdp import DelayedCue, policy
from minirnn.core.params import Params, flatten, overflow_allowed, unflatten
from minirnn.gradients.backpropagation import unroll
from minirnn.learning import losses

LENGTHS, WANTED, CAP, TRIAL = [5, 10, 20, 40, 80], 0.86, 600, 200
POLICIES = ["r = 0.5", "r = 0.9", "r = 1", "GRU", "LRU"]
METHODS = {"PG": None, "NPG": 1e-8, "NPG, damped": 1e-4}
RATES = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 1e4, 1e5, 1e6]
TUNING, SEEDS = [0, 1, 2], list(range(100, 110))


def constant(rng: np.random.Generator, shape: tuple[int, ...], r: float) -> np.ndarray:
    return np.full(shape, r)


def start(name: str, rng: np.random.Generator, m: int = 1, outputs: int = 2, n: int = 32) -> tuple[Cell, Params]:
    """A policy of POLICIES before training, that reads n numbers; "r = 0.7" and the like are IndRNNs."""
    if name == "GRU":
        cell: Any = GRU(m, n)
        params = cell.init(rng)
    elif name == "LRU":
        cell = LRU(m, n // 2)
        params = cell.init(rng, r_min=0.9, r_max=0.999)
    else:
        cell = IndRNN(m, n, activation="tanh")
        params = cell.init(rng, recurrent=partial(constant, r=float(name.removeprefix("r = "))))
    return cell, params | losses.init_readout(rng, cell, outputs=outputs)


def direction(cell: Cell, params: Params, task: DelayedCue, method: str) -> tuple[float, np.ndarray]:
    """J and what θ moves along."""
    damping = METHODS[method]
    if damping is None:
        J, gradient = exact_gradient(cell, params, task)
        return J, flatten(gradient)
    J, S, r = exact_scores(cell, params, task)
    return J, natural(S, r, damping)


def learn(name: str, L: int, method: str, rate: float, seed: int, cap: int) -> tuple[int | None, float, Any, Any]:
    """Iterations until J > WANTED (None if never), the last J, the cell and the parameters."""
    cell, params = start(name, np.random.default_rng(seed))
    task, theta, J = DelayedCue(L), flatten(params), 0.5
    with overflow_allowed():
        for iteration in range(cap + 1):
            params = unflatten(theta, params)
            J, step = direction(cell, params, task, method)
            if J > WANTED:
                return iteration, J, cell, params
            moved = theta + rate * step
            if not np.isfinite(moved).all() or (moved == theta).all():
                break
            theta = moved
    return None, J, cell, params


def run(policy: str, L: int, method: str, rate: float, seed: int, cap: int) -> list[float | None]:
    """Iterations, None for a failure, and J at the end."""
    solved, J, *_ = learn(policy, L, method, rate, seed, cap)
    return [solved, float(f"{J:.4g}") if np.isfinite(J) else None]


def trace(name: str, L: int, method: str, rate: float, seed: int) -> dict[str, Any]:
    """After training (or before, for the method "start"): how far apart the two cues leave the states at each step,
    relative to the first, and how likely the choice of what was seen."""
    if method == "start":
        cell, params = start(name, np.random.default_rng(seed))
    else:
        *_, cell, params = learn(name, L, method, rate, seed, CAP)
    H = unroll(cell, params, DelayedCue(L).inputs())[1:]
    apart = np.linalg.norm(H[:, 1] - H[:, 0], axis=1)
    chance = policy(params, H[-1])
    return {"apart": rounded(apart / apart[0], 3), "right": rounded((chance[0, 0] + chance[1, 1]) / 2, 4)}


def cost(runs: list[list[float | None]]) -> tuple[int, float]:
    """To be small: failures, then iterations."""
    times = [TRIAL + 1 if solved is None else solved for solved, _ in runs]
    return sum(t > TRIAL for t in times), float(np.mean(times))


def choose(tried: np.ndarray) -> tuple[list[int], int]:
    """The best rate's index for each length, and the best for all, from runs (lengths, rates, seeds)."""
    own = [min(range(len(RATES)), key=lambda i: cost(row[i])) for row in tried.tolist()]
    one = min(range(len(RATES)), key=lambda i: cost([r for row in tried.tolist() for r in row[i]]))
    return own, one


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {"own": {}, "one": {}}
    for name in POLICIES:
        for method in METHODS:
            fixed = {"policy": [name], "method": [method]}
            grid = fixed | {"L": LENGTHS, "rate": RATES, "seed": TUNING, "cap": [TRIAL]}
            tried = np.empty(len(LENGTHS) * len(RATES) * len(TUNING), object)
            tried[:] = swept(run, grid, jobs=1)
            own, one = choose(tried.reshape(len(LENGTHS), len(RATES), len(TUNING)))
            for protocol, indices in (("own", own), ("one", [one] * len(LENGTHS))):
                points = [
                    dict(policy=name, method=method, L=L, rate=RATES[i], seed=seed, cap=CAP)
                    for L, i in zip(LENGTHS, indices, strict=True)
                    for seed in SEEDS
                ]
                final = swept(run, points, jobs=1)
                rows = [final[k : k + len(SEEDS)] for k in range(0, len(final), len(SEEDS))]
                results[protocol].setdefault(name, {})[method] = {
                    "rate": [RATES[i] for i in indices],
                    "iterations": [[solved for solved, _ in row] for row in rows],
                    "J": [[J for _, J in row] for row in rows],
                }
    settings = dict(L=LENGTHS, wanted=WANTED, cap=CAP, trial=TRIAL, rates=RATES, tuning=TUNING, seeds=SEEDS)
    save("delayed_cue", started, settings | {"damping": METHODS}, results)


def again() -> tuple[Any, Any]:
    """Natural gradient with r = 0.9 over 20 steps, first seed: made now, and as saved."""
    saved = load("delayed_cue")["results"]["one"]["r = 0.9"]["NPG"]
    now, _ = run("r = 0.9", 20, "NPG", saved["rate"][2], SEEDS[0], CAP)
    return now, saved["iterations"][2][0]


if __name__ == "__main__":
    main()
