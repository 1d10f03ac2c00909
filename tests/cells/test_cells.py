"""The contract of a cell, for every registered one; and the cells without gates."""

import autograd
import numpy as np
import pytest

import minirnn
from minirnn import CELLS, GRU, IndRNN, VanillaRNN, unroll
from minirnn.cells.contract import Sized
from minirnn.core import initializers
from minirnn.core.activations import ACTIVATIONS, sigmoid, sigmoids
from minirnn.dynamics.exponents import jacobian
from minirnn.gradients.referee import central_differences
from tests.helpers import Leaky, all_cells, random_params, refused

every_make = pytest.mark.parametrize("make", CELLS, ids=lambda make: make.__name__)


@every_make
def test_init_gives_the_stated_shapes_in_float64(make):
    cell = make(2, 3)
    params = cell.init(np.random.default_rng(0))
    assert {key: value.shape for key, value in params.items()} == cell.shapes()
    assert {value.dtype for value in params.values()} == {np.dtype(np.float64)}
    assert unroll(cell, params, np.zeros((1, 1, 2))).shape == (2, 1, cell.n_state)
    assert cell.n_out <= cell.n_state


@every_make
def test_the_same_generator_gives_the_same_parameters_and_another_one_others(make):
    draws = [make(2, 3).init(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert all((draws[0][key] == draws[1][key]).all() for key in draws[0])
    assert any((draws[0][key] != draws[2][key]).any() for key in draws[0])


@all_cells
@pytest.mark.parametrize("lead", [(), (4,), (2, 4)], ids=str)
def test_the_jacobian_is_vjp_step_on_an_identity_batch(cell, lead):
    """And both step and vjp_step take further leading axes: one state here, many there."""
    rng = np.random.default_rng(0)
    params, N = random_params(rng, cell), cell.n_state
    h = rng.standard_normal((*lead, 1, N))
    drive = cell.drive(params, rng.standard_normal((*lead, 1, cell.m)))
    following = cell.step(params, h, drive)
    assert following.shape == h.shape
    local = cell.linearize(params, drive, h, following)
    jacobian, _ = cell.vjp_step(params, local, np.broadcast_to(np.eye(N), (*lead, N, N)))
    assert jacobian.shape == (*lead, N, N)
    for index in np.ndindex(lead):
        for i in range(N):  # row i of the Jacobian: how h'_i changes with h

            def entry(p, index=index, i=i):
                return cell.step(params, p["h"], drive[index])[0, i]

            row = central_differences(entry, {"h": h[index]})["h"][0]
            np.testing.assert_allclose(jacobian[index][i], row, atol=1e-8)


@all_cells
def test_a_direction_goes_where_the_jacobian_sends_it(cell):
    """By `jvp_step`, by the Jacobian that `vjp_step` gives, by autograd and by central differences; for directions as
    a further leading axis (B, ·) -> (k, B, ·) and, with local derivatives (B, 1, ·), as rows (B, k, ·)."""
    rng = np.random.default_rng(2)
    params, B, k, N = random_params(rng, cell), 3, 4, cell.n_state
    h, V = rng.standard_normal((B, N)), rng.standard_normal((k, B, N))
    drive = cell.drive(params, rng.standard_normal((B, cell.m)))
    local = cell.linearize(params, drive, h, cell.step(params, h, drive))
    moves = cell.jvp_step(params, local, V)
    J = jacobian(cell, params, h, drive)
    np.testing.assert_allclose(moves, np.einsum("bij,kbj->kbi", J, V), atol=1e-14)
    rows = cell.jvp_step(params, [a[:, None] for a in local], V.swapaxes(0, 1))
    np.testing.assert_allclose(rows, moves.swapaxes(0, 1), atol=1e-14)
    np.testing.assert_allclose(Sized.jvp_step(cell, params, local, V), moves, atol=1e-14)  # without a rule
    for b in range(B):
        by_autograd = autograd.jacobian(lambda x, b=b: cell.step(params, x, drive[[b]])[0])(h[[b]])
        np.testing.assert_allclose(moves[:, b], V[:, b] @ by_autograd[:, 0].T, atol=1e-13)
    ahead, behind = (cell.step(params, h + sign * 1e-6 * V, drive) for sign in (1, -1))
    np.testing.assert_allclose(moves, (ahead - behind) / 2e-6, atol=1e-8)


def test_a_class_with_another_step_does_not_inherit_the_rule_for_directions():
    rng, cell = np.random.default_rng(3), Leaky(2, 3)
    params, h, v = random_params(rng, cell), *rng.standard_normal((2, 4, 3))
    drive = cell.drive(params, rng.standard_normal((4, 2)))
    local = cell.linearize(params, drive, h, cell.step(params, h, drive))
    change = cell.step(params, h + 1e-6 * v, drive) - cell.step(params, h - 1e-6 * v, drive)
    np.testing.assert_allclose(cell.jvp_step(params, local, v), change / 2e-6, atol=1e-9)
    single = [a.astype("float32") for a in local]
    assert (
        cell.jvp_step({key: p.astype("float32") for key, p in params.items()}, single, v.astype("float32")).dtype
        == "float32"
    )


@all_cells
def test_leading_axes_are_only_bookkeeping(cell):
    rng = np.random.default_rng(1)
    params = random_params(rng, cell)
    X, h = rng.standard_normal((5, 4, 3, cell.m)), rng.standard_normal((5, 4, 3, cell.n_state))
    drive = cell.drive(params, X)
    following = cell.step(params, h, drive)
    local = cell.linearize(params, drive, h, following)
    delta = rng.standard_normal(h.shape)
    carry, d = cell.vjp_step(params, local, delta)
    terms = cell.vjp_params(params, X, h, local, d)
    for i, j in np.ndindex(5, 4):
        np.testing.assert_allclose(cell.step(params, h[i, j], drive[i, j]), following[i, j], atol=1e-14)
        here = [a[i, j] for a in local]
        carry_ij, d_ij = cell.vjp_step(params, here, delta[i, j])
        np.testing.assert_allclose(carry_ij, carry[i, j], atol=1e-14)
        np.testing.assert_allclose(d_ij, d[i, j], atol=1e-14)
        for key, value in cell.vjp_params(params, X[i, j], h[i, j], here, d_ij).items():
            np.testing.assert_allclose(value, terms[key][i, j], atol=1e-14)


@all_cells
def test_methods_change_none_of_their_arguments(cell):
    rng = np.random.default_rng(1)
    params = random_params(rng, cell)
    X, h = rng.standard_normal((2, 3, cell.m)), rng.standard_normal((2, 3, cell.n_state))
    frozen = [X, h, *params.values()]
    for array in frozen:
        array.flags.writeable = False
    drive = cell.drive(params, X)
    drive.flags.writeable = False
    local = cell.linearize(params, drive, h, cell.step(params, h, drive))
    _, d = cell.vjp_step(params, local, h)
    cell.vjp_params(params, X, h, local, d)


@every_make
@pytest.mark.parametrize("size", [0, -1])
def test_sizes_below_one_are_refused(make, size):
    with refused(ValueError, "m must be an integer >= 1", f"got {size}"):
        make(size, 3)
    with refused(ValueError, "n must be an integer >= 1", f"got {size}"):
        make(2, size)


@every_make
@pytest.mark.parametrize("size", [2.5, True, "3", None, np.array(2.0)], ids=repr)
def test_sizes_must_be_integers(make, size):
    with refused(TypeError, "m must be an integer", type(size).__name__):
        make(size, 3)
    with refused(TypeError, "n must be an integer"):
        make(2, size)


@every_make
@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0), np.random], ids=lambda r: type(r).__name__)
def test_init_wants_a_generator(make, rng):
    with refused(TypeError, "rng must be a numpy.random.Generator", type(rng).__name__):
        make(2, 3).init(rng)


