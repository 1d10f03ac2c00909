"""Each task is solvable from its inputs by the rule it states, and by nothing less."""

import numpy as np
import pytest

from minirnn.learning import tasks
from tests.helpers import refused

DRAWN = {
    "latch": lambda rng, B, T: tasks.latch(rng, B, T),
    "temporal_order": lambda rng, B, T: tasks.temporal_order(rng, B, T),
    "adding": lambda rng, B, T: tasks.adding(rng, B, T),
    "copy": lambda rng, B, T: tasks.copy(rng, B, T),
    "multiplication": lambda rng, B, T: tasks.multiplication(rng, B, T),
    "modular": lambda rng, B, T: tasks.modular(rng, B, T, modulus=3),
}
each = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


def rng(seed=0):
    return np.random.default_rng(seed)


@each
def test_shapes_dtypes_and_seeds(draw):
    X, target = draw(rng(), 5, 20)
    assert X.dtype == np.float64
    assert X.shape[1] == 5
    assert 5 in target.shape
    again, other = draw(rng(), 5, 20), draw(rng(1), 5, 20)
    assert (again[0] == X).all()
    assert (again[1] == target).all()
    assert (other[0] != X).any()


def test_latch():
    X, target = tasks.latch(rng(), 4000, 12, L=3, signal=0.7, std=0.2)
    assert (X.shape, target.shape) == ((12, 4000, 1), (4000, 1))
    assert (X[:3] == 0.7 * np.sign(target)).all()
    assert (np.abs(target) == 0.8).all()
    assert target.mean() == pytest.approx(0, abs=0.06)
    assert X[3:].std() == pytest.approx(0.2, rel=0.02)
    assert np.abs((X[3:] * target).mean()) < 0.01  # the noise says nothing of the class
    assert (tasks.latch(rng(), 2, 5, std=0.0)[0][3:] == 0).all()
    assert tasks.latch(rng(), 2, 3, L=3)[0].shape == (3, 2, 1)


