"""Linear recurrences with a matrix at each step: three ways, one answer; the adjoint is the transpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minirnn import GRU, backward, unroll
from minirnn.core import matrix_recurrences as ways
from minirnn.core.recurrences import linear_scan
from minirnn.dynamics import jacobian
from tests.helpers import random_params, refused

WAYS = (ways.matrix_sequential, ways.matrix_doubling, ways.matrix_blocked, ways.matrix_scan)
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda f: f.__name__)


def by_hand(A, b, h):
    H = []
    for t in range(len(b)):
        h = np.einsum("...ij,...j->...i", A[t], h) + b[t]
        H.append(h)
    return np.array(H)


@every_way
@given(T=st.integers(1, 40), lead=st.sampled_from([(), (3,), (2, 2)]), n=st.integers(1, 6), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_all_ways_are_the_recurrence(way, T, lead, n, seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((T, *lead, n, n)) / np.sqrt(n)
    b, h0 = rng.standard_normal((T, *lead, n)), rng.standard_normal((*lead, n))
    before = [a.copy() for a in (A, b, h0)]
    for start in (h0, None):
        right = by_hand(A, b, 0 * h0 if start is None else h0)
        np.testing.assert_allclose(way(A, b, start), right, rtol=1e-11, atol=1e-11 * np.abs(right).max())
    assert all(np.array_equal(x, y) for x, y in zip(before, (A, b, h0), strict=True))


@every_way
def test_diagonal_matrices_are_the_other_scan(way):
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (2, 30, 4))
    np.testing.assert_allclose(way(a[..., None] * np.eye(4), b), linear_scan(a, b), atol=1e-13)


@every_way
def test_products_that_overflow_do_no_harm(way):
    """The states stay at 1, from b; the product of the first 13 matrices is inf in float32, and inf·0 is nan."""
    A = np.tile(np.diag([1.0, 1000.0]), (200, 1, 1)).astype(np.float32)
    b = np.zeros((200, 2), np.float32)
    b[0, 0] = b[198, 1] = 1
    H = way(A, b)
    assert H.dtype == np.float32
    assert (H[:, 0] == 1).all()
    assert H[:, 1].tolist() == [0.0] * 198 + [1.0, 1000.0]


@every_way
def test_products_that_underflow_do_no_harm(way):
    """A large state goes down and up again; the product of the two small matrices is 0, also in a turned basis."""
    for dtype, size in ((np.float32, 1e30), (np.float64, 1e200)):
        A = np.tile(np.eye(2, dtype=dtype), (12, 1, 1))
        A[9:] = np.array([[[0, 1], [1, 0]]], dtype) * np.array([1 / size, 1 / size, size], dtype)[:, None, None]
        H = way(A, np.zeros((12, 2), dtype), np.array([size, 0], dtype))
        np.testing.assert_allclose(H[8:], [[size, 0], [0, 1], [1 / size, 0], [0, 1]], rtol=1e-6)


@every_way
def test_a_step_that_overflows_stays_beyond_the_range(way):
    """2·1e308 is inf, whatever is added, though the join of this step with others would be in range."""
    A, b = np.ones((16, 1, 1)), np.zeros((16, 1))
    A[10], b[9], b[10] = 2, 0.5e308, -1e308
    H = way(A, b, np.array([0.5e308]))
    assert np.isfinite(H[:10]).all()
    assert np.isposinf(H[10:]).all()


def test_states_that_overflow_are_a_result():
    H = ways.matrix_scan(np.full((2000, 1, 1), 2.0), np.ones((2000, 1)))
    assert np.isfinite(H[:1023]).all()
    assert np.isposinf(H[1024:]).all()


@pytest.mark.parametrize("n", [2, 7])
@pytest.mark.parametrize("T", [1, 5, 30])
def test_the_adjoint_is_the_transpose(n, T):
    """<g, H(b, h0)> = <q, b> + <carry, h0>, in one piece and in two: no referee is needed."""
    rng = np.random.default_rng(1)
    A, (b, g) = rng.standard_normal((T, 3, n, n)) / 2, rng.standard_normal((2, T, 3, n))
    h0 = rng.standard_normal((3, n))
    q, carry = ways.matrix_scan_adjoint(A, g)
    assert np.sum(g * ways.matrix_scan(A, b, h0)) == pytest.approx(np.sum(q * b) + np.sum(carry * h0), rel=1e-11)
    if T > 1:
        late, between = ways.matrix_scan_adjoint(A[2:], g[2:])
        early, last = ways.matrix_scan_adjoint(A[:2], g[:2], between)
        np.testing.assert_allclose(np.concatenate([early, late]), q, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(last, carry, rtol=1e-9, atol=1e-12)


def test_the_backward_pass_of_any_cell_is_one_scan():
    """GRU, whose step is not linear: δ_t of the states by the scan; through `vjp_step` they give D of `backward`."""
    rng, cell = np.random.default_rng(2), GRU(2, 5)
    params, X = random_params(rng, cell), rng.standard_normal((200, 3, 2))
    H, dE = unroll(cell, params, X), rng.standard_normal((200, 3, 5))
    drive = cell.drive(params, X)
    J = jacobian(cell, params, H[:-1], drive)
    delta, _ = ways.matrix_scan_adjoint(J, dE)
    D = cell.vjp_step(params, cell.linearize(params, drive, H[:-1], H[1:]), delta)[1]
    right = backward(cell, params, X, H, dE)
    np.testing.assert_allclose(D, right, atol=1e-12 * np.abs(right).max())


def test_arguments_that_do_not_fit():
    A, b = np.zeros((4, 2, 2)), np.zeros((4, 2))
    with refused(ValueError, "A must be (4, 2, 2)", "(3, 2, 2)"):
        ways.matrix_scan(A[:3], b)
    with refused(ValueError, "b must be (T, ..., n)", "(4,)"):
        ways.matrix_scan(A, b[:, 0])
    with refused(ValueError, "h0 must be (2,)", "(3,)"):
        ways.matrix_doubling(A, b, np.zeros(3))
    with refused(ValueError, "carry must be (2,)", "(1,)"):
        ways.matrix_scan_adjoint(A, b, np.zeros(1))
    with refused(TypeError, "A, b must have one dtype"):
        ways.matrix_scan(A.astype(np.float32), b)
