"""Questions in the chapter on diagnosing your own network."""

import numpy as np

from questions import Question


def entropy(*shares: float) -> float:
    return float(-sum(p * np.log(p) for p in shares))


def bias(steps: float) -> float:
    """The bias of a forget gate that keeps 1/e of an error over so many steps."""
    gate = np.exp(-1 / steps)
    return float(np.log(gate / (1 - gate)))


QUESTIONS = {
    "constant": Question(
        right=lambda: entropy(0.5, 0.25, 0.25),
        mistakes=(
            ("ln(3)", "that is for three classes of equal shares. Here one is half of all."),
            (1.5, "that is in bits. The loss is in nats."),
            ("ln(2)", "that is the loss on the first class. Take the mean over all."),
            ("-ln(0.25)", "that is the loss on the rarer classes. Take the mean over all."),
        ),
    ),
    "gate": Question(
        right=lambda: bias(200),
        tol=0.002,
        mistakes=(
            (1, "a bias of 1 opens the gate to 0.73, and 0.73^200 is nearly nothing."),
            ("exp(-1/200)", "that is the gate. The bias is its log-odds, ln(f/(1 − f))."),
            ("1/200", "that is how much the gate must be shut. The bias is the log-odds of the gate."),
            (200, "the gate is the logistic function of the bias: at 200 it is 1 to the last digit."),
        ),
    ),
}
