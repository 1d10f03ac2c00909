"""Mistakes in measuring how far a gradient reaches."""

from collections.abc import Callable, Iterable

import numpy as np

from coursework.answers import Mistakes, solution
from coursework.mistakes import Array, Number, Rng

right = solution("vanishing")
mistake = Mistakes()


def matrix(rng: Rng, size: int) -> tuple[Array, int]:
    """W (n, n), T."""
    n, T = [(3, 5), (5, 8), (2, 1)][size]
    return rng.standard_normal((n, n)) / np.sqrt(n), T


def states(rng: Rng, size: int) -> tuple[Array, Array]:
    """W, H (T + 1, n)."""
    W, T = matrix(rng, size)
    return W, np.concatenate([np.zeros((1, len(W))), np.tanh(rng.standard_normal((T, len(W))))])


CASES = {
    "powers": matrix,
    "jacobians": states,
    "reach": lambda rng, size: (right("jacobians")(*states(rng, size)),),
    "latch": lambda rng, size: ([1.5, 2.2, 1.15][size],),
    "rates": lambda rng, size: (["example", "second example", "third example"][size],),
}


def norms(matrices: Iterable[Array], order: int | None = 2) -> Array:
    return np.array([np.linalg.norm(A, order) for A in matrices])


@mistake("powers", "`W**k` raises each entry to a power. A power of the matrix is a matrix product.")
def _(W: Array, T: int) -> Array:
    return norms([W**k for k in range(T + 1)])


@mistake("powers", "that is the Frobenius norm, np.linalg.norm's default. The spectral one is `norm(A, 2)`.")
def _(W: Array, T: int) -> Array:
    return norms([np.linalg.matrix_power(W, k) for k in range(T + 1)], None)


@mistake("powers", "that is the bound ‖W‖^k. The norm of the power is at most this, and usually less.")
def _(W: Array, T: int) -> Array:
    return np.linalg.norm(W, 2) ** np.arange(T + 1)


@mistake("powers", "that is ρ^k with the spectral radius ρ. The norm of the power is at least this.")
def _(W: Array, T: int) -> Array:
    return np.abs(np.linalg.eigvals(W)).max() ** np.arange(T + 1)


@mistake(
    "powers", "off by one: the first entry is that of W^0, the identity, whose norm is 1; the last that of W^T."
)
def _(W: Array, T: int) -> Array:
    return norms([np.linalg.matrix_power(W, k + 1) for k in range(T + 1)])


@mistake("powers", "an entry is missing: there are T + 1 powers from W^0 to W^T.")
def _(W: Array, T: int) -> Array:
    return right("powers")(W, T)[1:]


@mistake("jacobians", "the slopes multiply the columns of W. That is W·diag; the slope of unit i belongs to row i.")
def _(W: Array, H: Array) -> Array:
    return (1 - H[1:] ** 2)[:, None, :] * W


@mistake("jacobians", "off by one in time: the slope of tanh in the step to h_t is 1 - h_t², not 1 - h_{t-1}².")
def _(W: Array, H: Array) -> Array:
    return (1 - H[:-1] ** 2)[:, :, None] * W


@mistake("jacobians", "your Jacobians are the transposes of the right ones.")
def _(W: Array, H: Array) -> Array:
    return right("jacobians")(W, H).swapaxes(1, 2)


@mistake("jacobians", "the slope of tanh is missing: these are copies of W.")
def _(W: Array, H: Array) -> Array:
    return np.broadcast_to(W, (len(H) - 1, *W.shape))


@mistake("jacobians", "the slope of tanh at a is 1 - tanh(a)². Of h = tanh(a) you have taken 1 - h.")
def _(W: Array, H: Array) -> Array:
    return (1 - H[1:])[:, :, None] * W


@mistake("jacobians", "1 - tanh(h)² is the slope at h. The slope that is wanted is at a, and tanh(a) is h itself.")
def _(W: Array, H: Array) -> Array:
    return (1 - np.tanh(H[1:]) ** 2)[:, :, None] * W


