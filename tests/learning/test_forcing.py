"""Teacher forcing: forced cells are cells; what the strength does to orbits, exponents and gradients."""

import numpy as np
import pytest

from minirnn import GRU, LSTM, VanillaRNN, bptt, train, unroll
from minirnn.dynamics import forced, network, orbit, spectrum
from minirnn.dynamics.maps import henon, logistic
from minirnn.gradients import referee, rtrl
from minirnn.learning import optimizers
from minirnn.learning.forcing import Forced, StateError, bounding, forced_inputs, synchronizing
from tests.helpers import distance, random_params, refused


@pytest.mark.parametrize("cell", [Forced(VanillaRNN(2, 3)), Forced(LSTM(2, 3), d=2)])
def test_a_forced_cell_is_a_cell(cell):
    referee.check(cell)


def case(cell, T=9, B=2, d=3):
    rng = np.random.default_rng(0)
    return random_params(rng, cell), rng.standard_normal((T + 1, B, d)), rng.standard_normal((T, B, cell.m))


def test_full_forcing_is_one_step_from_the_data_and_none_is_a_free_run():
    cell = GRU(2, 3)
    params, data, X = case(cell)
    full = unroll(Forced(cell), params, forced_inputs(data, 1.0, X=X))[1:]
    assert np.allclose(full, cell.step(params, data[:-1], cell.drive(params, X)))
    free = unroll(Forced(cell), params, forced_inputs(data, X=X))[1:]
    assert np.allclose(free, unroll(cell, params, X, h0=data[0])[1:])


def test_sparse_forcing_runs_free_between_two_data():
    cell = VanillaRNN(2, 3)
    params, data, X = case(cell)
    sparse = unroll(Forced(cell), params, forced_inputs(data, every=4, X=X))[1:]
    for start in (0, 4, 8):
        free = unroll(cell, params, X[start : start + 4], h0=data[start])[1:]
        assert np.allclose(sparse[start : start + 4], free)


def test_full_forcing_survives_a_state_that_is_not_finite():
    cell = VanillaRNN(2, 3, activation="identity")
    params, data, X = case(cell)
    inputs = forced_inputs(data, 1.0, X=X)
    h0 = np.full((2, 3), np.inf)
    assert np.isfinite(unroll(Forced(cell), params, inputs, h0=h0)[1:]).all()


def test_so_does_a_forced_system():
    data = np.array([0.3, 1e200, 0.3, 0.4]).reshape(4, 1, 1)  # of 1e200 the logistic map makes -inf
    after = orbit(forced(logistic(4.0), data, 1.0), data[0], 4)[:, 0, 0]
    assert after[1] == -np.inf
    assert np.allclose(after[2:], [4 * 0.3 * 0.7, 4 * 0.4 * 0.6])


def test_the_gradient_is_of_the_loss_before_the_state_is_forced_and_runs_forwards_too():
    cell = Forced(GRU(2, 3))
    params, data, X = case(cell.cell)
    inputs, loss = forced_inputs(data, 0.3, X=X), StateError(data[1:])
    E, gradient = bptt(cell, params, inputs, loss)
    assert pytest.approx(0.5 * ((unroll(cell, params, inputs)[1:] - data[1:]) ** 2).sum(-1).mean()) == E
    assert distance(rtrl(cell, params, inputs, loss)[1], gradient) < 1e-12
    assert distance(referee.autograd_gradient(cell, params, inputs, loss)[1], gradient) < 1e-10


def data_of(system, start, T):
    return orbit(system, np.array([start]), T + 1000, 1000)


@pytest.mark.parametrize("alpha", [0.4, 0.5, 0.6])
def test_forcing_adds_the_logarithm_of_one_minus_alpha_to_the_exponent(alpha):
    data = data_of(logistic(4.0), [0.3], 201)
    found = spectrum(forced(logistic(4.0), data, alpha), data[0], 200, 1).exponents.item()
    free = np.log(abs(4 * (1 - 2 * data[:200]))).mean()
    assert found == pytest.approx(free + np.log(1 - alpha), abs=1e-9 if alpha == 0.6 else 0.01)


