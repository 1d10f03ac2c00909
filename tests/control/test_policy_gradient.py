"""Policy gradients: refereed by autograd and central differences, and sampled ones against exact ones."""

import numpy as np
import pytest

from minirnn import GRU, LRU, LSTM, IndRNN, VanillaRNN, bptt
from minirnn.control import policy_gradient as pg
from minirnn.control.pomdp import DelayedCue, Episodes, TMaze, policy
from minirnn.core.params import flatten, unflatten
from minirnn.gradients import referee
from minirnn.gradients.backpropagation import unroll
from minirnn.learning import losses
from tests.helpers import all_cells, distance, every_cell, random_params, refused

TASK = DelayedCue(L=3, p=0.8)
SOME = pytest.mark.parametrize("cell", [IndRNN(1, 3, "tanh"), GRU(1, 3), LSTM(1, 2), LRU(1, 2)], ids=repr)


def expected(cell, params, task):
    pi = policy(params, unroll(cell, params, task.inputs())[-1])
    return float((pi * task.rewards()).sum(1).mean())


@pytest.mark.parametrize("cell", [cell for cell in every_cell(m=1) if cell.m == 1], ids=repr)
def test_exact_gradient_by_three_routes(cell):
    params = random_params(np.random.default_rng(0), cell, outputs=2)
    J, hand = pg.exact_gradient(cell, params, TASK)
    loss = losses.at_end(pg.expected_reward, TASK.rewards())
    E, auto = referee.autograd_gradient(cell, params, TASK.inputs(), loss)
    assert J == pytest.approx(-E) == pytest.approx(expected(cell, params, TASK))
    assert distance(hand, {key: -g for key, g in auto.items()}) < 1e-10
    differences = referee.central_differences(lambda p: expected(cell, p, TASK), params)
    assert distance(hand, differences) < 1e-5


@SOME
def test_scores_of_single_choices(cell):
    """Each row of S is the derivative of one log-probability, by central differences."""
    params = random_params(np.random.default_rng(1), cell, outputs=2)
    J, S, r = pg.exact_scores(cell, params, TASK)
    assert pytest.approx(expected(cell, params, TASK)) == J
    pi = policy(params, unroll(cell, params, TASK.inputs())[-1])
    for row, (seen, action) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):

        def log_pi(p, seen=seen, action=action):
            return np.log(policy(p, unroll(cell, p, TASK.inputs())[-1])[seen, action])

        differences = flatten(referee.central_differences(log_pi, params))
        np.testing.assert_allclose(S[row] / np.sqrt(0.5 * pi[seen, action]), differences, atol=1e-7)
    np.testing.assert_allclose(S.T @ r, flatten(pg.exact_gradient(cell, params, TASK)[1]), atol=1e-12)


@all_cells
def test_scores_are_gradients_of_each_sequence_apart(cell):
    rng = np.random.default_rng(2)
    params = random_params(rng, cell, outputs=3)
    X, G = rng.standard_normal((4, 5, cell.m)), rng.standard_normal((4, 5, 3))
    found = pg.scores(cell, params, X, G)

    def linear(Y, weights):
        return (Y * weights).sum(), weights

    for b in range(5):
        loss = losses.at_every_step(linear, G[:, [b]])
        one = referee.autograd_gradient(cell, params, X[:, [b]], loss)[1]
        np.testing.assert_allclose(found[b], flatten(one), rtol=1e-8, atol=1e-10)


def test_the_fisher_matrix_is_the_curvature_of_the_divergence():
    """Hessian of -Σ π_before log π at the same place, which is that of the relative entropy, by differences."""
    cell, X = IndRNN(1, 2, "tanh"), TASK.inputs()
    params = random_params(np.random.default_rng(3), cell, outputs=2)
    S = pg.exact_scores(cell, params, TASK)[1]
    loss = losses.at_end(pg.log_likelihood, policy(params, unroll(cell, params, X)[-1]))
    theta, columns = flatten(params), []
    for step in 1e-5 * np.eye(len(theta)):
        slopes = [flatten(bptt(cell, unflatten(theta + s * step, params), X, loss)[1]) for s in (1, -1)]
        columns.append((slopes[0] - slopes[1]) / 2e-5)
    np.testing.assert_allclose(np.array(columns), S.T @ S, atol=1e-8)


