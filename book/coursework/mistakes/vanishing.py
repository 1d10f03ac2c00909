"""Mistakes in measuring how far a gradient reaches."""

import numpy as np

from coursework.answers import Mistakes, in_force, solution, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

right = solution("vanishing")
mistake = Mistakes("vanishing")

TASK = {
    "norm": {
        "spectral": "‖A‖ is the spectral norm, the largest singular value of A",
        "columns": "‖A‖ is the largest column sum of the sizes of the entries of A",
        "rows": "‖A‖ is the largest row sum of the sizes of the entries of A",
    },
    "unit": {"tanh": "f(a) = tanh(a)", "root": "f(a) = a / sqrt(1 + a²)", "soft": "f(a) = a / (1 + |a|)"},
}
VARIES = {"powers": "norm", "jacobians": "unit", "reach": "norm", "latch": "unit", "rates": "norm unit"}


def matrix(rng: Rng, size: int) -> tuple[Array, int]:
    """W (n, n), T."""
    n, T = [(3, 5), (5, 8), (2, 1), (3, 3)][size]
    return rng.standard_normal((n, n)) / np.sqrt(n), T


def states(rng: Rng, size: int) -> tuple[Array, Array]:
    """W, H (T + 1, n)."""
    W, T = matrix(rng, size)
    return W, np.concatenate([np.zeros((1, len(W))), np.tanh(rng.standard_normal((T, len(W))))])


