"""Ω: its value in cases that can be done by hand, and its two gradients against two other routes each."""

from functools import partial

import numpy as np
import pytest

from minirnn import LSTM, VanillaRNN, backward, bptt, unroll
from minirnn.core import initializers
from minirnn.gradients import referee
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.regularizers import (
    omega,
    omega_full,
    omega_immediate,
    omega_of,
    regularized_bptt,
    traced_adjoints,
)
from minirnn.learning.training import train
from tests.helpers import distance, random_case, refused

CELLS = [VanillaRNN(2, 4, activation=name) for name in ("tanh", "sigmoid", "identity")]
each = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.activation)
reading = pytest.mark.parametrize("reading", [losses.at_end, losses.at_every_step])


def case(cell, reading=losses.at_end, T=6, B=3):
    params, X, h0, loss = random_case(np.random.default_rng(5), cell, T, B, reading, losses.softmax_cross_entropy)
    H = unroll(cell, params, X, h0)
    dE = loss(params, H[1:])[1]
    D = scan(cell, params, H, dE)
    return params, X, h0, loss, D, traced_adjoints(params["W"], D, dE)


def scan(cell, params, H, dE):
    """The adjoints by a loop of their own, from this h0."""
    D, carry = np.zeros_like(dE), 0.0
    for t in reversed(range(len(dE))):
        slope = {"tanh": 1 - H[t + 1] ** 2, "sigmoid": H[t + 1] * (1 - H[t + 1]), "identity": 1.0}[cell.activation]
        D[t] = (dE[t] + carry) * slope
        carry = D[t] @ params["W"]
    return D


def test_a_scalar_chain_by_hand():
    """h_t = λ h_{t-1}: every ratio of squares is λ², so Ω = (λ² - 1)² and dΩ/dλ = 4λ(λ² - 1)."""
    for lam in (0.3, 1.0, 1.7):
        cell, one = VanillaRNN(1, 1, activation="identity"), np.ones((1, 1))
        params = {"W": lam * one, "U": one, "b": np.zeros(1), "V": one, "c_out": np.zeros(1)}
        value, gradient = omega_full(
            cell, params, np.ones((5, 2, 1)), losses.at_end(losses.squared_error, np.zeros((2, 1)))
        )
        assert value == pytest.approx((lam**2 - 1) ** 2, abs=1e-14)
        assert gradient["W"].item() == pytest.approx(4 * lam * (lam**2 - 1), abs=1e-12)


def test_orthogonal_weights_without_saturation_cost_nothing():
    rng = np.random.default_rng(0)
    W, delta = initializers.orthogonal(rng, (5, 5)), rng.standard_normal((4, 3, 5))
    assert omega(W, delta, delta) == pytest.approx(0, abs=1e-28)
    np.testing.assert_allclose(omega_immediate(W, delta, delta), 0, atol=1e-14)
    assert omega(0.5 * W, delta, delta) == pytest.approx((0.25 - 1) ** 2, rel=1e-12)


@each
@reading
def test_immediate_gradient_is_that_of_omega_with_states_and_adjoints_held(cell, reading):
    params, *_, D, delta = case(cell, reading)
    expected = referee.central_differences(lambda p: omega(p["W"], D, delta), {"W": params["W"]})
    assert distance({"W": omega_immediate(params["W"], D, delta)}, expected) < 1e-7


@each
@reading
def test_full_gradient_is_that_of_central_differences_and_not_the_immediate_one(cell, reading):
    params, X, h0, loss, D, delta = case(cell, reading)
    value, gradient = omega_full(cell, params, X, loss, h0=h0)
    assert value == pytest.approx(omega(params["W"], D, delta), rel=1e-12)
    expected = referee.central_differences(lambda p: float(omega_of(cell, p, X, loss, h0=h0)), params)
    assert distance(gradient, expected) < 1e-6
    assert np.abs(gradient["W"] - omega_immediate(params["W"], D, delta)).max() > 1e-3
    assert (cell.activation == "identity" and reading is losses.at_end) or np.abs(gradient["U"]).max() > 1e-4


