"""A cue in a corridor, and one unit or any cell that learns it: the exact part of the chapter."""

import numpy as np

from experiments.control.fisher import eigenvalues
from experiments.control.one_unit import SIZE, log_odds, speed, time_to, wall
from experiments.control.one_unit import start as unit
from experiments.control.solved import ended
from facts import percent, thousands
from minirnn import IndRNN, bptt
from minirnn.control.policy_gradient import advantages, episode_scores, exact_gradient, expected_reward
from minirnn.control.pomdp import DelayedCue
from minirnn.core.params import flatten
from minirnn.learning import losses


def numbers() -> dict[str, str]:
    return {
        "left-half": "about a millionth",
        "left-one": percent(ended("r = 1", 80, "start").apart[-1]),
        "fast-10": f"{speed(unit(0.7), 10, 1e-4):.2f}",
        "slow-10": f"{speed(unit(0.7), 10, None):.4f}",
        "nat-40": f"{time_to(0.7, 40, 1e-12):.1f}",
        "grad-40": thousands(time_to(0.7, 40, None)),
        "faint": thousands(eigenvalues("r = 0.5", 10)[0] / eigenvalues("r = 0.5", 20)[0]),
    }


def check_the_corridor() -> None:
    """Things to notice in the first figure."""
    assert 5e-7 < ended("r = 0.5", 20, "start").apart[-1] < 2e-6
    natural = ended("r = 0.5", 20, "NPG, damped")
    assert natural.right > 0.9
    assert natural.apart.min() > 0.1
    assert ended("GRU", 80, "PG").right < 0.51
    assert ended("GRU", 80, "NPG, damped").right > 0.9


def check_two_sequences_give_the_gradient_and_episodes_estimate_it() -> None:
    task, cell = DelayedCue(L=10), IndRNN(m=1, n=32, activation="tanh")
    rng = np.random.default_rng(0)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=2)
    E, _ = bptt(cell, params, task.inputs(), losses.at_end(expected_reward, task.rewards()))
    J, gradient = exact_gradient(cell, params, task)
    episodes = task.sample(rng, cell, params, 4000)
    rows = episode_scores(cell, params, episodes, advantages(episodes))
    inside = np.abs(rows.mean(axis=0) - flatten(gradient)) <= 2 * rows.std(axis=0) / np.sqrt(len(rows))
    assert np.isclose(-E, J)
    assert inside.mean() > 0.85


def check_the_figure_of_one_unit() -> None:
    """Things to notice: the natural gradient's speed at 10 and at 40 steps, the wall, and λ = 1."""
    assert speed(unit(0.7), 10, 1e-4) > 0.5 * 0.8
    assert speed(unit(1.0), 80, None) > 1 > speed(unit(1.0), 80, 1e-4)
    assert speed(unit(1.0), 21, None) < speed(unit(1.0), 21, 1e-4)
    assert speed(unit(1.0), 22, None) > speed(unit(1.0), 22, 1e-4)
    assert wall(0.7, 1e-12) == 42
    assert time_to(0.7, 40, None) > 1e4
    slope = np.log(speed(unit(0.7), 71, 1e-4) / speed(unit(0.7), 70, 1e-4))
    assert abs(slope - 2 * np.log(0.7)) < 0.04
    assert speed(unit(0.7), 10, 1e-4) / speed(unit(0.7), 40, 1e-4) > 1e6


def check_what_can_be_read_off_the_theorem() -> None:
    """The time until J is 0.86, and how far a damping 100 times smaller moves the wall."""
    assert np.isclose(np.log(19) / 0.8, 3.68, atol=5e-3)
    assert np.isclose(np.log(0.9 / 0.1), 2.2, atol=5e-3)  # the belief after the cue, as log-odds
    assert np.isclose(np.log(100) / (2 * np.log(2)), 3.32, atol=0.01)
    assert np.isclose(np.log(100) / (2 * np.log(1 / 0.9)), 21.9, atol=0.1)


def check_the_question_of_the_doubled_corridor() -> None:
    """Check yourself: q at 20 and at 40 steps with λ = 0.8."""
    q = [0.25 * np.linalg.norm(log_odds(unit(0.8), L)[1]) ** 2 for L in (20, 40)]
    assert SIZE == 0.3
    assert np.allclose(q, [1.7e-4, 9e-8], rtol=0.03)


def check_the_memory_fades_with_the_length_and_the_rest_does_not() -> None:
    ratio = eigenvalues("r = 0.5", 10)[0] / eigenvalues("r = 0.5", 20)[0]
    assert 2**17 < ratio < 2**20
    assert abs(eigenvalues("r = 0.5", 10)[1] - eigenvalues("r = 0.5", 20)[1]) < 0.1
