"""Questions in the chapter on element-wise recurrence."""

from minirnn.theory.population import sensitivity, variance
from questions import Question

QUESTIONS = {
    "ratio": Question(
        right=lambda lam: float(sensitivity(lam) / variance(lam)),
        typed="(1+lam^2)/(1-lam^2)^2",
        names={"lam": (0.2, 0.97)},
        mistakes=(
            ("(1+lam^2)/(1-lam^2)^3", "that is the mean square of ∂h/∂λ alone. Divide by that of h."),
            ("1/(1-lam^2)", "that is the mean square of h."),
            ("(1+lam^2)/(1-lam^2)^4", "dividing by 1/(1 − λ²) takes a factor away from the denominator."),
            ("1/(1-lam^2)^2", "the factor 1 + λ² is still there."),
        ),
    ),
    "power": Question(
        right=lambda: float((sensitivity(1 - 1e-7) / sensitivity(1 - 1e-6)) ** 0.5),
        mistakes=(
            (1000, "that is the growth of the mean square. Take the root."),
            (10, "the memory grows by 10, the sensitivity faster: see the power of 1 − λ² in the denominator."),
            ("sqrt(10)", "that is how the state h grows."),
            (100, "the mean square has the power 3, so its root has 3/2."),
        ),
    ),
    "level": Question(
        right=lambda: float((1 - 0.9**2) * variance(0.9, rho=0.9)),
        mistakes=(
            (1, "that is so for white inputs. These are correlated."),
            (19, "that is the limit λ → 1, for which (1 + ρ)/(1 − ρ) is right."),
            (float(variance(0.9, rho=0.9)), "that is without γ. Multiply by γ² = 1 − λ²."),
            (1 / 19, "upside down: correlated inputs make the state larger."),
        ),
    ),
}
