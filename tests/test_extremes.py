"""Arguments at the ends of what is allowed: nothing becomes nan, 0 or inf on the way to a value that is none of these.

The referee is decimal arithmetic of 60 digits, which knows no overflow at 1e308 and no rounding of 1 - 1e-20 to 1.
"""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from autograd import elementwise_grad, grad

from minirnn import CELLS, GRU, LRU, LSTM, ChaosFreeRNN, DiagonalRNN, MinGRU, VanillaRNN, unroll
from minirnn.control.policy_gradient import exact_scores, expected_reward, log_likelihood, natural
from minirnn.control.pomdp import DelayedCue
from minirnn.core.activations import sigmoid, sigmoid_slope, tanh_slope
from minirnn.dynamics.bifurcations import sigmoid_folds
from minirnn.dynamics.exponents import jacobian, spectrum
from minirnn.dynamics.lipschitz import measured_constants
from minirnn.dynamics.maps import mean_field, tanh_network
from minirnn.dynamics.smoothness import local_lipschitz
from minirnn.dynamics.straightening import flossing
from minirnn.learning.contraction import limit_rows
from minirnn.learning.losses import log_softmax, softmax_cross_entropy
from minirnn.theory.memory import gradient_scale, stability_integral
from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS, RATES
from minirnn.theory.plateau import time_bound
from minirnn.theory.population import participation, sensitivity, variance

ENDS = [0.0, 5e-324, 1e-300, 1e-8, 0.5, 1.0, 5.0, 17.0, 20.0, 37.0, 50.0, 80.0, 300.0, 700.0, 1e6]
dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def exactly(f, values):
    """f of each value in decimals, as float64; what lies below 1e-400 is 0."""
    with localcontext(prec=60):
        return np.array([float(f(Decimal(float(v)))) for v in np.ravel(values)]).reshape(np.shape(values))


def right(found, expected):
    """Equal to a few units in the last place, but for what is below the normal floats; and of the same dtype."""
    limits = np.finfo(found.dtype)
    with np.errstate(over="ignore", under="ignore"):
        expected = expected.astype(found.dtype)
    np.testing.assert_allclose(found, expected, rtol=16 * limits.eps, atol=limits.tiny)


def logistic(a):
    return 1 / (1 + (-a).exp()) if abs(a) < 2000 else Decimal(int(a > 0))


def logistic_slope(a):
    return logistic(a) * logistic(-a)


def capped(w):
    return min(w, Decimal(10))  # e^{-e^10} is 0 in floats already


SCALARS = {
    "sigmoid": (sigmoid, logistic),
    "sigmoid'": (sigmoid_slope, logistic_slope),
    "tanh'": (tanh_slope, lambda a: 4 * logistic_slope(2 * a)),
    "multiplier exp": (MULTIPLIERS["exp"], lambda w: (-capped(w).exp()).exp()),
    "multiplier exp'": (
        MULTIPLIERS["exp"].derivative,
        lambda w: -(capped(w) - capped(w).exp()).exp(),
    ),
    "multiplier softplus": (MULTIPLIERS["softplus"], lambda w: logistic(-w)),
    "multiplier softplus'": (MULTIPLIERS["softplus"].derivative, lambda w: -logistic_slope(w)),
    "rate softplus'": (RATES["softplus"].derivative, lambda w: -logistic(w)),
    "rate best'": (RATES["best"].derivative, lambda w: 2 * w / (w * w + Decimal("0.5")) ** 2),
}


@dtypes
@pytest.mark.parametrize("name", SCALARS)
def test_scalar_functions_in_their_tails(name, dtype):
    f, exact = SCALARS[name]
    a = np.array([*ENDS, *(-np.array(ENDS[1:]))]).astype(dtype)
    a = (
        a[(np.abs(a) < 60) | (np.abs(a) > 200)] if "multiplier exp" in name else a
    )  # e^w has few digits after the point
    found = f(a)
    assert found.dtype == dtype
    expected = exactly(exact, a)
    rounding = np.maximum(1, np.exp(np.minimum(a, 5.0))) if "multiplier exp" in name else 1  # e^{-e^w}: e^w ε
    limits = np.finfo(dtype)
    error = np.abs(found - expected) / (rounding * (16 * limits.eps * np.abs(expected) + limits.tiny))
    assert error.max() <= 1, (a[error.argmax()], found[error.argmax()], expected[error.argmax()])


