"""The cliff of the chapter on exploding gradients: two routes to one descent."""

import numpy as np
import pytest

from experiments.exploding.cliff import X0, T, cliff, descend, descend_from, error_and_slopes, plain_sigmoid
from explorables.exploding import threshold
from explorables.exploding.trainer import signed


@pytest.mark.parametrize(("w", "b"), [(5.8, -2.4), (4.6, -3.1), (80.0, -3000.0), (-5.0, 900.0)])
def test_the_error_at_one_point_is_that_of_arrays(w: float, b: float) -> None:
    plain = error_and_slopes(w, b, X0, T, plain_sigmoid)
    np.testing.assert_allclose(plain, np.ravel(cliff(np.array([w]), np.array([b]))), rtol=1e-9)


@pytest.mark.parametrize("threshold", [np.inf, 0.5])
def test_a_descent_in_plain_floats_is_that_of_arrays(threshold: float) -> None:
    """As long as rounding is not magnified."""
    slow = descend(np.array([5.8]), np.array([-2.4]), 0.2, threshold, updates=60)[..., 0]
    np.testing.assert_allclose(descend_from(5.8, -2.4, 0.2, threshold)[:61], slow, rtol=1e-7)


def test_an_exponent_of_zero_has_no_sign() -> None:
    assert [signed(v) for v in (-0.004, 0.0, 0.004, -0.006, 0.006)] == ["0.00", "0.00", "0.00", "−0.01", "+0.01"]


def test_one_run_succeeds_and_a_share_below_a_percent_is_not_one_percent() -> None:
    assert "1 of 10 runs succeeds" in threshold.words(threshold.compute("none"))
    assert "Less than 1 percent of the gradients" in threshold.words(threshold.compute("10"))
