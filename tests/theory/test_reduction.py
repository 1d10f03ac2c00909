"""What m units cannot remember, and the networks that come near."""

import numpy as np
import pytest

from minirnn.theory.memory import airy, bump, fit, network_kernel, optimise, power_law, two_exponentials
from minirnn.theory.reduction import eigenvalues, error_bound, hankel, realize, singular_values
from tests.helpers import refused


@pytest.mark.parametrize("m", [1, 3, 6])
def test_the_rank_is_at_most_the_number_of_units(m):
    rng = np.random.default_rng(m)
    W = rng.standard_normal((m, m)) / np.sqrt(m)
    K = network_kernel(W, rng.standard_normal(m), rng.standard_normal(m), 59)
    s = singular_values(K, 30)
    assert s[m - 1] > 1e-9 * s[0] > 1e-12 * s[0] > s[m]


@pytest.mark.parametrize("D", [1, 7, 30])
def test_a_pure_delay_costs_a_unit_a_step(D):
    K = np.eye(1, 2 * D + 1, D).ravel()
    np.testing.assert_allclose(singular_values(K, D + 1), 1)
    for m in range(D + 2):
        assert error_bound(K, m, D + 1) ** 2 == pytest.approx(1 - m / (D + 1), abs=1e-12)
    W, u, c = realize(K, D + 1, D + 2)
    np.testing.assert_allclose(network_kernel(W, u, c, 2 * D + 1), K, atol=1e-12)


def test_one_unit_misses_the_bound_for_a_delay_by_e():
    D = 200
    K = np.eye(1, 8000, D).ravel()
    explained = 1 - optimise(K, np.array([0.99])).error ** 2
    assert explained == pytest.approx((D / (D + 1)) ** D / (D + 1), rel=1e-4)
    assert explained * (D + 1) == pytest.approx(1 / np.e, rel=0.01)


@pytest.mark.parametrize("kernel", [power_law, bump, airy])
def test_no_network_is_below_the_bound(kernel):
    K, rng = kernel(400), np.random.default_rng(0)
    for m in (1, 2, 4, 8):
        bound = max(error_bound(K, m, n) for n in (20, 50, 100))
        assert np.linalg.norm(network_kernel(*realize(K, m, 200), 400) - K) >= bound * np.linalg.norm(K)
        for _ in range(5):
            pairs = rng.uniform(0.8, 1, m // 2) * np.exp(1j * rng.uniform(0, 0.5, m // 2))
            lam = pairs if m > 1 else rng.uniform(0.8, 1, 1)
            assert fit(K, lam).error >= bound


@pytest.mark.parametrize(("kernel", "m", "error"), [(bump, 16, 0.031), (bump, 8, 0.41), (airy, 8, 5.3e-5)])
def test_networks_from_singular_values_come_near(kernel, m, error):
    K = kernel(1000)
    made = network_kernel(*realize(K, m, 300), 1000)
    assert np.linalg.norm(made - K) / np.linalg.norm(K) == pytest.approx(error, rel=0.05)


def test_the_eigenvalues_of_a_known_network():
    W, _, _ = realize(two_exponentials(200), 2, 60)
    np.testing.assert_allclose(np.sort(eigenvalues(W)), [0.5, 0.9], atol=1e-9)
    turn = 0.9 * np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    np.testing.assert_allclose(eigenvalues(turn), [0.9 * np.exp(0.3j)])


def test_the_matrix_is_constant_along_antidiagonals_and_zero_beyond_the_end():
    H = hankel(np.arange(1.0, 4.0), 4)
    np.testing.assert_array_equal(H, H.T)
    np.testing.assert_array_equal(H[0], [1, 2, 3, 0])
    assert H[3, 3] == 0


def test_bad_arguments():
    with refused(ValueError, "m must be at most the rank, 2", "3"):
        realize(two_exponentials(200), 3, 60)
    with refused(ValueError, "m must be an integer from 1 to 4", "5"):
        realize(power_law(20), 5, 4)
    with refused(TypeError, "K must be a float32 or float64 array"):
        hankel([1.0, 2.0], 2)
