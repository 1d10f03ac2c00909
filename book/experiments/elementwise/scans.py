"""Two ways to scan a linear recurrence of T steps, after some rounds; all joins of a round could be made at once."""

from typing import NamedTuple

import numpy as np


class Progress(NamedTuple):
    first: np.ndarray  # (T,): the first input that each entry has taken in
    joins: int  # of two maps, made so far
    needed: int  # rounds until all is done


def sequential(T: int, rounds: int) -> Progress:
    """One step after the other.

    >>> sequential(4, 1)
    Progress(first=array([1, 1, 3, 4]), joins=1, needed=3)
    """
    t, done = np.arange(1, T + 1), min(rounds, T - 1)
    return Progress(np.where(t <= done + 1, 1, t), done, T - 1)


def doubling(T: int, rounds: int) -> Progress:
    """Each entry joins what reaches twice as far back.

    >>> doubling(4, 1)
    Progress(first=array([1, 1, 2, 3]), joins=3, needed=2)
    """
    needed = int(np.ceil(np.log2(T)))
    t, done = np.arange(1, T + 1), min(rounds, needed)
    return Progress(np.maximum(1, t - 2**done + 1), sum(T - 2**r for r in range(done)), needed)


WAYS = {"sequential": sequential, "doubling": doubling}
