"""Mistakes with policy gradients."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("control")

TASK = {
    "multiplier": {"plain": "λ = w", "tanh": "λ = tanh(w)", "exp": "λ = exp(-w)"},
    "earns": {
        "none": "a right choice earns 1, a wrong one 0",
        "equal": "a right choice earns 1, a wrong one costs 1",
        "double": "a right choice earns 1, a wrong one costs 2",
    },
    "damping": {
        "plain": "κ is the number `damping`, and d is returned as it is",
        "trace": "κ is `damping` times the mean of the diagonal of F, and d is returned as it is",
        "unit": "κ is the number `damping`, and d is scaled so that dᵀ F d = 1",
    },
    "baseline": {
        "none": "there is no baseline: b_n = 0",
        "others": "the baseline b_n is the mean reward of the other episodes",
        "median": "the baseline b_n is the median of all rewards",
    },
    "lost": {
        "0.5": "the wall is where half of the speed is lost",
        "0.9": "the wall is where nine tenths of the speed are lost",
    },
}
VARIES = {
    "reward": "multiplier earns",
    "fisher": "multiplier",
    "natural": "damping",
    "estimate": "baseline",
    "wall": "lost",
}


def agent(rng: Rng, size: int) -> tuple[Array, int]:
    """theta, L."""
    return rng.uniform([0.5, 0.8, 0.3], [1.5, 1.6, 0.9]), [4, 6, 1, 2][size]


def samples(rng: Rng, size: int) -> tuple[Array, Array]:
    """S (N, P), and N numbers."""
    N, P = [(7, 3), (5, 8), (2, 1), (4, 4)][size]
    return rng.standard_normal((N, P)), rng.standard_normal(N)


def directions(rng: Rng, size: int) -> tuple[Array, Array, float]:
    """S (N, P), g (P,), damping."""
    S, _ = samples(rng, size)
    return S, rng.standard_normal((S.shape[1],)), [0.1, 0.02, 0.5, 0.3][size]


CASES = {
    "reward": lambda rng, size: (*agent(rng, size), [0.9, 0.8, 0.7, 0.85][size]),
    "fisher": agent,
    "natural": directions,
    "estimate": samples,
    "wall": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
MULTIPLIER = 'check.options["multiplier"]'
mistake.edits(
    "reward",
    ("the gradient has no factor 2 p - 1: only that much of σ reaches J.", "(2 * p - 1) * sigma * (1 - sigma)",
     "sigma * (1 - sigma)"),
    ("the gradient has no σ': it is σ (1 - σ).", "(2 * p - 1) * sigma * (1 - sigma)", "(2 * p - 1)"),
    ("σ' is σ (1 - σ), not σ.", "sigma * (1 - sigma)", "sigma"),
    ("the derivative in w has no factor L.", "L * v * u", "v * u"),
    ("the derivative of λ^L is L λ^(L-1): the exponent is one less.", "lam ** (L - 1)", "lam**L"),
    ("λ depends on w: the derivative in w has a factor dλ/dw.", " * dlam])", "])"),
    ("the sign of dλ/dw is wrong.", " * dlam])", " * -dlam])"),
    ("the derivatives in v and u have changed places.", "[u * lam**L, v * lam**L", "[v * lam**L, u * lam**L"),
    ("what a choice earns is another in your task.", '[check.options["earns"]]', '["none"]'),
    ("J is the probability of a right choice; what the choices earn is missing in it.",
     "wrong + (right - wrong) * P", "P"),
    ("the gradient has no factor for what the choices earn: right minus wrong.", "(right - wrong) * (2", "(2"),
    ("what was seen is wrong with probability 1 - p: then to choose it earns what a wrong choice earns.",
     "(1 - p) + (2 * p - 1) * sigma", "p * sigma"),
    ("p and 1 - p have changed places, or the sign of s in σ is wrong.", "(1 - p) + (2 * p - 1) * sigma",
     "p - (2 * p - 1) * sigma"),
    ("the cue has gone through one step too many: λ^L.", "v * u * lam**L", "v * u * lam ** (L + 1)"),
    ("the cue has not faded: the factor λ^L is missing in s.", "np.exp(-v * u * lam**L)", "np.exp(-v * u)"),
    ("only the derivatives in v and u are there. The third is in w.",
     "v * lam**L, L * v * u * lam ** (L - 1) * dlam]", "v * lam**L]"),
)
mistake.edits(
    "fisher",
    ("that is the outer product of ∇s alone: the factor σ (1 - σ) is missing.", "sigma * (1 - sigma) * np", "np"),
    ("the factor is σ: the other choice counts too, and together they give σ (1 - σ).",
     "sigma * (1 - sigma) * np", "sigma * np"),
    ("the factor is squared: one σ (1 - σ) is left of the mean.", "sigma * (1 - sigma) * np",
     "(sigma * (1 - sigma)) ** 2 * np"),
    ("only one choice counts: (1 - σ)² σ. Add that of the other one.", "sigma * (1 - sigma) * np",
     "sigma * (1 - sigma) ** 2 * np"),
    ("the squares of the scores are not weighed with how often they come.", "sigma * (1 - sigma) * np",
     "(sigma**2 + (1 - sigma) ** 2) * np"),
    ("that is the length of ∇s. A matrix is asked for: np.outer.", "np.outer(grad_s, grad_s)", "(grad_s @ grad_s)"),
    ("entries are multiplied one by one: `g * g` is a vector. The matrix is np.outer(g, g).",
     "np.outer(grad_s, grad_s)", "grad_s * grad_s"),
    ("the derivative in w has no factor L.", "L * v * u", "v * u"),
    ("the derivative of λ^L is L λ^(L-1): the exponent is one less.", "lam ** (L - 1)", "lam**L"),
    ("λ depends on w: the derivative in w has a factor dλ/dw.", " * dlam])", "])"),
    ("the derivatives in v and u have changed places.", "[u * lam**L, v * lam**L", "[v * lam**L, u * lam**L"),
    ("in λ another parameter is used: look at your task.", MULTIPLIER, '"plain"'),
    ("only the diagonal is there.", "np.outer(grad_s, grad_s)", "np.diag(grad_s**2)"),
    ("the cue has not faded: the factor λ^L is missing in s.", "np.exp(-v * u * lam**L)", "np.exp(-v * u)"),
)
mistake.edits(
    "natural",
    ("that is the gradient: F was not used.", "np.linalg.solve(F + kappa * np.eye(P), g)", "g"),
    ("F is multiplied where it has to be divided by: solve (F + κ I) d = g.",
     "np.linalg.solve(F + kappa * np.eye(P), g)", "(F + kappa * np.eye(P)) @ g"),
    ("F is the mean over the N scores: divide by N.", "S.T @ S / N", "S.T @ S"),
    ("divided by P. The mean is over the N scores.", "S.T @ S / N", "S.T @ S / P"),
    ("`S @ S.T` holds products of samples. F is (P, P): `S.T @ S`.", "S.T @ S / N", "S @ S.T / N"),
    ("the damping is missing.", "F + kappa * np.eye(P)", "F", "np.linalg.solve(F, g)", "np.linalg.pinv(F) @ g"),
    ("κ is added to every entry. It is added to the diagonal: κ I.", "kappa * np.eye(P)", "kappa"),
    ("κ is taken off.", "F + kappa", "F - kappa"),
    ("the damping is squared.", "np.trace(F) / P if form", "damping * np.trace(F) / P if form", "else damping\n",
     "else damping**2\n"),
    ("the mean of the scores is taken off: that is their covariance. F is the mean of the products as they are.",
     "S.T @ S / N", "np.cov(S.T, bias=True)"),
    ("d points downhill: F has no sign to change.", 'form == "unit" else d', 'form == "unit" else -d',
     "return d /", "return -d /"),
    ("only the diagonal of F is used.", "F + kappa * np.eye(P)", "np.diag(np.diag(F)) + kappa * np.eye(P)"),
    ("κ is the sum of the diagonal times `damping`. Its mean is wanted.", "np.trace(F) / P", "np.trace(F)"),
    ("d has length 1. It is scaled so that dᵀ F d = 1.", "np.sqrt(d @ F @ d)", "np.linalg.norm(d)"),
    ("d is divided by dᵀ F d. Divide by its root.", "np.sqrt(d @ F @ d)", "(d @ F @ d)"),
)
mistake.edits(
    "estimate",
    ("the baseline is another: look at your task.", '[check.options["baseline"]]', '["none"]'),
    ("the baseline is the mean of all rewards, one's own too.", "(R - b)", "(R - R.mean())"),
    ("the baseline was added.", "R - b", "R + b"),
    ("the sum of the terms. Their mean is asked for.", "terms.mean(axis=0)", "terms.sum(axis=0)"),
    ("the mean reward times the mean score. The mean of the products is another thing.", "terms.mean(axis=0)",
     "(R - b).mean() * S.mean(axis=0)"),
    ("the mean is taken over the parameters. Episodes are rows: axis 0.", "terms.mean(axis=0)",
     "terms.mean(axis=1)"),
    ("that is the standard deviation of one term. The mean of N has 1/√N of it.", " / np.sqrt(N)", ""),
    ("divided by N. The standard error has 1/√N.", " / np.sqrt(N)", " / N"),
    ("the standard deviation has N in its denominator, `ddof=0`. N - 1 is asked for.", ", ddof=1", ""),
    ("that is the variance: take the root.", "terms.std(axis=0, ddof=1) / np.sqrt(N)",
     "terms.var(axis=0, ddof=1) / N"),
    ("the standard error is that of the scores. That of the terms is asked for.", "terms.std(axis=0",
     "S.std(axis=0"),
    ("one's own reward is left out, but the rest is divided by N: N - 1 are left.", "(R.sum() - R) / (N - 1)",
     "(R.sum() - R) / N"),
    ("the gradient points downhill: rewards are maximised.", "return terms.mean(axis=0)",
     "return -terms.mean(axis=0)"),
    ("one number for all parameters. Each has its own mean and error: axis 0.",
     "terms.mean(axis=0), terms.std(axis=0, ddof=1)", "terms.mean(), terms.std(ddof=1)"),
)
Q = "sigma * (1 - sigma) * (grad_s @ grad_s)"
mistake.edits(
    "wall",
    ("off by one: that is the last length before the wall.", "return L, (2", "return L - 1, (2"),
    ("the factor σ' is missing in q.", Q, "(grad_s @ grad_s)"),
    ("q has the length of ∇s. Its square is wanted.", Q, "sigma * (1 - sigma) * np.sqrt(grad_s @ grad_s)"),
    ("the derivative in λ is missing in ∇s.", ", L * v * u * lam ** (L - 1)]", "]"),
    ("the derivative in λ has no factor L.", "L * v * u", "v * u"),
    ("the derivative of λ^L is L λ^(L-1): the exponent is one less.", "lam ** (L - 1)", "lam**L"),
    ("the speeds have no factor 2 p - 1.", "(2 * p - 1) * q, (2 * p - 1) * q / (kappa + q)", "q, q / (kappa + q)"),
    ("the two speeds have changed places: first that along the gradient.",
     "(2 * p - 1) * q, (2 * p - 1) * q / (kappa + q)", "(2 * p - 1) * q / (kappa + q), (2 * p - 1) * q"),
    ("the wall is where the share that is *left* is that of your task. It is the share that is lost.", "1 - lost",
     "lost"),
    ("the natural speed is q/κ only where q is far below κ: divide by κ + q.", "(2 * p - 1) * q / (kappa + q)\n",
     "(2 * p - 1) * q / kappa\n"),
)
# fmt: on


def squares(student: str, L: float) -> float:
    """q = σ'(s) |∇s|² of a student's agent at a length."""
    v, u, lam, _, _ = solutions("control")["agent"](student)
    gradient = np.array([u * lam**L, v * lam**L, L * v * u * lam ** (L - 1)])
    sigma = 1 / (1 + np.exp(-v * u * lam**L))
    return float(sigma * (1 - sigma) * (gradient @ gradient))


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's agent."""
    s = solutions("control")
    (L, plain, natural), (*_, lam, _, kappa) = s["wall"](student), s["agent"](student)
    left, less = 1 - float(in_force("control").options["lost"]), kappa / 100
    further = next(k for k in range(L, 2000) if (q := squares(student, k)) / (less + q) < left)
    return {"wall": L, "plain": plain, "natural": natural, "factor": natural / plain,
            "half": 1 / (kappa + squares(student, L / 2)), "further": further - L,
            "formula": np.log(100) / (2 * np.log(1 / lam))}  # fmt: skip
