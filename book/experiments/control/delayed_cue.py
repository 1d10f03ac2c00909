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

from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import grouped, rounded, swept
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


Run = list[float | None]  # iterations until it was solved, and J at the end


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
    """J, and the direction in which θ moves."""
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


def run(policy: str, L: int, method: str, rate: float, seed: int, cap: int) -> Run:
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


def cost(runs: list[Run]) -> tuple[int, float]:
    """The order of runs, the best first: fewer failures, then fewer iterations."""
    times = [TRIAL + 1 if solved is None else solved for solved, _ in runs]
    return sum(t > TRIAL for t in times), float(np.mean(times))


PROTOCOLS = ("own", "one")  # the best rate of each length, and the best for all lengths


@cache
def rates(policy: str, method: str) -> dict[str, list[float]]:
    """The rate for each length, for both protocols."""
    grid = {"policy": [policy], "method": [method], "L": LENGTHS, "rate": RATES, "seed": TUNING, "cap": [TRIAL]}
    tried = grouped(grouped(swept(run, grid, jobs=1), len(TUNING)), len(RATES))
    own = [min(zip(map(cost, by_rate), RATES, strict=True))[1] for by_rate in tried]
    return {"own": own, "one": [best_for_all(tried, RATES)] * len(LENGTHS)}


def best_for_all(tried: list[list[list[Run]]], rates: list[float]) -> float:
    """The best rate over all lengths, from runs (lengths, rates, seeds)."""
    by_rate = [[run for by_seed in at_rate for run in by_seed] for at_rate in zip(*tried, strict=True)]
    return min(zip(map(cost, by_rate), rates, strict=True))[1]


def arguments(protocol: str, policy: str, method: str, L: int, seed: int) -> dict[str, Any]:
    """The arguments of `run`: with the rate, and without the protocol that chose it."""
    rate = rates(policy, method)[protocol][LENGTHS.index(L)]
    return dict(policy=policy, method=method, L=L, rate=rate, seed=seed, cap=CAP)


def table(rates: list[float], runs: list[list[Run]]) -> dict[str, Any]:
    """What is saved of the runs of a policy and a method, by length and seed."""
    return {
        "rate": rates,
        "iterations": [[solved for solved, _ in by_seed] for by_seed in runs],
        "J": [[J for _, J in by_seed] for by_seed in runs],
    }


def entries(table: dict[str, Any]) -> list[dict[str, Any]]:
    """And back: the rate, the iterations and J of each run."""
    return [
        dict(rate=rate, iterations=solved, J=J)
        for rate, times, ends in zip(table["rate"], table["iterations"], table["J"], strict=True)
        for solved, J in zip(times, ends, strict=True)
    ]


def results(runs: list[Run]) -> dict[str, Any]:
    saved: dict[str, Any] = {protocol: {name: {} for name in POLICIES} for protocol in PROTOCOLS}
    tables = grouped(grouped(runs, len(SEEDS)), len(LENGTHS))
    for (protocol, name, method), by_length in zip(product(PROTOCOLS, POLICIES, METHODS), tables, strict=True):
        saved[protocol][name][method] = table(rates(name, method)[protocol], by_length)
    return saved


def again(saved: Saved) -> Pair:
    """Natural gradient with r = 0.9 over 20 steps, first seed."""
    was = saved(protocol="one", policy="r = 0.9", method="NPG", L=20, seed=SEEDS[0])
    return run("r = 0.9", 20, "NPG", was["rate"], SEEDS[0], CAP)[0], was["iterations"]


EXPERIMENT = Experiment(
    name="delayed_cue",
    run=run,
    grid={"protocol": PROTOCOLS, "policy": POLICIES, "method": list(METHODS), "L": LENGTHS, "seed": SEEDS},
    arguments=arguments,
    options=dict(jobs=1),
    settings=dict(L=LENGTHS, wanted=WANTED, cap=CAP, trial=TRIAL, rates=RATES, tuning=TUNING, seeds=SEEDS)
    | {"damping": METHODS},
    results=results,
    rows=lambda results: [
        row
        for policies in results.values()
        for methods in policies.values()
        for runs in methods.values()
        for row in entries(runs)
    ],
    again=again,
)
