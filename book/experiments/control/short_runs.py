"""Runs of seconds that the chapter makes anew each time: an LRU by Adam, a search by chance, a T-maze, critics."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments.control.delayed_cue import start
from minirnn import IndRNN
from minirnn.control.policy_gradient import advantages, episode_scores, exact_gradient, natural, sampled_gradient
from minirnn.control.pomdp import DelayedCue, TMaze
from minirnn.control.td import TemporalDifference, critic_error
from minirnn.core.params import flatten, unflatten
from minirnn.gradients.backpropagation import unroll
from minirnn.learning import losses, optimizers
from minirnn.learning.training import train


def with_adam(L: int, seed: int, lr: float = 0.03) -> float:
    """Iterations of Adam until an LRU uses the cue; inf if 600 are not enough."""
    cell, params = start("LRU", np.random.default_rng(seed))
    init, update = optimizers.adam(lr)
    state = init(params)
    for iteration in range(600):
        J, g = exact_gradient(cell, params, DelayedCue(L))
        if J > 0.86:
            return iteration
        params, state = update(params, {k: -v for k, v in g.items()}, state)
    return np.inf


@cache
def shaken(seed: int, noise: float, L: int = 40, episodes: int = 50) -> float:
    """What is left of the cue after 15 natural steps for rewards that mean nothing."""
    rng, task = np.random.default_rng(seed), DelayedCue(L, noise=noise)
    cell, params = start("r = 0.5", rng)
    for _ in range(15):
        batch = task.sample(rng, cell, params, episodes)
        S = episode_scores(cell, params, batch) / np.sqrt(episodes)
        nonsense = rng.permutation(advantages(batch)[-1] / np.sqrt(episodes))
        theta = flatten(params) + natural(S, nonsense, damping=1e-3)
        params = unflatten(theta, params)
    H = unroll(cell, params, DelayedCue(L).inputs())[1:]
    apart = np.linalg.norm(H[:, 1] - H[:, 0], axis=1)
    return apart[-1] / apart[0]


def walk(r: float, L: int = 6, rate: float = 1.0, seed: int = 0) -> np.ndarray:
    """What each episode in a T-maze earns, (60 iterations, 100)."""
    rng, maze = np.random.default_rng(seed), TMaze(L)
    cell, params = start(f"r = {r}", rng, m=3, outputs=3)
    rewards = []
    for _ in range(60):
        episodes = maze.sample(rng, cell, params, 100)
        rewards.append(episodes.rewards.sum(axis=0))
        step = sampled_gradient(cell, params, episodes)
        params = {key: w + rate * step[key] for key, w in params.items()}
    return np.array(rewards)


def evaluate(L: int, target: np.ndarray, loss: Callable[..., Any], r: float = 0.5) -> float:
    """The error of a critic after 600 updates."""
    rng = np.random.default_rng(0)
    cell, X = IndRNN(m=1, n=64, activation="tanh"), DelayedCue(L).inputs()
    params = cell.init(rng, recurrent=lambda rng, shape: np.full(shape, r))
    params |= losses.init_readout(rng, cell, outputs=1)
    run = train(cell, params, lambda rng: (X, target), loss, optimizers.adam(3e-3), 600, rng, progress=False)
    return critic_error(cell, run.params, L, gamma=0.95)


@dataclass(frozen=True)
class ManySteps(TemporalDifference):
    """Targets over N steps: the one-step target, N times."""

    N: int = 1

    def targets(self, v: np.ndarray) -> np.ndarray:
        target = v
        for _ in range(self.N):
            target = super().targets(target)
        return target
