"""Maps with known exponents; mean-field theory against finite networks; the slopes of gradient and curvature."""

import numpy as np
import pytest

from minirnn import VanillaRNN
from minirnn.dynamics import maps
from minirnn.dynamics.exponents import network, spectrum
from minirnn.gradients.referee import central_differences
from tests.helpers import refused


def test_henon_and_its_exact_sum():
    h0 = 0.1 * np.random.default_rng(0).standard_normal((100, 2))
    found = spectrum(maps.henon(), h0, 3100, burn_in=100).exponents
    np.testing.assert_allclose(found.sum(1), np.log(0.3), atol=1e-10)
    np.testing.assert_allclose(found.mean(0), [0.4192, -1.6232], atol=2e-3)


def test_the_logistic_map_at_4_has_ln_2():
    h0 = np.random.default_rng(0).random((1000, 1))
    assert spectrum(maps.logistic(4.0), h0, 1100, burn_in=100).exponents.mean() == pytest.approx(
        np.log(2), abs=1e-3
    )


def test_parameters_may_differ_from_row_to_row():
    r = np.array([2.0, 3.2, 4.0])
    found = spectrum(maps.logistic(r), np.full((3, 1), 0.3), 500).exponents[:, 0]
    alone = [spectrum(maps.logistic(v), np.full((1, 1), 0.3), 500).exponents.item() for v in r]
    np.testing.assert_allclose(found, alone, atol=1e-12)
    a = np.array([1.2, 1.4])
    assert spectrum(maps.henon(a), np.zeros((2, 2)), 50).exponents.sum(1) == pytest.approx(np.log(0.3))


@pytest.mark.slow
def test_lorenz():
    h0 = np.array([[1.0, 1.0, 20.0]]) + np.random.default_rng(0).standard_normal((50, 3))
    rates = spectrum(maps.lorenz(), h0, 6000, burn_in=1500).exponents / 0.01
    np.testing.assert_allclose(rates.mean(0), [0.9056, 0.0, -14.5723], atol=0.02)
    np.testing.assert_allclose(rates.sum(1).mean(), -13.66667, atol=5e-4)


@pytest.mark.parametrize(
    "system", [maps.logistic(3.7), maps.henon(), maps.lorenz()], ids=["logistic", "henon", "lorenz"]
)
def test_jacobians_agree_with_central_differences(system):
    x = np.random.default_rng(1).standard_normal((3, system.n))
    (product,) = system.products(0, np.stack([x, system.step(0, x)]))
    J = product(np.broadcast_to(np.eye(system.n), (3, system.n, system.n)))
    for i in range(system.n):
        rows = central_differences(lambda p, i=i: system.step(0, p["x"])[:, i].sum(), {"x": x})["x"]
        np.testing.assert_allclose(J[:, i], rows, atol=1e-7)


def test_the_tanh_network_is_the_cell_without_input():
    rng = np.random.default_rng(0)
    W, h0 = 1.5 * rng.standard_normal((6, 6)), rng.standard_normal((2, 6))
    cell = network(VanillaRNN(1, 6), {"W": W, "U": np.zeros((6, 1)), "b": np.zeros(6)})
    found = [spectrum(system, h0, 40).exponents for system in (cell, maps.tanh_network(W))]
    np.testing.assert_allclose(found[0], found[1], atol=1e-11)


@pytest.mark.parametrize(("g", "q", "exponent"), [(1.5, 0.7934, 0.0652), (2, 2.1215, 0.1547), (3, 6.3054, 0.3102)])
def test_mean_field_theory(g, q, exponent):
    """Also by adaptive quadrature; too few nodes of Gauss and Hermite give 0.3119 at g = 3."""
    assert maps.mean_field(g) == pytest.approx((q, exponent), abs=1e-4)


def test_below_gain_1_the_mean_field_exponent_is_the_logarithm_of_the_gain():
    assert maps.mean_field(0.5) == (0.0, np.log(0.5))
    assert maps.mean_field(1.02)[1] == pytest.approx(0.0, abs=2e-3)
    with refused(ValueError, "g must be a finite number > 0", "got 0"):
        maps.mean_field(0)


@pytest.mark.parametrize(("noise", "onset"), [(0.0, 1.0), (0.1, 1.2), (0.3, 1.39), (1.0, 1.86)])
@pytest.mark.slow
def test_noise_moves_the_onset_of_chaos(noise, onset):
    """The root of λ₁ by bisection; q is judged by Gauss and Hermite, which serves where q is small."""
    low, high = 0.5, 4.0
    for _ in range(40):
        g = (low + high) / 2
        low, high = (low, g) if maps.mean_field(g, noise)[1] > 0 else (g, high)
    assert low == pytest.approx(onset, abs=0.01)
    q, _ = maps.mean_field(onset, noise)
    z, weights = np.polynomial.hermite_e.hermegauss(120)
    mean = weights @ np.tanh(np.sqrt(q) * z) ** 2 / weights.sum()
    assert q == pytest.approx(onset**2 * mean + noise**2, abs=1e-4)


