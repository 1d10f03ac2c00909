"""Mistakes with Lyapunov exponents and Lipschitz constants."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("chaos")

TASK = {
    "map": {
        "logistic": "f(x) = r x (1 - x) in part 1",
        "quadratic": "f(x) = 1 - r x² in part 1",
        "sine": "f(x) = r sin(π x) in part 1",
    },
    "unit": {
        "tanh": "f(a) = tanh(a) in the network",
        "root": "f(a) = a / sqrt(1 + a²) in the network",
        "soft": "f(a) = a / (1 + |a|) in the network",
    },
    "grid": {
        "line": "the grid of part 4 is a line: its first and last point have one neighbour each",
        "ring": "the grid of part 4 is a ring: after its last point comes the first again, one step away",
    },
}
VARIES = {"exponent": "map", "push": "unit", "spectrum": "unit", "lipschitz": "grid", "crossing": "unit"}


def network(rng: Rng, size: int) -> tuple[Array, Array, Array]:
    """W, h, inputs (T, n)."""
    n, T = [(4, 6), (5, 10), (2, 1), (3, 3)][size]
    W = 1.3 * rng.standard_normal((n, n)) / np.sqrt(n)
    return W, rng.standard_normal(n), 0.3 * rng.standard_normal((T, n))


def one_step(rng: Rng, size: int) -> tuple[Array, Array, Array, Array]:
    W, h, X = network(rng, size)
    return W, h, X[0], rng.standard_normal((len(h), [2, 3, 1, 3][size]))


def costs(rng: Rng, size: int) -> tuple[Array, Array]:
    """Some rise or fall, so that the step around the end of a ring is the largest."""
    theta = np.linspace(-1, 2, [9, 14, 5, 7][size])
    return theta, [4, -2, 4, -4][size] * theta - np.cumsum(rng.standard_normal(theta.size))


def orbit(rng: Rng, size: int) -> tuple[float, float, int, int]:
    r = {"logistic": [3.7, 3.9, 3.2, 3.8], "quadratic": [1.7, 1.9, 1.2, 1.8], "sine": [0.9, 0.95, 0.8, 0.93]}
    chosen = in_force("chaos").options["map"]
    return r[chosen][size], *[(0.3, 8, 3), (0.21, 12, 1), (0.6, 1, 0), (0.4, 6, 2)][size]


CASES = {
    "exponent": orbit,
    "push": one_step,
    "spectrum": network,
    "lipschitz": costs,
    "crossing": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
COUNTED = "np.log(abs(slope(x)))"
mistake.edits(
    "exponent",
    ("that is the logarithm to base 2. Nats are asked for: np.log.", "np.log(", "np.log2("),
    ("that is the logarithm to base 10. Nats are asked for: np.log.", "np.log(", "np.log10("),
    ("the first steps are counted too: leave out those of the burn-in.", "if t >= burn_in", "if True"),
    ("the first steps are counted too: leave out those of the burn-in, and divide by T.", "if t >= burn_in",
     "if True", "total / T", "total / (T + burn_in)"),
    ("off by one: a slope too few. The first that counts is at x_{burn in}.", "t >= burn_in", "t > burn_in"),
    ("off by one: the slope belongs to the state from which a step is made, not to which it leads.", "slope(x)))",
     "slope(f(x))))"),
    ("the burn-in is taken out of the T steps. T steps follow after it.", "range(burn_in + T)", "range(T)"),
    ("there is no burn-in: the T steps begin at x_0. Let burn_in steps go by first.", "range(burn_in + T)",
     "range(T)", "if t >= burn_in", "if True"),
    ("the logarithm is missing: the mean of the slopes says nothing of their product.", COUNTED, "abs(slope(x))"),
    ("that is the logarithm of the mean slope. The mean of the logarithms is asked for.", COUNTED,
     "abs(slope(x))", "total / T", "np.log(total / T)"),
    ("divided by all steps: divide by T, the number of those that count.", "total / T", "total / (T + burn_in)"),
    ("the sum over the steps: divide by T.", "total / T", "total"),
    ("the logarithm is of the states. That of the slopes f'(x) is asked for.", "slope(x)))", "f(x)))"),
    ("the logarithm of a negative slope is nan. Take its size first: abs.", "abs(slope(x))", "slope(x)"),
)
PUSHED = "slope(a)[:, None] * (W @ V)"
mistake.edits(
    "push",
    ("the slope is taken at the state before. It is f'(W h + x).", "slope(a)[", "slope(h)["),
    ("the slope is taken at the next state. It is f'(a) with a = W h + x.", "slope(a)[", "slope(f(a))["),
    ("1 - h² is the slope of tanh at a. Your unit has another one.", "slope(a)[", "(1 - f(a) ** 2)["),
    ("the slope is not 1 - h.", "slope(a)[", "(1 - f(a))["),
    ("W is transposed in J V.", "(W @ V)", "(W.T @ V)"),
    ("W is transposed in the step.", "W @ h", "W.T @ h"),
    ("the slope is on the wrong side of W: J is diag(slope)·W, so W acts on V first.", PUSHED,
     "W @ (slope(a)[:, None] * V)"),
    ("the slope of f is missing in J V.", PUSHED, "W @ V"),
    ("W is missing in J V.", "(W @ V)", "V"),
    ("the slopes multiply columns. That of unit i belongs to row i: `slope[:, None]`.", "slope(a)[:, None]",
     "slope(a)"),
    ("that is the transpose of J V: directions are columns.", PUSHED, f"({PUSHED}).T"),
    ("the input x is missing.", "W @ h + x", "W @ h"),
    ("the next state lacks f: that is a itself.", "return f(a)", "return a"),
    ("the state comes first, J V second.", f"f(a), {PUSHED}", f"{PUSHED}, f(a)"),
)
STEP = "h, V = push(W, h, x, Q)"
mistake.edits(
    "spectrum",
    ("the logarithm of a negative number is nan: diag(R) may be negative. Take np.abs.", "np.abs(np.diag(R))",
     "np.diag(R)"),
    ("the logarithm is missing: R holds factors, and they multiply.", "np.log(np.abs(np.diag(R)))",
     "np.abs(np.diag(R))"),
    ("the logarithm is of the sum: add the logarithms of each step.", "np.log(np.abs(np.diag(R)))",
     "np.abs(np.diag(R))", "return total / len(X)", "return np.log(total / len(X))"),
    ("the sums over all steps: divide by T.", "total / len(X)", "total"),
    ("divided by n. The mean is over the T steps.", "total / len(X)", "total / len(h0)"),
    ("each step pushes the identity anew. It is the Q of the step before that is pushed on.", STEP,
     "h, V = push(W, h, x, np.eye(len(h)))"),
    ("the state does not move: all steps were made from h0.", STEP, "_, V = push(W, h0, x, Q)"),
    ("the exponents are right, but sorted. Leave them in the order of QR.", "return total",
     "return np.sort(total)"),
    ("the exponents are right, but sorted. Leave them in the order of QR, whatever it is.", "return total",
     "return np.sort(total)[::-1]"),
    ("only the largest is returned. All n are asked for.", "return total / len(X)", "return total.max() / len(X)"),
    ("these are eigenvalues of what was pushed. The diagonal of R has the factors.", "np.diag(R)",
     "np.linalg.eigvals(V)"),
    ("the singular values of each Jacobian. Their directions differ from step to step: use QR.", STEP,
     "h, V = push(W, h, x, np.eye(len(h)))", "np.abs(np.diag(R))", "np.linalg.svd(V)[1]"),
    ("these are the eigenvalues of each Jacobian. Eigenvectors differ from step to step: use QR.", STEP,
     "h, V = push(W, h, x, np.eye(len(h)))", "np.diag(R)", "np.linalg.eigvals(V)"),
    ("V is transposed before QR: directions are its columns.", "qr(V)", "qr(V.T)"),
    ("the directions were never made orthonormal again: Q is what is pushed next, not V.",
     "Q, R = np.linalg.qr(V)", "R = np.linalg.qr(V)[1]\n        Q = V"),
)
LIPSCHITZ = "np.abs(slopes).max(), np.abs(bends).max()"
mistake.edits(
    "lipschitz",
    ("the largest slope and bend, with their signs. The largest in size are asked for: np.abs.", LIPSCHITZ,
     "slopes.max(), bends.max()"),
    ("the largest slope, with its sign. The largest in size is asked for: np.abs.", LIPSCHITZ,
     "slopes.max(), np.abs(bends).max()"),
    ("beta has the largest bend with its sign. The largest in size is asked for: np.abs.", LIPSCHITZ,
     "np.abs(slopes).max(), bends.max()"),
    ("beta is not divided by the step a second time.", "slopes) / step", "slopes)"),
    ("the differences are not divided by the step.", "step = theta[1] - theta[0]", "step = 1.0"),
    ("only beta is divided by the step: L is a slope, too.", " else E) / step", " else E)"),
    ("the means. A Lipschitz constant holds everywhere, so it is the largest.", LIPSCHITZ,
     LIPSCHITZ.replace("max", "mean")),
    ("divided by the length of the whole grid. The step is that between neighbours.", "theta[1] - theta[0]",
     "theta[-1] - theta[0]"),
    ("divided by the length of the grid over N. N points have N - 1 steps between them.", "theta[1] - theta[0]",
     "(theta[-1] - theta[0]) / len(theta)"),
    ("beta and L have changed places.", LIPSCHITZ, "np.abs(bends).max(), np.abs(slopes).max()"),
    ("beta is the largest change of a change of E: differences of the sizes of slopes lose their signs.",
     "(slopes, slopes[0]) if ring else slopes)",
     "(np.abs(slopes), np.abs(slopes[0])) if ring else np.abs(slopes))"),
    ("np.gradient takes differences over two steps, which are smoother. Take neighbours: np.diff.", LIPSCHITZ,
     "np.abs(np.gradient(E, theta)).max(), np.abs(np.gradient(np.gradient(E, theta), theta)).max()"),
)
LINE = "0.6 * np.exp(-high / s)"
LOW = "low, high = (spectrum(g * W, h0, X).max() for g in (0.3, 0.6))"
mistake.edits(
    "crossing",
    ("those are the smallest exponents. The largest decides.", ".max()", ".min()"),
    ("those are logarithms of spectral radii. Measure the exponents along the orbit, with its inputs.",
     "spectrum(g * W, h0, X).max()", "np.log(np.abs(np.linalg.eigvals(g * W)).max())"),
    ("the line is over g. It is over ln g.", "np.log(2)", "0.3", LINE, "0.6 - high / s"),
    ("the slope is over ln g, but the crossing is taken on a line over g.", LINE, "0.6 - high / s"),
    ("the slope is over g, but the crossing is taken on a line over ln g.", "np.log(2)", "0.3"),
    ("that is ln g at the crossing. The gain is asked for: take the exponential.", LINE, "np.log(0.6) - high / s"),
    ("the factor 0.6 is missing: the line passes through ln 0.6.", LINE, "np.exp(-high / s)"),
    ("the sign: where the exponent is below 0 the gain must grow.", LINE, "0.6 * np.exp(high / s)"),
    ("the line starts at the exponent of gain 0.3, but at ln 0.6.", LINE, "0.6 * np.exp(-low / s)"),
    ("the slope of the line was taken to be 1. Yours follows from the two points.", "(high - low) / np.log(2)",
     "1.0"),
    ("the two exponents have changed places: that at 0.3 comes first.", "return low, high", "return high, low"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's network."""
    s = solutions("chaos")
    (W, h0, X), (low, high, gain) = s["network"](student), s["crossing"](student)
    there, twice = (s["spectrum"](g * gain * W, h0, X).max() for g in (1, 2))
    return {"low": low, "high": high, "gain": gain, "slope": (high - low) / np.log(2), "there": there, "twice": twice,
            "then": "explodes" if twice > 0 else "vanishes"}  # fmt: skip