def test_the_sigmoid_takes_numbers_and_has_every_derivative():
    assert isinstance(sigmoid(0), float)
    assert float(sigmoid(3)) == pytest.approx(1 / (1 + np.exp(-3)), rel=1e-15)
    a = np.array([-800.0, -50.0, 0.0, 50.0, 800.0])
    right(elementwise_grad(sigmoid)(a), sigmoid_slope(a))
    right(elementwise_grad(elementwise_grad(sigmoid))(a), sigmoid_slope(a) * -np.tanh(a / 2))


def saturated(cell, a, dtype):
    """A cell whose pre-activations are all ±a, whatever its state: weights 0 but for the biases."""
    params = {key: np.zeros(shape, dtype) for key, shape in cell.shapes().items()}
    params["b"] = np.resize(np.array([a, -a], dtype), params["b"].shape)
    return params


@dtypes
@pytest.mark.parametrize("a", [1.0, 10.0, 40.0, 80.0])
def test_gates_near_their_ends_keep_and_pass_what_is_left(a, dtype):
    """The Jacobian of a GRU with W = 0 is z, and ∂h/∂b_z is (h - s)σ'; the LSTM's ∂c/∂c is f, the minGRU's 1 - z."""
    low, high = exactly(logistic, np.array([-a, a]))
    slope = exactly(logistic_slope, np.array([a])).item()

    def drive_of(cell, params):
        return cell.drive(params, np.zeros((1, 1, cell.m), dtype))[0]

    for make, part, expected in [
        (GRU, lambda J: np.diagonal(J[0]), [high, low]),
        (MinGRU, lambda J: np.diagonal(J[0]), [low, high]),
        (LSTM, lambda J: np.diagonal(J[0])[2:], [high, low]),
    ]:
        cell = make(1, 2)
        params = saturated(cell, a, dtype)
        J = jacobian(cell, params, np.full((1, cell.n_state), 0.5, dtype), drive_of(cell, params))
        right(part(J), np.array(expected))
    cell, h = MinGRU(1, 2), np.full((1, 2), 3.0, dtype)
    params = saturated(cell, a, dtype)
    drive = drive_of(cell, params)
    local = cell.linearize(params, drive, h, cell.step(params, h, drive))
    _, d = cell.vjp_step(params, local, np.ones((1, 2), dtype))
    right(d[0, :2], np.array([a - 3, -a - 3]) * slope)


@dtypes
def test_a_closed_gate_keeps_its_state_to_the_last_bit(dtype):
    for make in CELLS:
        if make.__name__ not in ("GRU", "ResetFirstGRU"):
            continue
        cell = make(1, 2)
        params = saturated(cell, 0.0, dtype)
        params["b"] = np.array([0, 0, 100, 100, 1, -1], dtype)  # z is 1, the candidates are not 0
        H = unroll(cell, params, np.zeros((50, 1, 1), dtype), np.array([[1e-20, 0.1]], dtype))
        assert (H[-1] == H[0]).all()


def test_a_mean_of_two_states_that_lie_far_apart_is_finite():
    cell = MinGRU(1, 1)
    params = {"U": np.zeros((2, 1)), "b": np.array([0.0, -1e308])}
    X, h0 = np.zeros((3, 1, 1)), np.full((1, 1), 1.5e308)
    assert unroll(cell, params, X, h0)[:, 0, 0].tolist() == [1.5e308, 0.25e308, -0.375e308, -0.6875e308]
    assert cell.step(params, h0, cell.drive(params, X)[0]).item() == 0.25e308


