"""The delayed cue learned from episodes, with and without noise in the blank steps: plain and natural gradient.

Each iteration draws 50 episodes, estimates the gradient with a baseline and moves θ by η times it (PG) or by η times
(F̂ + 1e-3 I)⁻¹ times it, with the Fisher matrix of the same episodes (NPG). A run counts as solved when the mean reward
of 1000 other episodes, asked for at every fifth iteration, is above 0.85; it has failed after 100 iterations. Policies
are IndRNNs of 32 tanh units with recurrent weights that start at r. η is chosen on two seeds that are not used again,
one for each method, r and noise, for all lengths together; ten fresh seeds follow. Deviation from cayci2025: no critic
and no projection, and a delayed cue.
"""

import time
from typing import Any

import numpy as np

from experiments.control.delayed_cue import start
from experiments.record import load, save, swept
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


def main() -> None:
    started = time.time()
    results: list[dict[str, Any]] = []
    for noise in NOISES:
        for policy in POLICIES:
            for method in METHODS:
                fixed = {"policy": [policy], "method": [method], "noise": [noise], "L": LENGTHS}
                tried = swept(run, fixed | {"rate": RATES, "seed": TUNING}, jobs=1)
                times = np.array([2 * CAP if t is None else t for t in tried], float)
                best = RATES[int(times.reshape(len(LENGTHS), len(RATES), -1).mean(axis=(0, 2)).argmin())]
                final = swept(run, fixed | {"rate": [best], "seed": SEEDS}, jobs=1)
                rows = [final[k : k + len(SEEDS)] for k in range(0, len(final), len(SEEDS))]
                results.append(dict(noise=noise, policy=policy, method=method, rate=best, iterations=rows))
    settings = dict(L=LENGTHS, episodes=EPISODES, cap=CAP, wanted=WANTED, damping=DAMPING, rates=RATES)
    save("sampled_cue", started, settings | {"tuning": TUNING, "seeds": SEEDS}, results)  # type: ignore[arg-type]


def again() -> tuple[Any, Any]:
    """The first run of the first row: made now, and as saved."""
    row = load("sampled_cue")["results"][0]
    point = dict(policy=row["policy"], method=row["method"], noise=row["noise"], rate=row["rate"])
    return run(L=LENGTHS[0], seed=SEEDS[0], **point), row["iterations"][0][0]


if __name__ == "__main__":
    main()
