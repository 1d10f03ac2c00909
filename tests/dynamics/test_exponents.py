"""Jacobians against central differences; Lyapunov exponents with known answers, exact identities and edge cases."""

import numpy as np
import pytest

from minirnn import LSTM, DiagonalRNN, IndRNN, LinearRNN, ResetFirstGRU, VanillaRNN, bptt, unroll
from minirnn.dynamics import maps
from minirnn.dynamics.exponents import (
    jacobian,
    lyapunov_exponents,
    network,
    orthonormalize,
    spectrum,
)
from minirnn.dynamics.systems import autonomous
from minirnn.gradients.referee import central_differences
from minirnn.learning import losses
from tests.helpers import all_cells, random_params, refused


def linear(W):
    """The map x -> W x as a network, and its parameters."""
    n = len(W)
    return LinearRNN(1, n), {"W": np.array(W, float), "U": np.zeros((n, 1)), "b": np.zeros(n)}


def zeros(T, B=1, m=1):
    return np.zeros((T, B, m))


# ---------------------------------------------------------------- Jacobians


@all_cells
def test_the_jacobian_agrees_with_central_differences(cell):
    rng = np.random.default_rng(0)
    params, B, N = random_params(rng, cell), 3, cell.n_state
    h = rng.standard_normal((B, N))
    drive = cell.drive(params, rng.standard_normal((B, cell.m)))
    J = jacobian(cell, params, h, drive)
    assert J.shape == (B, N, N)
    for i in range(N):  # states do not see each other, so the sum over the batch gives all rows i at once
        rows = central_differences(lambda p, i=i: cell.step(params, p["h"], drive)[:, i].sum(), {"h": h})["h"]
        np.testing.assert_allclose(J[:, i], rows, atol=1e-8)


# ---------------------------------------------------------------- known answers


def test_a_linear_map_has_the_logarithms_of_its_eigenvalues_in_descending_order():
    S = np.random.default_rng(0).standard_normal((4, 4))
    W = S @ np.diag([0.3, -2.0, 0.9, 1.1]) @ np.linalg.inv(S)  # not normal: singular values are something else
    cell, params = linear(W)
    exponents = lyapunov_exponents(cell, params, zeros(600), k=4, burn_in=300)[0]
    np.testing.assert_allclose(exponents, np.log([2.0, 1.1, 0.9, 0.3]), atol=1e-9)
    assert abs(np.log(np.linalg.svd(W)[1]) - exponents).max() > 0.1


def test_a_scaled_rotation_has_a_pair_of_equal_exponents():
    cell, params = linear(0.7 * np.array([[0.6, -0.8], [0.8, 0.6]]))
    exponents = lyapunov_exponents(cell, params, zeros(10), k=2)
    np.testing.assert_allclose(exponents, np.log(0.7), atol=1e-14)


@pytest.mark.slow
def test_the_spectrum_of_the_chaotic_lstm():
    """ribeiro2020's weights, rows i, f, g, o, without bias and input; the spectrum of a run of 1e5 steps.

    The mean of the last exponent over 80 short runs has a standard error of 0.0035; over 20 it would have 0.0065, and
    where it fell would be a matter of the last bits.
    """
    W = [[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]]
    params = {"W": np.array(W, float), "U": np.zeros((8, 1)), "b": np.zeros(8)}
    h0 = 0.5 + 1e-3 * np.random.default_rng(0).standard_normal((80, 4))  # 80 short runs cost about as much as one
    exponents = lyapunov_exponents(LSTM(1, 2), params, zeros(2500, 80), k=4, burn_in=500, h0=h0)
    np.testing.assert_allclose(exponents.mean(axis=0), [0.170, -0.385, -1.679, -4.62], atol=0.01)


@pytest.mark.parametrize("gain", [0.5, 0.9])
def test_a_tanh_network_at_rest_has_the_exponent_of_its_spectral_radius(gain):
    W = np.random.default_rng(1).standard_normal((8, 8))
    W *= gain / np.abs(np.linalg.eigvals(W)).max()
    params = {"W": W, "U": np.zeros((8, 1)), "b": np.zeros(8)}
    largest = lyapunov_exponents(VanillaRNN(1, 8), params, zeros(1500), burn_in=500)
    assert largest.item() == pytest.approx(np.log(gain), abs=5e-3)


