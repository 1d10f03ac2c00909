"""Gradient flossing: its gradient by central differences, its value by the spectrum, and what its descent does."""

import numpy as np
import pytest

from minirnn import GRU, VanillaRNN
from minirnn.core import initializers
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.dynamics.straightening import flossing
from minirnn.gradients.referee import central_differences
from minirnn.learning import losses, optimizers
from tests.helpers import distance, random_params, refused


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_gradient_agrees_with_central_differences(k):
    rng, cell = np.random.default_rng(0), VanillaRNN(2, 5)
    params, X, h0 = random_params(rng, cell), rng.standard_normal((12, 3, 2)), rng.standard_normal((3, 5))
    _, gradient = flossing(cell, params, X, k, h0)
    differences = central_differences(lambda p: flossing(cell, p, X, k, h0)[0], params)
    assert distance(gradient, differences) < 1e-6


def test_the_value_is_the_sum_of_squared_exponents():
    rng, cell = np.random.default_rng(1), VanillaRNN(2, 5)
    params, X = random_params(rng, cell), rng.standard_normal((20, 3, 2))
    expected = (lyapunov_exponents(cell, params, X, 3) ** 2).sum(1).mean()
    assert flossing(cell, params, X, 3)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("gain", "T"), [(0.5, 30), (3.0, 5)])
@pytest.mark.slow
def test_its_descent_brings_exponents_to_zero_from_both_sides(gain, T):
    """Over 5 steps where exponents are positive: the gradient of an exponent of a long chaotic orbit explodes too."""
    rng, cell = np.random.default_rng(2), VanillaRNN(1, 10)
    params = cell.init(rng, recurrent=lambda *a: initializers.fan_in(*a, gain=gain))
    X = 0.3 * rng.standard_normal((T, 4, 1))
    optimizer = optimizers.adam(0.01)
    state, before = optimizer.init(params), flossing(cell, params, X, 2)[0]
    for _ in range(60):
        params, state = optimizer.update(params, flossing(cell, params, X, 2)[1], state)
    assert flossing(cell, params, X, 2)[0] < 0.2 * before


def test_other_parameters_have_no_gradient():
    rng, cell = np.random.default_rng(3), VanillaRNN(1, 4)
    params = cell.init(rng) | losses.init_readout(rng, cell, 2)
    gradient = flossing(cell, params, rng.standard_normal((5, 2, 1)), 2)[1]
    assert gradient.keys() == params.keys()
    assert (gradient["V"] == 0).all()


def test_bad_input():
    rng = np.random.default_rng(0)
    for cell in (GRU(1, 3), VanillaRNN(1, 3, activation="relu")):
        with refused(TypeError, "cell must be a VanillaRNN with tanh"):
            flossing(cell, cell.init(rng), np.zeros((5, 1, 1)), 1)
    cell = VanillaRNN(1, 3)
    with refused(ValueError, "k must be an integer from 1 to 3", "got 4"):
        flossing(cell, cell.init(rng), np.zeros((5, 1, 1)), 4)
