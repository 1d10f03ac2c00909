"""Questions in the chapter on what can be done at once."""

import numpy as np

from questions import Question


def inverse(w: float, t: float, k: float) -> float:
    """The entry (t, k) of the inverse of ∂r/∂s for slopes that are all w."""
    K = np.eye(10) - w * np.eye(10, k=-1)
    return float(np.linalg.inv(K)[int(t) - 1, int(k) - 1])


def bound(rounds: int, w: float = 0.5) -> float:
    """What the theorem allows of an error of 1 after some rounds, for h = tanh(w h + x)."""
    factor, error = 4 / 3**1.5 * w**2 / (2 * (1 - w)), 1.0
    for _ in range(rounds):
        error = factor * error**2
    return float(error)


QUESTIONS = {
    "stages": Question(
        right=lambda: float(np.ceil(np.log2(1000))),
        tol=1e-9,
        mistakes=(
            ("ln(1000)/ln(2)", "stages are whole: round up."),
            (3, "each stage doubles the reach: the logarithm is to base 2."),
            (1000, "that is the loop. A scan doubles its reach with each stage."),
            (500, "the reach doubles with each stage; it does not grow by two."),
        ),
    ),
    "bound": Question(
        right=lambda: bound(2),
        mistakes=(
            (bound(1), "that is after one round."),
            (bound(1) ** 2, "the second round squares the error and multiplies by the factor once more."),
            (0.25, "that is ρ² of the first part, for fixed-point iteration. Newton's method squares the error."),
            (bound(3), "that is after three rounds."),
        ),
    ),
    "inverse": Question(
        right=inverse,
        typed="w^(t-k)",
        names={"w": (0.3, 1.4), "t": (6, 9), "k": (1, 4)},
        mistakes=(
            (
                "w^(t-k-1)",
                "one factor too few: on the diagonal, t = k, the entry is 1.",
            ),
            ("w^(t-k+1)", "one factor too many: on the diagonal the entry is 1."),
            ("w^t", "only the steps from k to t count."),
            ("(-w)^(t-k)", "the signs cancel: e_t = w e_{t−1} − r_t carries the residual on with a plus."),
        ),
    ),
}