# ---------------------------------------------------------------- identities


@all_cells
def test_all_exponents_together_are_the_mean_logarithm_of_the_determinant(cell):
    rng = np.random.default_rng(2)
    params, X = random_params(rng, cell), rng.standard_normal((9, 2, cell.m))
    h0 = rng.standard_normal((2, cell.n_state))
    if getattr(cell, "activation", "") == "relu":
        params = {key: np.abs(value) for key, value in params.items()}  # no unit is off: no determinant is 0
        X, h0 = np.abs(X), np.abs(h0)
    H, drive = unroll(cell, params, X, h0), cell.drive(params, X)
    logs = [np.linalg.slogdet(jacobian(cell, params, H[t], drive[t]))[1] for t in range(9)]
    exponents = lyapunov_exponents(cell, params, X, k=cell.n_state, burn_in=4, h0=h0)
    np.testing.assert_allclose(exponents.sum(axis=1), np.mean(logs[4:], axis=0), atol=1e-9)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_first_exponents_do_not_depend_on_how_many_are_asked_for(k):
    rng = np.random.default_rng(3)
    cell = VanillaRNN(2, 3)
    params, X = random_params(rng, cell), rng.standard_normal((50, 2, 2))
    every = lyapunov_exponents(cell, params, X, k=3, burn_in=30)
    np.testing.assert_allclose(lyapunov_exponents(cell, params, X, k=k, burn_in=30), every[:, :k], atol=1e-6)


def test_sequences_of_a_batch_do_not_see_each_other():
    rng = np.random.default_rng(4)
    cell = LSTM(2, 3)
    params, X = random_params(rng, cell), rng.standard_normal((20, 3, 2))
    together = lyapunov_exponents(cell, params, X, k=2)
    alone = [lyapunov_exponents(cell, params, X[:, [b]], k=2)[0] for b in range(3)]
    np.testing.assert_allclose(together, alone, atol=1e-12)


# ---------------------------------------------------------------- edges


def test_the_largest_exponent_of_a_diagonal_cell_is_found_whichever_unit_has_it():
    cell = IndRNN(1, 3, activation="identity")
    params = {"w": np.array([0.5, 2.0, 0.1]), "U": np.zeros((3, 1)), "b": np.zeros(3)}
    assert lyapunov_exponents(cell, params, zeros(100), burn_in=50).item() == pytest.approx(np.log(2), abs=1e-9)
    cell = DiagonalRNN(1, 2)
    params = random_params(np.random.default_rng(0), cell) | {"nu": np.array([0.3, 0.9])}
    exponents = lyapunov_exponents(cell, params, zeros(100), k=4, burn_in=50)[0]
    np.testing.assert_allclose(exponents, np.log([0.9, 0.9, 0.3, 0.3]), atol=1e-9)


def test_what_is_annihilated_has_minus_infinity_without_a_warning():
    cell, params = linear(np.zeros((2, 2)))
    assert (lyapunov_exponents(cell, params, zeros(5), k=2) == -np.inf).all()
    cell, params = linear([[0.5, 1.0], [0.0, 0.0]])
    first, second = lyapunov_exponents(cell, params, zeros(50), k=2, burn_in=10)[0]
    assert first == pytest.approx(np.log(0.5), abs=1e-9)
    assert second < -30


def test_an_explosion_is_a_result():
    cell, params = linear(1e200 * np.eye(2))
    exponents = lyapunov_exponents(cell, params, zeros(20), k=2, h0=np.ones((1, 2)))
    np.testing.assert_allclose(exponents, 200 * np.log(10), rtol=1e-12)
    params["W"][0, 1] = np.nan
    assert np.isnan(lyapunov_exponents(cell, params, zeros(20), k=2)).all()