def test_a_network_and_a_forced_cell_have_the_same_conditional_exponents():
    cell = VanillaRNN(1, 3)
    params, data, _ = case(cell, T=60, B=1)
    X = np.concatenate([data[:-1], np.full((60, 1, 1), 0.3), np.zeros((60, 1, 1))], axis=-1)
    by_cell = spectrum(network(Forced(cell), params, X), data[0], 60, 3).exponents
    by_system = spectrum(forced(network(cell, params, X[..., 4:]), data[:-1], 0.3), data[0], 60, 3).exponents
    assert np.allclose(by_cell, by_system, atol=1e-10)


def test_orbits_meet_the_data_above_the_threshold_and_not_below():
    data = data_of(logistic(4.0), [0.3], 4000)
    apart = {}
    for alpha in (0.4, 0.55):
        starts = data[:3600:400, 0]
        windows = np.stack([data[s : s + 400, 0] for s in range(0, 3600, 400)], axis=1)
        end = orbit(forced(logistic(4.0), windows, alpha), starts + 1e-3, 399)[-1]
        apart[alpha] = np.median(abs(end - windows[399]))
    assert apart[0.55] < 1e-12 < 1e-3 < apart[0.4]


def test_known_strengths():
    """Exact for the logistic map, whose one-step growth has the geometric mean 2 and the largest value 4."""
    assert synchronizing(np.log(2)) == pytest.approx(0.5, abs=1e-15)
    slopes = 4 * (1 - 2 * data_of(logistic(4.0), [0.3], 3000)[:, 0, :, None])
    assert bounding(slopes) == pytest.approx(0.75, abs=1e-3)
    assert bounding(slopes, "geometric") == pytest.approx(0.5, abs=0.02)
    x = data_of(henon(), [0.1, 0.1], 3000)[:, 0, 0]
    J = np.stack([np.stack([-2.8 * x, np.ones_like(x)], -1), np.stack([0.3 + 0 * x, 0 * x], -1)], -2)
    assert bounding(J) == pytest.approx(0.733, abs=2e-3)
    assert bounding(J, "geometric") == pytest.approx(0.5165, abs=0.01)
    assert bounding(0.5 * np.ones((3, 1, 1))) == 0
    assert bounding(np.zeros((3, 1, 1)), "geometric") == 0


def test_wrong_arguments_are_named():
    data = np.zeros((5, 1, 2))
    with pytest.raises(ValueError, match="alpha must be"):
        forced_inputs(data, 1.5)
    with pytest.raises(ValueError, match="every must be None where alpha is given"):
        forced_inputs(data, 0.5, every=2)
    with pytest.raises(ValueError, match="every must be"):
        forced_inputs(data, every=0)
    with refused(ValueError, "X must be (4, 1, 3)", "(4, 1, 2)"):
        forced_inputs(np.zeros((5, 1, 1)), X=np.zeros((4, 1, 2)), m=3)
    assert forced_inputs(np.zeros((5, 1, 1)), m=3).shape == (4, 1, 5)
    with pytest.raises(ValueError, match="d must be an integer from 1 to 3"):
        Forced(VanillaRNN(1, 3), d=4)
    with pytest.raises(TypeError, match="cell must be"):
        Forced(VanillaRNN)
    with pytest.raises(ValueError, match="target must be"):
        StateError(np.zeros((5, 1, 2)))({}, np.zeros((4, 1, 2)))
    with pytest.raises(ValueError, match="mean must be one of"):
        bounding(np.zeros((2, 1, 1)), "arithmetic")


def test_a_forced_cell_trains():
    rng, cell = np.random.default_rng(0), VanillaRNN(1, 2)
    data = data_of(henon(), [0.1, 0.1], 200)[:, 0]
    data = (data - data.mean(0)) / data.std(0)

    def batch(rng):
        start = rng.integers(0, 180, 16)
        window = np.stack([data[start + k] for k in range(9)])
        return forced_inputs(window, 0.6), window[1:]

    adam = optimizers.adam(0.03)
    run = train(Forced(cell), cell.init(rng), batch, StateError, adam, updates=100, rng=rng, progress=False)
    assert np.mean(run.history["loss"][-10:]) < 0.7 * run.history["loss"][0]
