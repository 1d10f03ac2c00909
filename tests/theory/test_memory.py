"""Memory kernels and their fits, the memory function, and what a change of the parameters does to a kernel."""

import numpy as np
import pytest

from minirnn import GRU, DiagonalRNN, LinearRNN, VanillaRNN, unroll
from minirnn.learning import losses
from minirnn.theory import memory
from minirnn.theory.memory import (
    airy,
    bump,
    fit,
    gradient_scale,
    modes,
    network_kernel,
    optimise,
    orthonormal_modes,
    power_law,
    project,
    two_exponentials,
)
from minirnn.theory.parametrizations import RATES
from tests.helpers import random_params, refused


def test_kernels_at_their_landmarks():
    assert power_law(1000)[[0, 9]] == pytest.approx([1, 10**-1.1])
    assert bump(100).argmax() == 50
    assert bump(100, 50, 3)[53] == pytest.approx(np.exp(-0.5))
    assert airy(100)[60] == pytest.approx(0.355028053887817)  # Ai(0)
    assert two_exponentials(3) == pytest.approx([1, 0.7, 0.53])


def test_the_kernel_of_a_network_is_its_response_to_an_impulse():
    rng, cell = np.random.default_rng(0), LinearRNN(m=1, n=4)
    params = random_params(rng, cell, outputs=1) | {"b": np.zeros(4), "c_out": np.zeros(1)}
    impulse = np.eye(1, 12).reshape(12, 1, 1)
    out = losses.readout(params, unroll(cell, params, impulse)[1:, 0])[:, 0]
    K = network_kernel(params["W"], params["U"][:, 0], params["V"][0], 12)
    np.testing.assert_allclose(K, out, rtol=1e-12)
    M = memory.memory_function(cell, params, 12, settle=5)
    np.testing.assert_allclose(M, np.abs(K), rtol=1e-9, atol=1e-12)


def test_complex_modes_are_those_of_a_diagonal_network():
    rng, cell = np.random.default_rng(1), DiagonalRNN(m=1, n=3)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    params["theta"] = rng.uniform(0.1, 3, 3)
    K = memory.memory_function(cell, params, 40, settle=1)
    impulse = np.eye(1, 40).reshape(40, 1, 1)
    out = losses.readout(params, unroll(cell, params, impulse)[1:, 0])[:, 0]
    found = fit(out, cell.eigenvalues(params))
    assert found.units == 6
    assert found.error < 1e-12
    np.testing.assert_allclose(K, np.abs(out), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("cell", [VanillaRNN(m=2, n=4), GRU(m=2, n=3)], ids=["tanh", "GRU"])
def test_the_memory_function_of_any_cell_is_that_of_small_steps_of_its_linearisation(cell):
    rng = np.random.default_rng(2)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=2)
    params = {key: 0.6 * value for key, value in params.items()}
    small, tiny = (memory.memory_function(cell, params, 20, size=size, settle=300) for size in (1e-4, 1e-5))
    np.testing.assert_allclose(small, tiny, rtol=1e-2, atol=1e-6)
    assert small.shape == (20,)


def test_two_exponentials_are_found_exactly_and_their_error_is_the_fact():
    """½(.9^k + .5^k): .16 with one unit, 7e-10 with two."""
    K = two_exponentials(1000)
    assert optimise(K, np.array([0.7])).error == pytest.approx(0.157, abs=1e-3)
    assert optimise(K, np.array([0.7, 0.3])).error < 1e-8
    assert fit(K, np.array([0.9, 0.5])).error < 1e-14


@pytest.mark.parametrize(("m", "error"), [(1, 0.25), (2, 0.083), (4, 0.011), (8, 7e-5)])
@pytest.mark.slow
def test_power_law_by_optimised_exponentials(m, error):
    """The facts' errors over 1000 steps, to the digits they have."""
    start = np.exp(-np.geomspace(1e-3, 1, m)) if m > 1 else np.array([0.8])
    assert optimise(power_law(1000), start, steps=200).error == pytest.approx(error, rel=0.05)


