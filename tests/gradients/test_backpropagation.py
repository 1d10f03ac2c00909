"""Two routes, one answer; the known answers of the scalar linear network; what an explosion returns."""

import numpy as np
import pytest

from minirnn import LSTM, LinearRNN, VanillaRNN, backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.core.params import map_params
from minirnn.learning import losses
from tests.helpers import all_cells, distance, name, only, random_case, random_params, refused

every_reading = pytest.mark.parametrize("reading", [losses.at_end, losses.at_every_step], ids=lambda f: f.__name__)


def forward(cell, T=7, B=3, reading=losses.at_every_step, seed=0):
    """A case with its states and dE; the gradient of the cell's own parameters, without the readout's."""
    params, X, h0, loss = random_case(np.random.default_rng(seed), cell, T, B, reading, losses.squared_error)
    H = unroll(cell, params, X, h0)
    gradient = bptt(cell, params, X, loss, h0)[1]
    own = {key: gradient[key] for key in cell.shapes()}
    return params, X, h0, loss, H, loss(params, H[1:])[1], own


# ---------------------------------------------------------------- two routes


@all_cells
def test_states_obey_the_recurrence(cell):
    params, X, h0, _, H, _, _ = forward(cell)
    drive = cell.drive(params, X)
    assert H.shape == (8, 3, cell.n_state)
    assert (H[0] == h0).all()
    for t in range(len(X)):
        np.testing.assert_allclose(H[t + 1], cell.step(params, H[t], drive[t]), rtol=1e-13)
    assert (unroll(cell, params, X)[0] == 0).all()
    np.testing.assert_array_equal(unroll(cell, params, X), unroll(cell, params, X, np.zeros_like(h0)))


@all_cells
@every_reading
def test_temporal_terms_sum_to_the_gradient(cell, reading):
    params, X, _, _, H, dE, own = forward(cell, reading=reading)
    terms = temporal_terms(cell, params, X, H, dE)
    assert {key: value.shape for key, value in terms.items()} == {k: (7, *v) for k, v in cell.shapes().items()}
    assert distance(map_params(lambda term: term.sum(0), terms), own) < 1e-13


@all_cells
def test_temporal_term_k_is_the_gradient_in_a_copy_of_the_parameters_used_at_step_k_alone(cell):
    """The definition of the immediate partial derivative, by central differences."""
    params, X, _, loss, H, dE, _ = forward(cell, T=4, reading=losses.at_end, seed=3)
    terms = temporal_terms(cell, params, X, H, dE)

    def energy(changed, k):
        h = H[0]
        for t in range(len(X)):
            used = changed if t == k else params
            h = cell.step(used, h, cell.drive(used, X)[t])
        return loss(params, h[None])[0]

    key = next(iter(cell.shapes()))
    for k in range(4):
        for index in np.ndindex(params[key].shape):
            energies = []
            for sign in (1, -1):
                moved = params | {key: params[key].copy()}
                moved[key][index] += sign * 1e-6
                energies.append(energy(moved, k))
            assert (energies[0] - energies[1]) / 2e-6 == pytest.approx(terms[key][k][index], rel=1e-5, abs=1e-8)


@all_cells
def test_backward_gives_the_adjoints_of_the_drive(cell):
    """d_t = ∂E/∂(drive_t): by central differences in the drive itself."""
    params, X, h0, loss, H, dE, _ = forward(cell, T=3, B=2)
    D = backward(cell, params, X, H, dE)
    drive = cell.drive(params, X)
    assert D.shape == drive.shape

    def energy(drive):
        h, states = h0, []
        for drive_t in drive:
            h = cell.step(params, h, drive_t)
            states.append(h)
        return loss(params, np.array(states))[0]

    for index in np.ndindex(drive.shape):
        energies = []
        for sign in (1, -1):
            moved = drive.copy()
            moved[index] += sign * 1e-6
            energies.append(energy(moved))
        assert (energies[0] - energies[1]) / 2e-6 == pytest.approx(D[index], rel=1e-5, abs=1e-8)


