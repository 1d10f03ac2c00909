"""Questions in the chapter on backpropagation through time."""

import numpy as np

from experiments.bptt.scalar import scalar_terms
from questions import Question


def window(share: float) -> float:
    """The least K that keeps this share of dh_T/dλ at λ = 0.9 and constant inputs."""
    by_lag = scalar_terms(0.9, np.ones(1000))[2][::-1]
    return float(np.argmax(by_lag.cumsum() >= share * by_lag.sum()) + 1)


def after_one_input(T: float, lam: float) -> float:
    """dh_T/dλ where x_1 = 1 and all other inputs are 0."""
    return float(scalar_terms(lam, np.eye(1, int(T))[0])[2].sum())


QUESTIONS = {
    "impulse": Question(
        right=after_one_input,
        typed="(T-1)*lam^(T-2)",
        names={"T": (3, 12), "lam": (0.3, 0.95)},
        mistakes=(
            ("lam^(T-1)", "that is the state h_T itself. Differentiate it with respect to λ."),
            (
                "T*lam^(T-1)",
                "steps 2 to T multiply the first input by λ: that is T − 1 times and not T times.",
            ),
            ("(T-1)*lam^(T-1)", "the derivative of a power lowers its exponent by one."),
            ("lam^(T-2)", "each of the T − 1 uses of λ has such a term. Add them up."),
        ),
    ),
    "pairs": Question(
        right=lambda T: sum(1 for t in range(1, int(T) + 1) for k in range(1, t + 1)),
        typed="T*(T+1)/2",
        names={"T": (2, 60)},
        mistakes=(
            ("T*(T-1)/2", "the pairs with k = t count too: their product is empty, but their term is there."),
            ("T^2", "that counts uses after the error as well. A use at k can only reach errors at t ≥ k."),
            ("T", "that is the number of terms of one error, the last one."),
            ("T^2/2", "nearly: the diagonal k = t belongs to the triangle in full."),
        ),
    ),
    "window": Question(
        right=lambda: window(0.9),
        tol=1e-9,
        mistakes=(
            (window(0.9) - 1, "with one step less the share is still a little below 90 %."),
            ("ln(0.1)/ln(0.9)", "a window has a whole number of steps. Round up."),
            (10, "after 1/(1 − λ) = 10 steps it is 1 − 0.9^10, which is 65 %."),
            ("9", "the share that is kept is 1 − λ^K. Solve that for K."),
        ),
    ),
}
