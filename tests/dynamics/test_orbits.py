"""What orbits end on, for maps and networks whose attractors are known."""

import numpy as np
import pytest

from minirnn import LSTM
from minirnn.dynamics import maps
from minirnn.dynamics.exponents import network
from minirnn.dynamics.orbits import attractors, orbit
from tests.dynamics.test_exponents import W_LSTM, scaled
from tests.helpers import refused


@pytest.mark.slow
def test_the_attractors_of_the_lstm_over_its_scale():
    scales = [0.5, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0]
    found = attractors(scaled(LSTM(1, 2), W_LSTM, scales), np.full((8, 4), 0.5), T=4000, burn_in=2000)
    assert [(a.kind, a.period) for a in found] == [
        ("fixed point", 1),
        ("fixed point", 1),
        ("period", 3),
        ("chaotic", 0),
        ("chaotic", 0),
        ("chaotic", 0),
        ("period", 4),
        ("period", 4),
    ]


def test_a_rotation_that_saturates_is_quasi_periodic():
    turn = 1.2 * np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    (found,) = attractors(maps.tanh_network(turn), np.array([[0.3, 0.0]]), T=4000)
    assert found.kind == "quasi-periodic"
    assert found.exponent == pytest.approx(0.0, abs=5e-3)


@pytest.mark.slow
def test_what_diverges_and_what_cannot_be_decided():
    kinds = [a.kind for a in attractors(maps.henon(), np.array([[50.0, 0.0], [0.1, 0.0]]))]
    assert kinds == ["diverged", "chaotic"]
    (slow,) = attractors(maps.logistic(3.5), np.array([[0.3]]), longest=2)  # its period is 4
    assert (slow.kind, slow.period) == ("undecided", 0)


def test_an_orbit_is_the_states_after_the_burn_in():
    whole = orbit(maps.logistic(3.9), np.array([[0.3]]), 50)
    assert whole.shape == (50, 1, 1)
    assert (orbit(maps.logistic(3.9), np.array([[0.3]]), 50, burn_in=20) == whole[20:]).all()
    diagram = orbit(maps.logistic(np.array([2.5, 3.2])), np.full((2, 1), 0.3), 600, burn_in=500)
    assert [len(np.unique(column.round(6))) for column in diagram[:, :, 0].T] == [1, 2]


def test_a_driven_cell_has_orbits_too():
    rng = np.random.default_rng(0)
    cell = LSTM(2, 3)
    params, X = cell.init(rng), rng.standard_normal((20, 4, 2))
    from minirnn import unroll

    states = orbit(network(cell, params, X), np.zeros((4, 6)), 20)
    np.testing.assert_allclose(states, unroll(cell, params, X)[1:], atol=1e-15)


def test_bad_input():
    with refused(ValueError, "T must be an integer >= 1193", "got 1100"):
        attractors(maps.henon(), np.zeros((1, 2)), T=1100)
    with refused(ValueError, "burn_in must be an integer from 0 to 9"):
        orbit(maps.henon(), np.zeros((1, 2)), 10, burn_in=10)
