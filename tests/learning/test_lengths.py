"""Sequences of different lengths: what a padded step holds changes nothing."""

import numpy as np
import pytest

from minirnn import GRU, LRU, LSTM, Parallel, Stack, VanillaRNN, bptt, train, truncated_bptt, unroll
from minirnn.core.params import map_params
from minirnn.gradients.checkpointing import checkpointed_bptt
from minirnn.gradients.referee import autograd_gradient
from minirnn.layers import both_ways
from minirnn.learning import losses, optimizers, tasks, training
from tests.helpers import distance, name, random_params, refused

CELLS = [VanillaRNN(2, 3), LSTM(2, 3), LRU(2, 2), Stack([GRU(2, 3), LSTM(3, 2)]), Parallel(LSTM(2, 2), GRU(2, 3))]
LENGTHS = np.array([6, 1, 4, 6, 2])
KINDS = [(reading, error) for reading in ("end", "every step") for error in ("squares", "classes")]

every_cell = pytest.mark.parametrize("cell", CELLS, ids=name)
every_loss = pytest.mark.parametrize(("reading", "error"), KINDS)


def rng(seed=0):
    return np.random.default_rng(seed)


def sequences(cell, seed=0):
    m = 2
    return [rng(seed + b).standard_normal((T, m)) for b, T in enumerate(LENGTHS)]


def targets(reading, error):
    """One for each sequence: (T_b, ...) at every step."""
    for b, T in enumerate(LENGTHS):
        lead = () if reading == "end" else (T,)
        yield rng(10 + b).standard_normal((*lead, 3)) if error == "squares" else rng(10 + b).integers(0, 3, lead)


def loss_of(cell, reading, error, target, lengths=None):
    f = {"squares": losses.squared_error, "classes": losses.softmax_cross_entropy}[error]
    if reading == "end":
        return losses.at_end(f, target, lengths)
    loss = losses.at_every_step(f, target, lengths)
    return losses.aligned(loss, cell) if isinstance(cell, Parallel) else loss


def inputs(cell, X, lengths=None):
    return both_ways(X, lengths) if isinstance(cell, Parallel) else X


def padded_case(cell, reading, error, fill, target_fill):
    """Inputs, and the loss, of all sequences in one batch."""
    X, lengths = tasks.padded(sequences(cell), fill)
    each = list(targets(reading, error))
    if reading == "end":
        target = np.array(each)
    else:
        target = np.full((6, len(each), *each[0].shape[1:]), target_fill, each[0].dtype)
        for b, own in enumerate(each):
            target[: len(own), b] = own
    return inputs(cell, X, lengths), loss_of(cell, reading, error, target, lengths)


def one_by_one(route, cell, params, reading, error):
    """E and gradient of each sequence by itself, without padding, as the mean that the batch has."""
    share = np.ones(len(LENGTHS)) / len(LENGTHS) if reading == "end" else LENGTHS / LENGTHS.sum()
    E, gradient = 0.0, map_params(np.zeros_like, params)
    for x, target, weight in zip(sequences(cell), targets(reading, error), share, strict=True):
        own = target[None] if reading == "end" else target[:, None]
        E_b, g = route(cell, params, inputs(cell, x[:, None]), loss_of(cell, reading, error, np.asarray(own)))
        E, gradient = E + weight * E_b, map_params(lambda total, g, w=weight: total + w * g, gradient, g)
    return E, gradient


def three_steps(cell, params, X, loss):
    return truncated_bptt(cell, params, X, loss, 3)


@every_cell
@every_loss
@pytest.mark.parametrize("route", [bptt, three_steps, autograd_gradient], ids=lambda f: f.__name__)
def test_a_padded_batch_is_its_sequences_one_by_one(cell, reading, error, route):
    params = random_params(rng(3), cell, 3)
    E, gradient = one_by_one(route, cell, params, reading, error)
    found = {}
    for fill, target_fill in ((0.0, 0), (1e6, 2 if error == "classes" else np.nan), (-7.0, -100)):
        X, loss = padded_case(cell, reading, error, fill, target_fill)
        found[fill] = route(cell, params, X, loss)
        assert pytest.approx(E, rel=1e-13) == found[fill][0]
        assert distance(found[fill][1], gradient) < 1e-12
    assert found[0.0][0] == found[1e6][0]
    assert distance(found[0.0][1], found[1e6][1]) < 1e-13


@every_cell
@every_loss
def test_full_lengths_are_none(cell, reading, error):
    lead = (4,) if reading == "end" else (5, 4)
    target = rng().standard_normal((*lead, 3)) if error == "squares" else rng().integers(0, 3, lead)
    params, X = random_params(rng(3), cell, 3), inputs(cell, rng(1).standard_normal((5, 4, 2)))
    whole, told = (bptt(cell, params, X, loss_of(cell, reading, error, target, n)) for n in (None, np.full(4, 5)))
    assert told[0] == whole[0]
    assert distance(told[1], whole[1]) == 0


def test_the_mean_is_over_all_steps_that_count():
    """Of three errors ½·1², ½·1², ½·3² in two sequences: their mean, not the mean of two means."""
    H = np.array([[[1.0], [3.0]], [[1.0], [50.0]]])
    loss = losses.at_every_step(losses.squared_error, np.zeros((2, 2, 1)), np.array([2, 1]))
    E, dE, _ = loss({"V": np.ones((1, 1)), "c_out": np.zeros(1)}, H)
    assert E == (0.5 + 0.5 + 4.5) / 3
    np.testing.assert_allclose(dE[..., 0], [[1 / 3, 1.0], [1 / 3, 0.0]])