@all_cells
def test_temporal_terms_are_the_parameter_map_of_the_adjoints(cell):
    params, X, _, _, H, dE, _ = forward(cell)
    local = cell.linearize(params, cell.drive(params, X), H[:-1], H[1:])
    D = backward(cell, params, X, H, dE)
    assert distance(temporal_terms(cell, params, X, H, dE), cell.vjp_params(params, X, H[:-1], local, D)) == 0


@all_cells
@every_reading
@pytest.mark.parametrize("K", [7, 8, 1000])
def test_truncation_that_keeps_everything_is_the_exact_gradient(cell, reading, K):
    params, X, h0, loss, *_ = forward(cell, reading=reading)
    E, exact = bptt(cell, params, X, loss, h0)
    E_truncated, truncated = truncated_bptt(cell, params, X, loss, K, h0)
    assert E_truncated == E
    assert distance(truncated, exact) < 1e-13


@all_cells
@pytest.mark.parametrize("K", [1, 2, 5])
def test_truncation_is_the_last_K_temporal_terms_of_each_error(cell, K):
    params, X, h0, loss, H, dE, own = forward(cell)
    expected = {key: np.zeros(shape) for key, shape in cell.shapes().items()}
    for t in range(len(X)):
        dE_t = np.zeros_like(dE)
        dE_t[t] = dE[t]
        terms = temporal_terms(cell, params, X, H, dE_t)
        for key in expected:
            expected[key] += terms[key][max(0, t + 1 - K) : t + 1].sum(0)
    truncated = truncated_bptt(cell, params, X, loss, K, h0)[1]
    assert distance({key: truncated[key] for key in expected}, expected) < 1e-13
    assert distance(expected, own) > 1e-6  # the truncation does cut something


# ---------------------------------------------------------------- known answers: h_t = λ h_{t-1} + x_t

LINEAR = LinearRNN(1, 1)


def scalar(lam):
    return {"W": np.array([[lam]]), "U": np.ones((1, 1)), "b": np.zeros(1)}


def sensitivity(lam, X, h0=None, K=None):
    """dh_T/dλ, summed over the batch."""
    if K is None:
        return bptt(LINEAR, scalar(lam), X, only(), h0)[1]["W"].item()
    return truncated_bptt(LINEAR, scalar(lam), X, only(), K, h0)[1]["W"].item()


@pytest.mark.parametrize(
    ("lam", "T", "expected"),
    [
        (0.5, 10, 3.957031),
        (0.5, 50, 4.0),
        (0.5, 100, 4.0),
        (0.9, 10, 26.390107),
        (0.9, 50, 96.621414),
        (0.9, 100, 99.967831),
        (1.0, 10, 45),
        (1.0, 50, 1225),
        (1.0, 100, 4950),
        (1.1, 10, 76.420523),
        (1.1, 50, 41720.393),
        (1.1, 100, 11149868.17),
        (-1.0, 10, 5),
        (-1.0, 50, 25),
        (-1.0, 100, 50),
    ],
)
def test_the_triangular_array_for_constant_input(lam, T, expected):
    found = sensitivity(lam, np.ones((T, 1, 1)))
    assert found == pytest.approx(expected, rel=1.3e-7)  # the table's rounding
    assert found == pytest.approx(sum(j * lam ** (j - 1) for j in range(1, T)), rel=1e-12)


@pytest.mark.parametrize("T", [1, 2, 10, 100])
def test_at_lambda_one_an_impulse_counts_linearly_and_a_constant_quadratically(T):
    impulse = np.zeros((T, 1, 1))
    impulse[0] = 1.0
    assert sensitivity(1.0, impulse) == pytest.approx(T - 1, rel=1e-12)
    assert sensitivity(1.0, np.ones((T, 1, 1))) == pytest.approx(T * (T - 1) / 2, rel=1e-12)


def per_sequence(lam, X):
    """dh_T/dλ for each sequence of the batch, (B,)."""
    H = unroll(LINEAR, scalar(lam), X)
    return (backward(LINEAR, scalar(lam), X, H, only()(None, H[1:])[1]) * H[:-1]).sum(0)[:, 0]