def test_mean_field_with_noise_is_that_of_a_large_network():
    rng, N, g, noise = np.random.default_rng(1), 600, 1.2, 0.3
    W, x, v, rates = g / np.sqrt(N) * rng.standard_normal((N, N)), np.zeros(N), rng.standard_normal(N), []
    for _ in range(500):
        v = W @ ((1 - np.tanh(x) ** 2) * v)
        x = W @ np.tanh(x) + noise * rng.standard_normal(N)
        rates.append(np.log(np.linalg.norm(v)))
        v /= np.linalg.norm(v)
    q, exponent = maps.mean_field(g, noise)
    assert np.mean(rates[100:]) == pytest.approx(exponent, abs=0.015)
    assert x.var() == pytest.approx(q, rel=0.25)
    assert exponent < 0 < maps.mean_field(g)[1]


def test_oseledets_leaves_out_starts_of_probability_0():
    fixed, typical = spectrum(maps.logistic(np.full(2, 4.0)), np.array([[0.0], [0.3]]), 2000, 1).exponents[:, 0]
    assert fixed == pytest.approx(np.log(4.0))
    assert typical == pytest.approx(np.log(2.0), abs=0.02)


def random_networks(g, N, count, seed=0):
    """Largest exponents of `count` networks of N units."""
    rng = np.random.default_rng(seed)
    W = g / np.sqrt(N) * rng.standard_normal((count, N, N))
    h0 = rng.standard_normal((count, N))
    return spectrum(maps.tanh_network(W), h0, 700, 1, burn_in=200).exponents[:, 0]


@pytest.mark.parametrize(("g", "at_100"), [(1.5, 0.0194), (2.0, 0.1248), (3.0, 0.2811)])
@pytest.mark.slow
def test_finite_networks_near_mean_field_and_below_it(g, at_100):
    """The table's N = 100 is one or few draws: the mean of 16 must be within four standard errors plus 0.03."""
    found, limit = random_networks(g, 100, 16), maps.mean_field(g)[1]
    error = found.std(ddof=1) / 4
    assert abs(found.mean() - at_100) < 4 * error + 0.03
    assert found.mean() < limit + 2 * error


@pytest.mark.slow
def test_500_units_are_closer_to_mean_field():
    for g, known in ((1.5, 0.0574), (3.0, 0.3045)):
        assert random_networks(g, 500, 3).mean() == pytest.approx(known, abs=0.015)


@pytest.mark.slow
@pytest.mark.parametrize(("g", "at_1000"), [(1.5, 0.0624), (2.0, 0.1541), (3.0, 0.3082)])
def test_1000_units_are_within_a_hundredth_of_mean_field(g, at_1000):
    found = random_networks(g, 1000, 2).mean()
    assert found == pytest.approx(at_1000, abs=0.01)
    assert found == pytest.approx(maps.mean_field(g)[1], abs=0.01)


def test_in_chaos_the_exponent_is_far_below_that_of_the_matrix_alone():
    assert random_networks(3.0, 100, 8).mean() < 0.35 < np.log(3.0) - 0.7


@pytest.mark.slow
def test_the_curvature_of_the_logistic_map_grows_at_twice_the_rate_of_its_slope():
    starts = np.random.default_rng(0).random(200)
    logs = [np.zeros(301), np.zeros(301)]
    for x0 in starts:
        _, d, c = maps.logistic_sensitivities(4.0, x0, 300)
        logs = [total + np.log(np.abs(part) + 1e-300) for total, part in zip(logs, (d, c), strict=True)]
    t = np.arange(20, 301)
    slopes = [np.polyfit(t, total[20:] / len(starts), 1)[0] for total in logs]
    np.testing.assert_allclose(slopes, [np.log(2), 2 * np.log(2)], atol=0.01)


def test_sensitivities_are_derivatives():
    r, e = np.array([3.2, 3.7]), 1e-4
    (_, d, c), up, down = (maps.logistic_sensitivities(r + s, 0.3, 6) for s in (0.0, e, -e))
    np.testing.assert_allclose(d, (up[0] - down[0]) / (2 * e), atol=1e-4)
    np.testing.assert_allclose(c, (up[1] - down[1]) / (2 * e), atol=1e-2, rtol=1e-4)