BAD = [
    (np.array([3, 0]), ValueError, ("lengths must be from 1 to T = 3, got 0 to 3",)),
    (np.array([3, 4]), ValueError, ("lengths must be from 1 to T = 3, got 3 to 4",)),
    (np.array([3, -1]), ValueError, ("lengths must be from 1 to T = 3, got -1 to 3",)),
    (np.array([3, 2, 1]), ValueError, ("lengths must be (2,)", "(3,)")),
    (np.array([[3, 2]]), ValueError, ("lengths must be", "(1, 2)")),
    (np.array(3), ValueError, ("lengths must be", "()")),
    (np.zeros(0, int), ValueError, ("lengths must be", "(0,)")),
    (np.array([3.0, 2.0]), TypeError, ("lengths must be an array of integers", "float64")),
    (np.array([True, True]), TypeError, ("lengths must be an array of integers", "bool")),
    ([3, 2], TypeError, ("lengths must be an array of integers", "list")),
]


@pytest.mark.parametrize(("lengths", "error", "words"), BAD, ids=lambda value: str(value)[:20])
def test_bad_lengths_are_named(lengths, error, words):
    cell, X = VanillaRNN(2, 3), np.zeros((3, 2, 2))
    params = random_params(rng(), cell, 1)
    with refused(error, *words):
        bptt(cell, params, X, losses.at_end(losses.squared_error, np.zeros((2, 1)), lengths))
    with refused(error, *words):
        bptt(cell, params, X, losses.at_every_step(losses.squared_error, np.zeros((3, 2, 1)), lengths))
    with refused(error, "lengths must be"):
        training.accuracy(cell, params, X, np.zeros(2, int), lengths)


def test_nan_in_the_padding_of_inputs_is_refused_as_any_nan():
    cell = VanillaRNN(2, 3)
    X, loss = padded_case(cell, "end", "squares", 0.0, 0)
    X[5, 1] = np.nan
    with refused(ValueError, "X must be finite"):
        bptt(cell, random_params(rng(), cell, 3), X, loss)


def test_a_nan_among_the_targets_that_count_is_refused():
    cell = VanillaRNN(2, 3)
    X, _ = padded_case(cell, "every step", "squares", 0.0, 0.0)
    target = np.zeros((6, 5, 3))
    target[1, 1] = np.nan  # padding
    loss = losses.at_every_step(losses.squared_error, target, LENGTHS)
    assert np.isfinite(bptt(cell, random_params(rng(), cell, 3), X, loss)[0])
    target[0, 1] = np.nan
    with refused(ValueError, "target must be finite"):
        bptt(cell, random_params(rng(), cell, 3), X, loss)


@every_cell
def test_accuracy_is_asked_at_the_end_of_each_sequence(cell):
    """Three of five sequences ask for what the network says when it reads them alone."""
    params, said = random_params(rng(3), cell, 3), []
    for x in sequences(cell):
        said.append(losses.readout(params, unroll(cell, params, inputs(cell, x[:, None]))[-1]).argmax())
    target = (np.array(said) + np.array([0, 1, 0, 0, 2])) % 3
    X, lengths = tasks.padded(sequences(cell), 1e6)
    assert training.accuracy(cell, params, inputs(cell, X, lengths), target, lengths) == 3 / 5


def test_checkpoints_refuse_lengths():
    """A state before the last one may be asked for."""
    cell = VanillaRNN(2, 3)
    X, loss = padded_case(cell, "end", "squares", 0.0, 0)
    with refused(TypeError, "loss must be made by at_end", "AtEnd with lengths"):
        checkpointed_bptt(cell, random_params(rng(), cell, 3), X, loss)


def test_padded_sequences_of_different_lengths_are_learned():
    """The last sign that was shown before the padding, which says the opposite."""

    def batch(rng):
        X, lengths = tasks.padded([rng.choice([-1.0, 1.0], (T, 1)) for T in rng.integers(1, 9, 20)])
        ends = X[lengths - 1, np.arange(20), 0]
        X[np.arange(len(X))[:, None] >= lengths] = (
            -ends.repeat(len(X)).reshape(20, -1).T[np.arange(len(X))[:, None] >= lengths][:, None]
        )
        return X, ((ends > 0).astype(int), lengths)

    cell = GRU(1, 4)
    params = cell.init(rng()) | losses.init_readout(rng(1), cell, outputs=2)
    loss = lambda pair: losses.at_end(losses.softmax_cross_entropy, *pair)  # noqa: E731
    run = train(cell, params, batch, loss, optimizers.adam(0.05), updates=120, rng=rng(2), progress=False)
    X, (target, lengths) = batch(rng(3))
    assert training.accuracy(cell, run.params, X, target, lengths) == 1
    assert training.accuracy(cell, run.params, X, target) < 0.6


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([], ValueError, ("sequences must be a list of one array",)),
        ([np.zeros((2, 1)), np.zeros((2, 2))], ValueError, ("sequences[1] must be (T, 1), got (2, 2)",)),
        (np.zeros(2), TypeError, ("sequences[0] must be a float32 or float64 array",)),
        ([np.zeros(2)], ValueError, ("sequences[0] must be (T, m), got (2,)",)),
        ([np.zeros((0, 1))], ValueError, ("sequences[0]", "every size >= 1")),
        ([np.zeros((2, 1), int)], TypeError, ("sequences[0] must be a float32 or float64 array",)),
        ([np.zeros((2, 1)), np.zeros((2, 1), np.float32)], TypeError, ("must have one dtype",)),
    ],
)
def test_sequences_that_cannot_be_padded(bad, error, words):
    with refused(error, *words):
        tasks.padded(bad)