def test_at_lambda_one_white_noise_has_the_exact_variance():
    T = 40
    exact = (T - 1) * T * (2 * T - 1) / 6
    responses = per_sequence(1.0, np.eye(T)[:, :, None])  # to an impulse at each step: the summands are independent
    assert (responses**2).sum() == pytest.approx(exact, rel=1e-12)
    drawn = per_sequence(1.0, np.random.default_rng(0).standard_normal((T, 4000, 1)))
    assert drawn.var() == pytest.approx(exact, rel=0.1)  # relative standard error sqrt(2/4000) = 0.022
    assert exact == pytest.approx(T**3 / 3, rel=0.05)


def test_below_one_white_noise_has_a_bounded_variance():
    assert (per_sequence(0.9, np.eye(300)[:, :, None]) ** 2).sum() == pytest.approx(263.887, rel=1e-5)
    assert (unroll(LINEAR, scalar(0.9), np.eye(300)[:, :, None])[-1] ** 2).sum() == pytest.approx(5.26316, rel=1e-5)


@pytest.mark.parametrize(("K", "ratio"), [(1, 0.1), (5, 0.40951), (10, 0.65132), (20, 0.87842), (50, 0.99485)])
def test_truncation_of_a_stationary_linear_network_keeps_one_minus_lambda_to_the_K(K, ratio):
    X, stationary = np.ones((400, 1, 1)), np.array([[10.0]])  # h = 1/(1 - λ)
    kept = sensitivity(0.9, X, stationary, K) / sensitivity(0.9, X, stationary)
    assert kept == pytest.approx(ratio, abs=5e-6)
    assert kept == pytest.approx(1 - 0.9**K, rel=1e-12)


def test_a_dependency_longer_than_K_contributes_exactly_nothing():
    impulse = np.zeros((20, 1, 1))
    impulse[0] = 1.0
    cell, params = VanillaRNN(1, 1), scalar(0.9)
    assert truncated_bptt(cell, params, impulse, only(), 19)[1]["U"].item() == 0.0
    assert truncated_bptt(cell, params, impulse, only(), 20)[1]["U"].item() > 1e-4


# ---------------------------------------------------------------- float32, explosions, bad input


@all_cells
@pytest.mark.parametrize("error", [losses.squared_error, losses.softmax_cross_entropy], ids=lambda f: f.__name__)
def test_float32_from_end_to_end(cell, error):
    params, X, h0, loss = random_case(np.random.default_rng(2), cell, 7, 3, losses.at_every_step, error)
    single = {key: value.astype(np.float32) for key, value in params.items()}
    target = loss.target if error is losses.softmax_cross_entropy else loss.target.astype(np.float32)
    loss_single = losses.at_every_step(error, target)
    X_single, h0_single = X.astype(np.float32), h0.astype(np.float32)
    exact = bptt(cell, params, X, loss, h0)
    H = unroll(cell, single, X_single, h0_single)
    dE = loss_single(single, H[1:])[1]
    assert H.dtype == dE.dtype == backward(cell, single, X_single, H, dE).dtype == np.float32
    terms = temporal_terms(cell, single, X_single, H, dE)
    assert {value.dtype for value in terms.values()} == {np.dtype(np.float32)}
    for route in (bptt, lambda *args: truncated_bptt(*args[:4], 7, args[4])):
        E, gradient = route(cell, single, X_single, loss_single, h0_single)
        assert pytest.approx(exact[0], rel=1e-5) == E
        assert {value.dtype for value in gradient.values()} == {np.dtype(np.float32)}
        assert distance(gradient, exact[1]) < 2e-5
    local = cell.linearize(single, cell.drive(single, X_single), H[:-1], H[1:])
    assert {a.dtype for a in local} <= {np.dtype(np.float32), np.dtype(np.complex64)}


