import numpy as np
import pytest

from minirnn import VanillaRNN
from minirnn.core.activations import sigmoid
from minirnn.dynamics.bifurcations import fixed_points, sigmoid_folds
from minirnn.dynamics.smoothness import (
    fit_line,
    local_lipschitz,
    on_batch,
)
from tests.helpers import refused

CELL, T = VanillaRNN(m=1, n=1, activation="sigmoid"), 50
HALF = float(sigmoid(0.5))


def miss(params, H):
    """E = (h_T - 0.7)², the error of the cliff."""
    residual = H[-1] - 0.7
    dE = np.zeros_like(H)
    dE[-1] = 2 * residual
    return float((residual**2).sum()), dE, {}


def scalar(w, b):
    return {"W": np.array([[w]]), "U": np.zeros((1, 1)), "b": np.array([b])}


def cliff():
    """E and its gradient over (w, b): x_t = wσ(x_{t-1}) + b, x_0 = 0.5, in the library's terms h_t = σ(x_t)."""
    return on_batch(CELL, np.zeros((T, 1, 1)), miss, h0=np.array([[HALF]]))


def slope_in_b(w, b, x0=0.5):
    """∂E/∂b by hand: dx_t/db = 1 + wσ'(x_{t-1}) dx_{t-1}/db."""
    x, dx = np.full_like(b, x0), np.zeros_like(b)
    for _ in range(T):
        s = sigmoid(x)
        x, dx = w * s + b, 1 + w * s * (1 - s) * dx
    s = sigmoid(x)
    return 2 * (s - 0.7) * s * (1 - s) * dx


@pytest.mark.parametrize(("w", "expected"), [(5.0, -2.612297), (6.0, -3.234756)])
def test_the_cliff_is_where_the_start_is_the_unstable_fixed_point(w, expected):
    b = 0.5 - w * HALF
    assert b == pytest.approx(expected, abs=5e-7)
    x, m = fixed_points(lambda x: w * sigmoid(x) + b, lambda x: w * sigmoid(x) * (1 - sigmoid(x)), -9.0, 9.0)
    assert x[1] == pytest.approx(0.5, abs=1e-12)
    assert m[1] > 1


def test_the_start_repels_from_w_4_25525_on():
    assert pytest.approx(4.255252, abs=5e-7) == 1 / (HALF * (1 - HALF))


def test_the_cliff_at_w_5_to_1e_9():
    """m, m^50, E and ∂E/∂b: the library's bptt and the closed form 2(σ-.7)σ(1-σ)(m^50-1)/(m-1)."""
    b = 0.5 - 5 * HALF
    value, gradient = cliff()
    m = 5 * HALF * (1 - HALF)
    assert m == pytest.approx(1.1750186, rel=1e-7)
    assert m**50 == pytest.approx(3178.6, rel=1e-4)
    closed = 2 * (HALF - 0.7) * HALF * (1 - HALF) * (m**50 - 1) / (m - 1)
    assert closed == pytest.approx(-661.683, abs=5e-4)
    assert gradient(scalar(5.0, b))["b"][0] == pytest.approx(closed, rel=1e-9)
    assert gradient(scalar(5.0, b))["W"][0, 0] == pytest.approx(closed * HALF, rel=1e-9)
    assert value(scalar(5.0, b)) == pytest.approx(0.0060126, abs=5e-8)


def test_across_the_cliff_the_loss_jumps():
    b, value = 0.5 - 5 * HALF, cliff()[0]
    E = [value(scalar(5.0, b + s)) for s in (-0.01, 0.01)]
    np.testing.assert_allclose(E, [0.344, 0.012], atol=5e-4)


def test_the_steepest_point_of_the_slice():
    """About 6773, 4.5e-5 below b*; the norm is over w and b."""
    gradient, b = cliff()[1], 0.5 - 5 * HALF
    offsets = np.linspace(-1e-4, 0, 201)
    norms = [
        np.hypot(*(g.item() for g in (p["W"], p["b"]))) for p in (gradient(scalar(5.0, b + d)) for d in offsets)
    ]
    assert max(norms) == pytest.approx(6773, rel=2e-4)
    assert offsets[np.argmax(norms)] == pytest.approx(-4.5e-5, abs=1e-6)


