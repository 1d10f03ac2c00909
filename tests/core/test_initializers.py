"""Each initializer has the property it is named for; random-matrix facts; bad shapes."""

import numpy as np
import pytest

from minirnn import GRU, LSTM
from minirnn.core.initializers import (
    chrono,
    fan_in,
    gaussian,
    identity,
    orthogonal,
    ring,
    sparse,
    uniform,
)
from tests.helpers import refused

ALL = [gaussian, fan_in, orthogonal, identity, sparse, uniform]
SQUARE = [identity, sparse]
each = pytest.mark.parametrize("make", ALL, ids=lambda f: f.__name__)


def rng(seed=0):
    return np.random.default_rng(seed)


@each
def test_shape_and_dtype(make):
    for shape in ((5, 5), (20, 5)):
        W = make(rng(), shape)
        assert W.shape == shape
        assert W.dtype == np.float64


def test_standard_deviations():
    assert gaussian(rng(), (300, 300), std=0.3).std() == pytest.approx(0.3, rel=0.01)
    assert fan_in(rng(), (300, 100), gain=2.0).std() == pytest.approx(0.2, rel=0.01)
    assert gaussian(rng(), (7,)).shape == (7,)
    W = uniform(rng(), (300, 300), low=-1.0, high=2.0)
    assert -1 <= W.min() < -0.99
    assert 1.99 < W.max() <= 2
    assert W.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("shape", [(6, 6), (3, 6), (7, 4), (1, 5), (5, 1), (1, 1)])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_orthogonal_has_orthonormal_rows_or_columns(shape, gain):
    W = orthogonal(rng(), shape, gain)
    rows, columns = shape
    blocks = W.reshape(-1, columns, columns) if rows % columns == 0 else W[None]
    for Q in blocks / gain:
        product = Q @ Q.T if len(Q) <= Q.shape[1] else Q.T @ Q
        np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-14)


def test_orthogonal_is_uniform_on_the_orthogonal_group():
    """Haar measure: both signs of every entry are equally likely, and E trace = 0 (QR alone: diagonal negative)."""
    generator = rng(1)
    Qs = np.array([orthogonal(generator, (3, 3)) for _ in range(4000)])
    assert np.abs(Qs.mean(0)).max() < 4 / np.sqrt(3 * 4000)  # each entry has variance 1/3
    np.testing.assert_allclose((Qs**2).mean(0), 1 / 3, atol=0.025)
    raw = np.array(
        [np.linalg.qr(generator.standard_normal((3, 3)))[0] for generator in [rng(1)] for _ in range(400)]
    )
    assert raw[:, 0, 0].mean() < -0.3  # the bias that the correction removes


@pytest.mark.parametrize("make", [orthogonal, sparse])
def test_blocks_of_a_gated_cell_are_independent(make):
    first, second = make(rng(), (8, 4)).reshape(2, 4, 4)
    assert np.abs(first - second).max() > 0.1


def test_identity():
    assert identity(rng(), (3, 3), 0.5).tolist() == [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]]
    assert (identity(rng(), (6, 3)) == np.vstack([np.eye(3)] * 2)).all()
    generator = rng()
    identity(generator, (3, 3))
    assert generator.random() == rng().random()


def test_sparse_has_15_entries_a_row_and_its_radius():
    for block in sparse(rng(), (100, 50)).reshape(2, 50, 50):
        assert ((block != 0).sum(axis=1) == 15).all()
        assert np.ptp((block != 0).sum(axis=0)) > 0  # columns are not fixed
        assert np.abs(np.linalg.eigvals(block)).max() == pytest.approx(0.95, rel=1e-12)
    assert (sparse(rng(), (6, 6)) != 0).all()
    assert ((sparse(rng(), (9, 9), nonzeros=2) != 0).sum(axis=1) == 2).all()
    with refused(ValueError, "nonzeros must be an integer >= 2", "1"):
        sparse(rng(), (9, 9), nonzeros=1)


def test_chrono_spreads_time_scales_up_to_the_longest():
    scale = 1 + np.exp(chrono(rng(), 100_000, longest=200.0))  # a gate σ(b) forgets by 1/(1 + eᵇ) a step
    assert 2 <= scale.min() < 2.1
    assert 199.9 < scale.max() <= 200
    assert scale.mean() == pytest.approx(101, rel=0.01)
    for bad in (2.0, 1.0, np.inf):
        with refused(ValueError, "longest must be a finite number > 2", str(bad)):
            chrono(rng(), 3, longest=bad)
    with refused(ValueError, "n must be an integer >= 1", "0"):
        chrono(rng(), 0, longest=10.0)


