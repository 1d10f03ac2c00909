"""The runs that tests/learning/test_sweeps.py sweeps: functions that other processes import.

Each run is a process, so NumPy is loaded by those alone that use it."""

import os
import signal
import sys
import time
from pathlib import Path


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
    import numpy as np
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def ends(x, how):
    """One of the runs ends in its own way; the others give x."""
    if x == 1:
        {
            "sys.exit": lambda: sys.exit(0),
            "os._exit(0)": lambda: os._exit(0),
            "os._exit(7)": lambda: os._exit(7),
            "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "SIGSEGV": lambda: os.kill(os.getpid(), signal.SIGSEGV),
            "KeyboardInterrupt": lambda: signal.default_int_handler(2, None),
        }[how]()
    return x


def imported(x):
    """What of minirnn is there before the run has asked for it."""
    return [name for name in sys.modules if name.startswith("minirnn")]


COUNT = 0


def leaves_traces(x):
    """Says what it finds, and changes all that the next run of the same process would find."""
    global COUNT
    import numpy as np

    found = [COUNT, os.environ.get("TRACE"), os.getcwd(), np.random.get_state()[1][0] == 7]  # noqa: NPY002
    COUNT += 1
    os.environ["TRACE"] = "left"
    os.chdir("/")
    np.random.seed(7)  # noqa: NPY002
    return found


def changes_its_point(x):
    x.append("changed")
    return x


def too_large_for_the_disk(x):
    """As it is when the disk is full: the result's file cannot be written, a short one can."""
    if x == 1:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return bytes(100_000)


def waits(x, log):
    note(log, x)
    time.sleep(60)


def plain(a, b=None, c=None):
    return [a, b, c]


def changes_directory(to):
    os.chdir(to)
    return os.getcwd()
