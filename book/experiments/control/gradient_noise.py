"""How strong is the signal in one episode's policy gradient? Over the length of a delayed cue.

At the start of training, 400 episodes give 400 gradients, with a baseline. Signal: the squared norm of the exact
gradient. Noise: the total variance of the 400. Both for three groups of parameters: the cell's weights, V, and the
readout's bias c. Ten seeds, policies as in `delayed_cue`. This is not in cayci2025.
"""

from typing import Any

import numpy as np

from experiments.control.delayed_cue import POLICIES, start
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded
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


def results(runs: list[dict[str, list[float]]]) -> dict[str, Any]:
    shape = (len(POLICIES), len(LENGTHS), len(SEEDS), len(GROUPS))
    return {kind: rounded(np.reshape([r[kind] for r in runs], shape), 4) for kind in ("signal", "noise")}


def rows(results: dict[str, Any]) -> list[dict[str, list[float]]]:
    signal, noise = (np.reshape(results[kind], (-1, len(GROUPS))).tolist() for kind in ("signal", "noise"))
    return [{"signal": s, "noise": n} for s, n in zip(signal, noise, strict=True)]


def again(saved: Saved) -> Pair:
    """Ten steps, r = 0.9, first seed."""
    point: dict[str, Any] = dict(policy="r = 0.9", L=10, seed=0)
    return {kind: rounded(groups, 4) for kind, groups in run(**point).items()}, saved(**point)


EXPERIMENT = Experiment(
    name="gradient_noise",
    run=run,
    grid={"policy": POLICIES, "L": LENGTHS, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(L=LENGTHS, policies=POLICIES, groups=GROUPS, seeds=SEEDS, episodes=EPISODES),
    results=results,
    rows=rows,
    again=again,
)
