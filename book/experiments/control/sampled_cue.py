"""The delayed cue learned from episodes, with and without noise in the blank steps: plain and natural gradient.

Each iteration draws 50 episodes, estimates the gradient with a baseline and moves θ by η times it (PG) or by η times
(F̂ + 1e-3 I)⁻¹ times it, with the Fisher matrix of the same episodes (NPG). A run counts as solved when the mean reward
of 1000 other episodes, asked for at every fifth iteration, is above 0.85; it has failed after 100 iterations. Policies
are IndRNNs of 32 tanh units with recurrent weights that start at r. η is chosen on two seeds that are not used again,
one for each method, r and noise, for all lengths together; ten fresh seeds follow. Deviation from cayci2025: no critic
and no projection, and a delayed cue.
"""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from experiments.control.delayed_cue import start
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import grouped, swept
from minirnn.control.policy_gradient import advantages, episode_scores, natural, sampled_gradient
from minirnn.control.pomdp import DelayedCue
from minirnn.core.params import flatten, overflow_allowed, unflatten

LENGTHS, POLICIES, METHODS, NOISES = [5, 10, 20, 40], ["r = 0.5", "r = 0.9"], ["PG", "NPG"], [0.0, 0.1]
RATES, TUNING, SEEDS, CAP = [0.1, 0.3, 1.0, 3.0, 10.0], [0, 1], list(range(100, 110)), 100
EPISODES, TEST, WANTED, EVERY, DAMPING = 50, 1000, 0.85, 5, 1e-3


def run(policy: str, L: int, method: str, noise: float, rate: float, seed: int) -> int | None:
    """Iterations until solved, or None."""
    rng = np.random.default_rng(seed)
    cell, params = start(policy, rng)
    task, theta, test = DelayedCue(L, noise=noise), flatten(params), np.random.default_rng([seed, L])
    with overflow_allowed():
        for iteration in range(1, CAP + 1):
            episodes = task.sample(rng, cell, params, EPISODES)
            if method == "PG":
                step = flatten(sampled_gradient(cell, params, episodes))
            else:
                S = episode_scores(cell, params, episodes) / np.sqrt(EPISODES)
                step = natural(S, advantages(episodes)[-1] / np.sqrt(EPISODES), DAMPING)
            theta = theta + rate * step
            if not np.isfinite(theta).all():
                return None
            params = unflatten(theta, params)
            if iteration % EVERY == 0:
                rewards = task.sample(test, cell, params, TEST).rewards.sum(axis=0)
                if rewards.mean() > WANTED:
                    return iteration
    return None


@cache
def rate(noise: float, policy: str, method: str) -> float:
    """The best for all lengths: the fewest iterations, where a failure counts as twice the most."""
    grid = {"policy": [policy], "method": [method], "noise": [noise], "L": LENGTHS, "rate": RATES, "seed": TUNING}
    times = np.array([2 * CAP if t is None else t for t in swept(run, grid, jobs=1)], float)
    return RATES[int(times.reshape(len(LENGTHS), len(RATES), -1).mean(axis=(0, 2)).argmin())]


def arguments(noise: float, policy: str, method: str, L: int, seed: int) -> dict[str, Any]:
    return dict(policy=policy, L=L, method=method, noise=noise, rate=rate(noise, policy, method), seed=seed)


def results(runs: list[int | None]) -> list[dict[str, Any]]:
    tables = grouped(grouped(runs, len(SEEDS)), len(LENGTHS))
    return [
        dict(noise=noise, policy=policy, method=method, rate=rate(noise, policy, method), iterations=by_length)
        for (noise, policy, method), by_length in zip(product(NOISES, POLICIES, METHODS), tables, strict=True)
    ]


def again(saved: Saved) -> Pair:
    """The plain gradient without noise over five steps, first seed."""
    point: dict[str, Any] = dict(policy="r = 0.5", L=5, method="PG", noise=0.0, seed=SEEDS[0])
    was = saved(**point)
    return run(**point, rate=was["rate"]), was["iterations"]


EXPERIMENT = Experiment(
    name="sampled_cue",
    run=run,
    grid={"noise": NOISES, "policy": POLICIES, "method": METHODS, "L": LENGTHS, "seed": SEEDS},
    arguments=arguments,
    options=dict(jobs=1),
    settings=dict(L=LENGTHS, episodes=EPISODES, cap=CAP, wanted=WANTED, damping=DAMPING, rates=RATES)
    | {"tuning": TUNING, "seeds": SEEDS},
    results=results,
    rows=lambda results: [
        {"rate": row["rate"], "iterations": t} for row in results for by_seed in row["iterations"] for t in by_seed
    ],
    again=again,
)
