"""Closed forms against known answers, sums over impulse responses, finite differences and simulation."""

import numpy as np
import pytest

from minirnn import LRU, BlockRNN, DiagonalRNN, LinearRNN, bptt, unroll
from minirnn.cells.linear import to_complex
from minirnn.learning import losses
from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS
from minirnn.theory.population import (
    dense_jacobian,
    diagonal_jacobian,
    impulse,
    kernel,
    kernel_loss,
    leaky,
    metric,
    normalized,
    participation,
    sensitivity,
    unit_loss,
    unscaled,
    variance,
)
from tests.helpers import random_params, refused

# λ, ρ, E h², E(∂h/∂λ)²; rounded to the digits given
TABLE = [
    *((0.5, 0.0, 1.33333, 2.96296), (0.5, 0.9, 3.51515, 13.1007), (0.5, 1.0, 4.0, 16.0)),
    *((0.9, 0.0, 5.26316, 263.887), (0.9, 0.9, 50.1385, 3756.95), (0.9, 1.0, 100.0, 1e4)),
    *((0.99, 0.0, 50.2513, 251262.6), (0.99, 0.9, 871.790, 4737807), (0.99, 1.0, 1e4, 1e8)),
]
scales = pytest.mark.parametrize("scale", [unscaled, normalized, leaky])
rhos = pytest.mark.parametrize("rho", [0.0, 0.6, 1.0, -0.5])


@pytest.mark.parametrize(("lam", "rho", "first", "second"), TABLE)
def test_the_table_of_variances_and_sensitivities(lam, rho, first, second):
    assert variance(lam, rho) == pytest.approx(first, rel=3e-6)
    assert sensitivity(lam, rho) == pytest.approx(second, rel=6e-6)
    exact = ((1 + lam**2) * (1 - lam**2 * rho**2) + 2 * (1 - lam**2) * lam * rho) / (
        (1 - lam**2) ** 3 * (1 - lam * rho) ** 2
    )
    assert sensitivity(lam, rho) == pytest.approx(exact, rel=1e-10)
    assert variance(lam, rho) == pytest.approx((1 + rho * lam) / ((1 - rho * lam) * (1 - lam**2)), rel=1e-10)


@rhos
def test_the_kernel_is_the_double_sum(rho):
    alpha, beta, k = 0.6 * np.exp(0.4j), 0.7 * np.exp(-1.1j), np.arange(200)
    R = float(rho) ** np.abs(k[:, None] - k)
    a, b = alpha**k, np.conj(beta) ** k
    da, db = k * alpha ** np.maximum(k - 1.0, 0), k * np.conj(beta) ** np.maximum(k - 1.0, 0)
    sums = (a @ R @ b, da @ R @ b, da @ R @ db)
    for ours, summed in zip(kernel(alpha, beta, rho), sums, strict=True):
        assert ours == pytest.approx(summed, rel=1e-12)


def test_correlation_amplifies_near_real_positive_numbers_only():
    turned = 0.9 * np.exp(0.25j * np.pi)
    assert variance(turned, 0.9) == pytest.approx(3.545, abs=5e-4)
    assert variance(turned) == pytest.approx(5.263, abs=5e-4)
    assert variance(0.9, 0.9) > variance(0.9)
    assert sensitivity(turned) == pytest.approx(sensitivity(0.9))


@pytest.mark.parametrize(("rho", "exponents"), [(0.0, (1, 3)), (0.9, (1, 3)), (1.0, (2, 4))])
def test_exponents_of_divergence(rho, exponents):
    near = 1 - np.array([1e-5, 1e-6])
    for value, exponent in zip((variance(near, rho), sensitivity(near, rho)), exponents, strict=True):
        assert np.log10(value[1] / value[0]) == pytest.approx(exponent, abs=1e-3)


