"""The chapter on digits: what its theorems and figures rest on, and what its saved runs must have."""

import sys

import numpy as np
import pytest

pytest.importorskip("sklearn")

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))  # as for a chapter's kernel

from scipy.stats import spearmanr, ttest_1samp

from experiments.digits import pixels, readers
from experiments.digits.measures import HIGHER_IS_BETTER, MEASURES
from experiments.digits.ranks import correlation, rank_correlation, table
from experiments.digits.saved_runs import accuracies
from experiments.digits.slow_unit import SCALE, left_over, steps_of_pixels
from experiments.intervals import student
from experiments.record import load
from minirnn import VanillaRNN, unroll
from minirnn.learning import tasks
from minirnn.learning.losses import readout

each_task = pytest.mark.parametrize("task", readers.TASKS)


@each_task
def test_the_figure_knows_when_each_pixel_is_seen(task):
    X, _ = readers.data("test", task)
    images, _ = tasks.digits("test", steps=64)
    assert (X[steps_of_pixels(task) - 1] == images).all()
    assert X.sum() == pytest.approx(images.sum())


@each_task
def test_what_the_slow_unit_keeps_is_what_a_slow_unit_keeps(task):
    T, lam = readers.TASKS[task]["T"], np.exp(-1 / SCALE)
    for rows in (1, 5, 8):
        h = 0.0
        ones, at = np.zeros((T, 64)), steps_of_pixels(task)
        ones[at - 1, np.arange(64)] = 1.0
        for x in ones[: rows * T // 8]:
            h = lam * h + x
        np.testing.assert_allclose(left_over(task, rows), h, rtol=1e-12)


@each_task
def test_the_scores_of_an_lru_are_affine_in_the_pixels(task):
    cell, params, _ = readers.network("LRU", 0)
    X, _ = readers.data("validation", task)
    mixed = 0.3 * X[:, :5] + 0.7 * X[:, 5:10]
    first, second, both = (readout(params, unroll(cell, params, x)[-1]) for x in (X[:, :5], X[:, 5:10], mixed))
    np.testing.assert_allclose(both, 0.3 * first + 0.7 * second, rtol=1e-10, atol=1e-12)


def test_every_affine_function_of_64_pixels_is_reached():
    cell, params, rng = readers.network("LRU", 0)
    A = unroll(cell, params, np.eye(64)[:, :, None])[-1].T
    wanted, X = rng.standard_normal((10, 64)), readers.data("validation", "64")[0]
    scores = unroll(cell, params, X)[-1] @ (wanted @ np.linalg.inv(A)).T
    np.testing.assert_allclose(scores, X[:, :, 0].T @ wanted.T, atol=1e-6)


@each_task
def test_at_its_start_the_irnn_knows_the_ink_and_nothing_else(task):
    cell, params, _ = readers.network("IRNN", 0)
    X, _ = readers.data("validation", task)
    ink = X.sum(axis=0)
    np.testing.assert_allclose(
        unroll(cell, params, X)[-1], ink * np.maximum(params["U"], 0).T, rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("sigma", [0.9, 0.99, 1.0])
def test_a_contraction_forgets_at_least_as_fast_as_the_theorem_says(sigma):
    rng, cell = np.random.default_rng(0), VanillaRNN(1, 16)
    params = cell.init(rng)  # orthogonal
    params["W"], params["b"] = sigma * params["W"], rng.standard_normal(16)
    X = rng.random((60, 2, 1))
    X[10:, 1] = X[10:, 0]
    apart = np.linalg.norm(np.diff(unroll(cell, params, X), axis=1)[:, 0], axis=1)
    bound = sigma ** np.arange(51)
    assert (apart[10:] <= bound * apart[10] * (1 + 1e-12)).all()
    assert (apart[10:] <= 2 * np.sqrt(16) * bound).all()


def test_a_readout_of_pixels_reads_and_one_of_noise_guesses():
    X, X_val = (readers.data(part, "64")[0][:, :, 0].T for part in ("fit", "validation"))
    assert readers.fitted_readout(X, X_val) > 0.9
    rng = np.random.default_rng(0)
    assert readers.fitted_readout(rng.random((1077, 8)), rng.random((270, 8))) < 0.2


def test_a_readout_does_not_measure_how_large_the_states_are():
    X, X_val = (readers.data(part, "64")[0][:, :, 0].T for part in ("fit", "validation"))
    right = readers.fitted_readout(X, X_val)
    assert readers.fitted_readout(1e-6 * X + 0.1, 1e-6 * X_val + 0.1) == pytest.approx(right, abs=0.01)
    assert readers.fitted_readout(np.zeros((1077, 3)), np.zeros((270, 3))) < 0.2


def test_the_rank_correlation_is_that_of_scipy():
    for name in MEASURES:
        x, y = table(name, tuple(readers.TASKS))
        sign = 1 if HIGHER_IS_BETTER[name] else -1
        found, low, high, chance = rank_correlation(name, tuple(readers.TASKS))
        assert found == pytest.approx(sign * spearmanr(x.ravel(), y.ravel()).statistic)
        assert low <= high
        assert 1 / 5040 <= chance <= 1
    assert correlation(np.ones(5), np.arange(5.0)) == 0
    assert correlation(np.arange(5.0), np.arange(5.0)) == pytest.approx(1)


def test_the_interval_is_students():
    values = np.random.default_rng(0).normal(3, 1, 5)
    mean, half = student(values)
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    assert (mean - half, mean + half) == pytest.approx((expected.low, expected.high))


def test_the_record_holds_every_run():
    record, r = load("pixels"), load("pixels")["results"]
    for task in readers.TASKS:
        assert list(r["trained"][task]) == list(r["measured"][task]) == list(readers.CELLS)
        assert accuracies(task).shape == (7, len(record["settings"]["seeds"]))
        for cell in readers.CELLS:
            row = r["trained"][task][cell]
            assert {len(curve) for curve in row["validation"]} == {pixels.UPDATES // pixels.CHECK + 1}
            assert all(0 <= value <= 1 for value in row["test"])
    for cell, rate in r["rate"].items():
        means = np.mean(r["tuning"][cell], axis=1)
        assert means.shape == (len(pixels.RATES),)
        assert rate == pixels.RATES[int(means.argmax())]
    assert set(record["settings"]["tuning"]).isdisjoint(record["settings"]["seeds"])


def test_parts_of_the_data_do_not_overlap():
    parts = [tasks.digits(part)[1] for part in ("fit", "validation", "test")]
    assert [len(part) for part in parts] == [1077, 270, 450]
    assert sum(map(len, parts)) == 1797
    assert sorted(readers.ORDER) == list(range(64))
