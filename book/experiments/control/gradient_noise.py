"""How loud is the signal in one episode's policy gradient? Over the length of a delayed cue.

At the start of training, 400 episodes give 400 gradients, with a baseline. Signal: the squared norm of the exact
gradient. Noise: the total variance of the 400. Both for three groups of parameters: the cell's weights, V, and the
readout's bias c. Ten seeds, policies as in `delayed_cue`. This is not in cayci2025.
"""

import time
from typing import Any

import numpy as np

from experiments.control.delayed_cue import POLICIES, start
from experiments.record import load, rounded, save, swept
from minirnn.control.policy_gradient import advantages, episode_scores, exact_gradient
from minirnn.control.pomdp import DelayedCue
from minirnn.core.params import flatten

LENGTHS, SEEDS, EPISODES = [5, 10, 20, 40, 80], list(range(10)), 400
GROUPS = ["cell", "V", "c_out"]


def run(policy: str, L: int, seed: int) -> dict[str, list[float]]:
    """Signal and noise of each group of GROUPS."""
    rng, task = np.random.default_rng(seed), DelayedCue(L)
    cell, params = start(policy, rng)
    episodes = task.sample(rng, cell, params, EPISODES)
    rows = episode_scores(cell, params, episodes, advantages(episodes))
    exact = flatten(exact_gradient(cell, params, task)[1])
    names = np.concatenate([np.full(v.size, k if k in GROUPS else "cell") for k, v in params.items()])
    signal = [(exact[names == group] ** 2).sum() for group in GROUPS]
    noise = [rows[:, names == group].var(axis=0, ddof=1).sum() for group in GROUPS]
    return {"signal": rounded(signal), "noise": rounded(noise)}


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {}
    runs = swept(run, {"policy": POLICIES, "L": LENGTHS, "seed": SEEDS}, jobs=1)
    for kind in ("signal", "noise"):
        table = np.reshape([r[kind] for r in runs], (len(POLICIES), len(LENGTHS), len(SEEDS), len(GROUPS)))
        results[kind] = rounded(table, 4)
    settings = dict(L=LENGTHS, policies=POLICIES, groups=GROUPS, seeds=SEEDS, episodes=EPISODES)
    save("gradient_noise", started, settings, results)


def again() -> tuple[Any, Any]:
    """Ten steps, r = 0.9, first seed: made now, and as saved."""
    saved, (row, column) = load("gradient_noise")["results"], (POLICIES.index("r = 0.9"), LENGTHS.index(10))
    now = run("r = 0.9", 10, 0)
    return {k: rounded(v, 4) for k, v in now.items()}, {k: saved[k][row][column][0] for k in now}


if __name__ == "__main__":
    main()
