"""Questions in the chapter on chaos."""

import numpy as np

from questions import Question


def multiplier(r: float) -> float:
    """The slope of the logistic map at its fixed point other than 0."""
    x = 1 - 1 / r
    assert np.isclose(r * x * (1 - x), x)
    return float(r * (1 - 2 * x))


QUESTIONS = {
    "multiplier": Question(
        right=multiplier,
        typed="2-r",
        names={"r": (1.2, 3.9)},
        mistakes=(
            ("r", "that is the slope at the other fixed point, at 0."),
            ("1-1/r", "that is where the fixed point lies. Put it into r(1 − 2x)."),
            ("2/r-1", "the factor r of the slope is missing."),
            ("0", "the slope is 0 at ½, which is the fixed point for r = 2 alone."),
        ),
    ),
    "time": Question(
        right=lambda: float(np.log(1e-2 / 1e-6) / 0.1),
        mistakes=(
            (40, "that is with logarithms to base 10. An exponent in nats goes with the natural one."),
            ("ln(10000)/ln(2)/0.1", "that is with logarithms to base 2, for an exponent in bits a step."),
            (1e5, "the growth is exponential, not linear: the factor 10⁴ takes ln(10⁴)/λ₁ steps."),
            ("ln(10000)", "divide by the exponent."),
        ),
    ),
    "second": Question(
        right=lambda: float(np.log(0.5) - 0.3),
        mistakes=(
            (0.2, "the exponents are logarithms: their sum is ln 0.5 and not 0.5."),
            ("ln(0.5)+0.3", "their sum is ln 0.5, so the first one is subtracted."),
            (-0.3, "that would preserve areas. Here each step halves them."),
            ("ln(0.5)", "that is the sum of both."),
        ),
    ),
}
