"""Known answers of the chapter on memory that its saved experiments must have."""

import sys

import numpy as np
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))  # as for a chapter's kernel

from experiments.memory import plateau as two_units
from experiments.memory.approximation import KINDS
from experiments.memory.escapes import escapes, factor_at_the_end, slopes
from experiments.memory.perturbation import BETAS
from experiments.memory.saved_fits import error, errors, saved_fit
from experiments.record import load
from explorables.memory import fit, ratio
from minirnn.theory.memory import KERNELS


def test_the_gradient_of_the_two_exponentials():
    c, w, e = np.array([0.3, -0.7]), np.array([0.6, 1.4]), 1e-6
    _, dc, dw = two_units.loss(c, w, 6.0)
    for i, step in enumerate(e * np.eye(2)):
        for found, low, high in (
            (dc, two_units.loss(c - step, w, 6.0)[0], two_units.loss(c + step, w, 6.0)[0]),
            (dw, two_units.loss(c, w - step, 6.0)[0], two_units.loss(c, w + step, 6.0)[0]),
        ):
            assert found[i] == pytest.approx((high - low) / (2 * e), abs=1e-8)


@pytest.mark.parametrize(("D", "median"), [(6, 4.05), (8, 18.9), (10, 208), (12, 1.2e4), (14, 1.1e6)])
def test_escape_times_are_those_of_the_facts_within_a_factor_of_six(D, median):
    """Their starts and their definition of escape are not ours; the growth is."""
    ours = np.median(escapes("flow", "hundredth"), axis=1)[two_units.DELAYS.index(D)]
    assert 1 / 6 < ours / median < 6


@pytest.mark.parametrize("gained", ["hundredth", "nine-tenths"])
def test_the_logarithm_ends_with_one_slope_near_2_for_both_definitions(gained):
    """A line through all delays, across the bend, had 1.5 and 1.7."""
    assert np.allclose(slopes("flow", gained)[-3:], 2.2, atol=0.06)
    assert 8.5 < factor_at_the_end("flow", gained) < 9.5
    assert slopes("flow", gained)[0] < 1.5


@pytest.mark.parametrize(
    ("rate", "facts"),
    [("exp", (0.012, 0.024, 0.27)), ("softplus", (0.012, 0.024, 0.19)), ("best", (0.012, 0.017, 0.15))],
)
def test_perturbation_table(rate, facts):
    """Below the facts' errors, or near: our fit of the unmoved kernel is three times as good."""
    ours = [load("perturbation")["results"]["positive"][rate][BETAS.index(b)][-1] for b in (0.001, 0.01, 0.1)]
    assert all(a < 1.2 * b for a, b in zip(ours, facts, strict=True))
    assert ours[2] > 0.5 * facts[2]


def test_direct_weights_are_destroyed():
    worst = [errors[-1] for errors in load("perturbation")["results"]["positive"]["direct"]]
    assert worst[1] > 50 * load("perturbation")["results"]["positive"]["exp"][1][-1]
    assert worst[3] > 100
    assert worst[5] > 1e30


def test_saved_fits_have_their_saved_errors():
    for kernel in KERNELS:
        for m in (1, 4, 16):
            for kind in KINDS:
                saved = error(kernel, m, kind)
                assert saved_fit(kernel, m, kind).error == pytest.approx(saved, rel=1e-2, abs=1e-7)


def test_more_units_are_not_worse_and_complex_ones_at_least_as_good():
    for kernel in KERNELS:
        real, every = (errors(kernel, kind) for kind in ("real", "any"))
        assert (np.diff(real) <= 0).all()
        assert (np.diff(every) <= 0).all()
        assert (every <= real * 1.01 + 1e-9).all()


def test_the_facts_of_real_exponentials_are_reached_or_beaten():
    facts = {"delay": (0.96, 0.92, 0.86, 0.81, 0.65), "Airy": (0.95, 0.91, 0.89, 0.21, 0.038)}
    for kernel, theirs in facts.items():
        ours = [error(kernel, m, "real") for m in (1, 2, 4, 8, 16)]
        assert all(a <= b + 0.006 for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("rate", ratio.MAPS)
def test_the_dot_of_the_time_scale_lies_on_its_curve(rate: str):
    for tau in ratio.TAUS:
        ax = ratio.draw(ratio.compute(tau, rate, next(iter(ratio.SHOWN)))).axes[0]
        curve, dot = (np.array(sorted(line.get_xydata().tolist())) for line in ax.get_lines()[:2])
        assert np.interp(dot[0, 0], curve[:, 0], np.log(curve[:, 1])) == pytest.approx(np.log(dot[0, 1]), abs=0.02)


def test_a_bound_below_what_is_written_is_said_once():
    """The bound of 8 units is "below 0.01 %"."""
    words = fit.words(fit.compute(8, "Airy", "any"))
    assert "below below" not in words
    assert words.endswith("the bound that none can pass is below 0.01\u00a0%.")