def test_spectral_radius_tends_to_g_and_the_largest_singular_value_to_2g():
    g, W = 1.5, fan_in(rng(), (1000, 1000), gain=1.5)
    assert np.linalg.norm(W, 2) == pytest.approx(2 * g, rel=0.03)
    assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(g, rel=0.06)


def test_the_ring_is_uniform_by_area():
    r_min, r_max = 0.4, 0.95
    size, angle = ring(rng(), 100_000, r_min, r_max)
    assert (size**2).mean() == pytest.approx((r_min**2 + r_max**2) / 2, rel=0.005)
    for r in (0.5, 0.7, 0.9):
        assert (size < r).mean() == pytest.approx((r**2 - r_min**2) / (r_max**2 - r_min**2), abs=0.01)
    assert r_min <= size.min() <= size.max() <= r_max
    assert 0 <= angle.min() < 0.01
    assert 2 * np.pi - 0.01 < angle.max() < 2 * np.pi
    assert np.abs(np.exp(1j * angle).mean()) < 0.02


def test_the_ring_gives_the_published_mean_of_the_normaliser():
    size, _ = ring(rng(), 400_000, 0.9, 0.999)
    assert (1 / (1 - size**2)).mean() == pytest.approx(24.23, rel=0.02)


def test_recurrent_initializers_serve_gated_cells():
    for make in (orthogonal, identity, sparse, fan_in, gaussian):
        assert LSTM(2, 3).init(rng(), recurrent=make)["W"].shape == (12, 3)
        assert GRU(2, 3).init(rng(), recurrent=make)["W"].shape == (9, 3)


@each
@pytest.mark.parametrize("bad", [0, None, np.random, np.random.RandomState(0)], ids=lambda r: type(r).__name__)
def test_rng_must_be_a_generator(make, bad):
    with refused(TypeError, "rng must be a numpy.random.Generator", type(bad).__name__):
        make(bad, (3, 3))


@each
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (-1, 3)], ids=repr)
def test_sizes_must_be_positive(make, shape):
    with refused(ValueError, "shape must be an integer >= 1"):
        make(rng(), shape)


@each
@pytest.mark.parametrize("shape", [3, "33", [3, 3], (), None], ids=repr)
def test_shapes_must_be_tuples(make, shape):
    with refused(ValueError, "shape must be a tuple", repr(shape)):
        make(rng(), shape)


@each
@pytest.mark.parametrize("shape", [(2.5, 3), (True, 3), (3, None)], ids=repr)
def test_sizes_must_be_integers(make, shape):
    with refused(TypeError, "shape must be an integer"):
        make(rng(), shape)


@pytest.mark.parametrize("make", [orthogonal, fan_in, *SQUARE])
@pytest.mark.parametrize("shape", [(3,), (3, 3, 3)])
def test_matrices_have_two_axes(make, shape):
    with refused(ValueError, "shape must be a tuple of 2 sizes", repr(shape)):
        make(rng(), shape)


@pytest.mark.parametrize("make", SQUARE)
@pytest.mark.parametrize("shape", [(3, 4), (5, 3)])
def test_square_matrices_are_square(make, shape):
    with refused(ValueError, "(n, n) or (k·n, n)", repr(shape)):
        make(rng(), shape)


OPTIONS = [(make, "gain") for make in (fan_in, orthogonal, identity)]
OPTIONS += [(gaussian, "std"), (sparse, "radius")]


@pytest.mark.parametrize(("make", "option"), OPTIONS, ids=lambda f: getattr(f, "__name__", f))
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_options_out_of_range(make, option, bad):
    with refused(ValueError, f"{option} must be a finite number >= 0", str(bad)):
        make(rng(), (3, 3), **{option: bad})


@pytest.mark.parametrize(("make", "option"), OPTIONS, ids=lambda f: getattr(f, "__name__", f))
@pytest.mark.parametrize("bad", ["1", None, True, np.ones(3), 1j], ids=repr)
def test_options_of_another_type(make, option, bad):
    with refused(TypeError, f"{option} must be a real number", type(bad).__name__):
        make(rng(), (3, 3), **{option: bad})


def test_bad_bounds():
    with refused(ValueError, "high must be a finite number >= 2", "1"):
        uniform(rng(), (3, 3), low=2.0, high=1.0)
    with refused(ValueError, "low must be a finite number", "nan"):
        uniform(rng(), (3, 3), low=np.nan)
    with refused(ValueError, "r_max", "> 0.5", "0.5"):
        ring(rng(), 3, 0.5, 0.5)
    with refused(ValueError, "r_max", "<= 1", "1.1"):
        ring(rng(), 3, 0.5, 1.1)
    with refused(ValueError, "n must be an integer >= 1", "0"):
        ring(rng(), 0)
    with refused(TypeError, "rng"):
        ring(None, 3)