@dtypes
def test_saturated_chaos_free_slopes(dtype):
    cell = ChaosFreeRNN(1, 1)
    params = {"W": np.zeros((2, 1), dtype), "U": np.zeros((3, 1), dtype), "b": np.array([40, -40], dtype)}
    params["U"][2] = 30
    h = np.array([[25.0]], dtype)
    drive = cell.drive(params, np.ones((1, 1, 1), dtype))[0]
    slopes, through, dh_da = cell.linearize(params, drive, h, cell.step(params, h, drive))
    right(slopes[0], exactly(logistic_slope, np.array([40.0, 40.0])))
    right(through[0], 4 * exactly(logistic_slope, np.array([50.0])))
    right(dh_da[0], 4 * exactly(logistic_slope, np.array([60.0])) * exactly(logistic, np.array([-40.0])))


@dtypes
def test_a_diagonal_network_is_its_recurrence_where_products_overflow(dtype):
    cell, one = DiagonalRNN(1, 1), np.ones((1, 1), dtype)
    params = {"nu": 2 * one[0], "theta": 0 * one[0], "B_re": one, "B_im": 0 * one}
    X = np.zeros((16384, 1, 1), dtype)
    X[-1] = 1.0
    H = unroll(cell, params, X)
    assert np.isfinite(H).all()
    assert H[-1].tolist() == [[1.0, 0.0]]


@dtypes
def test_an_lru_that_forgets_at_once_has_a_gradient_of_zero(dtype):
    """λ = exp(-e^ν) is 0 and e^ν is inf: the derivative -e^ν λ is 0."""
    params = {"nu_log": np.array([800.0, 4.0], dtype), "theta_log": np.zeros(2, dtype)}
    with np.errstate(over="ignore"):
        gradient = LRU(1, 2).vjp_eigenvalues(params, np.ones(2, dtype) + 0j)
    assert gradient["nu_log"][0] == 0
    right(gradient["nu_log"][1:], np.array([-np.exp(4 - np.exp(4)) * np.cos(1)]).astype(dtype))
    assert np.isfinite(gradient["theta_log"]).all()


# --- losses ---------------------------------------------------------------------------------------------------


@dtypes
@pytest.mark.parametrize(
    ("row", "target", "E", "dY"),
    [
        ([0.0, -np.inf], 0, 0.0, [0.0, 0.0]),
        ([0.0, -np.inf], 1, np.inf, [1.0, -1.0]),
        ([0.0, -np.inf, 0.0], 0, np.log(2), [-0.5, 0.0, 0.5]),
        ([0.0, -50.0], 0, 1.9287498479639178e-22, [-1.9287498479639178e-22, 1.9287498479639178e-22]),
        ([0.0, -50.0], 1, 50.0, [1.0, -1.0]),
        ([1e30, -1e30], 0, 0.0, [0.0, 0.0]),
    ],
)
def test_the_cross_entropy_of_certain_and_of_impossible_classes(row, target, E, dY, dtype):
    Y, target = np.array([row], dtype), np.array([target])
    found, gradient = softmax_cross_entropy(Y, target)
    right(np.array(found), np.array(E))
    right(gradient, np.array([dY]))
    if np.isfinite(E):
        traced = grad(lambda Y: softmax_cross_entropy(Y, target)[0])(Y)
        np.testing.assert_allclose(traced, [dY], rtol=1e-6, atol=np.finfo(dtype).eps)


def test_the_cross_entropy_of_the_largest_floats():
    E, dY = softmax_cross_entropy(np.array([[1e308, -1e308]]), np.array([0]))
    assert (E, dY.tolist()) == (0.0, [[0.0, 0.0]])
    assert not np.signbit(E)


def test_an_explosion_is_not_hidden_by_the_loss():
    for row in ([np.nan, 0.0], [0.0, np.nan]):
        E, dY = softmax_cross_entropy(np.array([row]), np.array([0]))
        assert np.isnan(E)
        assert np.isnan(dY).all()


def test_an_impossible_action_that_was_not_chosen_has_no_say():
    Y, G = np.array([[0.0, -np.inf]]), np.array([[2.0, 0.0]])
    E, dY = log_likelihood(Y, G)
    assert E == 0
    assert (dY == 0).all()
    assert (grad(lambda Y: log_likelihood(Y, G)[0])(Y) == 0).all()
    rare = np.exp(-50.0)
    np.testing.assert_allclose(log_likelihood(np.array([[50.0, 0.0]]), G)[1], [[-2 * rare, 2 * rare]], rtol=1e-14)
    _, dY = expected_reward(np.array([[50.0, 0.0]]), np.array([[0.1, 0.4]]))
    np.testing.assert_allclose(dY, [[0.3 * rare, -0.3 * rare]], rtol=1e-14)


