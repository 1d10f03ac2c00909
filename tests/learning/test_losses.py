import numpy as np
import pytest

from minirnn import LSTM, DiagonalRNN, VanillaRNN
from minirnn.gradients.referee import central_differences
from minirnn.learning import losses
from minirnn.learning.losses import (
    at_end,
    at_every_step,
    init_readout,
    readout,
    softmax_cross_entropy,
    squared_error,
)
from tests.helpers import distance, refused


def rng(seed=0):
    return np.random.default_rng(seed)


def test_squared_error_by_hand():
    E, dY = squared_error(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [3.0, 2.0]]))
    assert E == (0.5 * 5 + 0.5 * 4) / 2
    assert dY.tolist() == [[0.5, 1.0], [0.0, 1.0]]


def test_cross_entropy_by_hand():
    Y = np.log(np.array([[1.0, 2.0, 5.0], [4.0, 4.0, 2.0]]))
    E, dY = softmax_cross_entropy(Y, np.array([2, 0]))
    assert pytest.approx(-(np.log(5 / 8) + np.log(4 / 10)) / 2, rel=1e-14) == E
    np.testing.assert_allclose(2 * dY, [[1 / 8, 2 / 8, -3 / 8], [-6 / 10, 4 / 10, 2 / 10]], atol=1e-15)


def test_cross_entropy_neither_overflows_nor_minds_a_shift():
    Y, target = rng().standard_normal((4, 3)), np.array([0, 1, 2, 0])
    assert softmax_cross_entropy(Y + 1e6, target)[0] == pytest.approx(softmax_cross_entropy(Y, target)[0], abs=1e-9)
    E, dY = softmax_cross_entropy(np.array([[1000.0, -1000.0]]), np.array([1]))
    assert E == 2000.0
    assert dY.tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize("kind", [at_end, at_every_step], ids=lambda f: f.__name__)
@pytest.mark.parametrize("error", [squared_error, softmax_cross_entropy], ids=lambda f: f.__name__)
@pytest.mark.parametrize("cell", [VanillaRNN(1, 3), LSTM(1, 3), DiagonalRNN(1, 3)], ids=lambda c: type(c).__name__)
def test_derivatives_of_a_loss_in_states_and_readout(kind, error, cell):
    T, B, outputs = 4, 2, 3
    lead = (B,) if kind is at_end else (T, B)
    target = rng().standard_normal((*lead, outputs)) if error is squared_error else rng().integers(0, outputs, lead)
    loss = kind(error, target)
    params = {"V": rng(1).standard_normal((outputs, cell.n_out)), "c_out": rng(2).standard_normal(outputs)}
    H = rng(3).standard_normal((T, B, cell.n_state))
    E, dE, gradient = loss(params, H)
    assert isinstance(E, float)
    assert loss.value(params, H) == E
    numeric = central_differences(
        lambda p: loss.value({"V": p["V"], "c_out": p["c_out"]}, p["H"]), params | {"H": H}
    )
    assert distance(gradient | {"H": dE}, numeric) < 1e-7
    assert (dE[..., cell.n_out :] == 0).all()
    turned = np.asfortranarray(H)  # another order in memory is the same array
    assert (loss(params, turned)[1] == dE).all()
    assert (dE != 0).any()


def test_the_error_is_a_mean_so_that_neither_B_nor_T_changes_its_scale():
    cell = VanillaRNN(1, 3)
    params = init_readout(rng(), cell, 2)
    H, target = rng(1).standard_normal((4, 2, 3)), rng(2).standard_normal((4, 2, 2))
    once = at_every_step(squared_error, target).value(params, H)
    twice = at_every_step(squared_error, np.tile(target, (1, 2, 1))).value(params, np.tile(H, (1, 2, 1)))
    longer = at_every_step(squared_error, np.tile(target, (3, 1, 1))).value(params, np.tile(H, (3, 1, 1)))
    assert once == pytest.approx(twice, rel=1e-14)
    assert once == pytest.approx(longer, rel=1e-14)
    ends = [at_end(squared_error, target[t]).value(params, H[: t + 1]) for t in range(4)]
    assert once == pytest.approx(np.mean(ends), rel=1e-14)


def test_readout_sees_the_output_part_of_the_state_only():
    params = init_readout(rng(), LSTM(1, 3), 2)
    assert params["V"].shape == (2, 3)
    assert (params["c_out"] == 0).all()
    H = rng().standard_normal((5, 4, 6))
    changed = H.copy()
    changed[..., 3:] += 1.0
    assert (readout(params, H) == readout(params, changed)).all()


