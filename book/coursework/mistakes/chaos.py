"""Mistakes with Lyapunov exponents and Lipschitz constants."""

from collections.abc import Callable

import numpy as np

from coursework.answers import Mistakes, solution
from coursework.mistakes import Array, Number, Rng

right = solution("chaos")
mistake = Mistakes()


def network(rng: Rng, size: int) -> tuple[Array, Array, Array]:
    """W, h, inputs (T, n)."""
    n, T = [(3, 6), (5, 10), (2, 1)][size]
    W = 1.3 * rng.standard_normal((n, n)) / np.sqrt(n)
    return W, rng.standard_normal(n), 0.3 * rng.standard_normal((T, n))


def one_step(rng: Rng, size: int) -> tuple[Array, Array, Array, Array]:
    W, h, X = network(rng, size)
    return W, h, X[0], rng.standard_normal((len(h), 2))


def costs(rng: Rng, size: int) -> tuple[Array, Array]:
    theta = np.linspace(-1, 2, [9, 14, 5][size])
    return theta, np.cumsum(rng.standard_normal(theta.size))


CASES = {
    "exponent": lambda rng, size: [(3.7, 0.3, 8, 3), (3.9, 0.21, 12, 1), (3.2, 0.6, 1, 0)][size],
    "push": one_step,
    "spectrum": network,
    "lipschitz": costs,
    "crossing": lambda rng, size: (["example", "second example", "third example"][size],),
}


def slopes(r: float, x0: float, T: int, burn_in: int) -> Array:
    """The slopes at all states from x_0 on, one more than are needed."""
    x, out = x0, []
    for _ in range(burn_in + T + 1):
        out.append(r * (1 - 2 * x))
        x = r * x * (1 - x)
    return np.array(out)