@pytest.mark.parametrize(
    ("kernel", "m", "error"), [(bump, 1, 0.96), (bump, 2, 0.92), (airy, 1, 0.95), (airy, 2, 0.91)]
)
def test_late_kernels_by_decaying_exponentials(kernel, m, error):
    rng = np.random.default_rng(0)
    starts = [np.exp(-np.exp(rng.uniform(-5, 0, m))) for _ in range(6)]
    best = min(optimise(kernel(1000), lam).error for lam in starts)
    assert best == pytest.approx(error, abs=0.006)


@pytest.mark.parametrize(
    "lam", [[0.9, 0.5], [0.9, 0.9, -0.4], [0.7j, 0.8 + 0.3j], [0.95 + 0.1j, 0.95 + 0.1j, 0.6]], ids=str
)
def test_the_chain_is_orthonormal_whether_eigenvalues_meet_or_not(lam):
    columns = orthonormal_modes(np.array(lam), 3000)
    np.testing.assert_allclose(columns.T @ columns, np.eye(columns.shape[1]), atol=1e-12)


def test_the_chain_spans_what_plain_powers_span():
    lam = np.array([0.9, 0.5, 0.8 + 0.3j])
    plain, Q = modes(lam, 60), np.linalg.qr(orthonormal_modes(lam, 60))[0]
    np.testing.assert_allclose(Q @ (Q.T @ plain), plain, atol=1e-12)
    K = power_law(60)
    assert project(K, lam).error == pytest.approx(fit(K, lam).error, rel=1e-9)


def test_equal_eigenvalues_fit_their_limit():
    """k λ^k and k² λ^k, which no sum of λ^k is; and the kernel is made of the chain and its weights."""
    k = np.arange(300)
    found = project((3 - k + 0.5 * k**2) * 0.8**k, np.full(3, 0.8))
    assert found.error < 1e-12
    np.testing.assert_allclose(orthonormal_modes(found.lam, 300) @ found.weights, found.kernel, atol=1e-12)


@pytest.mark.slow
def test_24_decaying_exponentials_leave_18_percent_of_a_late_bump():
    """The value with 400 digits; least squares on the powers themselves stopped at 0.48."""
    K = bump(1000)
    assert project(K, np.full(24, 0.575)).error == pytest.approx(0.179581, abs=2e-6)
    assert optimise(K, np.full(24, 0.6), steps=20).error < 0.182
    assert project(K, np.linspace(0.3, 0.8, 24)).error == pytest.approx(0.2374, abs=1e-4)


def test_a_pair_may_become_two_real_eigenvalues():
    K = two_exponentials(300)
    found = optimise(K, np.array([0.8 + 0.1j]), steps=100)
    assert found.error < 1e-6
    np.testing.assert_allclose(np.sort(found.lam.real), [0.5, 0.9], atol=1e-4)


def test_real_eigenvalues_keep_their_sign():
    K = (-0.7) ** np.arange(50)
    assert optimise(K, np.array([-0.3])).lam == pytest.approx([-0.7], abs=1e-5)


def test_white_noise_error_is_the_kernels_error():
    rng = np.random.default_rng(3)
    difference = power_law(50) - two_exponentials(50)
    y = np.convolve(rng.standard_normal(200_000), difference)[50:-50]
    assert (y**2).mean() == pytest.approx((difference**2).sum(), rel=0.03)


def test_positive_weights_are_not_negative_and_cost_little_for_a_power_law():
    lam = np.exp(-np.geomspace(1e-3, 1.9, 16))
    free, positive = fit(power_law(1000), lam), fit(power_law(1000), lam, positive=True)
    assert (positive.weights >= 0).all()
    assert free.error <= positive.error < 0.01


# --- stability ------------------------------------------------------------------------------------------------


def largest(rate, beta):
    w = np.linspace(-12, 12, 2401)
    return max(memory.stability_integral(RATES[rate], v, v + s) for v in w for s in (-beta, beta))


@pytest.mark.parametrize("rate", ["direct", "exp", "softplus", "best"])
def test_the_stability_integral_is_the_ratio(rate):
    w, moved, t = -0.7, -0.8, np.linspace(0, 400, 400_001)
    f, g = RATES[rate](w), RATES[rate](moved)
    area = np.abs(f) * np.trapezoid(np.abs(np.exp(f * t) - np.exp(g * t)), t)
    assert memory.stability_integral(RATES[rate], w, moved) == pytest.approx(area, rel=1e-4)