def test_bad_input():
    cell, params = linear(np.eye(2))
    for k in (0, 3):
        with refused(ValueError, "k must be an integer from 1 to 2", f"got {k}"):
            lyapunov_exponents(cell, params, zeros(5), k=k)
    for burn_in in (-1, 5):
        with refused(ValueError, "burn_in must be an integer from 0 to 4", f"got {burn_in}"):
            lyapunov_exponents(cell, params, zeros(5), burn_in=burn_in)
    with refused(TypeError, "k must be an integer", "float"):
        lyapunov_exponents(cell, params, zeros(5), k=1.0)
    with refused(ValueError, "X must be (T, B, 1)", "(5, 1, 2)"):
        lyapunov_exponents(cell, params, zeros(5, m=2))
    with refused(ValueError, "h0 must be (1, 2)", "(2, 2)"):
        lyapunov_exponents(cell, params, zeros(5), h0=np.zeros((2, 2)))
    with refused(ValueError, "params must hold W, U, b", "b is missing"):
        lyapunov_exponents(cell, {key: params[key] for key in "WU"}, zeros(5))


# ---------------------------------------------------------------- any system: batches, errors, divergence

W_LSTM = np.array([[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]], float)


def scaled(cell, W, scales):
    return network(cell, [{"W": s * W, "U": np.zeros((len(W), 1)), "b": np.zeros(len(W))} for s in scales])


@pytest.mark.slow
def test_the_exponent_of_the_chaotic_lstm_over_its_scale():
    """ribeiro2020's weights, all at once; 20 000 steps each, tolerance 0.01 (0.02 where chaos is weak)."""
    known = {0.5: -0.557, 0.7: -0.142, 0.8: -0.449, 0.9: 0.135, 0.95: 0.205, 1.0: 0.169}
    known |= {1.05: 0.170, 1.1: 0.038, 1.25: 0.191, 1.5: -0.485, 2.0: -0.972}
    system = scaled(LSTM(1, 2), W_LSTM, known)
    found = spectrum(system, np.full((len(known), 4), 0.5), 12_000, k=1, burn_in=2000)
    np.testing.assert_allclose(found.exponents[:, 0], list(known.values()), atol=0.02)
    assert (found.errors < 0.01).all()


@pytest.mark.slow
def test_the_spectrum_of_the_chaotic_gru():
    """laurent2017's weights: rows r, z, s, where our z is 1 - z of the paper, so A_z has the other sign."""
    W = np.array([[0, 1], [1, 0], [0, -1], [-1, -1], [-5, -8], [8, 5]], float)
    h0 = 0.5 + 1e-3 * np.random.default_rng(0).standard_normal((40, 2))
    found = spectrum(scaled(ResetFirstGRU(1, 2), W, np.ones(40)), h0, 5500, burn_in=500)
    np.testing.assert_allclose(found.exponents.mean(0), [0.220, -0.538], atol=5e-3)


@all_cells
def test_networks_side_by_side_are_each_what_they_are_alone(cell):
    rng = np.random.default_rng(5)
    params = [random_params(rng, cell) for _ in range(3)]
    X, h0 = rng.standard_normal((12, 3, cell.m)), rng.standard_normal((3, cell.n_state))
    together = spectrum(network(cell, params, X), h0, 12)
    for b in range(3):
        alone = spectrum(network(cell, params[b], X[:, [b]]), h0[[b]], 12)
        np.testing.assert_allclose(together.exponents[b], alone.exponents[0], atol=1e-10)


def test_a_cell_without_parameters_is_a_system_too():
    """The dtype is that of what there is, here a readout's."""
    fixed = type(
        "Halved", (LinearRNN,), {"shapes": lambda self: {}, "step": lambda self, params, h, drive: 0.5 * h}
    )
    fixed.drive = lambda self, params, X: X
    fixed.linearize = lambda self, params, drive, H_prev, H: (np.ones_like(H),)
    fixed.vjp_step = lambda self, params, local, delta: (0.5 * delta, 0 * delta)
    fixed.jvp_step = lambda self, params, local, V: 0.5 * V
    system = network(fixed(2, 2), {"c_out": np.zeros(1)})
    np.testing.assert_allclose(spectrum(system, np.ones((1, 2)), 30).exponents, np.log(0.5))