@each
@reading
def test_regularized_bptt_adds_it_to_the_gradient_of_w_alone(cell, reading):
    params, X, h0, loss, D, delta = case(cell, reading)
    E, plain = bptt(cell, params, X, loss, h0)
    again, gradient = regularized_bptt(cell, params, X, loss, alpha=3.0, h0=h0)
    assert again == E
    plain["W"] = plain["W"] + 3 * omega_immediate(params["W"], D, delta)
    assert distance(gradient, plain) < 1e-12


def test_alpha_0_is_bptt():
    cell = CELLS[0]
    params, X, h0, loss, *_ = case(cell)
    assert distance(regularized_bptt(cell, params, X, loss, 0.0, h0=h0)[1], bptt(cell, params, X, loss, h0)[1]) == 0


def test_tiny_adjoints_are_left_out_of_the_mean():
    delta = np.ones((2, 1, 3))
    delta[0] = 1e-12  # ‖δ‖² = 3e-24
    W = np.diag([2.0, 2.0, 2.0])
    assert omega(W, delta, delta) == pytest.approx(9.0)
    halves = omega_immediate(W, delta, delta), omega_immediate(W, delta[1:], delta[1:])
    np.testing.assert_allclose(*halves)
    assert omega(W, delta[:1], delta[:1]) == 0
    assert (omega_immediate(W, delta[:1], delta[:1]) == 0).all()
    assert omega(W, delta[:1], delta[:1], bound=1e-30) == pytest.approx(9.0)
    assert omega(W, 0 * delta, 0 * delta) == 0  # nothing is divided by zero


def test_adjoints_of_the_states_are_those_of_backward():
    cell = CELLS[0]
    params, X, _, loss, *_ = case(cell, losses.at_every_step)
    H = unroll(cell, params, X)
    dE = loss(params, H[1:])[1]
    D = backward(cell, params, X, H, dE)
    np.testing.assert_allclose(traced_adjoints(params["W"], D, dE), D / (1 - H[1:] ** 2), rtol=1e-10)


def test_training_with_it_raises_the_adjoint_at_the_first_step():
    def trained(alpha):
        rng, cell = np.random.default_rng(0), VanillaRNN(6, 20)
        params = cell.init(rng, partial(initializers.gaussian, std=0.1)) | losses.init_readout(rng, cell, 4)
        loss = partial(losses.at_end, losses.softmax_cross_entropy)
        batch = partial(tasks.temporal_order, B=10, T=20)
        by = partial(regularized_bptt, alpha=alpha)
        run = train(cell, params, batch, loss, optimizers.sgd(0.1), 100, rng, clip=1.0, gradient=by, progress=False)
        X, target = batch(np.random.default_rng(1))
        H = unroll(cell, run.params, X)
        D = backward(cell, run.params, X, H, loss(target)(run.params, H[1:])[1])
        return np.linalg.norm(D[0]) / np.linalg.norm(D[-1])

    assert trained(4.0) > 100 * trained(0.0)


def test_bad_arguments():
    cell = CELLS[0]
    params, X, _, loss, *_ = case(cell)
    with refused(TypeError, "cell must be a VanillaRNN", "LSTM"):
        regularized_bptt(LSTM(2, 4), params, X, loss, 1.0)
    with refused(ValueError, "alpha must be a finite number >= 0", "-1"):
        regularized_bptt(cell, params, X, loss, -1.0)
    with refused(ValueError, "bound must be a finite number > 0", "0"):
        omega_full(cell, params, X, loss, bound=0.0)
    with refused(ValueError, "X must be (T, B, 2)"):
        regularized_bptt(cell, params, X[..., :1], loss, 1.0)


@pytest.mark.parametrize("size", [1e-150, 1e-20, 1.0, 1e150, 1e300])
def test_omega_does_not_depend_on_the_size_of_the_adjoints(size):
    """It is a ratio; squares of adjoints that explode or vanish leave the floats before the adjoints do."""
    rng = np.random.default_rng(0)
    W, D, delta = rng.standard_normal((3, 3)), *rng.standard_normal((2, 5, 2, 3))
    scaled = size * D, size * delta
    for f in (omega, omega_immediate):
        np.testing.assert_allclose(f(W, *scaled, bound=1e-320), f(W, D, delta), rtol=1e-12)
