"""Questions in the chapter on vanishing gradients."""

import numpy as np

from experiments.vanishing.latch_map import attractor, margin
from minirnn.core import sigmoid
from questions import Question


def steepest() -> float:
    """The largest slope of the logistic function."""
    s = sigmoid(np.linspace(-5, 5, 1001))
    return float((s * (1 - s)).max())


QUESTIONS = {
    "half": Question(
        right=lambda: float(np.log(2) / -np.log(0.95)),
        mistakes=(
            ("20", "after 1/(1 − λ) steps it has fallen to about 1/e, not to a half."),
            ("ln(2)/0.05", "close: that is ln 2/(1 − λ), which is right in the limit λ → 1. Use ln(1/λ)."),
            ("1/-ln(0.95)", "that is the time in which it falls to 1/e."),
            ("ln(0.95)/ln(0.5)", "upside down: this is the number of halvings in one step."),
        ),
    ),
    "logistic": Question(
        right=lambda: 1 / steepest(),
        mistakes=(
            (1, "that is the bound for tanh, whose largest slope is 1."),
            (0.25, "that is γ itself. The theorem asks for σ < 1/γ."),
            (0.5, "that is the value of the logistic function at 0. Its slope there counts."),
        ),
    ),
    "margin": Question(
        right=lambda: float(margin(1.8)),
        mistakes=(
            (float(attractor(1.8)), "that is a⁺, where the stored state rests."),
            (float(np.arctanh(np.sqrt(1 - 1 / 1.8))), "that is the border of the set. Put it into w tanh a − a."),
            (float(1.8 * np.sqrt(1 - 1 / 1.8)), "that is w tanh at the border. Subtract the border."),
        ),
    ),
}
