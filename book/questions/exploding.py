"""Questions in the chapter on exploding gradients."""

import numpy as np

from minirnn.core import sigmoid
from minirnn.learning.clipping import clip_by_norm
from questions import Question


def summed(m: float, T: float) -> float:
    """dx_T/db at a fixed point with the multiplier m."""
    s = 0.0
    for _ in range(int(T)):
        s = 1 + m * s
    return s


def repels_from(x: float) -> float:
    """The weight above which a fixed point at x repels."""
    return float(1 / (sigmoid(x) * (1 - sigmoid(x))))


QUESTIONS = {
    "sum": Question(
        right=summed,
        typed="(m^T-1)/(m-1)",
        names={"m": (1.1, 1.9), "T": (3, 9)},
        mistakes=(
            ("m^T", "that is how a change of the start grows. The bias is used at every step: add all its uses."),
            ("m^(T-1)", "that is the share of the first use of b. Add those of all T uses."),
            ("(m^(T+1)-1)/(m-1)", "one term too many: the last use is multiplied by m^0, the first by m^(T−1)."),
            ("(m^(T-1)-1)/(m-1)", "one term too few: the last use is multiplied by m^0, the first by m^(T−1)."),
            ("T*m^T", "not all uses are multiplied equally often: each step back has one factor m more."),
        ),
    ),
    "repels": Question(
        right=lambda: repels_from(1.0),
        mistakes=(
            (4, "that is for a fixed point at 0, where the logistic function is steepest."),
            (repels_from(0.5), "that is for a start at 0.5."),
            (float(1 / sigmoid(1.0)), "the slope is σ(1 − σ). A factor is missing."),
            (1 / repels_from(1.0), "upside down: w times this slope must be 1."),
        ),
    ),
    "clip": Question(
        right=lambda: float(clip_by_norm({"g": np.array([6.0, 8.0])}, 5.0)[0]["g"][0]),
        mistakes=(
            (5, "that is clipping by value, entry by entry. By norm both entries are scaled alike."),
            (0.6, "that gradient has the length 1. It should have that of the threshold, 5."),
            (6, "the norm is 10 and the threshold 5, so something is clipped."),
            (1, "you subtracted the threshold. Multiply by threshold/norm."),
        ),
    ),
}
