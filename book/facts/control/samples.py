"""Gradients from samples: signal and noise, learning from episodes, and the T-maze."""

from functools import cache

import numpy as np

from experiments.control.delayed_cue import LENGTHS
from experiments.control.noisy_memory import best, simulated
from experiments.control.short_runs import shaken, walk
from explorables.control import noise, sampled
from facts import power, thousands
from minirnn.control.pomdp import TMaze


def numbers() -> dict[str, str]:
    return {
        "need-10": power(need("r = 0.5", 10)),
        "need-20": power(need("r = 0.5", 20)),
        "need-9-40": thousands(need("r = 0.9", 40)),
        "need-1-80": f"{need('r = 1', 80):.0f}",
        "nine-most": f"{sampled.compute('r = 0.9', 0.0).iterations['NPG'][-1].max():.0f}",
        "lucky": str(sampled.compute("r = 0.5", 0.1).solved["NPG"][-1]),
        "shaken": str(sum(share > 0.01 for share in left_by_chance(0.1))),
        "maze-half": f"{maze_end(0.5):.2f}",
        "maze-nine": f"{maze_end(0.9):.2f}",
        "maze-off-half": f"{maze_off(0.5, TMaze(L=6).memoryless):.1f}",
        "maze-off-nine": f"{maze_off(0.9, TMaze(L=6).optimum):.1f}",
    }


def need(policy: str, L: int) -> float:
    """Episodes until the signal is as large as the noise, the median of ten seeds."""
    return float(np.median(noise.compute(L, "r0.5").episodes[policy][LENGTHS.index(L)]))


def check_signal_and_noise() -> None:
    """V is above its noise at 10 steps, the bias c has none; the LRU needs less than one episode."""
    assert max(need("LRU", L) for L in LENGTHS) < 1
    facts = noise.compute(10, "r0.5")
    assert facts.signal[1] > facts.noise[1]
    assert facts.signal[2] < 1e-20 < 0.1 < facts.noise[2]


def check_learning_from_episodes() -> None:
    """How far both methods get, with and without noise in the blank steps."""
    count = {case: sampled.compute(*case).solved for case in sampled.CASES}
    assert count["r = 0.5", 0.0] == {"PG": [10, 0, 0, 0], "NPG": [10, 10, 10, 0]}
    assert count["r = 0.9", 0.0] == {"PG": [10, 10, 10, 0], "NPG": [10, 10, 10, 10]}
    assert count["r = 0.5", 0.1]["NPG"][-1] > 5
    assert count["r = 0.5", 0.1]["NPG"][1:3] == [9, 8]
    assert count["r = 0.9", 0.1]["PG"][-1] == 0 < count["r = 0.9", 0.1]["NPG"][-1]


def check_the_limit_of_noise_in_the_state() -> None:
    """The formula against runs with noise, one generator for all."""
    rng = np.random.default_rng(1)
    for lam, L in ((0.7, 5), (0.9, 10), (1.0, 20)):
        assert abs(simulated(lam, L, rng, runs=400_000) - best(lam, L)) < 3e-3
    assert best(0.5, 10) < 0.51
    assert best(0.9, 10) > 0.85


@cache
def left_by_chance(noise: float) -> list[float]:
    return [shaken(seed, noise) for seed in range(10)]


def check_a_search_by_chance() -> None:
    """With shuffled rewards a memory appears where there is noise, and only there."""
    assert max(left_by_chance(0.0)) < 1e-6
    assert sum(share > 0.01 for share in left_by_chance(0.1)) >= 4


@cache
def maze_end(r: float) -> float:
    return float(last_thousand(r).mean())


@cache
def last_thousand(r: float) -> np.ndarray:
    return walk(r)[-10:].ravel()


def maze_off(r: float, limit: float) -> float:
    """How many standard errors the mean is away from a limit."""
    last = last_thousand(r)
    return float(abs(last.mean() - limit) / (last.std() / np.sqrt(last.size)))


def check_the_maze() -> None:
    maze = TMaze(L=6)
    assert abs(maze_end(0.5) - maze.memoryless) < 0.1
    assert maze_end(0.9) > maze.memoryless + 0.2
    assert max(maze_off(0.5, maze.memoryless), maze_off(0.9, maze.optimum)) < 2
    assert 0.013 < last_thousand(0.5).std() / np.sqrt(1000) < 0.015