def test_at_the_folds_the_gradient_is_small():
    """A bifurcation is not a cliff: at both folds the slope is ordinary; at b* it is 661."""
    folds = sigmoid_folds(5.0)[1]
    assert np.abs(slope_in_b(5.0, folds)).max() < 0.5


def cubic(p):
    return {"x": 3 * p["x"] ** 2}


@pytest.mark.parametrize("x", [0.0, 1.0, 10.0, 1e4])
def test_x_cubed_is_l0_l1_smooth_and_not_l_smooth(x):
    """|f''| = 6|x| <= 3 + 3x² = 3 + |f'|: L0 = 3, L1 = 1. Yet L̂ grows without bound."""
    p = {"x": np.array([x])}
    L = local_lipschitz(cubic, p, {"x": np.array([1e-6 * max(x, 1)])}, fractions=(1.0,))
    assert pytest.approx(6 * x, rel=1e-5, abs=1e-5) == L
    assert 3 + float(cubic(p)["x"][0]) + 1e-5 >= L


def test_for_a_quadratic_it_is_the_curvature_in_the_direction():
    A, rng = np.diag([1.0, 9.0]), np.random.default_rng(0)
    p = {"x": rng.standard_normal(2)}
    for direction, curvature in [([2.0, 0.0], 1.0), ([0.0, -3.0], 9.0)]:
        assert local_lipschitz(lambda p: {"x": A @ p["x"]}, p, {"x": np.array(direction)}) == pytest.approx(
            curvature
        )


def test_fit_of_noise_free_and_constant_data():
    x = np.linspace(0, 1, 5)
    assert fit_line(x, 2 - 3 * x) == pytest.approx((-3.0, 2.0, -1.0))
    assert fit_line(x, np.ones(5)) == (0.0, 1.0, 0.0)


def test_what_is_refused():
    p = {"x": np.ones(2)}
    with refused(ValueError, "direction must not be 0"):
        local_lipschitz(cubic, p, {"x": np.zeros(2)})
    with refused(ValueError, "direction must hold x", "got y"):
        local_lipschitz(cubic, p, {"y": np.ones(2)})
    with refused(ValueError, "x must hold at least two different"):
        fit_line(np.ones(3), np.arange(3.0))


@pytest.mark.parametrize(
    ("f", "slope", "L0", "L1"),
    [(np.cosh, np.sinh, 1.0, 1.0), (lambda x: x**4, lambda x: 4 * x**3, 16.0, 1.0)],
    ids=["cosh", "quartic"],
)
def test_a_clipped_step_descends_as_the_theorem_says(f, slope, L0, L1):
    """Rate 1/(6 L0), threshold L0/L1: each step lowers f by at least ¾·h·g², h the factor of the clipped step."""
    x = np.linspace(-9.0, 9.0, 1801)
    g = np.abs(slope(x))
    h = np.minimum(1, L0 / L1 / np.maximum(g, 1e-300)) / (6 * L0)
    assert (f(x) - f(x - h * slope(x)) >= 0.75 * h * g**2 * (1 - 1e-9)).all()


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_lines_and_constants_of_every_size(size):
    x = np.arange(4.0)
    slope, intercept, correlation = fit_line(size * x, size * (3 * x + 1))
    np.testing.assert_allclose([slope, intercept / size, correlation], [3, 1, 1])
    steep = lambda p: {"b": size * p["b"]}  # noqa: E731
    one = {"b": np.ones(2)}
    assert local_lipschitz(steep, one, one) == pytest.approx(size)
    with refused(ValueError, "fractions neither empty nor 0"):
        local_lipschitz(steep, one, one, [0.5, 0.0])


def test_a_gradient_that_is_nan_somewhere_has_no_constant():
    f = lambda p: {"b": p["b"] if p["b"][0] < 1.5 else np.full(1, np.nan)}  # noqa: E731
    assert np.isnan(local_lipschitz(f, {"b": np.ones(1)}, {"b": np.ones(1)}))