@SOME
@pytest.mark.parametrize("damping", [1e-3, 1.0])
def test_the_natural_direction_by_three_routes(cell, damping):
    params = random_params(np.random.default_rng(4), cell, outputs=2)
    _, S, r = pg.exact_scores(cell, params, TASK)
    F, g = S.T @ S, S.T @ r
    direct = np.linalg.solve(F + damping * np.eye(len(F)), g)
    np.testing.assert_allclose(pg.natural(S, r, damping), direct, rtol=1e-8, atol=1e-12)
    fitted = np.linalg.lstsq(np.vstack([S, np.sqrt(damping) * np.eye(len(F))]), np.append(r, 0 * g), rcond=None)
    np.testing.assert_allclose(pg.natural(S, r, damping), fitted[0], rtol=1e-7, atol=1e-10)


def test_without_damping_the_step_does_not_depend_on_the_length():
    """The log-odds of what was seen grow at rate 2p - 1, for every L and every cell whose trace is not 0."""
    for cell in (IndRNN(1, 3, "tanh"), GRU(1, 3), VanillaRNN(1, 3)):
        for L in (1, 5, 9):
            task = DelayedCue(L, p=0.8)
            params = random_params(np.random.default_rng(5), cell, outputs=2)
            _, S, r = pg.exact_scores(cell, params, task)
            v = pg.natural(S, r, damping=0.0)
            pi = policy(params, unroll(cell, params, task.inputs())[-1])
            change = (S / np.sqrt(0.5 * pi.ravel())[:, None]) @ v  # of log π(a | o), for cue and action
            np.testing.assert_allclose(change[1] - change[0], -0.6, rtol=1e-4)
            np.testing.assert_allclose(change[3] - change[2], 0.6, rtol=1e-4)


@pytest.mark.parametrize("task", [DelayedCue(L=2, p=0.8), TMaze(L=2)])
def test_the_sampled_gradient_is_the_mean_of_the_scores_times_advantages(task):
    rng, cell = np.random.default_rng(6), GRU(task.m, 3)
    params = random_params(rng, cell, outputs=task.actions)
    episodes = task.sample(rng, cell, params, 7)
    rows = pg.episode_scores(cell, params, episodes, pg.advantages(episodes))
    found = pg.sampled_gradient(cell, params, episodes)
    np.testing.assert_allclose(rows.mean(0), flatten(found), atol=1e-12)
    acted, G = episodes.acted, len(episodes.X) * pg.advantages(episodes)[..., None]
    loss = losses.at_every_step(pg.log_likelihood, G * np.eye(task.actions)[episodes.actions] * acted[..., None])
    auto = referee.autograd_gradient(cell, params, episodes.X, loss)[1]
    assert distance(found, {key: -g for key, g in auto.items()}) < 1e-9


@pytest.mark.parametrize("baseline", [True, False])
@SOME
def test_the_sampled_gradient_tends_to_the_exact_one(cell, baseline):
    rng, B = np.random.default_rng(7), 40_000
    params = random_params(rng, cell, outputs=2)
    episodes = TASK.sample(rng, cell, params, B)
    rows = pg.episode_scores(cell, params, episodes, pg.advantages(episodes, baseline))
    exact = flatten(pg.exact_gradient(cell, params, TASK)[1])
    error = rows.std(axis=0) / np.sqrt(B)
    assert (np.abs(rows.mean(0) - exact) <= 4.5 * error + 1e-15).all()
    assert (error < 0.1).all()


@SOME
def test_sampled_fisher_and_natural_direction_tend_to_the_exact_ones(cell):
    rng, B, damping = np.random.default_rng(8), 10_000, 0.05
    params = random_params(rng, cell, outputs=2)
    episodes = TASK.sample(rng, cell, params, B)
    rows, (_, S, r) = pg.episode_scores(cell, params, episodes), pg.exact_scores(cell, params, TASK)
    F = rows.T @ rows / B
    error = np.sqrt(np.maximum((rows**2).T @ rows**2 / B - F**2, 0) / B)
    assert (np.abs(F - S.T @ S) <= 5 * error + 1e-12).all()
    exact = pg.natural(S, r, damping)
    advantage, damped = pg.advantages(episodes)[-1], F + damping * np.eye(len(F))
    influence = np.linalg.solve(damped, rows.T * (advantage - rows @ exact)).T  # of each episode, to first order
    N = 1000  # the system to be solved is of this size
    found = pg.natural(rows[:N] / np.sqrt(N), advantage[:N] / np.sqrt(N), damping)
    assert (np.abs(found - exact) <= 5 * influence.std(axis=0) / np.sqrt(N) + 1e-9).all()


