"""Each map against its derivative by central differences, its inverse and its range."""

import numpy as np
import pytest

from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS, RATES
from tests.helpers import refused

REAL = [*((f"rate-{k}", m) for k, m in RATES.items()), *((f"multiplier-{k}", m) for k, m in MULTIPLIERS.items())]
real_maps = pytest.mark.parametrize("one", [m for _, m in REAL], ids=[k for k, _ in REAL])
complex_maps = pytest.mark.parametrize("one", EIGENVALUES.values(), ids=EIGENVALUES)
W = np.linspace(0.1, 2.5, 7)


def test_names():
    assert list(RATES) == list(MULTIPLIERS) == ["direct", "exp", "softplus", "best"]
    assert list(EIGENVALUES) == ["raw", "polar", "exponential", "optimal"]


@real_maps
def test_derivatives_by_central_differences(one):
    for w in (W, -W):
        differences = (one(w + 1e-6) - one(w - 1e-6)) / 2e-6
        np.testing.assert_allclose(one.derivative(w), differences, rtol=1e-7, atol=1e-9)


@real_maps
def test_inverses(one):
    np.testing.assert_allclose(one.inverse(one(W)), W, rtol=1e-10)
    assert one.inverse(one(0.7)) == pytest.approx(0.7)


@real_maps
def test_stable_for_every_parameter_but_directly(one):
    w = np.array([-20.0, -3.0, 0.0, 3.0])
    low, high = one.image
    if one.name != "direct":
        assert ((one(w) < high) & (one(w) >= low)).all()


def test_formulas():
    """StableSSM's maps; the discrete softplus is a gate."""
    np.testing.assert_allclose(RATES["exp"](W), -np.exp(W))
    np.testing.assert_allclose(RATES["softplus"](W), -np.log(1 + np.exp(W)))
    np.testing.assert_allclose(RATES["best"](W), -1 / (W**2 + 0.5))
    np.testing.assert_allclose(MULTIPLIERS["best"](W), 1 - 1 / (W**2 + 0.5))
    np.testing.assert_allclose(MULTIPLIERS["softplus"](W), np.exp(RATES["softplus"](W)))
    np.testing.assert_allclose(MULTIPLIERS["exp"](W), np.exp(RATES["exp"](W)))
    assert MULTIPLIERS["best"](0.0) == -1.0


@pytest.mark.parametrize(
    ("name", "expected"),
    [("direct", lambda w: 1 / w**2), ("exp", lambda w: np.exp(-w)), ("best", lambda w: 2 * w)],
)
def test_gradient_scales(name, expected):
    """|f'|/f² for a negative rate: 1/w², e^{-w} and 2a|w|."""
    one = RATES[name]
    np.testing.assert_allclose(np.abs(one.derivative(W)) / one(W) ** 2, expected(W), rtol=1e-12)


def test_inverses_far_out_neither_overflow_nor_cancel():
    assert RATES["softplus"].inverse(-800.0) == pytest.approx(800.0)
    assert RATES["best"].inverse(-2.0) == 0.0
    assert MULTIPLIERS["best"].inverse(-1.0) == 0.0


@complex_maps
def test_complex_derivatives_by_central_differences(one):
    w1, w2, e = np.array([0.4, -1.2, 0.9]), np.array([0.3, 0.8, -0.5]), 1e-6
    first, second = one.derivatives(w1, w2)
    np.testing.assert_allclose(first, (one(w1 + e, w2) - one(w1 - e, w2)) / (2 * e), atol=1e-8)
    np.testing.assert_allclose(second, (one(w1, w2 + e) - one(w1, w2 - e)) / (2 * e), atol=1e-8)


@complex_maps
@pytest.mark.parametrize("lam", [0.5 + 0j, 0.9 * np.exp(0.25j * np.pi), 0.999 * np.exp(-2j), -0.3 + 0.01j])
def test_complex_inverses(one, lam):
    assert one(*one.inverse(lam)) == pytest.approx(lam, rel=1e-12)


def test_optimal_as_published():
    """ν = tanh w₁ and θ = w₂ (1 - ν²)/(ν√(1 + ν²))."""
    w1, w2 = EIGENVALUES["optimal"].inverse(0.9 * np.exp(1j))
    assert np.tanh(w1) == pytest.approx(0.9)
    assert w2 * (1 - 0.81) / (0.9 * np.sqrt(1.81)) == pytest.approx(1.0)


@real_maps
def test_complex_numbers_are_refused(one):
    for method in (one, one.derivative):
        with refused(TypeError, "w must be real", "complex"):
            method(1.0 + 0j)
    with refused(TypeError, "value must be real"):
        one.inverse(np.array([0.5j]))


@complex_maps
def test_complex_parameters_are_refused(one):
    for method in (one, one.derivatives):
        with refused(TypeError, "w1 must be real"):
            method(0.5j, 1.0)
        with refused(TypeError, "w2 must be real"):
            method(0.5, np.array([1j]))


@pytest.mark.parametrize(
    ("one", "value"),
    [
        (RATES["exp"], 0.0),
        (RATES["softplus"], 0.1),
        (RATES["best"], -2.1),
        (RATES["best"], 0.0),
        (MULTIPLIERS["exp"], 1.0),
        (MULTIPLIERS["softplus"], -0.1),
        (MULTIPLIERS["best"], 1.0),
        (MULTIPLIERS["exp"], np.nan),
    ],
)
def test_values_out_of_reach_are_refused(one, value):
    with refused(ValueError, one.name, "reaches", "got"):
        one.inverse(value)


@pytest.mark.parametrize("name", ["exponential", "optimal"])
@pytest.mark.parametrize("lam", [0.0, 1.0, 1.1j, np.nan])
def test_eigenvalues_out_of_reach_are_refused(name, lam):
    with refused(ValueError, name, "reaches 0 < |λ| < 1"):
        EIGENVALUES[name].inverse(lam)


def test_the_optimal_map_has_no_derivative_at_0():
    """Its angle w₂/w₁ has no limit: from two sequences to 0 the slopes come out differently. No warning says more."""
    optimal = EIGENVALUES["optimal"]
    assert abs(optimal.derivatives(1e-3, 1.0)[1] - optimal.derivatives(1.1e-3, 1.0)[1]) > 0.1
    for at in (0.0, np.array([0.0, 0.5])):
        first, second = optimal.derivatives(at, 1.0)
        assert np.isnan(np.ravel(first)[0])
        assert np.isnan(np.ravel(second)[0])
    assert np.isfinite([first[1], second[1]]).all()
