import numpy as np
import pytest

from minirnn.core.params import flatten, norm
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value
from tests.helpers import refused


def random_gradient(size=1.0):
    rng = np.random.default_rng(0)
    return {"W": size * rng.standard_normal((3, 4)), "b": size * rng.standard_normal(3)}


@pytest.mark.parametrize("size", [1e-250, 1.0, 1e160, 1e250])
def test_by_norm_keeps_the_direction_and_reaches_the_threshold(size):
    """Also where the squares of the entries leave the range of floats."""
    g = random_gradient(size)
    clipped, before = clip_by_norm(g, 0.5 * size)
    assert before == pytest.approx(size * norm(random_gradient()), rel=1e-13)
    assert norm(clipped) == pytest.approx(0.5 * size, rel=1e-13)
    a, b = flatten(g) / size, flatten(clipped) / size
    assert a @ b == pytest.approx(np.linalg.norm(a) * np.linalg.norm(b), rel=1e-13)


def test_by_norm_leaves_a_short_gradient_alone():
    g = random_gradient()
    clipped, before = clip_by_norm(g, norm(g))
    assert before == norm(g)
    assert all((clipped[key] == g[key]).all() for key in g)


def test_pytorch_divides_by_a_norm_that_is_1e_6_longer():
    """(3, 4) with threshold 1: .59999988, .79999984 there, 0.6, 0.8 here."""
    clipped, before = clip_by_norm({"g": np.array([3.0, 4.0])}, 1.0)
    np.testing.assert_allclose(clipped["g"], [0.6, 0.8], rtol=1e-15)
    assert before == 5.0
    np.testing.assert_allclose(clipped["g"] * 5 / (5 + 1e-6), [0.59999988, 0.79999984], rtol=1e-8)


def test_pytorch_itself():
    torch = pytest.importorskip("torch")
    g = random_gradient(10.0)
    tensors = [torch.nn.Parameter(torch.zeros(value.shape, dtype=torch.float64)) for value in g.values()]
    for tensor, value in zip(tensors, g.values(), strict=True):
        tensor.grad = torch.from_numpy(value.copy())
    before_torch = torch.nn.utils.clip_grad_norm_(tensors, 1.0).item()
    clipped, before = clip_by_norm(g, 1.0)
    assert before == pytest.approx(before_torch, rel=1e-14)
    for tensor, key in zip(tensors, g, strict=True):
        np.testing.assert_allclose(tensor.grad.numpy(), clipped[key] * before / (before + 1e-6), rtol=1e-13)


def test_by_value_changes_the_direction():
    g = {"g": np.array([[10.0, 0.5], [-10.0, -0.5]])}
    assert clip_by_value(g, 1.0)["g"].tolist() == [[1.0, 0.5], [-1.0, -0.5]]


def test_adaptive_row_by_row():
    g = {"W": np.array([[3.0, 4.0], [0.3, 0.4], [3.0, 4.0], [0.0, 0.0]]), "b": np.array([2.0, -2.0])}
    w = {"W": np.array([[0.0, 2.0], [0.0, 2.0], [0.0, 0.0], [0.0, 1.0]]), "b": np.array([0.1, -4.0])}
    clipped = clip_adaptive(g, w, ratio=0.5, eps=1e-3)
    expected = [[0.6, 0.8], [0.3, 0.4], [0.6 * 5e-4, 0.8 * 5e-4], [0.0, 0.0]]
    np.testing.assert_allclose(clipped["W"], expected, rtol=1e-13)
    np.testing.assert_allclose(clipped["b"], [0.05, -2.0], rtol=1e-13)


def test_adaptive_with_entries_whose_squares_overflow():
    clipped = clip_adaptive({"W": np.array([[3e200, 4e200]])}, {"W": np.array([[2.0, 0.0]])}, ratio=0.5)
    np.testing.assert_allclose(clipped["W"], [[0.6, 0.8]], rtol=1e-13)


THREE = [
    lambda g: clip_by_norm(g, 1.0)[0],
    lambda g: clip_by_value(g, 1.0),
    lambda g: clip_adaptive(g, {key: np.ones_like(value) for key, value in g.items()}),
]


@pytest.mark.parametrize("clip", THREE)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_comes_back_as_it_is(clip, bad):
    g = {"W": np.array([[1e3, bad]]), "b": np.array([1e3])}
    for key, value in clip(g).items():
        np.testing.assert_array_equal(value, g[key])


@pytest.mark.parametrize("clip", THREE)
def test_float32_stays_float32_and_the_argument_stays_as_it_was(clip):
    g = {"W": np.full((2, 2), 1e3, np.float32)}
    clipped = clip(g)["W"]
    assert clipped.dtype == np.float32
    assert clipped.max() < 1e3
    assert (g["W"] == 1e3).all()


