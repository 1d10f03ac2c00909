"""Known answers of the chapter on what can be done at once that its saved experiments and its mathematics must have."""

import sys

import numpy as np
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))  # as for a chapter's kernel

from experiments.parallel import rounds, rounds_of_cells, tracking
from experiments.parallel.counting import alternating_weights, expected_accuracy, reach
from experiments.parallel.networks import bidiagonal, constant_smallest, smallest
from experiments.record import load
from tests.helpers import refused


@pytest.mark.parametrize(
    ("g", "T", "kind", "low", "high"),
    [
        (0.5, 1024, "full", 4, 4),
        (0.8, 1024, "full", 4, 6),
        (0.8, 1024, "diagonal", 40, 85),
        (2.0, 64, "full", 25, 36),
    ],
)
def test_medians_of_rounds_are_those_of_the_facts(g, T, kind, low, high):
    found = rounds.rounds(load("rounds")["results"], 16, T, kind)[rounds.GAINS.index(g)]
    assert low <= np.median(found) <= high


@pytest.mark.parametrize(("n", "g", "median"), [(8, 0.5, 4), (32, 0.5, 4), (8, 0.8, 5), (32, 0.8, 5)])
def test_small_gains_need_few_rounds_at_every_size(n, g, median):
    found = rounds.rounds(load("rounds")["results"], n, 256)[rounds.GAINS.index(g)]
    assert abs(np.median(found) - median) <= 1


@pytest.mark.parametrize(
    ("name", "kind", "facts"),
    [
        ("GRU", "full", 5),
        ("GRU", "diagonal", 16),
        ("GRU", "none", 82),
        ("LSTM", "diagonal", 41),
        ("LSTM", "none", 117),
    ],
)
def test_rounds_of_gated_cells_are_those_of_the_facts(name, kind, facts):
    found = np.median(rounds_of_cells.counts(load("rounds_of_cells")["results"], name, kind))
    assert found == pytest.approx(facts, rel=0.25)


def test_accuracies_of_the_signed_cell_are_those_of_the_facts():
    """16 units, the loss at every step: 1.00 to length 80, .80 at 160, .53 to .61 at 256."""
    r = load("tracking")["results"]
    assert tracking.accuracy(r, 2, "every", "signed", 80).min() > 0.98
    assert tracking.accuracy(r, 2, "every", "signed", 160).mean() == pytest.approx(0.8, abs=0.12)
    assert np.all(np.abs(tracking.accuracy(r, 2, "every", "signed", 256) - 0.57) < 0.1)
    assert np.all(np.abs(tracking.accuracy(r, 2, "every", "MinGRU", 256) - 0.5) < 0.05)


def test_a_singular_value_below_rounding_is_refused():
    with refused(ValueError, "K must have a condition below 1e14", "take fewer steps"):
        constant_smallest(2.0, 60)
    assert smallest(bidiagonal(np.zeros((5, 2, 2)))) == 1


@pytest.mark.parametrize(("a", "T", "value"), [(0.5, 64, 0.501132), (1.0, 256, 0.00612395), (2.0, 16, 2.288818e-5)])
def test_the_smallest_singular_values_of_the_facts(a, T, value):
    assert constant_smallest(a, T) == pytest.approx(value, rel=2e-6)


def test_expected_accuracy_by_all_sequences():
    for keep, flip in ((0.9, -0.5), (-0.9, -0.7), (0.5, 0.98), (0.0, -1.0)):
        total = 0.0
        for code in range(2**7):
            bits = [code >> i & 1 for i in range(7)]
            g = np.prod([flip if bit else keep for bit in bits])
            total += 0.5 if abs(g) < 0.05 else float((g > 0) == (sum(bits) % 2 == 0))
        assert expected_accuracy(keep, flip, 7, 0.05) == pytest.approx(total / 2**7)
    assert reach(0.98, -0.98, 0.01) == pytest.approx(np.log(0.01) / np.log(0.98))


def test_weights_that_alternate_as_long_as_they_can():
    lam = np.array([0.2, 0.4, 0.6, 0.8])
    c, constant = alternating_weights(lam)
    y = np.array([c @ lam**k + constant for k in range(7)])
    np.testing.assert_allclose(y[:5], [1, -1, 1, -1, 1], atol=1e-9)
    assert (y[4:] > 0).all()
