"""Questions in the chapter on learning without going back."""

import numpy as np

from minirnn import VanillaRNN
from questions import Question


def parameters(m: int, n: int) -> float:
    return float(sum(w.size for w in VanillaRNN(m=m, n=n).init(np.random.default_rng(0)).values()))


def influence(lam: float, T: float) -> float:
    """P_T for h_t = λ h_{t-1} + w x_t with inputs 1, in the direction of w."""
    P = 0.0
    for _ in range(int(T)):
        P = lam * P + 1
    return P


QUESTIONS = {
    "influence": Question(
        right=influence,
        typed="(1-lam^T)/(1-lam)",
        names={"lam": (0.3, 0.95), "T": (2, 9)},
        mistakes=(
            ("lam^T", "that is the influence of the start. The weight w is used at every step."),
            ("lam^(T-1)", "that is the influence of the first use alone. Add those of all uses."),
            ("1/(1-lam)", "that is where it tends to. After T steps it is not there yet."),
            ("(1-lam^(T+1))/(1-lam)", "one step too many: P₁ is 1."),
            ("(1-lam^(T-1))/(1-lam)", "one step too few: P₁ is 1."),
            ("T", "earlier uses have faded: each step multiplies the influence by λ."),
        ),
    ),
    "crossing": Question(
        right=lambda: parameters(m=2, n=10),
        tol=1e-9,
        mistakes=(
            (120, "the bias has n parameters too."),
            (100, "that is W alone. U and b count too."),
            (1300, "that is n·p, what RTRL keeps. BPTT keeps n·T: divide by n."),
            (110, "the network has two inputs, so U has 2n numbers."),
        ),
    ),
    "draws": Question(
        right=lambda: 50 / 0.1**2,
        mistakes=(
            (500, "a tenth is asked for of the deviation, and its square is the variance: 50/M = 0.01."),
            (50, "with 50 draws the deviation is as large as the gradient."),
            ("sqrt(50)/0.1", "the deviation falls with the root of the number of draws."),
        ),
    ),
}
