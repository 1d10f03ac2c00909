"""Linear recurrences against matrix powers; the ring; the normalisation."""

import numpy as np
import pytest
from scipy.linalg import block_diag

from minirnn import LRU, BlockRNN, DiagonalRNN, IndRNN, LinearRNN, NormalizedRNN, backward, unroll
from minirnn.cells.contract import Affine
from minirnn.cells.elementwise import ElementwiseLinear
from minirnn.cells.linear import log_normalizer, to_complex, to_real
from minirnn.core import initializers
from minirnn.core.products import affine_vjp
from minirnn.gradients import referee
from tests.helpers import random_params, refused

# the values below are rounded to the digits given
PUBLISHED = [(0.5, 1.33333, 2.96296), (0.9, 5.26316, 263.887), (0.99, 50.2513, 251262.6)]


def test_impulse_response_is_a_matrix_power():
    rng = np.random.default_rng(0)
    cell = LinearRNN(2, 3)
    params = random_params(rng, cell) | {"b": np.zeros(3)}
    X = np.zeros((8, 2, 2))
    X[0] = np.eye(2)
    power = np.linalg.matrix_power(params["W"], 7) @ params["U"]
    np.testing.assert_allclose(unroll(cell, params, X)[-1], power.T, atol=1e-14)


def test_linear_rnn_has_no_other_activation():
    with refused(ValueError, "activation must be one of identity", "'tanh'"):
        LinearRNN(2, 3, activation="tanh")


@pytest.mark.parametrize("make", [DiagonalRNN, LRU])
def test_impulse_response_is_a_power_of_the_eigenvalue(make):
    rng = np.random.default_rng(0)
    cell = make(1, 3)
    params = random_params(rng, cell)
    X = np.zeros((8, 1, 1))
    X[0] = 1.0
    if make is LRU:
        lam = np.exp(-np.exp(params["nu_log"]) + 1j * np.exp(params["theta_log"]))
        gamma = np.exp(params["gamma_log"])
    else:
        lam, gamma = params["nu"] * np.exp(1j * params["theta"]), 1.0
    expected = lam**7 * gamma * (params["B_re"] + 1j * params["B_im"])[:, 0]
    np.testing.assert_allclose(unroll(cell, params, X)[-1, 0], to_real(expected), atol=1e-14)
    np.testing.assert_allclose(cell.eigenvalues(params), lam, atol=1e-15)


def test_blocks_are_a_dense_network_with_these_blocks():
    rng = np.random.default_rng(3)
    cell = BlockRNN(2, 3)
    params, X = random_params(rng, cell), rng.standard_normal((6, 2, 2))
    W = block_diag(*params["W"])
    h0 = rng.standard_normal((2, 6))
    dense = unroll(LinearRNN(2, 6), params | {"W": W}, X, h0)
    np.testing.assert_allclose(unroll(cell, params, X, h0), dense, atol=1e-13)


def test_blocks_begin_as_a_diagonal_network():
    """The same generator draws the same λ; only the inputs' weights differ."""
    blocks = BlockRNN(1, 4).init(np.random.default_rng(0), r_min=0.5)
    lam = DiagonalRNN(1, 4).eigenvalues(DiagonalRNN(1, 4).init(np.random.default_rng(0), r_min=0.5))
    np.testing.assert_allclose(blocks["W"][:, 0, 0] + 1j * blocks["W"][:, 1, 0], lam, atol=1e-15)
    np.testing.assert_allclose(blocks["W"][:, 1, 1] - 1j * blocks["W"][:, 0, 1], lam, atol=1e-15)


@pytest.mark.parametrize("make", [DiagonalRNN, NormalizedRNN, LRU])
def test_a_diagonal_cell_is_a_dense_one_with_rotations_for_blocks(make):
    rng = np.random.default_rng(1)
    cell = make(2, 3)
    params, X = random_params(rng, cell), rng.standard_normal((6, 2, 2))
    W = block_diag(*([[lam.real, -lam.imag], [lam.imag, lam.real]] for lam in cell.eigenvalues(params)))
    U = cell.drive(params, np.eye(2)).T
    dense = {"W": W, "U": U, "b": np.zeros(6)}
    h0 = rng.standard_normal((2, 6))
    np.testing.assert_allclose(unroll(cell, params, X, h0), unroll(LinearRNN(2, 6), dense, X, h0), atol=1e-13)


def test_complex_and_real_states_are_one_another():
    h = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert to_complex(h).tolist() == [[1 + 2j, 3 + 4j]]
    assert (to_real(to_complex(h)) == h).all()
    assert np.shares_memory(to_real(to_complex(h)), h)
    assert to_complex(h[:, ::-1]).tolist() == [[4 + 3j, 2 + 1j]]  # not side by side in memory: a copy


@pytest.mark.parametrize(("lam", "variance", "sensitivity"), PUBLISHED)
def test_known_variances_for_white_noise(lam, variance, sensitivity):
    """E h² and E(∂h/∂λ)² are the sums of the squared responses to one impulse, the network being linear."""
    cell = DiagonalRNN(1, 1)
    params = {"nu": np.array([lam]), "theta": np.zeros(1), "B_re": np.ones((1, 1)), "B_im": np.zeros((1, 1))}
    X = np.zeros((3000, 1, 1))
    X[0] = 1.0
    h = unroll(cell, params, X)[1:, 0, 0]
    assert (h**2).sum() == pytest.approx(variance, rel=3e-6)
    step = 1e-6
    moved = [unroll(cell, params | {"nu": params["nu"] + sign * step}, X)[1:, 0, 0] for sign in (1, -1)]
    assert (((moved[0] - moved[1]) / (2 * step)) ** 2).sum() == pytest.approx(sensitivity, rel=3e-6)


