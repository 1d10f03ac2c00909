"""Chaos-free and contractive networks: the step by its definition, and what they must not do."""

import numpy as np
import pytest

from minirnn import LSTM, ChaosFreeRNN, unroll
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.dynamics.maps import tanh_network
from minirnn.learning import optimizers
from minirnn.learning.contraction import contractive_lstm, limit_rows, projected
from tests.helpers import random_params, refused


def logistic(a):
    return 1 / (1 + np.exp(-a))


def test_chaos_free_step_gate_by_gate():
    rng, cell = np.random.default_rng(0), ChaosFreeRNN(2, 3)
    params, X, h = random_params(rng, cell), rng.standard_normal((1, 2, 2)), rng.standard_normal((2, 3))
    W, U, b = params["W"].reshape(2, 3, 3), params["U"].reshape(3, 3, 2), params["b"].reshape(2, 3)
    theta, eta = (logistic(h @ W[k].T + X[0] @ U[k].T + b[k]) for k in range(2))
    expected = theta * np.tanh(h) + eta * np.tanh(X[0] @ U[2].T)
    np.testing.assert_allclose(unroll(cell, params, X, h)[1], expected, atol=1e-15)


@pytest.mark.parametrize("size", [1.0, 30.0])
def test_without_input_every_unit_of_a_chaos_free_network_decays_whatever_its_weights(size):
    rng, cell = np.random.default_rng(1), ChaosFreeRNN(1, 20)
    params = {key: size * value for key, value in random_params(rng, cell).items()}
    H = np.abs(unroll(cell, params, np.zeros((3000, 5, 1)), rng.standard_normal((5, 20))))
    assert (np.diff(H, axis=0) <= 0).all()
    assert H[-1].max() < 0.05
    assert (H[10] < H[0]).all()


def test_chaos_free_biases_start_as_in_the_paper():
    assert ChaosFreeRNN(1, 2).init(np.random.default_rng(0))["b"].tolist() == [1, 1, -1, -1]


def large_lstm(rng, n=6):
    cell = LSTM(1, n)
    return cell, {key: 5 * value for key, value in random_params(rng, cell, outputs=2).items()}


def test_a_projected_lstm_keeps_the_conditions_and_all_else():
    _, params = large_lstm(np.random.default_rng(0))
    moved = contractive_lstm(params, keep=0.64, largest_input=0.5)
    i, f, g, o = (np.abs(W).sum(axis=1).max() for W in np.split(moved["W"], 4))
    assert max(i, o) <= 0.36 + 1e-12
    assert g <= 0.09 + 1e-12
    assert f <= 0.36**2 + 1e-12
    assert (moved["V"] == params["V"]).all()
    U, b = moved["U"][6:12], moved["b"][6:12]
    assert logistic(f + 0.5 * np.abs(U).sum(axis=1).max() + np.abs(b).max()) <= 0.64 + 1e-12
    again = contractive_lstm(moved, keep=0.64, largest_input=0.5)
    assert all(np.allclose(again[key], moved[key], atol=1e-14) for key in moved)


def test_a_projected_lstm_forgets_at_a_geometric_rate_and_is_not_chaotic():
    rng = np.random.default_rng(2)
    for seed in range(5):
        cell, params = large_lstm(np.random.default_rng(seed))
        params, X = contractive_lstm(params), np.repeat(rng.uniform(-1, 1, (60, 1, 1)), 2, axis=1)
        h0 = np.hstack([rng.uniform(-1, 1, (2, 6)), 2 * rng.standard_normal((2, 6))])
        H = unroll(cell, params, X, h0)
        apart = np.abs(H[:, 0] - H[:, 1]).max(axis=1)
        assert apart[60] < 0.72**55 * apart[0]
        assert lyapunov_exponents(cell, params, X[:, :1]).item() < np.log(0.72)


def test_a_projected_optimizer_never_leaves_the_set():
    optimizer = projected(optimizers.sgd(1.0), lambda p: {"w": np.clip(p["w"], -1, 1)})
    params, _ = optimizer.update({"w": np.zeros(2)}, {"w": np.array([5.0, -0.5])}, optimizer.init({}))
    assert params["w"].tolist() == [-1.0, 0.5]


def test_rows_of_zeros_stay():
    assert (limit_rows(np.zeros((2, 3)), 1.0) == 0).all()


def test_bad_input():
    _, params = large_lstm(np.random.default_rng(0))
    with refused(ValueError, "keep must be at least 0.6", "got 0.52"):
        contractive_lstm(params, keep=0.52)
    with refused(ValueError, "keep must be a finite number > 0.5 and < 1"):
        contractive_lstm(params, keep=1.0)
    with refused(ValueError, "largest_input", "> 0"):
        contractive_lstm(params, largest_input=0.0)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda: limit_rows(np.ones(3), 1.0), ["M must be (rows, columns)", "(3,)"]),
        (lambda: limit_rows(np.ones((2, 2), int), 1.0), ["M must be a float32 or float64 array"]),
        (lambda: contractive_lstm({}), ["params must be a non-empty dict of arrays"]),
        (lambda: contractive_lstm({"W": np.ones((4, 1))}), ["params must hold W, U, b; U is missing"]),
        (
            lambda: contractive_lstm({"W": np.ones((3, 2)), "U": np.ones((8, 1)), "b": np.ones(8)}),
            ["params['W'] must be (8, 2), got (3, 2)"],
        ),
        (lambda: tanh_network(np.array(1.0)), ["W must be (n, n) or (B, n, n), got ()"]),
        (lambda: tanh_network(np.ones((2, 3))), ["W must be (n, n) or (B, n, n), got (2, 3)"]),
    ],
)
def test_what_does_not_fit_is_named(f, words):
    with refused((TypeError, ValueError), *words):
        f()
