"""Linear recurrences: three ways, one answer, forwards and backwards, real and complex, constant and varying."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from minirnn import LRU, DiagonalRNN, MinGRU, NormalizedRNN, VanillaRNN, unroll
from minirnn.core import recurrences
from minirnn.gradients.backpropagation import backward_loop
from tests.helpers import random_params, refused

WAYS = (recurrences.sequential, recurrences.doubling, recurrences.blocked, recurrences.linear_scan)
ways = pytest.mark.parametrize("way", WAYS, ids=lambda f: f.__name__)


def draw(rng, shape, complex_, varying):
    def normal(*size):
        real = rng.standard_normal(size)
        return real + 1j * rng.standard_normal(size) if complex_ else real

    a = 0.7 * normal(*shape) if varying else 0.7 * normal(*shape[1:])
    return a, normal(*shape), normal(*shape[1:])


def by_hand(a, b, h, varying):
    H = []
    for t in range(len(b)):
        h = (a[t] if varying else a) * h + b[t]
        H.append(h)
    return np.array(H)


@ways
@given(
    T=st.integers(1, 40),
    rest=st.sampled_from([(), (1,), (2, 3)]),
    complex_=st.booleans(),
    varying=st.booleans(),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_all_ways_are_the_recurrence(way, T, rest, complex_, varying, seed):
    a, b, h0 = draw(np.random.default_rng(seed), (T, *rest), complex_, varying)
    h0 = np.asarray(h0)
    a = np.asarray(a)
    right = by_hand(a, b, h0, varying)
    before = a.copy(), b.copy(), h0.copy()
    H = way(a, b, h0)
    assert H.dtype == right.dtype
    np.testing.assert_allclose(H, right, rtol=1e-12, atol=1e-12 * np.abs(right).max())
    np.testing.assert_allclose(
        way(a, b), by_hand(a, b, 0 * h0, varying), rtol=1e-12, atol=1e-12 * np.abs(right).max()
    )
    assert all(np.array_equal(x, y) for x, y in zip(before, (a, b, h0), strict=True))


@pytest.mark.parametrize("varying", [False, True])
@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize(("T", "N"), [(1, 3), (7, 3), (30, 2), (12, 600)])
def test_adjoint_is_the_transpose(T, N, complex_, varying):
    """Re <g, H(b)> = Re <q, b> for every b, and the carry is what h0 is multiplied by: no referee is needed."""
    rng = np.random.default_rng(0)
    a, b, h0 = draw(rng, (T, N), complex_, varying)
    _, g, _ = draw(rng, (T, N), complex_, varying)
    q, carry = recurrences.linear_scan_adjoint(a, g)
    left = np.sum(g.conj() * recurrences.linear_scan(a, b, h0)).real
    right = (np.sum(q.conj() * b) + np.sum(carry.conj() * h0)).real
    assert left == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize("varying", [False, True])
def test_adjoint_agrees_with_autograd(varying):
    rng = np.random.default_rng(1)
    a, b, h0 = draw(rng, (9, 4), False, varying)
    g = rng.standard_normal((9, 4))

    def energy(a, b, h):
        total = 0.0
        for t in range(9):
            h = (a[t] if varying else a) * h + b[t]
            total = total + anp.sum(g[t] * h)
        return total

    q, carry = recurrences.linear_scan_adjoint(a, g)
    np.testing.assert_allclose(q, grad(energy, 1)(a, b, h0), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(carry, grad(energy, 2)(a, b, h0), rtol=1e-12, atol=1e-13)
    before = np.concatenate([h0[None], recurrences.linear_scan(a, b, h0)[:-1]])
    of_a = q * before if varying else (q * before).sum(0)
    np.testing.assert_allclose(of_a, grad(energy, 0)(a, b, h0), rtol=1e-12, atol=1e-13)


def test_adjoint_in_two_pieces():
    rng = np.random.default_rng(2)
    a, g, _ = draw(rng, (11, 3), True, True)
    whole, first = recurrences.linear_scan_adjoint(a, g)
    late, carry = recurrences.linear_scan_adjoint(a[4:], g[4:])
    early, last = recurrences.linear_scan_adjoint(a[:4], g[:4], carry)
    np.testing.assert_allclose(np.concatenate([early, late]), whole, rtol=1e-13)
    np.testing.assert_allclose(last, first, rtol=1e-13)


@ways
def test_products_that_underflow_do_no_harm(way):
    """Dividing by cumulative products gives 0/0 here."""
    H = way(np.array([1e-200]), np.ones((100, 1)))
    np.testing.assert_allclose(H, 1.0, rtol=1e-15)


SIZES = [0.0, 1e-310, 1e-200, 1e-40, 1e-20, 0.01, 0.5, 0.99, 1.0, 1.01, 2.0, 3.0]


@ways
@given(
    T=st.integers(1, 300),
    dtype=st.sampled_from([np.float32, np.float64, np.complex64, np.complex128]),
    sizes=st.lists(st.sampled_from(SIZES), min_size=1, max_size=3),
    varying=st.booleans(),
    inputs=st.lists(st.tuples(st.integers(0, 299), st.integers(-45, 38)), max_size=3),
    start=st.sampled_from([0.0, 1e-30, 1.0, 500.0, 1e30]),
    seed=st.integers(0, 99),
)
@settings(max_examples=100, deadline=None)
def test_all_ways_are_finite_where_the_recurrence_is_and_equal_to_rounding(
    way, T, dtype, sizes, varying, inputs, start, seed
):
    """Rounding: each step may be wrong by a few ε of what it adds, and of what is below the range of floats."""
    rng = np.random.default_rng(seed)
    phases = (
        np.exp(1j * rng.uniform(0, 7, (T, 2))) if np.dtype(dtype).kind == "c" else rng.choice([-1.0, 1.0], (T, 2))
    )
    a = (rng.choice(sizes, (T, 2)) * phases)[slice(None) if varying else 0].astype(dtype)
    b, h0 = np.zeros((T, 2), dtype), np.full(2, start, dtype)
    for t, exponent in inputs:
        b[t % T] += 10.0**exponent
    with np.errstate(all="ignore"):
        right = by_hand(a, b, h0, varying)
    finite = np.isfinite(right)
    limits = np.finfo(dtype)
    size, bound = np.abs(h0).astype(np.longdouble), np.empty((T, 2), np.longdouble)
    for t in range(T):
        size = np.abs(a[t] if varying else a) * size + np.abs(b[t]) + recurrences.LARGE * limits.tiny
        bound[t] = 4 * T * limits.eps * size
    assert (np.abs(way(a, b, h0)[finite] - right[finite]) <= bound[finite]).all()


@ways
@given(
    T=st.integers(2, 100),
    dtype=st.sampled_from([np.float32, np.float64, np.complex64]),
    factors=st.lists(st.tuples(st.integers(0, 99), st.sampled_from([-300, -38, -30, 20, 30, 300])), max_size=4),
    inputs=st.lists(st.tuples(st.integers(0, 99), st.sampled_from([-30, 0, 20, 38, 300])), min_size=1, max_size=3),
    seed=st.integers(0, 99),
)
@settings(max_examples=150, deadline=None)
def test_all_ways_overflow_where_the_recurrence_does(way, T, dtype, factors, inputs, seed):
    rng, limit = np.random.default_rng(seed), np.finfo(dtype).maxexp * np.log10(2)
    a, b = np.ones((T, 2), dtype), np.zeros((T, 2), dtype)
    for array, places in ((a, factors), (b, inputs)):
        for t, exponent in places:
            if exponent < limit:
                array[t % T, rng.integers(2)] = rng.choice([-1, 1]) * 10.0**exponent
    with np.errstate(all="ignore"):
        right = np.isfinite(by_hand(a, b, np.zeros(2, dtype), True))
    np.testing.assert_array_equal(np.isfinite(way(a, b)), right)


@ways
def test_a_state_that_overflowed_does_not_come_back(way):
    """inf · 1e-30 stays inf; the product 1e30 · 1e-30 of what carries 1e20 across both is 1."""
    a, b = np.ones(16, np.float32), np.zeros(16, np.float32)
    a[4:6], b[0] = (1e30, 1e-30), 1e20
    np.testing.assert_array_equal(way(a, b), np.float32([1e20] * 4 + [np.inf] * 12))
    q, _ = recurrences.linear_scan_adjoint(np.roll(a, -1)[::-1].copy(), b[::-1].copy())
    np.testing.assert_array_equal(q[::-1], way(a, b))
    b[[0, 4]] = 2e38, -2e38  # 4e38 - 2e38: the sum is in range, its first summand not
    a[:] = 1.0
    a[4] = 2.0
    np.testing.assert_array_equal(way(a, b), np.float32([2e38] * 4 + [np.inf] * 12))


@ways
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_products_of_multipliers_that_overflow_do_no_harm(way, dtype):
    """2^128 is inf in float32, 2^1024 in float64: inf times a state of 0 is nan."""
    T, size = (2**14, 2) if np.finfo(dtype).bits == 32 else (2**12, 2**16)
    b = np.zeros((T, 1), dtype)
    b[-1] = 1.0
    for a in (np.full(1, size, dtype), np.full((T, 1), size, dtype)):
        assert (way(a, b) == b).all()
    q, carry = recurrences.linear_scan_adjoint(np.full(1, size, dtype), b[::-1])
    assert (q == b[::-1]).all()
    assert carry == size


@ways
def test_products_below_the_range_of_floats_reach_large_states(way):
    """0.01^150 · 1e300 is 1, though 0.01^150 alone is 1e-300 and 0.01^160 is 0: the loop never makes that product."""
    T, a = 400**2 if way is not recurrences.doubling else 400, np.array([0.01])
    b = np.zeros((T, 1))
    b[0] = 1e300
    right = by_hand(a[0], b[:310], 0.0, False)
    np.testing.assert_allclose(way(a, b)[:310], right, rtol=1e-12)
    b[[0, -1]] = 0.0
    b[399] = 1e300
    np.testing.assert_allclose(way(a, b)[399 : 399 + 310], right[: T - 399], rtol=1e-12)


@ways
def test_what_the_recurrence_cancels_stays_cancelled(way):
    """From 0 the second block overflows, and so does what the first sends it; together they are 0: ∞ - ∞."""
    a, b = np.array([2.0], np.float32), np.zeros((2**15, 1), np.float32)
    b[:2, 0] = 1.0, -2.0
    assert (way(a, b)[1:] == 0).all()


@ways
def test_states_that_explode_do_so_without_a_warning_and_at_the_same_step(way):
    b = np.zeros((300, 3), np.float32)
    b[0] = 1.0
    H = way(np.array([0.5, 2.0, -3.0], np.float32), b)
    assert (np.isfinite(H).sum(0) == [300, 128, 81]).all()
    assert not np.isfinite(way(np.float32([2.0]), b, np.full(3, np.inf, np.float32))).any()


@ways
def test_float32_stays_float32(way):
    a, b = np.full(2, 0.5, np.float32), np.ones((20, 2), np.float32)
    assert way(a, b, b[0]).dtype == np.float32
    assert way(a.astype(np.complex64), b.astype(np.complex64)).dtype == np.complex64


@pytest.mark.parametrize("repeated", [(), (3,), (4, 3)], ids=str)
def test_what_is_repeated_over_time_is_constant(repeated):
    """As the local derivatives of a cell are, whose λ is the same at every step."""
    rng = np.random.default_rng(0)
    a, (b, g) = np.asarray(rng.uniform(0.5, 1.0, repeated)), rng.standard_normal((2, 60, 4, 3))
    wide = np.broadcast_to(a, b.shape)
    np.testing.assert_array_equal(recurrences.linear_scan(wide, b), recurrences.linear_scan(a, b))
    np.testing.assert_allclose(recurrences.linear_scan(wide.copy(), b), recurrences.linear_scan(a, b), rtol=1e-12)
    found, right = (recurrences.linear_scan_adjoint(x, g) for x in (wide, a))
    np.testing.assert_array_equal(found[0], right[0])
    np.testing.assert_array_equal(found[1], right[1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("make", [LRU, NormalizedRNN, DiagonalRNN, MinGRU, VanillaRNN])
@pytest.mark.parametrize(("T", "B"), [(1, 2), (30, 2), (20, 300)])
def test_cells_scan_as_they_step(make, T, B, dtype):
    rng, cell = np.random.default_rng(3), make(m=2, n=3)
    params = random_params(rng, cell, dtype=dtype)
    X, h0 = rng.standard_normal((T, B, 2)).astype(dtype), rng.standard_normal((B, cell.n_state)).astype(dtype)
    drive, H = cell.drive(params, X), [h0]
    for t in range(T):
        H.append(cell.step(params, H[-1], drive[t]))
    H = np.array(H)
    tol = 1e-12 if dtype == np.float64 else 1e-4
    np.testing.assert_allclose(cell.scan(params, drive, h0), H[1:], rtol=tol, atol=tol)
    local = cell.linearize(params, drive, H[:-1], H[1:])
    dE, carry = rng.standard_normal(H[1:].shape).astype(dtype), rng.standard_normal(h0.shape).astype(dtype)
    fast = cell.scan_adjoints(params, local, dE, carry)
    slow = backward_loop(cell, params, local, dE, carry, drive.shape[-1])
    for one, other in zip(fast, slow, strict=True):
        assert one.dtype == dtype
        np.testing.assert_allclose(one, other, rtol=tol, atol=tol)


@pytest.mark.parametrize("parent", [LRU, MinGRU, VanillaRNN])
def test_a_step_of_its_own_is_not_passed_over_by_a_scan_that_is_of_another(parent):
    class Still(parent):
        def step(self, params, h_prev, drive):
            return h_prev

    cell, rng = Still(2, 3), np.random.default_rng(0)
    h0 = rng.standard_normal((4, cell.n_state))
    H = unroll(cell, random_params(rng, cell), rng.standard_normal((5, 4, 2)), h0)
    np.testing.assert_array_equal(H, np.broadcast_to(h0, H.shape))
    assert parent.scan is not None


@ways
@pytest.mark.parametrize(
    ("a", "b", "h0", "words"),
    [
        (np.ones(3), np.ones((5, 2)), None, ["a must be", "(2,)", "(5, 2)", "(3,)"]),
        (np.ones((4, 2)), np.ones((5, 2)), None, ["a must be", "(4, 2)"]),
        (np.ones((1, 5, 2)), np.ones((5, 2)), None, ["a must be"]),
        (np.ones(2), np.ones((5, 2)), np.ones(3), ["h0 must be (2,)", "(3,)"]),
        (np.ones(2), np.ones((0, 2)), None, ["b must be (T, ...)"]),
    ],
)
def test_bad_shapes_are_refused(way, a, b, h0, words):
    with refused(ValueError, *words):
        way(a, b, h0)


@pytest.mark.parametrize(
    ("a", "g", "carry", "words"),
    [
        (np.ones(3), np.ones((5, 3)), np.ones(2), ["carry must be (3,) as g[0] is", "(2,)"]),
        (np.ones(2), np.ones((5, 3)), None, ["a must be constant, to fit g[0] (3,)", "(2,)"]),
        (np.array(0.5), np.array(1.0), None, ["g must be (T, ...)", "()"]),
        (np.array(0.5), np.ones((0, 2)), None, ["g must be (T, ...)", "(0, 2)"]),
        (np.array(0.5), np.ones(3, int), None, ["the dtype of g must be", "'i'"]),
    ],
)
def test_bad_arguments_of_the_adjoint_are_called_by_their_names(a, g, carry, words):
    with refused(ValueError, *words):
        recurrences.linear_scan_adjoint(a, g, carry)
