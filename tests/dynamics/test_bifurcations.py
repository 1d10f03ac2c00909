import numpy as np
import pytest

from minirnn import VanillaRNN
from minirnn.core.activations import sigmoid
from minirnn.dynamics.bifurcations import (
    fixed_points,
    folds,
    orbit_diagram,
    roots,
    sigmoid_folds,
)
from minirnn.dynamics.exponents import jacobian
from tests.helpers import refused


def slope(w):
    return lambda x: w * sigmoid(x) * (1 - sigmoid(x))


def test_folds_of_the_sigmoid_at_w_5():
    """x = ±0.962424, b = -2.344390 and -2.655610: in closed form and by bisection."""
    x, b = sigmoid_folds(5.0)
    np.testing.assert_allclose(x, [-0.962424, 0.962424], atol=5e-7)
    np.testing.assert_allclose(b, [-2.344390, -2.655610], atol=5e-7)
    found = folds(lambda x: 5 * sigmoid(x), slope(5.0), -6.0, 6.0)
    np.testing.assert_allclose(found, (x, b), rtol=1e-12)


@pytest.mark.parametrize("w", [4.2, 5.0, 7.0])
def test_three_fixed_points_between_the_folds_and_one_outside(w):
    _, (high, low) = sigmoid_folds(w)
    width = high - low
    for b, count in [(low - 0.1, 1), (low + 0.1 * width, 3), (high - 0.1 * width, 3), (high + 0.1, 1)]:
        x, multiplier = fixed_points(lambda x, b=b: w * sigmoid(x) + b, slope(w), -12.0, 12.0)
        assert len(x) == count
        assert (multiplier < 1).tolist() == ([True] if count == 1 else [True, False, True])


@pytest.mark.parametrize("w", [-1.0, 3.9, 4.0])
def test_no_fold_without_bistability(w):
    assert len(sigmoid_folds(w)[0]) == 0
    assert len(folds(lambda x: w * sigmoid(x), slope(w), -6.0, 6.0)[0]) == 0


@pytest.mark.parametrize(
    ("w", "point", "multiplier"),
    [(1.25, 0.88801, 0.61914), (1.5, 1.28784, 0.39431), (2.0, 1.91501, 0.16637), (3.0, 2.98470, 0.03051)],
)
def test_the_fixed_point_of_the_latch(w, point, multiplier):
    """a = w·tanh(a): the table of the facts, for the scalar map and for a cell, whose state is tanh(a)."""
    x, m = fixed_points(lambda a: w * np.tanh(a), lambda a: w / np.cosh(a) ** 2, 0.1, 5.0)
    np.testing.assert_allclose([x[0], m[0]], [point, multiplier], atol=6e-6)
    params = {"W": np.array([[w]]), "U": np.zeros((1, 1)), "b": np.zeros(1)}
    cell, h, rest = VanillaRNN(m=1, n=1), np.tanh(x[0]) * np.array([[-1.0], [0.0], [1.0]]), np.zeros((3, 1))
    np.testing.assert_allclose(cell.step(params, h, rest), h, atol=1e-12)
    np.testing.assert_allclose(jacobian(cell, params, h, rest).ravel(), [m[0], w, m[0]], rtol=1e-9)


def test_orbits_of_the_logistic_map():
    """r = 3.5: the cycle of four."""
    orbit = orbit_diagram(lambda x, r: r * x * (1 - x), np.array([3.5]), 0.3, burn_in=2000, keep=8)[:, 0]
    np.testing.assert_allclose(orbit[:4], orbit[4:], atol=1e-12)
    np.testing.assert_allclose(sorted(orbit[:4]), [0.38281968, 0.50088421, 0.82694071, 0.87499726], atol=1e-7)


def test_what_is_refused():
    with refused(ValueError, "high must be a finite number > 1"):
        roots(np.sin, 1.0, 1.0)
    with refused(ValueError, "keep must be an integer >= 1", "0"):
        orbit_diagram(lambda x, p: x, np.ones(1), 0.0, 0, 0)


def test_a_function_that_is_nan_has_no_zero_at_its_end():
    with np.errstate(invalid="ignore", divide="ignore"):
        assert roots(lambda x: np.log(x) + 3, -1.0, 1.01) == pytest.approx([np.exp(-3)])
        assert roots(lambda x: np.sqrt(x) + 1, -1.0, 1.01).size == 0
