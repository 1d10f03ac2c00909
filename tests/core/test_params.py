import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from minirnn.core.params import flatten, map_params, norm, overflow_allowed, row_norms, unflatten
from tests.helpers import refused

entries = arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e3, 1e3))
dicts = st.dictionaries(st.sampled_from(["W", "U", "b", "V"]), entries, min_size=1)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(dicts)
def test_unflatten_is_the_inverse_of_flatten(params):
    back = unflatten(flatten(params), params)
    assert list(back) == list(params)
    assert all((back[key] == params[key]).all() and back[key].shape == params[key].shape for key in params)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(dicts)
def test_norm_is_that_of_the_flat_vector(params):
    assert norm(params) == pytest.approx(np.linalg.norm(flatten(params)), rel=1e-14)


def test_unflatten_gives_views():
    vector = np.arange(6.0)
    params = unflatten(vector, {"W": np.zeros((2, 2)), "b": np.zeros(2)})
    vector += 1
    assert params["W"].tolist() == [[1, 2], [3, 4]]
    assert params["b"].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3e300, 4e300], 5e300),
        ([3e-300, 4e-300], 5e-300),
        ([0.0, 0.0], 0.0),
        ([np.inf, 1.0], np.inf),
        ([-np.inf, 1.0], np.inf),
        ([np.inf, -np.inf], np.inf),
    ],
)
def test_norm_where_squares_leave_the_range(values, expected):
    assert norm({"a": np.array(values[:1]), "b": np.array(values[1:])}) == pytest.approx(expected, rel=1e-14)


def test_norm_with_nan_is_nan_wherever_it_stands():
    for values in ([np.nan, 1.0], [1.0, np.nan], [np.inf, np.nan]):
        assert np.isnan(norm({"a": np.array(values[:1]), "b": np.array(values[1:])}))


def test_norm_of_float32_is_computed_in_float64():
    assert norm({"b": np.full(4, 3e38, np.float32)}) == pytest.approx(6e38, rel=1e-6)
    assert norm({"b": np.array([1e-30], np.float32)}) == pytest.approx(1e-30, rel=1e-6)


def test_row_norms():
    np.testing.assert_allclose(row_norms(np.array([[3.0, 4.0], [0.0, 0.0], [3e200, 4e200]])), [5, 0, 5e200])


def test_map_params_takes_further_dicts_by_key():
    result = map_params(lambda a, b: a - b, {"x": np.array([1.0]), "y": np.array([2.0])}, {"y": 1.0, "x": 5.0})
    assert result == {"x": [-4.0], "y": [1.0]}


def test_overflow_is_silent_within_and_an_error_without():
    with overflow_allowed():
        assert np.array([1e300])[0] * 1e300 == np.inf
    with pytest.warns(RuntimeWarning, match="overflow"):
        np.array([1e300]) * 1e300


@pytest.mark.parametrize("f", [flatten, norm])
@pytest.mark.parametrize("bad", [None, [np.ones(2)], np.ones(2), {}], ids=repr)
def test_parameters_must_be_a_dict(f, bad):
    with refused(TypeError, "params must be a non-empty dict of arrays", type(bad).__name__):
        f(bad)


@pytest.mark.parametrize("f", [flatten, norm])
@pytest.mark.parametrize("bad", [np.ones(2, complex), np.ones(2, int), np.ones(2, object), [1.0], 1.0], ids=repr)
def test_entries_must_be_real_arrays(f, bad):
    with refused(TypeError, "params['b'] must be a float32 or float64 array"):
        f({"b": bad})


def test_unflatten_refuses_another_size():
    with refused(ValueError, "vector must be (3,)", "(4,)"):
        unflatten(np.zeros(4), {"b": np.zeros(3)})
    with refused(ValueError, "vector must be (3,)", "(1, 3)"):
        unflatten(np.zeros((1, 3)), {"b": np.zeros(3)})
    with refused(TypeError, "vector", "list"):
        unflatten([0.0] * 3, {"b": np.zeros(3)})
