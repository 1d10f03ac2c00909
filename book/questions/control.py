"""Questions in the chapter on memory and control."""

import numpy as np

from minirnn.control import DelayedCue
from questions import Question


def expected(p: float, f: float) -> float:
    """J of a policy that chooses a = o with the probability f."""
    return p * f + (1 - p) * (1 - f)


def moved(lam: float) -> float:
    """By how many steps a damping that is 100 times smaller moves the wall."""
    return float(np.log(100) / (2 * np.log(1 / lam)))


assert np.isclose(expected(0.9, 1.0), DelayedCue(L=1).optimum)

QUESTIONS = {
    "reward": Question(
        right=expected,
        typed="(1-p)+(2*p-1)*f",
        names={"p": (0.6, 0.95), "f": (0.1, 0.9)},
        mistakes=(
            ("p*f", "the other choice is right too, with the probability 1 − p: add (1 − p)(1 − f)."),
            ("f", "a cue is wrong with the probability 1 − p."),
            ("p", "that is the best policy, which always chooses a = o."),
            ("p*f+(1-p)", "where the cue is wrong, the agent is right only if it chooses the other action."),
        ),
    ),
    "belief": Question(
        right=lambda: float(np.log(0.8 / 0.2)),
        mistakes=(
            (4, "those are the odds. Take their logarithm."),
            ("ln(4)/ln(10)", "log-odds are natural logarithms."),
            (0.8, "that is the probability. Its log-odds are ln(p/(1 − p))."),
            ("ln(0.8)", "that is the logarithm of the probability, not of the odds."),
            (2, "that is in bits. Use the natural logarithm."),
        ),
    ),
    "wall": Question(
        right=lambda: moved(0.8),
        mistakes=(
            (2 * moved(0.8), "q falls by λ² a step, not by λ."),
            (moved(0.8) / np.log(10), "natural logarithms in both places, or in none."),
            (moved(0.9), "that is for λ = 0.9."),
            (100, "q falls exponentially with the length, so a factor becomes a number of steps by its logarithm."),
        ),
    ),
}
