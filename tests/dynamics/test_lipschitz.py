"""Lipschitz constants: measured on costs whose constants are known, and the theorem's bounds and their rates."""

import numpy as np
import pytest

from minirnn import VanillaRNN, bptt
from minirnn.core import initializers
from minirnn.dynamics.lipschitz import bounds, in_ball, measured_constants, rate
from minirnn.learning import losses
from tests.helpers import refused


def test_points_fill_the_ball():
    rng = np.random.default_rng(0)
    sizes = np.array([np.linalg.norm(in_ball(rng, 3, 2.0)) for _ in range(2000)])
    assert sizes.max() <= 2.0
    assert (sizes < 1.0).mean() == pytest.approx(1 / 8, abs=0.03)


def test_the_constants_of_a_quadratic_form():
    A = np.diag([1.0, 3.0])
    found = measured_constants(
        lambda p: (0.5 * p["w"] @ A @ p["w"], {"w": A @ p["w"]}),
        {"w": np.zeros(2)},
        radius=2.0,
        rng=np.random.default_rng(0),
        points=300,
    )
    assert 5.5 < found.cost <= 6.0
    assert 2.95 < found.gradient <= 3.0 + 1e-9


N = np.array([100, 200, 400, 800])


@pytest.mark.parametrize(
    ("bounded", "cost", "gradient"), [(False, 1.0, 2.5), (True, 0.5, 2.0)], ids=["unbounded", "bounded"]
)
def test_at_1_the_bounds_are_powers(bounded, cost, gradient):
    found = [bounds(1.0, int(n), bounded) for n in N]
    assert rate(np.log(N), [b.cost for b in found]) == pytest.approx(cost, abs=0.01)
    assert rate(np.log(N), [b.gradient for b in found]) == pytest.approx(gradient, abs=0.03)


@pytest.mark.parametrize(("bounded", "powers"), [(False, (2, 3)), (True, (1, 2))], ids=["unbounded", "bounded"])
def test_above_1_the_bounds_are_exponentials(bounded, powers):
    found = [bounds(1.1, int(n), bounded) for n in N]
    for power, values in zip(powers, zip(*found, strict=True), strict=True):
        assert rate(N, values) == pytest.approx(power * np.log(1.1), rel=1e-3)


def test_below_1_the_bounds_stay():
    for bounded in (False, True):
        np.testing.assert_allclose(bounds(0.9, 400, bounded), bounds(0.9, 4000, bounded), rtol=1e-9)


def test_measured_constants_of_networks_are_bounded_where_they_contract_and_explode_where_they_are_chaotic():
    cell, slopes = VanillaRNN(1, 12), {}
    for regime, make, gain in (("contracts", initializers.orthogonal, 0.7), ("chaos", initializers.fan_in, 4.0)):
        rng = np.random.default_rng(1)
        params = cell.init(rng, recurrent=lambda *a, make=make, gain=gain: make(*a, gain=gain))
        params, h0 = params | losses.init_readout(rng, cell, 1), rng.standard_normal((1, 12))

        def measure(N, params=params, h0=h0):
            loss = losses.at_every_step(losses.squared_error, np.zeros((N, 1, 1)))

            def cost(p):
                E, g = bptt(cell, params | p, np.zeros((N, 1, 1)), loss, h0)
                return E, {"W": g["W"]}

            return measured_constants(
                cost, {"W": params["W"]}, 0.05, np.random.default_rng(2), 15, (1e-3, 1e-7, 1e-9)
            )

        lengths = np.array([20, 35, 50])
        found = [measure(int(n)) for n in lengths]
        slopes[regime] = [rate(lengths, values) for values in zip(*found, strict=True)]
    assert max(slopes["contracts"]) < 0
    assert slopes["chaos"][0] > 0.1
    assert slopes["chaos"][1] > 1.5 * slopes["chaos"][0]  # the curvature explodes faster than the slope


def test_bad_input():
    def cost(p):
        return 0.0, p

    rng = np.random.default_rng(0)
    with refused(ValueError, "radius must be a finite number > 0"):
        measured_constants(cost, {"w": np.zeros(1)}, 0.0, rng)
    with refused(ValueError, "distances must be", "got 2.0"):
        measured_constants(cost, {"w": np.zeros(1)}, 1.0, rng, distances=(2.0,))
    with refused(TypeError, "rng must be"):
        measured_constants(cost, {"w": np.zeros(1)}, 1.0, 0)
    with refused(ValueError, "L must be a finite number > 0"):
        bounds(0.0, 5)


def test_a_gradient_that_is_nan_or_large_is_not_passed_over():
    broken = lambda p: (0.0, {"w": np.full_like(p["w"], np.nan)})  # noqa: E731
    assert np.isnan(measured_constants(broken, {"w": np.zeros(2)}, 1.0, np.random.default_rng(0))).all()
    steep = lambda p: (0.0, {"w": 1e200 * p["w"]})  # noqa: E731
    found = measured_constants(steep, {"w": np.ones(2)}, 1.0, np.random.default_rng(0))
    assert found.gradient == pytest.approx(1e200)
    assert 1e200 < found.cost < 3e200
