"""A test that leaves its environment changed does not reach the next one."""

import os

import pytest

CHANGED = "A_TEST_LEFT_THIS"


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_finds_the_environment_that_the_run_began_with(turn: str):
    assert CHANGED not in os.environ
    assert os.environ["OPENBLAS_NUM_THREADS"]
    os.environ[CHANGED] = turn
    os.environ["OPENBLAS_NUM_THREADS"] = ""