def test_both_ways_to_decompose_agree_with_the_matrix():
    V = np.random.default_rng(0).standard_normal((9, 5, 4))
    Q, sizes = orthonormalize(V)
    np.testing.assert_allclose(Q.mT @ Q, np.broadcast_to(np.eye(4), (9, 4, 4)), atol=1e-14)
    np.testing.assert_allclose(sizes, [orthonormalize(v[None])[1][0] for v in V], atol=1e-12)


def test_a_direction_that_is_annihilated_once_in_the_burn_in_is_not_lost():
    h0 = np.full((9, 1), 0.5)  # the slope of the logistic map is 0 there
    found = spectrum(maps.logistic(np.linspace(3.9, 3.98, 9)), h0, 3000, burn_in=10).exponents[:, 0]
    alone = spectrum(maps.logistic(3.9), h0[:1], 3000, burn_in=10).exponents.item()
    assert found[0] == pytest.approx(alone, abs=1e-12)
    assert (found > -5).all()


@pytest.mark.slow
def test_decomposing_less_often_changes_nothing_but_rounding():
    h0 = np.full((1, 2), 0.1)
    every = [spectrum(maps.henon(), h0, 2000, burn_in=200, every=e).exponents for e in (1, 5)]
    np.testing.assert_allclose(every[0], every[1], atol=2e-3)
    np.testing.assert_allclose(every[1].sum(), np.log(0.3), atol=1e-9)


@pytest.mark.slow
def test_the_error_beside_the_value_says_when_a_run_is_too_short():
    truth, system = 0.4192, maps.henon()
    h0 = 0.1 * np.random.default_rng(1).standard_normal((30, 2))
    short, long = (spectrum(system, h0, T, 1, burn_in=100) for T in (200, 10_100))
    assert long.errors.mean() < 0.005 < 0.02 < short.errors.mean()
    within = np.abs(long.exponents - truth) < 4 * long.errors
    assert within.mean() > 0.9
    assert np.isinf(spectrum(system, h0, 105, 1, burn_in=100).errors).all()  # fewer than ten blocks


def test_divergence_is_reported_at_its_step_and_the_rest_of_the_batch_goes_on():
    with np.errstate(over="raise", invalid="raise"):  # no warning escapes
        found = spectrum(maps.henon(), np.array([[0.1, 0.1], [50.0, 0.0]]), 2000)
    assert found.diverged[0] == 0 < found.diverged[1] < 15
    assert found.exponents[0, 0] == pytest.approx(0.4192, abs=0.02)
    assert np.isfinite(found.exponents[1]).all()  # of the steps until then
    assert np.isinf(found.errors[1]).all()


def test_bad_systems():
    with refused(TypeError, "jacobian must be a function (B, n) -> (B, n, n)", "NoneType"):
        autonomous(1, lambda x: x, None)
    with refused(TypeError, "f must be a function"):
        autonomous(1, 3.0, lambda x: x)
    with refused(ValueError, "k must be an integer from 1 to 2", "got 3"):
        spectrum(maps.henon(), np.zeros((1, 2)), 10, k=3)
    with refused(ValueError, "h0 must be (B, 2)", "(2,)"):
        spectrum(maps.henon(), np.zeros(2), 10)
    with refused(ValueError, "every must be an integer from 1 to 5"):
        spectrum(maps.henon(), np.zeros((1, 2)), 10, burn_in=5, every=6)
    with refused(ValueError, "params must be", "empty list"):
        network(LSTM(1, 2), [])
    cell, params = linear(np.eye(2))
    with refused(ValueError, "X must be (T, 2, 1)", "(5, 3, 1)"):
        network(cell, [params, params], zeros(5, 3))


# ---------------------------------------------------------------- what it costs