@pytest.mark.parametrize("make", [VanillaRNN, IndRNN])
@pytest.mark.parametrize("activation", ["gelu", "Tanh", "", None, 1, [], np.tanh], ids=repr)
def test_an_unknown_activation_is_refused(make, activation):
    with refused(ValueError, "activation must be one of tanh, sigmoid, relu, identity", repr(activation)):
        make(2, 3, activation=activation)


def test_a_cell_is_a_value():
    assert VanillaRNN(2, 3) == VanillaRNN(2, 3) != VanillaRNN(2, 3, activation="relu")
    assert len({GRU(2, 3), GRU(2, 3), GRU(2, 4)}) == 2
    with pytest.raises(AttributeError):
        VanillaRNN(2, 3).n = 4
    assert len(set(CELLS)) == len(CELLS)
    assert {make.__name__ for make in CELLS} - set(minirnn.__all__) == set(), "minirnn must export all cells"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_are_the_derivatives_of_the_activations(activation):
    sigma, slope = ACTIVATIONS[activation]
    a = np.linspace(-3, 3, 13) + 0.01
    np.testing.assert_allclose(slope(sigma(a)), (sigma(a + 1e-6) - sigma(a - 1e-6)) / 2e-6, atol=1e-9)
    assert np.isnan(sigma(np.array([np.nan]))).all()
    assert sigma(np.float32([1.0])).dtype == slope(sigma(np.float32([1.0]))).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_sigmoids_of_one_exponential_are_those_of_two(dtype):
    a = np.concatenate([np.linspace(-800, 800, 4001), np.linspace(-3, 3, 601), [np.inf, -np.inf, np.nan]]).astype(
        dtype
    )
    for found, right in zip(sigmoids(a), (sigmoid(a), sigmoid(-a)), strict=True):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, right, rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)
    assert (sigmoids(a[a < -40])[1] == 1).all()


def test_sigmoid_is_the_logistic_function_and_its_slope_is_at_most_a_quarter():
    a = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(sigmoid(a), 1 / (1 + np.exp(-a)), atol=1e-15)
    assert (ACTIVATIONS["sigmoid"][1](sigmoid(a)) <= 0.25).all()
    assert sigmoid(np.array([-np.inf, -1e300, 1e300, np.inf])).tolist() == [0, 0, 1, 1]


def test_vanilla_rnn_step_by_hand():
    cell = VanillaRNN(1, 2, activation="identity")
    params = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "U": np.array([[5.0], [6.0]]), "b": np.array([7.0, 8.0])}
    H = unroll(cell, params, np.ones((1, 1, 1)), np.array([[1.0, 10.0]]))
    assert H[1].tolist() == [[1 + 20 + 5 + 7, 3 + 40 + 6 + 8]]  # W h, not Wᵀ h


def test_indrnn_is_a_vanilla_rnn_with_a_diagonal_matrix():
    rng = np.random.default_rng(0)
    cell = IndRNN(2, 3, activation="tanh")
    params, X = random_params(rng, cell), rng.standard_normal((6, 2, 2))
    dense = {"W": np.diag(params["w"]), "U": params["U"], "b": params["b"]}
    np.testing.assert_allclose(unroll(cell, params, X), unroll(VanillaRNN(2, 3), dense, X), atol=1e-15)


def test_an_irnn_with_zero_input_keeps_what_it_holds():
    cell = VanillaRNN(1, 3, activation="relu")
    params = cell.init(np.random.default_rng(0), recurrent=initializers.identity)
    h0 = np.array([[1.0, 2.0, 3.0]])
    assert (unroll(cell, params, np.zeros((500, 1, 1)), h0)[-1] == h0).all()