@pytest.mark.parametrize("T", [10, 11, 50, 200])
def test_temporal_order(T):
    X, target = tasks.temporal_order(rng(), 2000, T)
    assert (X.shape, target.shape) == ((T, 2000, 6), (2000,))
    assert (X.sum(-1) == 1).all()
    symbols = X.argmax(-1)
    relevant = symbols < 2
    assert (relevant.sum(0) == 2).all()
    first, second = relevant.argmax(0), T - 1 - relevant[::-1].argmax(0)
    assert (first.min(), first.max()) == (T // 10, 2 * T // 10 - 1)
    assert (second.min(), second.max()) == (5 * T // 10, 6 * T // 10 - 1)
    batch = np.arange(2000)
    assert (target == 2 * symbols[first, batch] + symbols[second, batch]).all()
    np.testing.assert_allclose(np.bincount(target) / 2000, 0.25, atol=0.04)
    assert set(np.unique(symbols)) == set(range(6))


@pytest.mark.parametrize("T", [2, 3, 10, 101])
def test_adding(T):
    X, target = tasks.adding(rng(), 2000, T)
    values, marks = X[..., 0], X[..., 1]
    assert (X.shape, target.shape) == ((T, 2000, 2), (2000, 1))
    assert (marks.sum(0) == 2).all()
    assert (marks[: T // 2].sum(0) == 1).all()
    np.testing.assert_allclose(target[:, 0], (values * marks).sum(0) / 2, rtol=1e-14)
    assert 0 <= values.min() < 0.01
    assert 0.99 < values.max() < 1
    assert target.var() == pytest.approx(1 / 24, rel=0.1)  # of the mean of two uniform numbers


def test_copy():
    X, target = tasks.copy(rng(), 300, 7, symbols=5, length=3)
    shown = X.argmax(-1)
    assert (X.shape, target.shape) == ((13, 300, 7), (13, 300))
    assert (X.sum(-1) == 1).all()
    assert (target[-3:] == shown[:3]).all()
    assert set(np.unique(shown[:3])) == set(range(5))
    assert (shown[3:9] == 5).all()  # T - 1 blanks
    assert (shown[9] == 6).all()  # the cue
    assert (shown[10:] == 5).all()
    assert (target[:-3] == 5).all()


def test_digits():
    pytest.importorskip("sklearn")
    X, target = tasks.digits("train")
    assert (X.shape, target.shape) == ((8, 1347, 8), (1347,))
    X_test, target_test = tasks.digits("test")
    assert X_test.shape == (8, 450, 8)
    assert min(X.min(), X_test.min()) == 0
    assert max(X.max(), X_test.max()) == 1
    assert set(target) == set(target_test) == set(range(10))
    pixels, _ = tasks.digits("train", steps=64)
    assert pixels.shape == (64, 1347, 1)
    assert (pixels[:, 5, 0] == X[:, 5].ravel()).all()
    images = {image.tobytes() for image in np.ascontiguousarray(X.transpose(1, 0, 2))}
    kept_out = [image.tobytes() in images for image in np.ascontiguousarray(X_test.transpose(1, 0, 2))]
    assert np.mean(kept_out) < 0.01  # train and test are two parts


def test_digits_are_those_of_the_data_set():
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = datasets.load_digits(return_X_y=True)
    parts = [tasks.digits(part) for part in ("train", "test")]
    ours = np.concatenate([X.transpose(1, 0, 2).reshape(-1, 64) for X, _ in parts]) * 16
    target = np.concatenate([target for _, target in parts])
    pairs = sorted((*row, label) for row, label in zip(ours.tolist(), target.tolist(), strict=True))
    assert pairs == sorted((*row, label) for row, label in zip(images.tolist(), labels.tolist(), strict=True))


def test_the_training_part_is_cut_in_two():
    pytest.importorskip("sklearn")
    (X, target), (fit, first), (validation, last) = (tasks.digits(p) for p in ("train", "fit", "validation"))
    assert (fit.shape[1], validation.shape[1]) == (1077, 270)
    assert (np.concatenate([fit, validation], axis=1) == X).all()
    assert (np.concatenate([first, last]) == target).all()


@pytest.mark.parametrize("T", [64, 72, 208, 784])
def test_spaced_digits(T):
    pytest.importorskip("sklearn")
    rows, target = tasks.digits("test", steps=8)
    X, same = tasks.spaced_digits("test", T)
    assert X.shape == (T, 450, 1)
    assert (same == target).all()
    blanks = (T - 64) // 8
    by_row = X.reshape(8, 8 + blanks, 450)
    assert (by_row[:, :8].transpose(0, 2, 1) == rows).all()
    assert (by_row[:, 8:] == 0).all()


def test_spaced_digits_in_another_order():
    pytest.importorskip("sklearn")
    order = rng().permutation(64)
    (X, _), (moved, _), (spaced, _) = (tasks.spaced_digits("test", *how) for how in ((), (64, order), (80, order)))
    assert (moved == X[order]).all()
    assert (spaced.reshape(8, 10, 450)[:, :8].reshape(64, 450, 1) == moved).all()


def test_drawn_from_keeps_each_sequence_with_its_target():
    X = np.arange(24.0).reshape(2, 12, 1)
    target = np.arange(12)
    batch = tasks.drawn_from(X, target, B=50)
    drawn, classes = batch(rng())
    assert drawn.shape == (2, 50, 1)
    assert (drawn[0, :, 0] == classes).all()
    assert (drawn[1, :, 0] == classes + 12).all()
    assert set(classes) <= set(range(12))
    assert (batch(rng())[1] == classes).all()


def test_bad_sequences_of_digits():
    for bad in (56, 0):
        with refused(ValueError, "T must be an integer >= 64", str(bad)):
            tasks.spaced_digits("fit", bad)
    with refused(ValueError, "T must be 64 plus a multiple of 8", "100"):
        tasks.spaced_digits("fit", 100)
    with refused(TypeError, "T must be an integer", "float"):
        tasks.spaced_digits("fit", 64.0)
    with refused(ValueError, "part must be one of train, test, fit, validation", "'all'"):
        tasks.spaced_digits("all")
    with refused(ValueError, "order must hold each of 0 to 63 once", "another set"):
        tasks.spaced_digits("fit", 64, np.zeros(64, int))
    with refused(ValueError, "order must be (64,)", "(8,)"):
        tasks.spaced_digits("fit", 64, np.arange(8))
    with refused(TypeError, "order must be an array of integers", "list"):
        tasks.spaced_digits("fit", 64, list(range(64)))


def test_bad_batches_of_what_is_given():
    X, target = np.zeros((5, 4, 1)), np.arange(4)
    with refused(ValueError, "B must be an integer >= 1", "0"):
        tasks.drawn_from(X, target, 0)
    with refused(ValueError, "X must be (T, N, m) with every size >= 1", "(5, 0, 1)"):
        tasks.drawn_from(X[:, :0], target[:0], 2)
    with refused(ValueError, "target must have 4 rows", "3"):
        tasks.drawn_from(X, target[:3], 2)
    with refused(TypeError, "X must be a float32 or float64 array", "array of int"):
        tasks.drawn_from(X.astype(int), target, 2)


def test_multiplication():
    X, target = tasks.multiplication(rng(), 4000, 20)
    assert (X[..., 1].sum(0) == 2).all()
    np.testing.assert_allclose(target[:, 0], np.where(X[..., 1] == 1, X[..., 0], 1.0).prod(0), rtol=1e-14)
    assert target.mean() == pytest.approx(1 / 4, rel=0.05)
    assert target.var() == pytest.approx(1 / 9 - 1 / 16, rel=0.1)


def test_digits_are_new_arrays_each_time():
    pytest.importorskip("sklearn")
    X, target = tasks.digits("test")
    X[:], target[:] = -1, -1
    again = tasks.digits("test")
    assert again[0].min() == 0
    assert again[1].min() == 0


def test_modular_sums_by_hand_and_parity():
    X, target = tasks.modular(rng(), 5, 30, modulus=3)
    total = np.zeros(5, int)
    for x, y in zip(X, target, strict=True):
        total = (total + x @ [0, 1, 2]) % 3
        assert y.tolist() == total.tolist()
    X, target = tasks.modular(rng(), 5, 30)
    assert (target[-1] == X[:, :, 1].sum(0) % 2).all()
    with refused(ValueError, "modulus must be an integer >= 2", "1"):
        tasks.modular(rng(), 5, 30, modulus=1)


def test_one_hot_takes_any_shape():
    symbols = rng().integers(0, 4, (2, 3, 5))
    coded = tasks.one_hot(symbols, 4)
    assert coded.shape == (2, 3, 5, 4)
    assert (coded.argmax(-1) == symbols).all()
    assert (coded.sum(-1) == 1).all()


@each
def test_bad_B_and_rng(draw):
    for bad in (0, -1):
        with refused(ValueError, "B must be an integer >= 1", str(bad)):
            draw(rng(), bad, 20)
    for bad in (2.5, True, None):
        with refused(TypeError, "B must be an integer", type(bad).__name__):
            draw(rng(), bad, 20)
        with refused(TypeError, "T must be an integer", type(bad).__name__):
            draw(rng(), 5, bad)
    for bad in (0, None, np.random.RandomState(0)):
        with refused(TypeError, "rng must be a numpy.random.Generator", type(bad).__name__):
            draw(bad, 5, 20)


SHORTEST = {"latch": 3, "temporal_order": 10, "adding": 2, "multiplication": 2, "copy": 1, "modular": 1}


@pytest.mark.parametrize(("task", "low"), SHORTEST.items())
def test_sequences_too_short_for_the_task(task, low):
    DRAWN[task](rng(), 5, low)
    for T in (low - 1, -1):
        with refused(ValueError, f"T must be an integer >= {low}", str(T)):
            DRAWN[task](rng(), 5, T)


def test_other_bad_arguments():
    with refused(ValueError, "L must be an integer >= 1", "0"):
        tasks.latch(rng(), 5, 20, L=0)
    with refused(ValueError, "std must be a finite number >= 0", "-1"):
        tasks.latch(rng(), 5, 20, std=-1.0)
    with refused(ValueError, "signal must be a finite number", "nan"):
        tasks.latch(rng(), 5, 20, signal=np.nan)
    with refused(ValueError, "symbols must be an integer >= 2", "1"):
        tasks.copy(rng(), 5, 20, symbols=1)
    with refused(ValueError, "length must be an integer >= 1", "0"):
        tasks.copy(rng(), 5, 20, length=0)
    with refused(ValueError, "part must be one of train, test", "'val'"):
        tasks.digits("val")
    with refused(ValueError, "steps must divide 64", "3"):
        tasks.digits("test", steps=3)
    with refused(ValueError, "steps must be an integer from 1 to 64", "128"):
        tasks.digits("test", steps=128)
    with refused(ValueError, "symbols must be from 0 to 2", "-1 to 1"):
        tasks.one_hot(np.array([1, -1]), 3)  # -1 would be the last class
    with refused(ValueError, "symbols must be from 0 to 2", "0 to 3"):
        tasks.one_hot(np.array([0, 3]), 3)
    with refused(TypeError, "symbols must be an array of integers", "bool"):
        tasks.one_hot(np.array([True, False]), 2)
    with refused(TypeError, "symbols must be an array of integers", "list"):
        tasks.one_hot([0, 1], 2)
