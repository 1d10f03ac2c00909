"""The measures of a short training log: the share of clipped updates, their size, and the course of the loss."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minirnn.core import checks
from minirnn.learning.observed import TrainingLog


class Course(NamedTuple):
    """Of a log: its rows, and the updates that it covers; the first loss, or the median of the first fifth if that is
    lower; the median of the last fifth, and the scatter within the last half; the highest loss; the share of rows after
    which it was more than twice as large, and more than half of the first; the first update whose loss or gradient was
    not finite; the share that was clipped, and the median norm over the threshold; the median and the largest size of
    the update over that of the parameters; the learning rate and the threshold. None where the log does not have it."""

    rows: int
    updates: int
    first: float
    last: float
    scatter: float
    highest: float
    jumps: float
    overflow: int | None
    clipped: float | None
    excess: float | None
    step: float | None
    largest: float | None
    rate: float | None
    clip: float | None


def clip_rate(norms: Sequence[float], clip: float) -> float:
    """Share of the norms above the threshold; norms that are nan, of skipped updates, are left out.

    >>> clip_rate([0.5, 2.0, float("nan")], 1.0)
    0.5

    Raises ValueError for anything but a non-empty list of real numbers.
    """
    sizes = np.asarray(norms)
    if sizes.ndim != 1 or not sizes.size or sizes.dtype.kind not in "iuf":
        raise ValueError(f"norms must be a non-empty list of real numbers, got {sizes.dtype} {sizes.shape}")
    sizes = sizes[~np.isnan(sizes)]
    return float((sizes > checks.number("clip", clip, 0.0)).mean()) if len(sizes) else float("nan")


def course(log: TrainingLog) -> Course:
    """The measures of a log.

    >>> course(TrainingLog(np.array([4.0, 2.0, 1.0, 0.5, 0.5]), np.full(5, 3.0), clip=1.0)).clipped
    1.0
    """
    bad = ~(np.isfinite(log.loss) & np.isfinite(log.norm))
    loss, norms = log.loss[np.isfinite(log.loss)], log.norm[np.isfinite(log.norm)]
    fifth = max(1, len(loss) // 5)
    first, last, scatter, highest, jumps = (float("nan"),) * 5
    if len(loss):
        first, last = float(min(loss[0], np.median(loss[:fifth]))), float(np.median(loss[-fifth:]))
        scatter, highest = float(loss[len(loss) // 2 :].std()), float(loss.max())
        jumps = float((loss[1:] > np.maximum(2 * loss[:-1], 0.5 * first)).mean()) if len(loss) > 1 else 0.0
    steps = np.zeros(0) if log.update is None else log.update[np.isfinite(log.update)]
    return Course(
        rows=len(log.loss),
        updates=len(log.loss) * log.every,
        first=first,
        last=last,
        scatter=scatter,
        highest=highest,
        jumps=jumps,
        overflow=int(bad.argmax()) * log.every if bad.any() else None,
        clipped=None if log.clip is None else clip_rate(log.norm.tolist(), log.clip),
        excess=float(np.median(norms)) / log.clip if log.clip and len(norms) else None,
        step=float(np.median(steps)) if len(steps) else None,
        largest=float(steps.max()) if len(steps) else None,
        rate=log.rate,
        clip=log.clip,
    )
