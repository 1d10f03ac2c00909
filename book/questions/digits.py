"""Questions in the chapter on digits, one pixel at a time."""

import numpy as np

from questions import Question


def forgotten(share: float, sigma: float) -> float:
    """The least number of blanks after which less than a share of a difference is left."""
    return float(next(k for k in range(1000) if sigma**k < share))


def length(b: float) -> int:
    """How many steps eight rows of eight pixels take, with b blanks after each row."""
    return sum(1 for _ in range(8) for _ in range(8 + int(b)))


QUESTIONS = {
    "length": Question(
        right=length,
        typed="64+8*b",
        names={"b": (1, 90)},
        mistakes=(
            ("64*(1+b)", "blanks follow each row of eight pixels, not each pixel."),
            ("64+7*b", "blanks follow the last row too."),
            ("64+b", "there are eight rows, each with b blanks after it."),
        ),
    ),
    "forgotten": Question(
        right=lambda: forgotten(0.01, 0.9),
        tol=1e-9,
        mistakes=(
            ("ln(0.01)/ln(0.9)", "blanks are whole steps. Round up."),
            (forgotten(0.01, 0.9) - 1, "one blank less leaves a little more than a hundredth."),
            (90, "that many leave less than a ten-thousandth. Fewer are enough for a hundredth."),
            (10, "after 1/(1 − σ) = 10 blanks more than a third is left."),
        ),
    ),
    "chance": Question(
        right=lambda: float(-np.log(1 / 10)),
        mistakes=(
            (
                0.9,
                "that is its squared error. The cross-entropy is −ln of what the right class gets.",
            ),
            (1, "that is with logarithms to base 10."),
            ("ln(10)/ln(2)", "that is in bits. The loss is in nats."),
            (0.1, "that is the probability of the right class. Take minus its logarithm."),
        ),
    ),
}