@pytest.mark.parametrize("cell", [VanillaRNN(1, 20, activation="relu"), LinearRNN(1, 20)], ids=name)
def test_an_explosion_is_returned_without_a_warning(cell):
    rng = np.random.default_rng(0)
    params = random_params(rng, cell, 1)
    params["W"] = 5.0 / np.sqrt(20) * rng.standard_normal((20, 20))
    X = rng.standard_normal((2000, 2, 1))
    H = unroll(cell, params, X)
    assert np.isfinite(H[:10]).all()
    assert not np.isfinite(H[-1]).any()  # and no unit comes back: max(nan, 0) written carelessly is 0
    loss = losses.at_end(losses.squared_error, np.zeros((2, 1)))
    for E, gradient in (bptt(cell, params, X, loss), truncated_bptt(cell, params, X, loss, 3)):
        assert not np.isfinite(E)
        assert not np.isfinite(gradient["W"]).all()
    dE = np.ones_like(H[1:])
    assert not np.isfinite(backward(cell, params, X, H, dE)).all()
    assert not np.isfinite(temporal_terms(cell, params, X, H, dE)["W"]).all()


CELL = VanillaRNN(2, 3)


def good():
    rng = np.random.default_rng(0)
    params = random_params(rng, CELL, 1)
    X = rng.standard_normal((5, 4, 2))
    return params, X, losses.at_end(losses.squared_error, np.zeros((4, 1))), rng.standard_normal((4, 3))


def entries(params, X, loss, h0):
    """All public functions that take inputs, each as a call without arguments."""
    H, dE = np.zeros((6, 4, 3)), np.zeros((5, 4, 3))
    return [
        lambda: unroll(CELL, params, X, h0),
        lambda: bptt(CELL, params, X, loss, h0),
        lambda: truncated_bptt(CELL, params, X, loss, 2, h0),
        lambda: backward(CELL, params, X, H, dE),
        lambda: temporal_terms(CELL, params, X, H, dE),
    ]


BAD_X = {
    "no batch axis": (np.zeros((5, 2)), ValueError, ("X must be (T, B, 2)", "(5, 2)")),
    "inputs": (np.zeros((5, 4, 3)), ValueError, ("X must be (T, B, 2)", "(5, 4, 3)")),
    "T = 0": (np.zeros((0, 4, 2)), ValueError, ("X must be (T, B, 2)", ">= 1", "(0, 4, 2)")),
    "B = 0": (np.zeros((5, 0, 2)), ValueError, ("X must be (T, B, 2)", ">= 1", "(5, 0, 2)")),
    "integers": (np.zeros((5, 4, 2), int), TypeError, ("X must be", "float", "int64")),
    "complex": (np.zeros((5, 4, 2), complex), TypeError, ("X must be", "float", "complex128")),
    "objects": (np.full((5, 4, 2), None), TypeError, ("X must be", "float", "object")),
    "half": (np.zeros((5, 4, 2), np.float16), TypeError, ("X must be", "float", "float16")),
    "a list": ([[[0.0, 0.0]]], TypeError, ("X must be", "array", "list")),
    "nan": (np.full((5, 4, 2), np.nan), ValueError, ("X must be finite", "40")),
    "inf": (np.full((5, 4, 2), np.inf), ValueError, ("X must be finite", "40")),
    "other dtype": (np.zeros((5, 4, 2), np.float32), TypeError, ("X", "one dtype", "float32", "float64")),
}


@pytest.mark.parametrize("case", BAD_X)
def test_bad_inputs_are_named(case):
    params, _, loss, h0 = good()
    X, error, words = BAD_X[case]
    for entry in entries(params, X, loss, h0):
        with refused(error, *words):
            entry()


