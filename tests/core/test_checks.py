import numpy as np
import pytest

from minirnn.core import checks
from tests.helpers import refused


def test_good_values_come_back_as_they_are():
    X = np.zeros((2, 3, 4), np.float32)
    assert checks.float_array("X", X, ("T", "B", 4)) is X
    assert checks.float_array("X", np.array([np.nan]), (1,), finite=False).shape == (1,)
    target = np.zeros(3, np.uint8)
    assert checks.integers("target", target, (3,)) is target
    assert checks.integer("K", np.int64(3), 1) == 3
    assert type(checks.integer("K", np.int64(3), 1)) is int
    assert checks.number("lr", np.float32(0.5), 0.0) == 0.5
    assert checks.number("lr", 1, 0.0, 1.0) == 1.0
    assert checks.choice("part", "test", ["train", "test"]) == "test"
    params = {"b": np.zeros(3)}
    assert checks.float_arrays("params", params, like={"b": np.ones(3)}) is params
    checks.one_dtype(X=X, h0=X)


def test_messages_say_what_was_expected_and_what_came():
    with refused(ValueError, "b must be (3,), got (1,)"):
        checks.float_array("b", np.zeros(1), (3,))
    with refused(ValueError, "X must be (T, B, 2), got ()"):
        checks.float_array("X", np.ones(()), ("T", "B", 2))
    with refused(ValueError, "X must be finite, got 2 inf or nan"):
        checks.float_array("X", np.array([np.nan, 1, np.inf]), ("N",))
    with refused(TypeError, "X must be a float32 or float64 array, got float"):
        checks.float_array("X", 1.0, ())
    with refused(TypeError, "target must be an array of integers, got an array of bool"):
        checks.integers("target", np.array([True]), (1,))
    with refused(ValueError, "steps must be an integer from 1 to 64, got 65"):
        checks.integer("steps", 65, 1, 64)
    with refused(ValueError, "lr must be a finite number, got nan"):
        checks.number("lr", np.nan)
    with refused(ValueError, "beta must be a finite number >= 0 and < 1, got 1"):
        checks.number("beta", 1, 0.0, 1.0, open_high=True)
    with refused(ValueError, "g must hold W, b, got W"):
        checks.float_arrays("g", {"W": np.zeros(1)}, like={"W": np.zeros(1), "b": np.zeros(1)})
    with refused(ValueError, "g must hold W, got W, b"):
        checks.float_arrays("g", {"W": np.zeros(1), "b": np.zeros(1)}, like={"W": np.zeros(1)})
    with refused(TypeError, "rng must be a numpy.random.Generator, got int"):
        checks.generator("rng", 0)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, np.bool_(True), np.ones(1, int)], ids=repr)
def test_integers_are_integers(value):
    with refused(TypeError, "K must be an integer", type(value).__name__):
        checks.integer("K", value, 1)


@pytest.mark.parametrize("value", [True, "1", None, 1j, np.complex128(1), np.ones(1), np.bool_(True)], ids=repr)
def test_numbers_are_real(value):
    with refused(TypeError, "lr must be a real number", type(value).__name__):
        checks.number("lr", value)
