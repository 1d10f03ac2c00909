"""Products that make more than one thing at once are the products written out."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from minirnn.core.products import affine, row_sum, times_many


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("lead", [(), (4,), (5, 4), (2, 5, 4)])
@pytest.mark.parametrize("m", [1, 3])
def test_a_drive_is_the_product_and_the_bias(m, lead, dtype):
    rng = np.random.default_rng(0)
    X, U, b = (rng.standard_normal(shape).astype(dtype) for shape in ((*lead, m), (6, m), (6,)))
    a, tol = affine(X, U, b), 1e-15 if dtype == np.float64 else 1e-6
    assert (a.dtype, a.shape) == (dtype, (*lead, 6))
    np.testing.assert_allclose(a, X @ U.T + b, rtol=tol, atol=tol)
    alone = times_many(X, U)
    assert (alone.dtype, alone.shape) == (dtype, (*lead, 6))
    np.testing.assert_allclose(alone, X @ U.T, rtol=tol, atol=tol)


def test_several_networks_have_a_product_each():
    rng = np.random.default_rng(0)
    X, U, b = (rng.standard_normal(shape) for shape in ((5, 2, 4, 1), (2, 6, 1), (2, 1, 6)))
    expected = np.stack([X[:, k] @ U[k].T + b[k] for k in range(2)], axis=1)
    np.testing.assert_allclose(affine(X, U, b), expected, atol=1e-15)


@pytest.mark.parametrize("of", range(3))
def test_autograd_follows_each_argument_alone(of):
    rng = np.random.default_rng(0)
    arguments = [rng.standard_normal(shape) for shape in ((4, 1), (6, 1), (6,))]
    slope = grad(lambda *arguments: anp.sum(affine(*arguments)), of)(*arguments)
    X, U, _ = arguments
    expected = (np.ones((4, 6)) @ U, np.broadcast_to(X.sum(0), (6, 1)), np.full(6, 4.0))[of]
    np.testing.assert_allclose(slope, expected, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize("shape", [(5, 3), (4, 5, 3), (1, 3), (2, 4, 5, 3)])
def test_a_sum_of_rows_by_a_product(shape, dtype):
    D = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    total = row_sum(D)
    assert total.dtype == dtype
    np.testing.assert_allclose(total, D.sum(-2), atol=1e-6 if dtype == np.float32 else 1e-15)