def test_simulation_agrees():
    """400 sequences of a first-order autoregression with ρ = 0.6."""
    rng, lam, rho, T = np.random.default_rng(0), 0.8, 0.6, 300
    x, h, s = rng.standard_normal(4000), np.zeros(4000), np.zeros(4000)
    for _ in range(T):
        h, s = lam * h + x, lam * s + h
        x = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(4000)
    assert (h**2).mean() == pytest.approx(variance(lam, rho), rel=0.1)
    assert (s**2).mean() == pytest.approx(sensitivity(lam, rho), rel=0.1)


@pytest.mark.parametrize("lam", [0.5, 0.9 * np.exp(1j), 0.99])
def test_normalisation_gives_unit_variance_for_white_inputs_only(lam):
    gamma, _ = normalized(lam)
    assert gamma**2 * variance(lam) == pytest.approx(1.0)
    assert gamma**2 * variance(abs(lam), 0.7) == pytest.approx((1 + 0.7 * abs(lam)) / (1 - 0.7 * abs(lam)))


@pytest.mark.parametrize("nu", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("theta", [0.0, 0.3, 2.0])
def test_hessians_of_each_parametrisation(nu, theta):
    """Known entries at the optimum, for white inputs."""
    lam = nu * np.exp(1j * theta)

    def H(name, scale=unscaled):
        one = EIGENVALUES[name]
        return metric(lam, one.derivatives(*one.inverse(lam)), scale=scale)

    flat = (1 + nu**2) / (1 - nu**2) ** 3
    np.testing.assert_allclose(H("raw"), flat * np.eye(2), rtol=1e-8, atol=1e-8 * flat)
    np.testing.assert_allclose(H("polar"), flat * np.diag([1, nu**2]), rtol=1e-8, atol=1e-8 * flat)
    angle = nu**2 * (1 + nu**2) / (1 - nu**2) ** 2
    known = np.diag([1 / (1 - nu**2) ** 2, angle])
    np.testing.assert_allclose(H("polar", normalized), known, rtol=1e-8, atol=1e-7 * angle)
    exponential, w = H("exponential", normalized), np.log(-np.log(nu))
    assert exponential[0, 0] == pytest.approx((np.exp(w) * nu / (1 - nu**2)) ** 2)
    assert exponential[1, 1] == pytest.approx(angle * (theta or 2 * np.pi) ** 2)


@pytest.mark.parametrize(("nu", "known"), [(0.5, 0.21353), (0.9, 0.24908), (0.99, 0.24999)])
def test_the_exponential_map_makes_the_magnitude_flat(nu, known):
    one = EIGENVALUES["exponential"]
    H = metric(nu, one.derivatives(*one.inverse(nu)), scale=normalized)
    assert H[0, 0] == pytest.approx(known, abs=6e-6)


@pytest.mark.parametrize(("nu", "known"), [(0.5, 0.556), (0.9, 40.6), (0.99, 4900.6), (0.999, 499000.6)])
def test_the_angle_stays_steep(nu, known):
    H = metric(nu, EIGENVALUES["polar"].derivatives(nu, 0.0), scale=normalized)
    assert H[1, 1] == pytest.approx(known, rel=2e-3)


@pytest.mark.parametrize("nu", [0.5, 0.9, 0.99])
def test_the_optimal_map_gives_the_identity_at_angle_zero_and_only_there(nu):
    """zucchet2024's map. Its angle g(ν)w₂ changes with ν, which adds w₂ g'(ν) terms wherever the angle is not 0."""
    one = EIGENVALUES["optimal"]

    def H(theta):
        lam = nu * np.exp(1j * theta)
        return metric(lam, one.derivatives(*one.inverse(lam)), scale=normalized)

    np.testing.assert_allclose(H(0.0), np.eye(2), atol=1e-9)
    assert np.linalg.det(H(0.3)) == pytest.approx(1.0, rel=1e-6)
    assert H(0.3)[1, 1] == pytest.approx(1.0)
    assert np.linalg.cond(H(0.3)) > 2


def test_the_normalised_metric_is_curved_everywhere():
    """With r = artanh ν it is dr² + f(r)² dθ², of curvature -f''/f = -(4 + 2/c + 1/c²), c = cosh 2r: never 0."""

    def f(r):
        return np.sqrt(metric(np.tanh(r), [1j * np.tanh(r)], scale=normalized)[0, 0])

    for r in (0.2, 1.0, 2.5):
        e, c = 1e-3, np.cosh(2 * r)
        bend = (f(r + e) - 2 * f(r) + f(r - e)) / e**2
        assert -bend / f(r) == pytest.approx(-(4 + 2 / c + 1 / c**2), rel=1e-4)
        assert metric(np.tanh(r), [1 - np.tanh(r) ** 2], scale=normalized)[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(("lam", "known"), [(0.5, 0.0741), (0.9, 0.0236), (0.99, 0.00249), (0.999, 0.00025)])
def test_a_gates_sensitivity_shrinks(lam, known):
    """E(∂h/∂b)² of h = λh + (1 - λ)x with λ = σ(b)."""
    gate = MULTIPLIERS["softplus"]  # σ(-w)
    slope = gate.derivative(gate.inverse(lam))
    assert metric(lam, [slope], scale=leaky)[0, 0] == pytest.approx(known, rel=0.02)


@rhos
@scales
def test_the_loss_of_a_unit_and_its_derivative(rho, scale):
    lam, target = 0.5 - 0.4j, 0.6 + 0.2j
    if scale is leaky:
        lam, target = 0.3 + 0j, 0.6 + 0j
    L, g = unit_loss(lam, target, rho, scale)
    k, R = np.arange(300), float(rho) ** np.abs(np.subtract.outer(np.arange(300), np.arange(300)))
    apart = scale(lam)[0] * lam**k - scale(target)[0] * target**k
    assert pytest.approx(0.5 * (apart @ R @ apart.conj()).real, rel=1e-9) == L
    e = 1e-6
    after, before = ([unit_loss(lam + sign * d * e, target, rho, scale)[0] for d in (1, 1j)] for sign in (1, -1))
    differences = np.subtract(after, before) / (2 * e)
    assert g.real == pytest.approx(differences[0], rel=1e-6)
    if scale is not leaky:
        assert g.imag == pytest.approx(differences[1], rel=1e-6)


def test_the_white_loss_as_published():
    lam, target = 0.7 * np.exp(0.3j), 0.9 * np.exp(-0.2j)
    known = 1 / (1 - abs(lam) ** 2) + 1 / (1 - abs(target) ** 2) - 2 * (1 / (1 - lam * np.conj(target))).real
    assert unit_loss(lam, target)[0] == pytest.approx(0.5 * known, rel=1e-12)


@rhos
@scales
@pytest.mark.parametrize("name", EIGENVALUES)
def test_the_metric_is_the_hessian_at_a_perfect_fit(name, rho, scale):
    target, one = 0.8 * np.exp(0.4j), EIGENVALUES[name]
    if scale is leaky:
        target = 0.8 + 0j
    w, e = np.array(one.inverse(target)), 1e-5

    def gradient(w):
        return np.array(
            [(np.conj(unit_loss(one(*w), target, rho, scale)[1]) * d).real for d in one.derivatives(*w)]
        )

    columns = [(gradient(w + e * d) - gradient(w - e * d)) / (2 * e) for d in np.eye(2)]
    found = metric(target, one.derivatives(*w), rho, scale)
    np.testing.assert_allclose(found, columns, rtol=1e-5, atol=1e-5 * np.abs(found).max())


def test_the_kernel_loss_is_the_mean_over_white_noise():
    """Two inputs and outputs, 10 steps: the exact loss against 40 000 sequences."""
    rng, T = np.random.default_rng(0), 10
    teacher, student = BlockRNN(2, 2), LRU(2, 3)
    goal, params = ({**random_params(rng, cell, 2), "c_out": np.zeros(2)} for cell in (teacher, student))
    goal["b"] = np.zeros(4)
    K = losses.readout(goal, unroll(teacher, goal, impulse(T, 2))[1:])
    exact, _ = bptt(student, params, impulse(T, 2), kernel_loss(K))
    X = rng.standard_normal((T, 40000, 2))
    target = losses.readout(goal, unroll(teacher, goal, X)[1:])
    sampled = losses.at_every_step(losses.squared_error, target).value(params, unroll(student, params, X)[1:])
    assert exact == pytest.approx(sampled, rel=0.02)
    own = losses.readout(params, unroll(student, params, impulse(T, 2))[1:])
    assert bptt(student, params, impulse(T, 2), kernel_loss(own))[0] == 0.0


def test_jacobians_of_impulse_responses():
    rng, T, n = np.random.default_rng(1), 12, 3
    W, u, v = 0.4 * rng.standard_normal((n, n)), rng.standard_normal(n), rng.standard_normal(n)
    J = dense_jacobian(W, u, v, T)
    target = rng.standard_normal((T, 1, 1))
    params = {"W": W, "U": u[:, None], "b": np.zeros(n), "V": v[None], "c_out": np.zeros(1)}
    H = unroll(LinearRNN(1, n), params, impulse(T))[1:]
    residual = (losses.readout(params, H) - target).ravel() * (1 - np.arange(T) / T)
    gradient = bptt(LinearRNN(1, n), params, impulse(T), kernel_loss(target))[1]
    by_bptt = np.concatenate([gradient[key].ravel() for key in ("W", "U", "V")])
    np.testing.assert_allclose(residual @ J, by_bptt, rtol=1e-10)

    cell, one = DiagonalRNN(1, n), EIGENVALUES["polar"]
    params = random_params(rng, cell, 1) | {"c_out": np.zeros(1)}
    b = (params["B_re"] + 1j * params["B_im"])[:, 0]
    c = to_complex(params["V"][0]).conj()
    lam, slopes = cell.eigenvalues(params), one.derivatives(params["nu"], params["theta"])
    J = diagonal_jacobian(lam, slopes, b, c, T)
    H = unroll(cell, params, impulse(T))[1:]
    residual = (losses.readout(params, H) - target).ravel() * (1 - np.arange(T) / T)
    gradient = bptt(cell, params, impulse(T), kernel_loss(target))[1]
    c = to_complex(gradient["V"][0]).conj()
    by_bptt = [gradient["nu"], gradient["theta"], gradient["B_re"][:, 0], gradient["B_im"][:, 0], c.real, c.imag]
    np.testing.assert_allclose(residual @ J, np.concatenate(by_bptt), rtol=1e-9)


def test_participation():
    np.testing.assert_allclose(participation(np.eye(5)), 1.0)
    np.testing.assert_allclose(participation(np.ones((7, 1))), 7.0)


@pytest.mark.parametrize("lam", [1.0, -1.0, 1j, 1.2, np.nan, np.array([0.5, 1.0])])
def test_the_unit_circle_is_refused(lam):
    for function in (variance, sensitivity, lambda x: unit_loss(x, 0.5), lambda x: metric(x, [1.0])):
        with refused(ValueError, "lam must have |lam| < 1", "got"):
            function(lam)
    with refused(ValueError, "target must have |target| < 1"):
        unit_loss(0.5, lam)


def test_bad_arguments_are_refused():
    with refused(ValueError, "rho", "<= 1", "1.5"):
        variance(0.5, 1.5)
    with refused(ValueError, "T must be an integer >= 1"):
        impulse(0)
    with refused(ValueError, "K must be (T, m, outputs)"):
        kernel_loss(np.ones(5))
    with refused(TypeError, "K must be a float32 or float64 array", "complex"):
        kernel_loss(np.ones((5, 1, 1), complex))
    with refused(ValueError, "W must be (3, 3)"):
        dense_jacobian(np.eye(2), np.ones(3), np.ones(3), 5)