def test_non_finite_outputs_are_results():
    with np.errstate(invalid="ignore"):  # as within bptt
        assert np.isnan(softmax_cross_entropy(np.array([[np.inf, 0.0]]), np.array([0]))[0])
    assert squared_error(np.array([[np.inf]]), np.array([[0.0]]))[0] == np.inf


Y = np.zeros((4, 1))


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        (np.zeros(4), ValueError, ("target must be (4, 1)", "(4,)")),  # would broadcast to (4, 4)
        (np.zeros((1, 1)), ValueError, ("target must be (4, 1)", "(1, 1)")),
        (np.zeros((1, 4)), ValueError, ("target must be (4, 1)", "(1, 4)")),
        (np.zeros((4, 1), int), TypeError, ("target", "float", "int64")),
        (np.zeros((4, 1), complex), TypeError, ("target", "float", "complex128")),
        (np.zeros((4, 1), np.float32), TypeError, ("target must be float64", "float32")),
        (np.full((4, 1), np.nan), ValueError, ("target must be finite", "4")),
        ([[0.0]] * 4, TypeError, ("target", "list")),
    ],
)
def test_bad_targets_of_the_squared_error(target, error, words):
    with refused(error, *words):
        squared_error(Y, target)


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        (np.zeros((4, 1), int), ValueError, ("target must be (4,)", "(4, 1)")),
        (np.zeros(1, int), ValueError, ("target must be (4,)", "(1,)")),
        (np.zeros(4), TypeError, ("target must be an array of integers", "float64")),
        (np.zeros(4, bool), TypeError, ("target must be an array of integers", "bool")),
        (np.full(4, 3), ValueError, ("target must be from 0 to 2", "3 to 3")),
        (np.full(4, -1), ValueError, ("target must be from 0 to 2", "-1 to -1")),
        ([0, 0, 0, 0], TypeError, ("target", "list")),
    ],
)
def test_bad_targets_of_the_cross_entropy(target, error, words):
    with refused(error, *words):
        softmax_cross_entropy(np.zeros((4, 3)), target)


@pytest.mark.parametrize("error", [squared_error, softmax_cross_entropy])
@pytest.mark.parametrize("shape", [(4,), (2, 4, 3)])
def test_outputs_are_rows(error, shape):
    with refused(ValueError, "Y must be (N, outputs)", str(shape)):
        error(np.zeros(shape), np.zeros(shape))


def test_no_rows_are_refused():
    with refused(ValueError, "target", ">= 1"):
        squared_error(np.zeros((0, 2)), np.zeros((0, 2)))
    with refused(ValueError, "target", ">= 1"):
        softmax_cross_entropy(np.zeros((0, 2)), np.zeros(0, int))


def test_bad_input_of_a_loss():
    params, H = init_readout(rng(), VanillaRNN(1, 3), 2), np.zeros((4, 2, 3))
    for kind in (at_end, at_every_step):
        with refused(TypeError, "target must be an array", "list"):
            kind(squared_error, [[0.0]])
        with refused(TypeError, "target must be an array", "function"):
            kind(np.zeros(3), squared_error)
    for shape in ((3, 2, 2), (1, 2, 2), (2, 4, 2), (8, 2)):
        with refused(ValueError, "target must be (T, B, ...) = (4, 2,", str(shape)):
            at_every_step(squared_error, np.zeros(shape))(params, H)
    with refused(ValueError, "target must be (2, 2)", "(4, 2, 2)"):
        at_end(squared_error, np.zeros((4, 2, 2)))(params, H)
    with refused(ValueError, "params must hold V and c_out", "init_readout"):
        at_end(squared_error, np.zeros((2, 2)))({"W": np.zeros(1)}, H)
    with refused(ValueError, "V must be (outputs, <= 3)", "(2, 4)"):
        readout({"V": np.zeros((2, 4)), "c_out": np.zeros(2)}, H)
    with refused(ValueError, "c_out (outputs,)", "(1,)"):
        readout({"V": np.zeros((2, 3)), "c_out": np.zeros(1)}, H)
    with refused(TypeError, "at_end or at_every_step"):
        losses.Loss(squared_error, np.zeros((2, 2)))(params, H)


def test_bad_input_of_init_readout():
    with refused(ValueError, "outputs must be an integer >= 1", "0"):
        init_readout(rng(), VanillaRNN(1, 3), 0)
    with refused(TypeError, "outputs must be an integer", "float"):
        init_readout(rng(), VanillaRNN(1, 3), 2.5)
    with refused(TypeError, "rng", "int"):
        init_readout(0, VanillaRNN(1, 3), 2)
