"""Known answers of the chapter on vanishing gradients; one saved run of each experiment, made again."""

import sys

import numpy as np
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))  # as for a chapter's kernel

from experiments.bptt.scalar import scalar_terms
from experiments.draws import normal
from experiments.intervals import wilson
from experiments.record import load
from experiments.vanishing import flow_of_errors, latch
from experiments.vanishing.latch_map import attractor, cobweb, edge, margin, slope
from experiments.vanishing.powers import power_norms, two_by_two
from experiments.vanishing.sums import stream, typical_gradient
from minirnn import VanillaRNN, bptt

LATCH = [
    (1.25, 0.077805, 0.88801, 0.61914),
    (1.5, 0.207546, 1.28784, 0.39431),
    (2.0, 0.532840, 1.91501, 0.16637),
    (3.0, 1.303274, 2.98470, 0.03051),
]


@pytest.mark.parametrize(("w", "h", "a", "at_rest"), LATCH)
def test_the_latch_table(w, h, a, at_rest):
    assert margin(w) == pytest.approx(h, abs=1e-6)
    assert attractor(w) == pytest.approx(a, abs=1e-5)
    assert slope(w, attractor(w)) == pytest.approx(at_rest, abs=1e-5)
    assert slope(w, edge(w)) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("w", [1.1, 1.5, 3.0])
def test_within_the_margin_the_state_stays_and_beyond_it_the_bit_is_lost(w):
    rng, h, a_c = np.random.default_rng(0), margin(w), edge(w)
    for noise in (h * rng.uniform(-1, 1, 5000), -h * np.ones(5000)):
        a = a_c
        for push in noise:
            a = w * np.tanh(a) + push
            assert a >= a_c - 1e-12
    for factor, kept in ((0.99, True), (1.01, False)):
        a = attractor(w)
        for _ in range(5000):
            a = w * np.tanh(a) - factor * h
        assert (a > 0) == kept


def test_no_bit_without_w_above_1():
    assert margin(1.0) == attractor(1.0) == edge(0.5) == 0


def test_the_matrices_that_take_the_error_apart():
    norms = power_norms(two_by_two(0.5, 10))
    assert np.linalg.norm(two_by_two(0.5, 10), 2) == pytest.approx(10.02, abs=0.01)
    assert norms[5] == pytest.approx(3.1, abs=0.05)
    assert norms[100] == pytest.approx(1.6e-27, rel=0.05)
    norms = power_norms(two_by_two(0.9, 10))
    assert (norms.argmax(), np.flatnonzero(norms >= 1)[-1] + 1) == (9, 63)
    assert norms.max() == pytest.approx(38.746, abs=5e-4)
    np.testing.assert_allclose(power_norms(two_by_two(1, 1))[[1, 10, 100]], [1.618, 10.099, 100.01], rtol=1e-4)


@pytest.mark.parametrize("kind", ["impulse", "constant"])
@pytest.mark.parametrize("lam", [-1.0, 0.5, 0.9, 1.0, 1.1])
def test_closed_forms_of_the_sum_agree_with_the_terms(lam, kind):
    for T in (2, 7, 50):
        terms = scalar_terms(lam, stream(kind)[:T])[2]
        assert typical_gradient(lam, kind, np.array([T]))[0] == pytest.approx(abs(terms.sum()), rel=1e-10)


def test_the_noise_has_the_standard_deviation_of_its_closed_form():
    rng = np.random.default_rng(0)
    sums = [scalar_terms(0.9, rng.standard_normal(40))[2].sum() for _ in range(2000)]
    assert np.std(sums) == pytest.approx(typical_gradient(0.9, "noise", np.array([40]))[0], rel=0.05)
    assert typical_gradient(0.9, "noise", np.array([1000]))[0] ** 2 == pytest.approx(263.887, rel=1e-5)


def test_wilson():
    """The interval of 0 of n is [0, z²/(n + z²)]; of 8 of 10, textbook values."""
    low, high = wilson(0, 40)
    assert low == pytest.approx(0, abs=1e-15)
    assert high == pytest.approx(3.8415 / 43.8415, rel=1e-4)
    np.testing.assert_allclose(wilson(8, 10), (0.4902, 0.9433), atol=1e-4)


def test_the_latch_is_the_librarys_unit():
    """x_t = tanh(w x_{t-1} + h_t) with h_t as the input: the same states and the same derivative in w."""
    rng, T, B, w = np.random.default_rng(0), 7, 4, 1.3
    u, noise = rng.standard_normal((2, latch.SHOWN, 1)), rng.standard_normal((T, 1, B))
    classes = rng.integers(0, 2, (1, B))
    x = latch.forward(np.array([[w]]), u, classes, noise)
    inputs = noise[:, 0].copy()
    inputs[: latch.SHOWN] = u[classes[0], :, 0].T
    cell, one = VanillaRNN(1, 1), np.ones((1, 1))
    params = {"W": w * one, "U": one, "b": np.zeros(1)}
    target = latch.TARGET * (2 * classes[0] - 1)

    def loss(params, H):
        dE = np.zeros_like(H)
        dE[-1, :, 0] = (H[-1, :, 0] - target) / B
        return 0.5 * np.mean((H[-1, :, 0] - target) ** 2), dE, {}

    energy, gradient = bptt(cell, params, inputs[..., None], loss)
    assert energy == pytest.approx(0.5 * np.mean((x[-1, 0] - target) ** 2), rel=1e-13)
    stepped, _ = latch.update(np.array([[w]]), u, classes, noise)
    assert (w - stepped.item()) / latch.LR == pytest.approx(gradient["W"].item(), rel=1e-11)


def test_saved_maps_start_at_the_untrained_network():
    again = flow_of_errors.run("SGD-CR", updates=100)
    saved = load("flow_of_errors")["results"]["SGD-CR"]
    for snapshot in (0, 1):
        for row, expected in zip(again["map"][snapshot], saved["map"][snapshot], strict=True):
            np.testing.assert_allclose(row, expected, atol=0.02)


def test_the_noise_of_the_latch_is_white_and_normal():
    z = normal(100, 1000)
    np.testing.assert_allclose([z.mean(), z.std(), (z**3).mean(), (z**4).mean()], [0, 1, 0, 3], atol=0.05)
    neighbours = [(z[1:] * z[:-1]).mean(), (z[:, 1:] * z[:, :-1]).mean()]
    np.testing.assert_allclose(neighbours, 0, atol=0.02)
    assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(100)


def test_stairs_lead_to_the_fixed_point_on_their_side():
    for a in (-4.0, -0.1, 0.1, 4.0):
        corners = cobweb(1.5, a, 40)
        np.testing.assert_allclose(corners[-1], np.sign(a) * attractor(1.5), rtol=1e-6)
        np.testing.assert_allclose(corners[1::2, 1], 1.5 * np.tanh(corners[1::2, 0]))
        np.testing.assert_allclose(corners[2::2, 0], corners[2::2, 1])
