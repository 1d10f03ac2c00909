"""The plateau of two parameters: its gradient, its theorem, and that gradient flow takes as long as is proved."""

import numpy as np
import pytest

from minirnn.theory import plateau
from tests.helpers import refused


def test_the_gradient():
    c, w, D, e = 0.3, 0.7, 5.0, 1e-6
    dc, dw = plateau.loss_gradient(c, w, D)
    assert dc == pytest.approx((plateau.loss(c + e, w, D) - plateau.loss(c - e, w, D)) / (2 * e), rel=1e-7)
    assert dw == pytest.approx((plateau.loss(c, w + e, D) - plateau.loss(c, w - e, D)) / (2 * e), rel=1e-7)


def test_the_loss_is_the_integral():
    c, w, D, s = 0.4, 0.5, 6.0, 0.01
    t = np.linspace(0, 40, 400_001)
    bump = np.exp(-0.5 * ((t - D) / s) ** 2) / (s * np.sqrt(2 * np.pi))
    L = 0.5 * np.trapezoid((c * np.exp(-w * t) - bump) ** 2 - bump**2, t)
    assert plateau.loss(c, w, D) == pytest.approx(L, rel=1e-4)


@pytest.mark.parametrize("D", [2.0, 10.0])
def test_the_minimum(D):
    w = 1 / (2 * D)
    c = 2 * w * np.exp(-w * D)
    assert plateau.loss(c, w, D) == pytest.approx(-1 / (2 * np.e * D), rel=1e-12)
    np.testing.assert_allclose(plateau.loss_gradient(c, w, D), 0, atol=1e-15)


@pytest.mark.parametrize(("w0", "D"), [(0.5, 6), (1.0, 4), (1.0, 8), (2.0, 4), (1.0, 12)])
def test_the_theorem_along_the_flow(w0, D):
    found = plateau.flow(w0, D)
    assert (found.c >= -1e-12).all()
    assert (found.c <= 4 * found.w * np.exp(-found.w * D) * (1 + 1e-6)).all()
    for w1 in np.linspace(1 / (2 * D), 0.95 * w0, 5):
        reached = np.argmax(found.w <= w1)
        assert found.t[reached] >= plateau.time_bound(w0, w1, D)
        gained = -plateau.loss(found.c[:reached], found.w[:reached], D)
        assert (gained <= w1 * np.exp(-2 * w1 * D) * (1 + 1e-6)).all()
    if w0 * D >= 6:
        assert found.t[-1] / plateau.time_bound(w0, 1 / (2 * D), D) < 3


def test_the_estimate_for_long_delays():
    D = 14
    estimate = np.exp(2 * D) / (2 * D * (2 * D - 1))
    assert plateau.flow(1.0, D).t[-1] == pytest.approx(estimate, rel=0.15)


def test_bad_arguments():
    with refused(ValueError, "w1 must be a finite number", "<= 1"):
        plateau.time_bound(1.0, 2.0, 5.0)
    with refused(ValueError, "D must be a finite number > 0", "-1"):
        plateau.flow(1.0, -1.0)
