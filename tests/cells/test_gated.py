"""Gated cells against their definitions, written out gate by gate; what their biases start at."""

import numpy as np
import pytest

from minirnn import GRU, LSTM, MinGRU, ResetFirstGRU, VanillaRNN, bptt, unroll
from minirnn.gradients import backpropagation
from minirnn.learning import losses
from tests.helpers import distance, random_case, random_params, refused


def logistic(a):
    return 1 / (1 + np.exp(-a))


def setting(cell, seed=0):
    rng = np.random.default_rng(seed)
    return random_params(rng, cell), rng.standard_normal((1, 2, cell.m)), rng.standard_normal((2, cell.n_state))


def test_lstm_step_gate_by_gate():
    cell = LSTM(2, 3)
    params, X, state = setting(cell)
    h, c = state[:, :3], state[:, 3:]
    W, U, b = params["W"].reshape(4, 3, 3), params["U"].reshape(4, 3, 2), params["b"].reshape(4, 3)
    i, f, g, o = (h @ W[k].T + X[0] @ U[k].T + b[k] for k in range(4))
    c = logistic(f) * c + logistic(i) * np.tanh(g)
    h = logistic(o) * np.tanh(c)
    np.testing.assert_allclose(unroll(cell, params, X, state)[1], np.hstack([h, c]), atol=1e-15)


def test_gru_step_gate_by_gate():
    cell = GRU(2, 3)
    params, X, h = setting(cell)
    W, U, b = params["W"].reshape(3, 3, 3), params["U"].reshape(3, 3, 2), params["b"].reshape(3, 3)
    r = logistic(h @ W[0].T + X[0] @ U[0].T + b[0])
    z = logistic(h @ W[1].T + X[0] @ U[1].T + b[1])
    s = np.tanh(X[0] @ U[2].T + b[2] + r * (h @ W[2].T + params["c"]))
    np.testing.assert_allclose(unroll(cell, params, X, h)[1], (1 - z) * s + z * h, atol=1e-15)


def test_reset_first_gru_step_gate_by_gate():
    cell = ResetFirstGRU(2, 3)
    params, X, h = setting(cell)
    W, U, b = params["W"].reshape(3, 3, 3), params["U"].reshape(3, 3, 2), params["b"].reshape(3, 3)
    r = logistic(h @ W[0].T + X[0] @ U[0].T + b[0])
    z = logistic(h @ W[1].T + X[0] @ U[1].T + b[1])
    s = np.tanh(X[0] @ U[2].T + b[2] + (r * h) @ W[2].T)
    np.testing.assert_allclose(unroll(cell, params, X, h)[1], (1 - z) * s + z * h, atol=1e-15)


def test_mingru_step_gate_by_gate():
    cell = MinGRU(2, 3)
    params, X, h = setting(cell)
    U, b = params["U"].reshape(2, 3, 2), params["b"].reshape(2, 3)
    z = logistic(X[0] @ U[0].T + b[0])
    s = X[0] @ U[1].T + b[1]
    np.testing.assert_allclose(unroll(cell, params, X, h)[1], (1 - z) * h + z * s, atol=1e-15)


@pytest.mark.slow
def test_chaotic_lstm_of_the_literature_has_its_largest_lyapunov_exponent():
    """Rows i, f, g, o, no bias and no input: 0.169 at scale 1, -0.557 at scale 0.5 (ribeiro2020's weights)."""
    W = [[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]]
    cell, T = LSTM(1, 2), 20000
    for scale, exponent in ((1.0, 0.169), (0.5, -0.557)):
        params = {"W": scale * np.array(W, float), "U": np.zeros((8, 1)), "b": np.zeros(8)}
        X = np.zeros((T, 1, 1))
        H = unroll(cell, params, X, np.full((1, 4), 0.5))
        local = cell.linearize(params, cell.drive(params, X), H[:-1], H[1:])
        v, growth = np.ones((1, 4)), 0.0
        for t in reversed(range(T)):  # the transposed product has the same growth
            v, _ = cell.vjp_step(params, [a[t] for a in local], v)
            size = np.linalg.norm(v)
            v, growth = v / size, growth + np.log(size)
        assert growth / T == pytest.approx(exponent, abs=0.01)