def test_init_lies_on_the_ring():
    rng = np.random.default_rng(0)
    for make in (DiagonalRNN, NormalizedRNN, LRU):
        cell = make(1, 20000)
        params = cell.init(rng, r_min=0.6, r_max=0.9)
        size = np.abs(cell.eigenvalues(params))
        assert size.min() >= 0.6 - 1e-12
        assert size.max() <= 0.9 + 1e-12
        assert (size**2).mean() == pytest.approx((0.6**2 + 0.9**2) / 2, rel=0.01)


@pytest.mark.parametrize("make", [NormalizedRNN, LRU])
def test_normalised_cells_start_with_unit_variance_for_white_noise(make):
    rng = np.random.default_rng(0)
    cell = make(1, 5)
    params = cell.init(rng, inputs=lambda rng, shape: np.ones(shape), r_min=0.3, r_max=0.95)
    impulse = np.zeros((2000, 1, 1))
    impulse[0] = 1.0
    h = to_complex(unroll(cell, params, impulse)[1:, 0])
    np.testing.assert_allclose((np.abs(h) ** 2).sum(0), 1.0, rtol=1e-10)  # |B|² = (1 + 1)/2


def test_lru_is_stable_for_any_parameters():
    cell = LRU(1, 4)
    params = random_params(np.random.default_rng(0), cell) | {"nu_log": np.array([-30.0, -3.0, 0.0, 5.0])}
    assert (np.abs(cell.eigenvalues(params)) <= 1).all()
    assert (np.abs(cell.eigenvalues(params))[1:] < 1).all()


@pytest.mark.parametrize("nu_log", [-18.0, -10.0, 0.0])
def test_the_normalisation_survives_float32(nu_log):
    """1 - e^{-2x} = 2x(1 - x + 2x²/3 - x³/3 + ...) with x = e^{ν_log}; the plain formula gives 0 at -18."""
    x = np.exp(nu_log)
    series = 2 * x * (1 - x + 2 * x**2 / 3)
    exact = 0.5 * np.log(series if x < 0.1 else 1 - np.exp(-2 * x))
    ours = log_normalizer(np.float32(nu_log))
    assert ours.dtype == np.float32
    assert ours == pytest.approx(exact, rel=1e-6)
    lam = np.exp(-np.exp(np.float32(-18.0)))
    assert np.sqrt(1 - lam**2) == 0.0


def test_lru_close_to_the_unit_circle_is_normalised():
    e = np.exp(-18.0)
    params = LRU(1, 50).init(np.random.default_rng(0), r_min=1 - 1.01 * e, r_max=1 - 0.99 * e)
    np.testing.assert_allclose(params["gamma_log"], 0.5 * np.log(2 * e), atol=0.02)


@pytest.mark.parametrize("make", [BlockRNN, DiagonalRNN, NormalizedRNN, LRU])
def test_bad_rings_are_refused(make):
    rng, cell = np.random.default_rng(0), make(1, 2)
    with refused(ValueError, "r_max", "> 0.9", "0.5"):
        cell.init(rng, r_min=0.9, r_max=0.5)
    with refused(ValueError, "r_min", ">= 0", "-0.1"):
        cell.init(rng, r_min=-0.1)
    with refused(ValueError, "r_max", "1", "1.5"):
        cell.init(rng, r_max=1.5)
    with refused(ValueError, "r_max", "nan"):
        cell.init(rng, r_max=np.nan)
    with refused(TypeError, "r_max", "str"):
        cell.init(rng, r_max="1")


def test_normalised_cells_refuse_the_unit_circle_itself():
    for make in (NormalizedRNN, LRU):
        with refused(ValueError, "r_max", "< 1", "got 1.0"):
            make(1, 2).init(np.random.default_rng(0), r_max=1.0)
    DiagonalRNN(1, 2).init(np.random.default_rng(0), r_max=1.0)


class Decay(ElementwiseLinear, Affine):
    """h_t = λ ⊙ h_{t-1} + a_t: all that such a cell must say."""

    def shapes(self):
        return {"lam": (self.n,), "U": (self.n, self.m), "b": (self.n,)}

    def init(self, rng):
        return self.draw(rng, lam=initializers.uniform, U=initializers.fan_in)

    def coefficients(self, params, drive):
        return params["lam"], drive

    def vjp_params(self, params, X, H_prev, local, D):
        return {"lam": (D * H_prev).sum(-2), **affine_vjp(X, D)}


def test_a_cell_of_coefficients_needs_nothing_else():
    referee.check(Decay(2, 3))
    cell, linear, rng = Decay(2, 3), IndRNN(2, 3, activation="identity"), np.random.default_rng(0)
    params, X, h0 = random_params(rng, cell), rng.standard_normal((50, 2, 2)), rng.standard_normal((2, 3))
    dense = {"w": params["lam"], "U": params["U"], "b": params["b"]}
    np.testing.assert_allclose(unroll(cell, params, X, h0), unroll(linear, dense, X, h0), rtol=1e-10)
    dE = rng.standard_normal((50, 2, 3))
    D, E = (backward(c, p, X, unroll(c, p, X), dE) for c, p in ((cell, params), (linear, dense)))
    np.testing.assert_allclose(D, E, rtol=1e-9)


def test_without_coefficients_there_is_no_recurrence():
    with refused(NotImplementedError, "ElementwiseLinear must define coefficients"):
        ElementwiseLinear(1, 2).coefficients({}, np.ones((1, 2)))
