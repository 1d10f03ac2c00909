"""Learning rates that change: functions of t, the number of updates made so far, for any optimizer's `lr`.

    t          0, 1, 2, …: the first update is made at rate(0); skipped updates do not count
    a number   the constant schedule

>>> rate = warm_up(cosine_decay(0.1, updates=100), updates=4)
>>> [round(rate(t), 3) for t in (0, 1, 2, 3, 4, 54, 104, 1000)]
[0.02, 0.04, 0.06, 0.08, 0.1, 0.05, 0.0, 0.0]

Schedules have no state: the optimizer counts updates, and its count is saved with it.
"""

from collections.abc import Callable
from math import cos, pi

from minirnn.core import checks
from minirnn.core.arguments import checked

Schedule = Callable[[int], float]


@checked
def as_schedule(lr: float | Schedule) -> Schedule:
    """The schedule of a rate, which may be a number; each of its rates is checked.

    >>> as_schedule(0.1)(7)
    0.1

    Raises ValueError for a rate that is not finite or < 0, or cannot be computed at t = 0; TypeError for no number.
    """
    if not callable(lr):
        lr = checks.number("lr", lr, 0.0)
        return lambda t: lr
    checks.function("lr", lr, "(t) -> rate, such as cosine_decay(0.1, updates=1000), or a number")
    rate = lambda t: checks.number(f"lr({t})", lr(t), 0.0)  # noqa: E731
    try:
        rate(0)  # better now than in the first update
    except ZeroDivisionError as error:
        raise ValueError(
            "lr(0) divides by 0: t counts from 0, so a rate such as 0.1/t must be 0.1/(t + 1)"
        ) from error
    return rate


@checked
def warm_up(lr: float | Schedule, updates: int) -> Schedule:
    """η_t = lr(0)·(t + 1)/(updates + 1) for t < updates, then the schedule `lr`, which begins there: lr(t - updates).

    Raises ValueError unless updates >= 1.
    """
    rate, updates = as_schedule(lr), checks.integer("updates", updates, 1)
    return lambda t: rate(0) * (t + 1) / (updates + 1) if t < updates else rate(t - updates)


@checked
def cosine_decay(lr: float, updates: int, end: float = 0.0) -> Schedule:
    """η_t = end + (lr - end)·(1 + cos(π t/updates))/2 for t <= updates, then `end`. From loshchilov2017, one period.

    Raises ValueError unless lr, end >= 0 and updates >= 1.
    """
    lr, end = checks.number("lr", lr, 0.0), checks.number("end", end, 0.0)
    updates = checks.integer("updates", updates, 1)
    return lambda t: end + (lr - end) * (1 + cos(pi * min(t / updates, 1))) / 2


@checked
def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """η_t = lr·factor^⌊t/every⌋.

    >>> [step_decay(0.8, every=2, factor=0.5)(t) for t in range(5)]
    [0.8, 0.8, 0.4, 0.4, 0.2]

    Raises ValueError unless lr >= 0, every >= 1 and 0 < factor <= 1.
    """
    lr, factor = checks.number("lr", lr, 0.0), checks.number("factor", factor, 0.0, 1.0, open_low=True)
    every = checks.integer("every", every, 1)
    return lambda t: lr * factor ** (t // every)


@checked
def exponential_decay(lr: float, factor: float) -> Schedule:
    """η_t = lr·factor^t. Raises ValueError unless lr >= 0 and 0 < factor <= 1."""
    return step_decay(lr, 1, factor)