CASES = {
    "powers": matrix,
    "jacobians": states,
    "reach": lambda rng, size: (right("jacobians")(*states(rng, size)),),
    "latch": lambda rng, size: ([1.5, 2.2, 1.15, 1.9][size],),
    "rates": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
FROBENIUS = "that is the Frobenius norm, np.linalg.norm's default. That of your task takes a second argument."
mistake.edits(
    "powers",
    ("`W * P` multiplies entry by entry. A power of the matrix is a matrix product: `W @ P`.", "W @ P", "W * P"),
    ("`W**k` raises each entry to a power. A power of the matrix is a matrix product.", "norm(P)",
     "norm(W ** len(norms))"),
    (FROBENIUS, "norm(P)", "np.linalg.norm(P)"),
    ("that is the largest singular value, of another task's norm.", "norm(P)", "np.linalg.norm(P, 2)"),
    ("that is the bound ‖W‖^k. The norm of the power is at most this, and usually less.", "norm(P)",
     "norm(W) ** len(norms)"),
    ("that is ρ^k with the spectral radius ρ. The norm of the power is at least this.", "norm(P)",
     "np.abs(np.linalg.eigvals(P)).max()"),
    ("off by one: the first entry is that of W^0, the identity, whose norm is 1; the last that of W^T.",
     "np.eye(len(W))", "W"),
    ("an entry is missing at the end: there are T + 1 powers from W^0 to W^T.", "range(T + 1)", "range(T)"),
    ("an entry is missing: W^0, whose norm is 1, is the first.", "np.array(norms)", "np.array(norms[1:])"),
    ("it begins with a matrix of ones. W^0 is the identity, np.eye.", "np.eye(len(W))",
     "np.ones((len(W), len(W)))"),
    ("the matrices are there; their norms are asked for.", "norm(P))", "P)"),
    ("the norms are summed up. Each entry is the norm of one power.", "np.array(norms)", "np.cumsum(norms)"),
)
mistake.edits(
    "jacobians",
    ("the slopes multiply the columns of W. That is W·diag; the slope of unit i belongs to row i.",
     "[:, :, None]", "[:, None, :]"),
    ("off by one in time: the slope of f in the step to h_t is taken at h_t, not at h_{t-1}.", "H[1:]", "H[:-1]"),
    ("your Jacobians are the transposes of the right ones.", "slope(H[1:])[:, :, None] * W",
     "slope(H[1:])[:, None, :] * W.T"),
    ("W is transposed: row i of W has the weights of unit i.", "* W", "* W.T"),
    ("the slope of f is missing: these are copies of W.", "slope(H[1:])", "np.ones_like(H[1:])"),
    ("one Jacobian too many: H begins with h_0, to which no step leads.", "H[1:]", "H"),
    ("the slope of tanh at a is 1 - tanh(a)². Of h = tanh(a) you have taken 1 - h.", "slope(H[1:])", "(1 - H[1:])"),
    ("that is the slope at tanh(h). The slope that is wanted is at a, and f(a) is h itself.", "slope(H[1:])",
     "slope(np.tanh(H[1:]))"),
    ("1 - h² is the slope of tanh. Your unit has another one.", "slope(H[1:])", "(1 - H[1:] ** 2)"),
    ("all steps have the slopes of the last one. Each has slopes of its own.", "slope(H[1:])",
     "slope(0 * H[1:] + H[-1])"),
    ("the order is reversed: J[0] is of the step to h_1.", "slope(H[1:])", "slope(H[:0:-1])"),
)
mistake.edits(
    "reach",
    ("the factors are in the wrong order: J_T stands leftmost, so the next one goes to the right.", "P @ Jt",
     "Jt @ P"),
    ("that is the product of the norms. It is a bound; the norm of the product is asked for.", "append(norm(P))",
     "append(norms[-1] * norm(Jt))"),
    ("that is ∂h_k/∂h_0. Here the end is fixed: ∂h_T/∂h_k, with the largest k last.", "J[::-1]", "J", "P @ Jt",
     "Jt @ P", "norms[::-1]", "norms"),
    ("the loop begins with J_1. From k = T down, J_T comes first: `J[::-1]`.", "in J[::-1]", "in J"),
    ("the order is reversed: the first entry is k = 0, the farthest back; the last is k = T, which is 1.",
     "norms[::-1]", "norms"),
    (FROBENIUS, "norms.append(norm(P))", "norms.append(np.linalg.norm(P))", "[norm(P)]", "[np.linalg.norm(P)]"),
    (FROBENIUS, "norms.append(norm(P))", "norms.append(np.linalg.norm(P))"),
    ("an entry is missing: k = T, the identity, whose norm is 1.", "[norm(P)]", "[]"),
    ("these are the norms of single Jacobians. Between k and T lie T - k of them: multiply.", "P = P @ Jt",
     "P = Jt"),
    ("entries are multiplied one by one. The chain rule multiplies matrices: `P @ Jt`.", "P @ Jt", "P * Jt"),
    ("that is the spectral radius of the product, which its norm is at least.", "norms.append(norm(P))",
     "norms.append(np.abs(np.linalg.eigvals(P)).max())"),
)
mistake.edits(
    "latch",
    ("the slope lacks its factor w: the derivative of f(w h) in h is w f'(w h).", "w * slope(h)", "slope(h)"),
    ("the slope is taken as if h were w h: `slope(h)` wants h = f(a), and has the step in it already.",
     "w * slope(h)", "w * slope(w * h)"),
    ("the margin has the wrong sign: it is the size of the input that the state withstands.", "w * fold - a",
     "a - w * fold"),
    ("the margin is w h of the state where the slope is 1. Take off the a for which f(a) is that h.",
     "w * fold - a", "w * fold"),
    ("that margin is the state at which the slope is 1. The input which makes a fixed point of it is asked for.",
     "w * fold - a", "fold"),
    ("that h is where the slope is 1, not the stable state. It belongs into the margin.",
     "return h, w * slope(h)", "return fold, w * slope(h)"),
    ("the stable state was not reached: repeat h = f(w h) until h no longer changes.", "range(1000)", "range(1)"),
    ("the stable state is not quite reached: ten rounds are too few. Take a thousand.", "range(1000)", "range(10)"),
    ("the margin is measured at h*. It is where the slope is 1: the states meet and vanish there.",
     "w * fold - a", "0.0"),
    ("that is the state below 0. The one above is asked for: start from h = 1.", 'h = check.options["unit"], 1.0',
     'h = check.options["unit"], -1.0'),
    ("from h = 0 the loop stays at 0, which is the unstable state. Start from h = 1.",
     'h = check.options["unit"], 1.0', 'h = check.options["unit"], 0.0'),
    ("the slope and the margin have changed places.", "w * slope(h), w * fold - a", "w * fold - a, w * slope(h)"),
)
mistake.edits(
    "rates",
    ("the bound has the spectral radius in it. Only with a norm is it a bound.", "gamma * norm(W)",
     "gamma * np.abs(np.linalg.eigvals(W)).max()"),
    ("the bound has no γ: the slopes of f are missing in it.", "gamma * norm(W)", "0 * gamma + norm(W)"),
    ("the bound has no γ and no mean is needed then; but it is wanted with γ_t, the largest slope of each step.",
     "np.log(gamma * norm(W)).mean()", "np.log(gamma).mean()"),
    ("γ_t is the largest slope among the units, not the mean. With the mean it is no bound.", "max(axis=1)",
     "mean(axis=1)"),
    ("one γ for all steps. Each step has its own, the largest over its units: `.max(axis=1)`.", ".max(axis=1)",
     ".max() + np.zeros(len(H) - 1)"),
    ("the largest over the steps was taken. γ_t is the largest over the units: axis 1.", "max(axis=1)",
     "max(axis=0)"),
    ("off by one in time: the slopes of the step to h_t are those at h_t, from t = 1 on.", "slope(H[1:])",
     "slope(H[:-1])"),
    ("these are the sums over all steps. Divide both by T.", " / len(J)", "", ".mean()", ".sum()"),
    ("r is the whole logarithm. Divide it by T.", " / len(J)", ""),
    ("the bound is a sum over all steps. Divide it by T.", ".mean()", ".sum()"),
    ("divided by T + 1, the number of states. There are T steps.", " / len(J)", " / len(H)"),
    ("r is of one step, the last. All the way back is `reach(J)[0]`.", "reach(J)[0]", "reach(J)[-2]", " / len(J)",
     ""),
    ("r is of one step, the last, divided by T. All the way back is `reach(J)[0]`.", "reach(J)[0]", "reach(J)[-2]"),
    ("the two are the wrong way round: first r, then its bound.",
     "np.log(reach(J)[0]) / len(J), np.log(gamma * norm(W)).mean()",
     "np.log(gamma * norm(W)).mean(), np.log(reach(J)[0]) / len(J)"),
)
# fmt: on


@mistake("jacobians", "that is f'(h). The slope that is wanted is at a, and f(a) is h itself.")
def _(W: Array, H: Array) -> Array:
    s = solutions("vanishing")
    return s["slope"](s["UNITS"][in_force("vanishing").options["unit"]](H[1:]))[:, :, None] * W


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's network."""
    s = solutions("vanishing")
    W, (r, bound) = s["network"](student)[0], s["rates"](student)
    return {"r": r, "bound": bound, "radius": np.abs(np.linalg.eigvals(W)).max(), "norm": s["norm"](W)}