def products(J: Array, join: Callable[[Array, Array], Array], order: int | None = 2) -> Array:
    P, out = np.eye(J.shape[1]), [1.0 if order == 2 else np.sqrt(J.shape[1])]
    for Jt in J[::-1]:
        P = join(P, Jt)
        out.append(np.linalg.norm(P, order))
    return np.array(out[::-1])


@mistake("reach", "the factors are in the wrong order: J_T stands leftmost, so the next one goes to the right.")
def _(J: Array) -> Array:
    return products(J, lambda P, Jt: Jt @ P)


@mistake("reach", "that is the product of the norms. It is a bound; the norm of the product is asked for.")
def _(J: Array) -> Array:
    return np.cumprod([1.0, *norms(J[::-1])])[::-1]


@mistake("reach", "that is ∂h_k/∂h_0. Here the end is fixed: ∂h_T/∂h_k, with the largest k last.")
def _(J: Array) -> Array:
    return products(J[::-1], lambda P, Jt: Jt @ P)[::-1]


@mistake(
    "reach", "the order is reversed: the first entry is k = 0, the farthest back; the last is k = T, which is 1."
)
def _(J: Array) -> Array:
    return right("reach")(J)[::-1]


@mistake("reach", "that is the Frobenius norm, np.linalg.norm's default. The spectral one is `norm(A, 2)`.")
def _(J: Array) -> Array:
    return products(J, lambda P, Jt: P @ Jt, None)


@mistake("latch", "the slope lacks its factor w: the derivative of tanh(w h) in h is w(1 - tanh²).")
def _(w: float) -> tuple[Number, Number, Number]:
    h, slope, margin = right("latch")(w)
    return h, slope / w, margin


@mistake("latch", "the margin has the wrong sign: it is the size of the input that the state withstands.")
def _(w: float) -> tuple[Number, Number, Number]:
    h, slope, margin = right("latch")(w)
    return h, slope, -margin


@mistake("latch", "that h is where the slope is 1, not the stable state. It belongs into the margin.")
def _(w: float) -> tuple[Number, Number, Number]:
    _, slope, margin = right("latch")(w)
    return np.sqrt(1 - 1 / w), slope, margin


@mistake("latch", "the stable state was not reached: repeat h = tanh(w h) until h no longer changes.")
def _(w: float) -> tuple[Number, Number, Number]:
    h, _, margin = np.tanh(w), 0, right("latch")(w)[2]
    return h, w * (1 - h**2), margin


@mistake("latch", "the margin is measured at h*. It is where the slope is 1: the states meet and vanish there.")
def _(w: float) -> tuple[Number, Number, Number]:
    h, slope, _ = right("latch")(w)
    return h, slope, 0.0


def rate(student: str, size: Callable[[Array], Number], gamma: Callable[[Array], Array]) -> tuple[Number, Number]:
    W, H = right("network")(student)
    return right("rates")(student)[0], np.log(gamma(1 - H[1:] ** 2) * size(W)).mean()


@mistake("rates", "the bound has the spectral radius in it. Only with the largest singular value is it a bound.")
def _(student: str) -> tuple[Number, Number]:
    return rate(student, lambda W: np.abs(np.linalg.eigvals(W)).max(), lambda s: s.max(axis=1))


@mistake("rates", "the bound has no γ: the slopes of tanh are missing in it.")
def _(student: str) -> tuple[Number, Number]:
    return rate(student, lambda W: np.linalg.norm(W, 2), lambda s: np.ones(len(s)))


@mistake("rates", "γ_t is the largest slope among the units, not the mean. With the mean it is no bound.")
def _(student: str) -> tuple[Number, Number]:
    return rate(student, lambda W: np.linalg.norm(W, 2), lambda s: s.mean(axis=1))


@mistake("rates", "these are the sums over all steps. Divide both by T.")
def _(student: str) -> tuple[Number, Number]:
    return tuple((len(right("network")(student)[1]) - 1) * r for r in right("rates")(student))


@mistake("rates", "the two are the wrong way round: first r, then its bound.")
def _(student: str) -> tuple[Number, Number]:
    return right("rates")(student)[::-1]