def test_by_norm_returns_its_norm_for_what_is_not_finite():
    assert np.isnan(clip_by_norm({"g": np.array([np.nan, 1.0])}, 1.0)[1])
    assert clip_by_norm({"g": np.array([-np.inf, 1.0])}, 1.0)[1] == np.inf


@pytest.mark.parametrize(
    ("clip", "name"),
    [
        (lambda g, v: clip_by_norm(g, v), "threshold"),
        (lambda g, v: clip_by_value(g, v), "bound"),
        (lambda g, v: clip_adaptive(g, g, v), "ratio"),
        (lambda g, v: clip_adaptive(g, g, 0.1, v), "eps"),
    ],
    ids=["threshold", "bound", "ratio", "eps"],
)
def test_bad_thresholds(clip, name):
    for bad in (0.0, -1.0, np.nan, np.inf):
        with refused(ValueError, f"{name} must be a finite number > 0", str(bad)):
            clip(random_gradient(), bad)
    for bad in ("1", None, np.ones(1)):
        with refused(TypeError, f"{name} must be a real number"):
            clip(random_gradient(), bad)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value, lambda g, v: clip_adaptive(g, random_gradient(), v)])
def test_bad_gradients(clip):
    for bad in (np.ones(3), [np.ones(3)], None, {}):
        with refused(TypeError, "gradient must be a non-empty dict"):
            clip(bad, 1.0)
    for bad in (np.ones(3, int), np.ones(3, complex), 1.0):
        with refused(TypeError, "gradient['b'] must be a float32 or float64 array"):
            clip({"b": bad}, 1.0)


def test_adaptive_wants_the_weights_of_the_gradient():
    g = random_gradient()
    with refused(ValueError, "gradient must hold W, got W, b"):
        clip_adaptive(g, {"W": g["W"]})
    with refused(ValueError, "gradient['b'] must be (1,)", "(3,)"):
        clip_adaptive(g, g | {"b": np.ones(1)})
    with refused(TypeError, "params must be a non-empty dict"):
        clip_adaptive(g, None)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threshold", [1e-30, 1e-3, 1.0, 1e30])
@pytest.mark.parametrize("power", [-0.99, -0.6, 0.0, 0.6, 1.0])
def test_finite_gradients_of_every_size_are_clipped(dtype, threshold, power):
    """Also where the norm, its square or the factor is beyond the floats; the direction stays."""
    direction = np.array([1.0, -0.5, 0.25, 1.0])
    g = {"g": (np.finfo(dtype).max if power == 1 else np.finfo(dtype).max ** power) * direction}
    g = {"g": g["g"].astype(dtype)}
    exact = np.sqrt(2.3125) * float(g["g"][0]) if power < 1 else np.inf
    clipped, before = clip_by_norm(g, threshold)
    assert before == pytest.approx(
        exact if dtype is np.float64 or power < 1 else float(g["g"][0]) * np.sqrt(2.3125)
    )
    if before <= threshold:
        assert clipped is g
        return
    assert clipped["g"].dtype == dtype
    np.testing.assert_allclose(clipped["g"], threshold * direction / np.sqrt(2.3125), rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adaptive_clip_of_rows_that_are_longer_than_floats_reach(dtype):
    top = np.finfo(dtype).max
    g = {"W": np.array([[top, top], [-top, 0.0], [1.0, 0.0], [0.0, 0.0]], dtype)}
    w = {"W": np.array([[3.0, 4.0], [top, top], [top, top], [1.0, 1.0]], dtype)}
    clipped = clip_adaptive(g, w, ratio=0.1)["W"]
    side = np.sqrt(0.125)
    np.testing.assert_allclose(clipped[0], [side, side], rtol=1e-6)
    np.testing.assert_allclose(clipped[1] / top, [-0.1 * np.sqrt(2), 0.0], rtol=1e-6)
    np.testing.assert_array_equal(clipped[2:], g["W"][2:])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), ()])
def test_arrays_without_entries_or_axes_are_clipped_too(shape):
    g, w = {"a": np.full(shape, 3.0), "b": np.array([4.0])}, {"a": np.ones(shape), "b": np.ones(1)}
    size = np.hypot(3.0, 4.0) if shape == () else 4.0
    clipped, before = clip_by_norm(g, 1.0)
    assert before == size
    assert clipped["a"].shape == shape
    np.testing.assert_allclose(clipped["b"], 4 / size)
    assert clip_by_norm({"a": np.zeros((0, 2))}, 1.0)[1] == 0.0
    assert clip_by_value(g, 1.0)["a"].shape == shape
    np.testing.assert_allclose(clip_adaptive(g, w, ratio=0.5)["a"], np.full(shape, 0.5))