def test_the_gradient_of_a_maze_against_differences_of_its_return():
    """A policy without memory in a corridor of one cell: the return is a finite sum over walks, here sampled twice."""
    rng, maze, cell = np.random.default_rng(9), TMaze(L=1), IndRNN(3, 2, "tanh")
    params, B = random_params(rng, cell, outputs=3), 60_000
    episodes = maze.sample(rng, cell, params, B)
    rows = pg.episode_scores(cell, params, episodes, pg.advantages(episodes))
    step, key = 0.05, "c_out"
    for i in range(3):
        moved = [params | {key: params[key] + sign * step * np.eye(3)[i]} for sign in (1, -1)]
        J = [maze.sample(np.random.default_rng(10), cell, p, B).rewards.sum(0) for p in moved]
        slope, error = (J[0] - J[1]).mean() / (2 * step), (J[0] - J[1]).std() / (2 * step * np.sqrt(B))
        found = rows[:, -3 + i]
        assert abs(found.mean() - slope) < 4 * np.hypot(error, found.std() / np.sqrt(B)) + 1e-3


def test_a_baseline_leaves_the_mean_and_lowers_the_variance():
    rng, cell = np.random.default_rng(11), IndRNN(1, 3, "tanh")
    params = random_params(rng, cell, outputs=2)
    episodes = TASK.sample(rng, cell, params, 20_000)
    spread = [
        pg.episode_scores(cell, params, episodes, pg.advantages(episodes, b)).var(0).sum() for b in (True, False)
    ]
    assert spread[0] < 0.8 * spread[1]


def test_advantages_by_hand():
    rewards = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 4.0]])
    acted = np.array([[True, True, True], [True, True, False]])
    episodes = Episodes(np.zeros((2, 3, 1)), np.zeros((2, 3), int), rewards, acted)
    np.testing.assert_allclose(pg.advantages(episodes), [[1 - 2.0, 0 - 2.5, 4 - 0.5], [1, -1, 0]])
    np.testing.assert_allclose(pg.advantages(episodes, baseline=False), [[1, 0, 4], [1, 0, 0]])


def test_a_single_episode_has_no_baseline():
    rng, cell = np.random.default_rng(12), IndRNN(1, 3, "tanh")
    params = random_params(rng, cell, outputs=2)
    episodes = TASK.sample(rng, cell, params, 1)
    np.testing.assert_array_equal(pg.advantages(episodes), episodes.rewards)


def test_bad_arguments():
    rng, cell = np.random.default_rng(13), IndRNN(1, 3, "tanh")
    params = random_params(rng, cell, outputs=3)
    for function in (pg.exact_gradient, pg.exact_scores):
        with refused(ValueError, "V must be (2, 3), a row for each action", "got (3, 3)"):
            function(cell, params, TASK)
    good = random_params(rng, cell, outputs=2)
    for function in (pg.exact_gradient, pg.exact_scores):
        with refused(ValueError, "task.noise must be", "<= 0", "got 0.1"):
            function(cell, good, DelayedCue(L=3, noise=0.1))
    episodes = TASK.sample(rng, cell, good, 3)
    empty = Episodes(*(a[:, :0] for a in episodes))
    for function in (pg.sampled_gradient, pg.episode_scores):
        with refused(ValueError, "X must be (T, B, 1) with every size >= 1", "got (4, 0, 1)"):
            function(cell, good, empty)
        with refused(ValueError, "actions must be from 0 to 1", "got 2"):
            function(cell, good, episodes._replace(actions=episodes.actions + 2))
    with refused(ValueError, "V must be", "no V"):
        pg.sampled_gradient(cell, cell.init(rng), episodes)
    with refused(ValueError, "S must be (N, P) with every size >= 1"):
        pg.natural(np.zeros((0, 3)), np.zeros(0), 0.1)
    with refused(ValueError, "damping must be", ">= 0", "-1"):
        pg.natural(np.ones((1, 3)), np.ones(1), -1.0)
    with refused(ValueError, "R must be (1, 2)", "(2, 2)"):
        pg.expected_reward(np.zeros((1, 2)), np.ones((2, 2)))


def test_an_explosion_is_returned():
    cell = IndRNN(1, 2, "identity")
    params = random_params(np.random.default_rng(14), cell, outputs=2) | {"w": np.array([1e200, 1.0])}
    _, S, r = pg.exact_scores(cell, params, TASK)
    assert np.isnan(pg.natural(S, r, 0.1)).all()
