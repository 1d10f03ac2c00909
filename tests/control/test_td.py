"""Recurrent critics: the semi-gradient, the known values, and what a critic learns."""

import numpy as np
import pytest

from minirnn import IndRNN, bptt
from minirnn.control.pomdp import DelayedCue
from minirnn.control.td import TemporalDifference, critic_error, cue_rewards, cue_values
from minirnn.gradients import referee
from minirnn.gradients.backpropagation import unroll
from minirnn.learning import losses, optimizers
from minirnn.learning.losses import readout
from minirnn.learning.training import train
from tests.helpers import all_cells, distance, random_params, refused


@all_cells
def test_the_semi_gradient_holds_the_targets_constant(cell):
    rng = np.random.default_rng(0)
    params, X = random_params(rng, cell, outputs=1), rng.standard_normal((5, 4, cell.m))
    loss = TemporalDifference(rng.standard_normal((5, 4, 1)), gamma=0.9)
    targets = loss.targets(readout(params, unroll(cell, params, X)[1:]))
    E, hand = bptt(cell, params, X, loss)
    fixed = losses.at_every_step(losses.squared_error, targets)
    E_auto, auto = referee.autograd_gradient(cell, params, X, fixed)
    assert pytest.approx(E_auto) == E
    assert distance(hand, auto) < 1e-8
    differences = referee.central_differences(lambda p: float(referee.energy(cell, p, X, fixed)), params)
    assert distance(hand, differences) < 1e-4


@pytest.mark.parametrize(("L", "gamma"), [(1, 0.9), (7, 0.95), (4, 1.0)])
def test_the_known_values_are_the_fixed_point(L, gamma):
    true = cue_values(L, gamma)
    t = np.arange(L + 1)
    np.testing.assert_allclose(true[:, 1, 0], gamma ** (L - t))
    np.testing.assert_allclose(true[:, 0], -true[:, 1])
    np.testing.assert_allclose(TemporalDifference(cue_rewards(L), gamma).targets(true), true)


def test_a_unit_that_keeps_the_cue_and_grows_by_1_over_gamma_is_exact():
    """h_t = h_{t-1}/γ has V* for its state, with γ^L z at the start: an exact critic exists."""
    L, gamma = 6, 0.8
    cell = IndRNN(1, 1, "identity")
    params = {"w": np.array([1 / gamma]), "U": np.array([[gamma**L]]), "b": np.zeros(1)}
    params |= {"V": np.ones((1, 1)), "c_out": np.zeros(1)}
    assert critic_error(cell, params, L, gamma) < 1e-28
    E, gradient = bptt(cell, params, DelayedCue(L).inputs(), TemporalDifference(cue_rewards(L), gamma))
    assert E < 1e-28
    assert max(np.abs(g).max() for g in gradient.values()) < 1e-14
    assert critic_error(cell, params | {"V": np.zeros((1, 1))}, L, gamma) == 1.0


@pytest.mark.parametrize(("r", "low", "high"), [(0.95, 0.0, 0.02), (0.5, 0.3, 1.1)])
def test_short_memory_waits_on_a_plateau_over_sixteen_steps(r, low, high):
    L, gamma, rng = 16, 0.95, np.random.default_rng(0)
    cell = IndRNN(1, 64, "tanh")
    params = cell.init(rng, recurrent=lambda rng, shape: np.full(shape, r))
    params |= losses.init_readout(rng, cell, outputs=1)
    run = train(
        cell,
        params,
        lambda rng: (DelayedCue(L).inputs(), cue_rewards(L)),
        lambda rewards: TemporalDifference(rewards, gamma),
        optimizers.adam(3e-3),
        updates=600,
        rng=rng,
        progress=False,
    )
    assert low <= critic_error(cell, run.params, L, gamma) < high


def test_bad_arguments():
    with refused(ValueError, "L must be an integer >= 1", "got 0"):
        cue_values(0, 0.9)
    with refused(ValueError, "gamma must be", "got 1.5"):
        cue_values(3, 1.5)
    with refused(ValueError, "rewards must be (T, B, 1)", "got (3, 2)"):
        TemporalDifference(np.zeros((3, 2)), 0.9)
    rng, cell = np.random.default_rng(0), IndRNN(1, 2)
    with refused(ValueError, "V must be (1, 2)", "got (2, 2)"):
        critic_error(cell, random_params(rng, cell, outputs=2), 3, 0.9)
    with refused(ValueError, "V must be (1, 2)", "no V"):
        critic_error(cell, cell.init(rng), 3, 0.9)