@all_cells
def test_one_direction_is_pushed_without_a_jacobian(cell, monkeypatch):
    rng = np.random.default_rng(0)
    params, X = random_params(rng, cell), rng.standard_normal((6, 2, cell.m))
    H, drive = unroll(cell, params, X), cell.drive(params, X)
    start = np.random.default_rng(0).standard_normal(cell.n_state)
    v = np.tile(start / np.linalg.norm(start), (2, 1))
    for t in range(6):
        v = np.einsum("bij,bj->bi", jacobian(cell, params, H[t], drive[t]), v)
    with np.errstate(divide="ignore"):  # a ReLU that is off annihilates
        known = np.log(np.linalg.norm(v, axis=1)) / 6
    monkeypatch.setattr(type(cell), "vjp_step", None)
    several = spectrum(network(cell, [params, params], X), np.zeros((2, cell.n_state)), 6, k=1)
    np.testing.assert_allclose(lyapunov_exponents(cell, params, X)[:, 0], known, atol=1e-12)
    np.testing.assert_allclose(several.exponents[:, 0], known, atol=1e-12)


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_columns_whose_squares_leave_the_range_of_floats(k, size):
    V = np.random.default_rng(0).standard_normal((9, 3, k))
    Q, sizes = orthonormalize(size * V)
    np.testing.assert_allclose(sizes, orthonormalize(V)[1] + np.log(size), rtol=1e-12)
    np.testing.assert_allclose(Q.mT @ Q, np.broadcast_to(np.eye(k), (9, k, k)), atol=1e-14)


def test_exponents_of_float32_states_are_those_of_float64():
    rng, cell = np.random.default_rng(0), LSTM(2, 4)
    params, X = random_params(rng, cell), rng.standard_normal((40, 3, 2))
    narrow = {key: value.astype(np.float32) for key, value in params.items()}
    exponents = lyapunov_exponents(cell, params, X, k=3)
    np.testing.assert_allclose(lyapunov_exponents(cell, narrow, X.astype(np.float32), k=3), exponents, atol=1e-5)


class Former(VanillaRNN):
    """A cell by the contract without `jvp_step`."""

    jvp_step = property()  # type: ignore[assignment]  # to have it raises AttributeError


def test_a_cell_without_a_rule_for_directions_works_everywhere():
    rng, cell = np.random.default_rng(4), Former(2, 3)
    assert not hasattr(cell, "jvp_step")
    several = [random_params(rng, cell) for _ in range(2)]
    X, h0 = rng.standard_normal((30, 2, 2)), rng.standard_normal((2, 3))
    for params in (several[0], several):
        found, whole = (spectrum(network(c, params, X), h0, 30).exponents for c in (cell, VanillaRNN(2, 3)))
        np.testing.assert_allclose(found, whole, rtol=1e-12)
    np.testing.assert_array_equal(unroll(cell, several[0], X), unroll(VanillaRNN(2, 3), several[0], X))
    loss = losses.at_end(losses.squared_error, np.ones((2, 3)))
    params = several[0] | losses.init_readout(rng, cell, outputs=3)
    assert bptt(cell, params, X, loss)[0] == bptt(VanillaRNN(2, 3), params, X, loss)[0]


def test_a_map_with_chance_in_it():
    rng = np.random.default_rng(0)
    noisy = autonomous(2, lambda x: 0.5 * x + rng.standard_normal(x.shape), lambda x: np.ones((len(x), 2, 2)))
    with refused(ValueError, "f must map states", "two values at the same x: is there chance in it?"):
        spectrum(noisy, np.zeros((1, 2)), 5)


def test_the_jacobian_names_parameters_that_are_missing():
    with refused(TypeError, "params must be a non-empty dict of arrays"):
        jacobian(VanillaRNN(1, 2), {}, np.zeros((1, 2)), np.zeros((1, 2)))
    with refused(ValueError, "params must hold W, U, b; U is missing"):
        jacobian(VanillaRNN(1, 2), {"W": np.eye(2)}, np.zeros((1, 2)), np.zeros((1, 2)))
