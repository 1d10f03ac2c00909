"""The runs that tests/test_sweeps.py sweeps: functions that other processes import."""

import os
import time
from pathlib import Path

import numpy as np


def note(log, text):
    """One line, appended at once: processes write to the same file."""
    with open(log, "a") as file:
        file.write(f"{text}\n")


def square(x, log=None):
    if log:
        note(log, x)
    return {"square": x * x, "at": os.getpid()}


def slow(x, log):
    note(log, x)
    time.sleep(0.05)
    return x * x


def fails_while(x, flag):
    """Raises for odd x while the file is there."""
    if x % 2 and Path(flag).exists():
        raise ArithmeticError(f"no result for {x}")
    return x


def cannot_be_stored(x):
    return lambda: x


def threads(x):
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def plain(a, b=None, c=None):
    return [a, b, c]