@pytest.mark.parametrize("beta", [0.01, 0.1, 1.0])
@pytest.mark.slow
def test_the_largest_stability_integrals(beta):
    assert largest("exp", beta) == pytest.approx(np.expm1(beta), rel=1e-9)
    assert largest("softplus", beta) == pytest.approx(np.expm1(beta), rel=1e-3)
    assert largest("softplus", beta) <= np.expm1(beta)
    a, b = 1.0, 0.5
    bound = a * beta**2 / b + beta * np.sqrt(a / b)
    assert 0.7 * bound < largest("best", beta) <= bound


def test_direct_has_no_bound():
    for distance in (1e-2, 1e-4, 1e-6):
        assert memory.stability_integral(RATES["direct"], -0.01 - distance, -distance) > 0.009 / distance
    assert memory.stability_integral(RATES["direct"], -0.01, 0.0) == np.inf
    with refused(ValueError, "w must have f(w) < 0", "0.5"):
        memory.stability_integral(RATES["direct"], 0.5, -1.0)


def test_gradient_scales():
    w = np.array([-3.0, -1.0, -0.2])
    np.testing.assert_allclose(gradient_scale(RATES["direct"], w), 1 / w**2)
    np.testing.assert_allclose(gradient_scale(RATES["exp"], w), np.exp(-w))
    np.testing.assert_allclose(gradient_scale(RATES["best"], w), 2 * np.abs(w))
    for rate in RATES.values():
        tau = [-1 / rate(w + s) for s in (-1e-6, 1e-6)]
        np.testing.assert_allclose(gradient_scale(rate, w), np.abs(tau[1] - tau[0]) / 2e-6, rtol=1e-5)


def test_the_discrete_best_map_reaches_from_minus_one_to_one():
    from minirnn.theory.parametrizations import MULTIPLIERS

    best = MULTIPLIERS["best"]
    assert best(0.0) == -1
    assert best(1e3) == pytest.approx(1 - 1e-6)
    assert best(1e3) < 1


@pytest.mark.slow
def test_a_kernel_with_positive_weights_moves_no_more_than_its_map():
    rng, t, beta = np.random.default_rng(4), np.arange(0, 4000.0), 0.1
    rates, weights = -np.geomspace(0.01, 0.1, 5), rng.uniform(0, 1, 5)
    moves = rng.uniform(-beta, beta, (50, 5))
    for rate in ("exp", "softplus", "best"):
        before = weights @ np.exp(rates[:, None] * t)
        after = memory.perturbed_kernels(RATES[rate], rates, weights, moves, t)
        assert np.abs(after - before).sum(1).max() <= largest(rate, beta) * before.sum() * 1.01


def test_adding_to_the_diagonal_multiplies_the_kernel():
    """The step on which the theorem on direct weights rests; expm by its series."""
    rng, beta = np.random.default_rng(5), 0.3
    W, u, c = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)

    def kernel(A):
        term, total = np.eye(4), np.eye(4)
        for k in range(1, 60):
            term = term @ A / k
            total = total + term
        return c @ total @ u

    assert kernel(W + beta * np.eye(4)) == pytest.approx(np.exp(beta) * kernel(W), rel=1e-12)


def test_bad_arguments():
    with refused(ValueError, "lam must be (n,) with |λ| < 1", "1.2"):
        modes(np.array([1.2]), 5)
    with refused(ValueError, "lam must be (n,) with |λ| < 1 and Im λ >= 0"):
        modes(np.array([-0.5j]), 5)
    with refused(ValueError, "target must not be 0"):
        fit(np.zeros(5), np.array([0.5]))
    with refused(ValueError, "target must not be 0"):
        project(np.zeros(5), np.array([0.5]))
    with refused(ValueError, "lam must be (n,) with |λ| < 1", "1.2"):
        orthonormal_modes(np.array([1.2]), 5)
    with refused(ValueError, "lam must not be 0"):
        optimise(power_law(20), np.array([0.5, 0.0]))
    with refused(ValueError, "width must be a finite number > 0", "0"):
        bump(10, 5, 0)
    with refused(ValueError, "T must be an integer >= 1", "0"):
        power_law(0)
    with refused(ValueError, "weights must be (2,)", "(3,)"):
        memory.perturbed_kernels(RATES["exp"], -np.ones(2), np.ones(3), np.zeros((1, 2)), np.arange(3.0))