BAD_PARAMS = {
    "missing": (lambda p: p.pop("U"), ValueError, ("params", "W, U, b", "U is missing")),
    "shape of W": (lambda p: p.update(W=np.zeros((3, 2))), ValueError, ("params['W'] must be (3, 3)", "(3, 2)")),
    "b as a row": (lambda p: p.update(b=np.zeros((1, 3))), ValueError, ("params['b'] must be (3,)", "(1, 3)")),
    "b that would broadcast": (lambda p: p.update(b=np.zeros(1)), ValueError, ("params['b'] must be (3,)", "(1,)")),
    "integers": (lambda p: p.update(b=np.zeros(3, int)), TypeError, ("params['b']", "float", "int64")),
    "a list": (lambda p: p.update(b=[0.0, 0.0, 0.0]), TypeError, ("params['b']", "float", "list")),
    "mixed": (lambda p: p.update(b=np.zeros(3, np.float32)), TypeError, ("b", "one dtype", "float32")),
    "V too narrow": (lambda p: p.update(V=np.zeros((1, 2))), ValueError, ("params['V']", "(outputs, 3)", "(1, 2)")),
    "c_out": (lambda p: p.update(c_out=np.zeros(2)), ValueError, ("params['c_out'] must be (1,)", "(2,)")),
    "no c_out": (lambda p: p.pop("c_out"), ValueError, ("params", "c_out is missing")),
    "mixed readout": (lambda p: p.update(V=np.zeros((1, 3), np.float32)), TypeError, ("V", "one dtype", "float32")),
}


@pytest.mark.parametrize("case", BAD_PARAMS)
def test_bad_parameters_are_named(case):
    params, X, loss, h0 = good()
    change, error, words = BAD_PARAMS[case]
    change(params)
    for entry in entries(params, X, loss, h0):
        with refused(error, *words):
            entry()


@pytest.mark.parametrize("params", [None, [1.0], {}, np.zeros(3)], ids=repr)
def test_parameters_must_be_a_dict(params):
    _, X, loss, h0 = good()
    for entry in entries(params, X, loss, h0):
        with refused(TypeError, "params must be a non-empty dict"):
            entry()


def test_bad_h0_H_dE_and_K_are_named():
    params, X, loss, h0 = good()
    H, dE = unroll(CELL, params, X), np.zeros((5, 4, 3))
    for bad in (h0[:1], h0[0], h0[:, :1]):  # each of which would broadcast
        with refused(ValueError, "h0 must be (4, 3)", str(bad.shape)):
            bptt(CELL, params, X, loss, bad)
    with refused(TypeError, "h0", "one dtype", "float32"):
        unroll(CELL, params, X, h0.astype(np.float32))
    with refused(TypeError, "h0 must be", "int"):
        unroll(CELL, params, X, 0)
    with refused(ValueError, "h0 must be (4, 6)", "(4, 3)"):
        unroll(LSTM(2, 3), random_params(np.random.default_rng(0), LSTM(2, 3)), X, h0)
    for entry in (backward, temporal_terms):
        with refused(ValueError, "H must be (6, 4, 3)", "(5, 4, 3)"):
            entry(CELL, params, X, H[1:], dE)
        with refused(ValueError, "dE must be (5, 4, 3)", "(5, 1, 3)"):
            entry(CELL, params, X, H, dE[:, :1])
        with refused(TypeError, "dE", "one dtype", "float32"):
            entry(CELL, params, X, H, dE.astype(np.float32))
        with refused(TypeError, "H must be", "list"):
            entry(CELL, params, X, H.tolist(), dE)
    for K in (0, -1):
        with refused(ValueError, "K must be an integer >= 1", str(K)):
            truncated_bptt(CELL, params, X, loss, K)
    for K in (2.5, True, None, "3"):
        with refused(TypeError, "K must be an integer", type(K).__name__):
            truncated_bptt(CELL, params, X, loss, K)


def test_a_loss_of_ones_own_must_return_dE_of_the_states_shape_and_dtype():
    params, X, _, _ = good()
    for route in (lambda loss: bptt(CELL, params, X, loss), lambda loss: truncated_bptt(CELL, params, X, loss, 2)):
        with refused(ValueError, "dE of the loss must be (5, 4, 3)", "(4, 3)"):
            route(lambda params, H: (0.0, np.zeros((4, 3)), {}))
        with refused(TypeError, "dE", "one dtype", "float32"):
            route(lambda params, H: (0.0, np.zeros(H.shape, np.float32), {}))