@pytest.mark.parametrize("base", [LSTM, GRU])
def test_a_class_with_other_gates_has_the_loop_over_its_own_step(base):
    class Shut(base):
        def gates(self, params, h_prev, drive):
            return super().gates(params, h_prev, 0 * drive)

    cell = Shut(2, 3)
    params, X, state = setting(cell)
    np.testing.assert_array_equal(unroll(cell, params, X, state), unroll(cell, params, 2 * X, state))
    assert (Shut.scan, Shut.scan_adjoints) == (None, None)


@pytest.mark.parametrize("cell", [LSTM(2, 3), GRU(2, 3)], ids=repr)
@pytest.mark.parametrize("size", [1.0, 50.0])
def test_loops_that_make_no_array_agree_with_those_over_the_step(cell, size, monkeypatch):
    """Also where gates are shut or open to the last digit, and with a carry from later steps."""
    params, X, h0, loss = random_case(
        np.random.default_rng(1), cell, 40, 3, losses.at_every_step, losses.squared_error
    )
    monkeypatch.setattr(backpropagation, "BLOCK", 64)
    E, gradient = bptt(cell, params, size * X, loss, h0)
    monkeypatch.setattr(type(cell), "scan", None)
    monkeypatch.setattr(type(cell), "scan_adjoints", None)
    E_loops, by_loops = bptt(cell, params, size * X, loss, h0)
    assert pytest.approx(E_loops, rel=1e-13) == E
    assert distance(gradient, by_loops) < 1e-13


@pytest.mark.parametrize("cell", [VanillaRNN(2, 3), LSTM(2, 3), GRU(2, 3)], ids=repr)
def test_loops_that_make_no_array_take_arrays_of_any_layout(cell):
    """They hand their own arrays to `np.dot`, which takes no other layout for its result than that of C."""
    params, X, h0, loss = random_case(
        np.random.default_rng(1), cell, 9, 4, losses.at_every_step, losses.squared_error
    )
    expected = bptt(cell, params, X, loss, h0)[1]

    def turned(params, H):
        E, dE, readout = loss(params, H)
        return E, np.asfortranarray(dE), readout

    turned_params = {key: np.asfortranarray(p) for key, p in params.items()}
    gradient = bptt(cell, turned_params, np.asfortranarray(X), turned, np.asfortranarray(h0))[1]
    assert distance(gradient, expected) < 1e-13


def test_biases_start_where_memory_is_the_first_guess():
    rng = np.random.default_rng(0)
    assert LSTM(1, 2).init(rng)["b"].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert LSTM(1, 2).init(rng, forget_bias=-3)["b"].tolist() == [0, 0, -3, -3, 0, 0, 0, 0]
    assert GRU(1, 2).init(rng)["b"].tolist() == [0, 0, 1, 1, 0, 0]
    assert GRU(1, 2).init(rng, update_bias=4.0)["b"].tolist() == [0, 0, 4, 4, 0, 0]


@pytest.mark.parametrize(("cell", "large"), [(LSTM(1, 2), "forget_bias"), (GRU(1, 2), "update_bias")])
def test_an_open_memory_gate_keeps_the_state(cell, large):
    params = cell.init(np.random.default_rng(0), **{large: 100.0})
    params["b"][: cell.n] = -100.0  # LSTM: nothing is written; GRU: the reset gate is shut, which z ignores
    state = np.array([[0.3, -0.4] * (cell.n_state // 2)])
    H = unroll(cell, params, np.zeros((1000, 1, 1)), state)
    np.testing.assert_allclose(H[-1, :, -2:], state[:, -2:], atol=1e-12)


@pytest.mark.parametrize(("cell", "name"), [(LSTM(1, 2), "forget_bias"), (GRU(1, 2), "update_bias")])
def test_bad_biases_are_refused(cell, name):
    rng = np.random.default_rng(0)
    with refused(ValueError, name, "finite", "nan"):
        cell.init(rng, **{name: np.nan})
    with refused(TypeError, name, "real number", "ndarray"):
        cell.init(rng, **{name: np.ones(2)})