def test_scores_of_a_policy_that_has_made_up_its_mind():
    """∂ log π(a)/∂y_a is 1 - π_a, e^-50 here; times sqrt(½π) each. The readout's bias sees exactly that."""
    cell = VanillaRNN(1, 2)
    params = cell.init(np.random.default_rng(0)) | {"V": np.zeros((2, 2)), "c_out": np.array([50.0, 0.0])}
    _, S, _ = exact_scores(cell, params, DelayedCue(L=2))
    rare = np.exp(-50.0)
    np.testing.assert_allclose(S[0, -2:], np.sqrt(0.5) * np.array([rare, -rare]), rtol=1e-13)
    np.testing.assert_allclose(S[1, -2:], np.sqrt(0.5 * rare) * np.array([-1, 1]), rtol=1e-13)


def test_the_log_softmax_is_exact_where_one_probability_is_near_1():
    Y = np.array([[0.0, -20.0, -30.0], [0.0, 0.0, -40.0], [3.0, 1.0, -np.inf]])
    expected = Y - np.array([[np.log1p(np.exp(-20) + np.exp(-30))], [np.log(2)], [3 + np.log1p(np.exp(-2))]])
    np.testing.assert_allclose(log_softmax(Y), expected, rtol=4e-15)


@pytest.mark.parametrize("size", [1e-170, 1.0, 1e170])
def test_a_natural_gradient_scales_with_its_gradient(size):
    S, g = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([3.0, -1.0])
    expected = np.linalg.solve(S.T @ S + 0.1 * np.eye(2), g)
    r = np.linalg.solve(S.T, g)
    np.testing.assert_allclose(natural(S, size * r, 0.1) / size, expected, rtol=1e-12)
    assert (natural(S, 0 * r, 0.1) == 0).all()


# --- parametrizations and kernels -----------------------------------------------------------------------------


def test_inverses_near_the_ends_of_the_maps():
    assert RATES["best"].inverse(-2 * (1 - 2**-50)) == pytest.approx(np.sqrt(0.5 * 2**-50), rel=1e-12)
    assert RATES["best"].inverse(-1e-320) == pytest.approx(1e160, rel=1e-3)
    for name in ("exp", "softplus", "best"):
        lam = 1 - 2.0**-50
        assert 1 - MULTIPLIERS[name](MULTIPLIERS[name].inverse(lam)) == pytest.approx(2.0**-50, rel=0.2)
    lam = 1 - 1e-12 + 0j
    w1, _ = EIGENVALUES["optimal"].inverse(lam)
    assert tanh_slope(w1) == pytest.approx(2e-12, rel=1e-3)


def test_derivatives_of_eigenvalues_at_the_ends():
    first, second = EIGENVALUES["exponential"].derivatives(np.array([800.0, -30.0]), 0.3)
    assert first[0] == second[0] == 0
    assert abs(first[1]) == pytest.approx(np.exp(-30.0), rel=1e-12)
    optimal, w1, w2 = EIGENVALUES["optimal"], np.array([25.0]), np.array([1e21])
    assert np.angle(optimal(w1, w2)) == pytest.approx(1e21 * tanh_slope(25.0) / np.sqrt(2), rel=1e-12)
    first, second = optimal.derivatives(w1, w2)
    g = tanh_slope(25.0) / np.sqrt(2)
    lam = optimal(w1, w2)
    np.testing.assert_allclose(second, 1j * lam * g, rtol=1e-12)
    np.testing.assert_allclose(
        first, lam * (tanh_slope(25.0) - 2j * g * w2), rtol=1e-12
    )  # dg/dw₁ is -2g in the tail
    assert optimal(0.0, 0.7) == 0