@mistake("exponent", "that is the logarithm to base 2. Nats are asked for: np.log.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return right("exponent")(r, x0, T, burn_in) / np.log(2)


@mistake("exponent", "the first steps are counted too: leave out those of the burn-in.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return np.log(np.abs(slopes(r, x0, T, burn_in)[: burn_in + T])).mean()


@mistake("exponent", "off by one: the slope belongs to the state from which a step is made, not to which it leads.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return np.log(np.abs(slopes(r, x0, T, burn_in)[burn_in + 1 :])).mean()


@mistake("exponent", "that is the logarithm of the mean slope. The mean of the logarithms is asked for.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return np.log(np.abs(slopes(r, x0, T, burn_in)[burn_in : burn_in + T]).mean())


@mistake("exponent", "divided by all steps: divide by T, the number of those that count.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return right("exponent")(r, x0, T, burn_in) * T / (T + burn_in)


@mistake("exponent", "the sum over the steps: divide by T.")
def _(r: float, x0: float, T: int, burn_in: int) -> Number:
    return right("exponent")(r, x0, T, burn_in) * T


def pushed(W: Array, h: Array, x: Array, V: Array, slope: Callable[[Array, Array], Array]) -> tuple[Array, Array]:
    after = np.tanh(W @ h + x)
    return after, slope(h, after)[:, None] * (W @ V)


@mistake("push", "the slope is taken at the state before. It is 1 - h_next².")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    return pushed(W, h, x, V, lambda h, after: 1 - h**2)


@mistake("push", "W is transposed in J V.")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    after = np.tanh(W @ h + x)
    return after, (1 - after**2)[:, None] * (W.T @ V)


@mistake("push", "the slope is on the wrong side of W: J is diag(slope)·W, so W acts on V first.")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    after = np.tanh(W @ h + x)
    return after, W @ ((1 - after**2)[:, None] * V)


@mistake("push", "the slope of tanh is missing in J V.")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    return pushed(W, h, x, V, lambda h, after: np.ones_like(h))


@mistake("push", "the input x is missing.")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    return right("push")(W, h, 0 * x, V)


@mistake("push", "V is pushed through the tanh too. Directions go through the Jacobian alone.")
def _(W: Array, h: Array, x: Array, V: Array) -> tuple[Array, Array]:
    return np.tanh(W @ h + x), np.tanh(W @ V)


def jacobians(W: Array, h: Array, X: Array) -> list[Array]:
    out = []
    for x in X:
        h = np.tanh(W @ h + x)
        out.append((1 - h**2)[:, None] * W)
    return out


@mistake("spectrum", "each step starts from the identity again. It must push the Q of the step before.")
def _(W: Array, h0: Array, X: Array) -> Array:
    return np.mean([np.log(np.abs(np.diag(np.linalg.qr(J)[1]))) for J in jacobians(W, h0, X)], axis=0)


@mistake("spectrum", "the sum over the steps: divide by T.")
def _(W: Array, h0: Array, X: Array) -> Array:
    return len(X) * right("spectrum")(W, h0, X)


@mistake("spectrum", "the transposed Jacobians were pushed.")
def _(W: Array, h0: Array, X: Array) -> Array:
    Q, total = np.eye(len(h0)), np.zeros(len(h0))
    for J in jacobians(W, h0, X):
        Q, R = np.linalg.qr(J.T @ Q)
        total = total + np.log(np.abs(np.diag(R)))
    return total / len(X)


@mistake("spectrum", "these are the eigenvalues of each Jacobian. Eigenvectors differ from step to step: use QR.")
def _(W: Array, h0: Array, X: Array) -> Array:
    return np.mean([np.log(np.abs(np.linalg.eigvals(J))) for J in jacobians(W, h0, X)], axis=0)


@mistake("spectrum", "the singular values of each Jacobian. Their directions differ from step to step: use QR.")
def _(W: Array, h0: Array, X: Array) -> Array:
    return np.mean([np.log(np.linalg.svd(J)[1]) for J in jacobians(W, h0, X)], axis=0)


@mistake("spectrum", "the state does not move: all steps were made from h0.")
def _(W: Array, h0: Array, X: Array) -> Array:
    Q, total = np.eye(len(h0)), np.zeros(len(h0))
    for x in X:
        _, V = right("push")(W, h0, x, Q)
        Q, R = np.linalg.qr(V)
        total = total + np.log(np.abs(np.diag(R)))
    return total / len(X)


@mistake("lipschitz", "the largest slope, with its sign. The largest in size is asked for: np.abs.")
def _(theta: Array, E: Array) -> tuple[Number, Number]:
    step = theta[1] - theta[0]
    s = np.diff(E) / step
    return s.max(), np.diff(s).max() / step


@mistake("lipschitz", "beta is not divided by the step a second time.")
def _(theta: Array, E: Array) -> tuple[Number, Number]:
    L, beta = right("lipschitz")(theta, E)
    return L, beta * (theta[1] - theta[0])


@mistake("lipschitz", "the differences are not divided by the step.")
def _(theta: Array, E: Array) -> tuple[Number, Number]:
    L, beta = right("lipschitz")(theta, E)
    return L * (theta[1] - theta[0]), beta * (theta[1] - theta[0]) ** 2


@mistake("lipschitz", "the means. A Lipschitz constant holds everywhere, so it is the largest.")
def _(theta: Array, E: Array) -> tuple[Number, Number]:
    step = theta[1] - theta[0]
    s = np.diff(E) / step
    return np.abs(s).mean(), np.abs(np.diff(s)).mean() / step


@mistake("lipschitz", "np.gradient takes differences over two steps, which are smoother. Take neighbours: np.diff.")
def _(theta: Array, E: Array) -> tuple[Number, Number]:
    s = np.gradient(E, theta)
    return np.abs(s).max(), np.abs(np.gradient(s, theta)).max()


def crossed(
    student: str, largest: Callable[[Array, Array], Number], log: Callable[[float], Number] = np.log
) -> tuple[Number, Number, Number]:
    W, h0, X = right("network")(student)
    low, high = (largest(right("spectrum")(g * W, h0, X), g * W) for g in (0.3, 0.6))
    return low, high, 0.6 * np.exp(-high * log(2) / (high - low))


@mistake("crossing", "those are the smallest exponents. The largest decides.")
def _(student: str) -> tuple[Number, Number, Number]:
    return crossed(student, lambda s, W: s.min())


@mistake(
    "crossing", "those are logarithms of spectral radii. Measure the exponents along the orbit, with its inputs."
)
def _(student: str) -> tuple[Number, Number, Number]:
    return crossed(student, lambda s, W: np.log(np.abs(np.linalg.eigvals(W)).max()))


@mistake("crossing", "the line is over g. It is over ln g.")
def _(student: str) -> tuple[Number, Number, Number]:
    low, high, _ = right("crossing")(student)
    return low, high, 0.6 - high * 0.3 / (high - low)


@mistake("crossing", "that is ln g at the crossing. The gain is asked for: take the exponential.")
def _(student: str) -> tuple[Number, Number, Number]:
    low, high, gain = right("crossing")(student)
    return low, high, np.log(gain)


@mistake("crossing", "the slope of the line was taken to be 1. Yours follows from the two points.")
def _(student: str) -> tuple[Number, Number, Number]:
    low, high, _ = right("crossing")(student)
    return low, high, 0.6 * np.exp(-high)
