"""Tasks that ask for memory: their optima, their episodes, and what they refuse."""

import numpy as np
import pytest

from minirnn import IndRNN
from minirnn.control.pomdp import DelayedCue, TMaze, choose, policy, softmax
from minirnn.learning import losses
from tests.helpers import random_params, refused


def always(task, action):
    """A policy of one tanh unit that takes one action wherever it is."""
    cell = IndRNN(task.m, 1, activation="tanh")
    params = {"w": np.zeros(1), "U": np.zeros((1, task.m)), "b": np.zeros(1)}
    return cell, params | {"V": np.zeros((task.actions, 1)), "c_out": 50.0 * (np.arange(task.actions) == action)}


def remembering(task):
    """A linear unit that keeps the cue, and one that sees the junction: turns as the cue said, else walks."""
    cell = IndRNN(task.m, 2, activation="identity")
    params = {"w": np.array([1.0, 0.0]), "U": np.array([[1.0, 0, 0], [0, 0, 1.0]]), "b": np.zeros(2)}
    V = np.array([[-50.0, 100.0], [50.0, 100.0], [0.0, -100.0]])
    return cell, params | {"V": V, "c_out": np.array([-80.0, -80.0, 80.0])}


@pytest.mark.parametrize("p", [0.5, 0.7, 0.9, 1.0])
def test_the_optimum_is_the_accuracy_and_a_half_without_memory(p):
    task = DelayedCue(L=4, p=p)
    every = [0.5 * (task.rewards()[0, a] + task.rewards()[1, b]) for a in (0, 1) for b in (0, 1)]
    assert max(every) == pytest.approx(task.optimum)
    assert every[0] == pytest.approx(every[3]) == pytest.approx(task.memoryless)


def test_what_is_seen():
    X = DelayedCue(L=3).inputs()
    assert X.shape == (4, 2, 1)
    assert X[0, :, 0].tolist() == [-1.0, 1.0]
    assert not X[1:].any()


def test_episodes_of_the_delayed_cue():
    rng, task = np.random.default_rng(0), DelayedCue(L=3, p=0.8)
    cell = IndRNN(1, 1, activation="identity")
    params = {"w": np.ones(1), "U": np.ones((1, 1)), "b": np.zeros(1)}
    params |= {"V": np.array([[-50.0], [50.0]]), "c_out": np.zeros(2)}
    B = 40_000
    episodes = task.sample(rng, cell, params, B)
    assert (episodes.actions[-1] == (episodes.X[0, :, 0] > 0)).all()
    assert not episodes.acted[:-1].any()
    assert not episodes.rewards[:-1].any()
    assert abs(episodes.rewards.sum(0).mean() - 0.8) < 4 * np.sqrt(0.16 / B)
    coin = task.sample(rng, *always(task, 0), B).rewards.sum(0)
    assert abs(coin.mean() - 0.5) < 4 * 0.5 / np.sqrt(B)


@pytest.mark.parametrize("L", [1, 2, 7])
def test_the_maze_has_its_optimum(L):
    maze, B = TMaze(L, p=0.9), 20_000
    episodes = maze.sample(np.random.default_rng(1), *remembering(maze), B)
    assert (episodes.acted.sum(0) == L + 1).all()
    J = episodes.rewards.sum(0)
    assert set(np.round(J, 9)) == {0.0, round(maze.gamma**L, 9)}
    assert abs(J.mean() - maze.optimum) < 4 * J.std() / np.sqrt(B)
    assert maze.memoryless == pytest.approx(maze.optimum / 1.8)


def test_bumps_cost_and_time_ends():
    maze = TMaze(L=3, gamma=0.5, bump=0.2)
    left = maze.sample(np.random.default_rng(0), *always(maze, 0), 5)
    assert left.acted.all()
    np.testing.assert_allclose(left.rewards.sum(0), -0.2 * (1 - 0.5**8) / 0.5)
    forward = maze.sample(np.random.default_rng(0), *always(maze, 2), 5)
    np.testing.assert_allclose(forward.rewards.sum(0), -0.2 * (0.5**3 - 0.5**8) / 0.5)
    assert (left.X[1:, :, 0] == 0).all()
    assert (abs(left.X[0, :, 0]) == 1).all()
    assert (forward.X[3:, :, 2] == 1).all()


def test_no_policy_beats_the_optimum():
    maze = TMaze(L=2, p=0.9)
    for seed in range(5):
        rng, cell = np.random.default_rng(seed), IndRNN(3, 4, activation="tanh")
        J = maze.sample(rng, cell, random_params(rng, cell, 3), 4000).rewards.sum(0)
        assert J.mean() < maze.optimum


def test_choices_have_the_probabilities():
    pi = np.array([[0.2, 0.5, 0.3]])
    drawn = choose(np.random.default_rng(0), np.repeat(pi, 100_000, axis=0))
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 1e5, pi[0], atol=4 * 0.5 / np.sqrt(1e5))


def test_softmax_is_safe_and_the_policy_reads_what_it_should():
    np.testing.assert_array_equal(softmax(np.array([[0.0, -2000.0], [2000.0, 2000.0]])), [[1, 0], [0.5, 0.5]])
    params = {"V": np.array([[0.0], [1.0]]), "c_out": np.array([0.0, 1.0])}
    np.testing.assert_allclose(policy(params, np.array([[2.0, 9.0]]))[0, 1], 1 / (1 + np.exp(-3.0)))


@pytest.mark.parametrize("task", [DelayedCue, TMaze])
def test_bad_tasks(task):
    with refused(ValueError, "L must be an integer >= 1", "got 0"):
        task(L=0)
    with refused(ValueError, "p must be a finite number >= 0.5 and <= 1", "got 0.4"):
        task(L=5, p=0.4)
    with refused(ValueError, "p must be", "got 1.1"):
        task(L=5, p=1.1)


def test_noise_is_on_the_blank_steps_only():
    rng, task = np.random.default_rng(0), DelayedCue(L=6, noise=0.3)
    X = task.sample(rng, *always(task, 0), 20_000).X
    assert set(X[0].ravel()) == {-1.0, 1.0}
    np.testing.assert_allclose(X[1:].std(axis=(1, 2)), 0.3, rtol=0.03)
    with refused(ValueError, "noise must be", ">= 0", "-1"):
        DelayedCue(L=2, noise=-1.0)


def test_bad_mazes():
    with refused(ValueError, "gamma must be", "> 0", "got 0"):
        TMaze(L=2, gamma=0.0)
    with refused(ValueError, "bump must be", ">= 0", "-1"):
        TMaze(L=2, bump=-1.0)


@pytest.mark.parametrize("task", [DelayedCue(L=2), TMaze(L=2)])
def test_bad_policies(task):
    rng, cell = np.random.default_rng(0), IndRNN(task.m, 2)
    params = cell.init(rng)
    with refused(ValueError, f"V must be ({task.actions}, 2)", "a row for each action", "no V"):
        task.sample(rng, cell, params, 3)
    with refused(ValueError, f"V must be ({task.actions}, 2)", "got (5, 2)"):
        task.sample(rng, cell, params | losses.init_readout(rng, cell, outputs=5), 3)
    params |= losses.init_readout(rng, cell, outputs=task.actions)
    with refused(ValueError, "B must be an integer >= 1", "got 0"):
        task.sample(rng, cell, params, 0)
    wrong = IndRNN(task.m + 1, 2)
    with refused(ValueError, "X must be", f"got ({'3, 3, 1' if task.m == 1 else '1, 3, 3'})"):
        task.sample(rng, wrong, wrong.init(rng) | losses.init_readout(rng, wrong, outputs=task.actions), 3)