def test_time_scales_of_slow_rates():
    assert gradient_scale(RATES["exp"], np.array([-400.0])) == pytest.approx(np.exp(400.0), rel=1e-12)
    assert gradient_scale(RATES["best"], np.array([1e100])) == pytest.approx(2e100, rel=1e-12)
    moved = stability_integral(RATES["direct"], -1.0, -1.0 - 1e-15)
    assert moved == pytest.approx(1e-15, rel=0.2)


# --- populations, maps, folds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_variances_of_real_eigenvalues_close_to_the_circle(sign):
    lam = sign * (1 - 2.0**-40)
    d = exactly(lambda x: 1 - x * x, np.array(lam)).item()
    assert variance(lam) == pytest.approx(1 / d, rel=1e-14)
    assert sensitivity(lam) == pytest.approx((1 + lam**2) / d**3, rel=1e-13)


@pytest.mark.parametrize("size", [1e-100, 1e100])
def test_participation_does_not_depend_on_the_length(size):
    np.testing.assert_allclose(participation(size * np.array([[1.0, 1.0], [0.0, -1.0]])), [1.0, 2.0])


def test_exponents_of_saturated_tanh_units():
    for w in (25.0, 300.0):  # J = 4w e^-2w, where 1 - tanh² is 0
        exponents = spectrum(tanh_network(w * np.eye(2)), np.ones((1, 2)), 1).exponents
        np.testing.assert_allclose(exponents, np.log(4 * w) - 2 * w, rtol=1e-13)
    assert np.isfinite(mean_field(100.0)).all()


def test_flossing_of_saturated_units_has_finite_exponents():
    cell = VanillaRNN(1, 1)
    params = {"W": np.full((1, 1), 1.0), "U": np.full((1, 1), 24.0), "b": np.zeros(1)}
    F, gradient = flossing(cell, params, np.ones((1, 1, 1)), k=1)  # a = 24, J = 4e^-48
    assert pytest.approx((np.log(4) - 48) ** 2, rel=1e-12) == F
    assert all(np.isfinite(g).all() for g in gradient.values())


def test_folds_of_large_weights():
    """x = ±ln((1 + r)/(1 - r)) with 1 - r = 4/(w(1 + r)), which is about ±ln w."""
    for w in (1e17, 1e300):
        x, b = sigmoid_folds(w)
        np.testing.assert_allclose(x, [-np.log(w), np.log(w)], rtol=1e-14)
        assert b[0] == pytest.approx(-np.log(w) - 1, rel=1e-12)
    x, _ = sigmoid_folds(4 + 4e-15)
    assert x[1] == pytest.approx(2 * np.sqrt((4 + 4e-15 - 4) / 4), rel=1e-7)


def test_the_time_bound_where_its_exponentials_overflow():
    assert time_bound(1.0, 0.5, 1000.0) == np.inf
    assert time_bound(1.0, 1.0, 1000.0) == 0.0
    assert time_bound(355.0, 354.0, 1.0) == pytest.approx(np.exp(710 - np.log(8 * 355)) * -np.expm1(-2), rel=1e-12)
    assert time_bound(1.0, 1 - 2.0**-50, 1.0) == pytest.approx(2 * 2.0**-50 * np.exp(2) / 8, rel=1e-12)


# --- weights and constants ------------------------------------------------------------------------------------


@dtypes
def test_rows_of_zeros_and_small_rows_stay(dtype):
    M = np.array([[0.0, 0.0], [1e-30, 0.0], [3.0, -1.0]], dtype)
    limited = limit_rows(M, 1.0)
    assert limited.dtype == dtype
    assert limited.tolist() == [[0, 0], [float(dtype(1e-30)), 0], [0.75, -0.25]]


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_lipschitz_constants_whose_squares_leave_the_range_of_floats(size):
    def gradient(p):
        return {"w": 2 * size * p["w"]}

    found = measured_constants(
        lambda p: (0.0, gradient(p)), {"w": np.zeros(3)}, radius=1.0, rng=np.random.default_rng(0)
    )
    assert 1.8 < found.cost / size <= 2.1
    assert found.gradient / size == pytest.approx(2.0, rel=1e-6)
    params, direction = {"w": np.zeros(3)}, {"w": np.ones(3)}
    assert local_lipschitz(gradient, params, direction) / size == pytest.approx(2.0, rel=1e-12)
