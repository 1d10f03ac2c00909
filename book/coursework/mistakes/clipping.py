"""Mistakes in clipping."""

from collections.abc import Callable

import numpy as np

from coursework.answers import Mistakes, solution
from coursework.mistakes import Array, Number, Params, Rng

right = solution("clipping")
mistake = Mistakes()


def gradient(rng: Rng, size: int) -> Params:
    n = [2, 3, 4][size]
    return {"W": 3 * rng.standard_normal((n, n)), "b": rng.standard_normal(n)}


def optimizer(rng: Rng, size: int) -> tuple[Params, Params, Params, float, float, float]:
    """params, velocity, g, rate, mu, threshold; in the last case with an entry that is not finite."""
    params, velocity, g = (gradient(rng, size) for _ in range(3))
    if size == 2:
        g["b"][1] = np.inf
    return params, velocity, g, 0.1, 0.9, 1.5


CASES = {
    "clip_norm": lambda rng, size: (gradient(rng, size), [2.0, 1.3, 1e3][size]),
    "clip_value": lambda rng, size: (gradient(rng, size), [0.8, 1.3, 1e3][size]),
    "update": optimizer,
    "cliff": lambda rng, size: ([5.0, 6.0, -2.0][size], [-2.0, -2.7, 0.4][size], 0.5, [6, 12, 1][size]),
    "bias": lambda rng, size: (["example", "second example", "third example"][size],),
}


def norm(g: Params) -> Number:
    return np.sqrt(sum((a**2).sum() for a in g.values()))


@mistake("clip_norm", "you clipped each array on its own; the norm of the whole gradient was asked for.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return {k: a * min(1, threshold / np.linalg.norm(a)) for k, a in g.items()}, norm(g)


@mistake("clip_norm", "you clipped each entry; the norm of the whole gradient was asked for.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return {k: np.clip(a, -threshold, threshold) for k, a in g.items()}, norm(g)


@mistake("clip_norm", "the gradient has norm 1 now, whatever the threshold: multiply by the threshold too.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return {k: a / norm(g) for k, a in g.items()}, norm(g)


@mistake("clip_norm", "the factor is upside down: it is threshold/‖g‖, and never above 1.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return {k: a * norm(g) / threshold for k, a in g.items()}, norm(g)


@mistake("clip_norm", "the gradient is right, but the norm is that after the clip. That before is what you log.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return right("clip_norm")(g, threshold)[0], min(norm(g), threshold)


@mistake("clip_norm", "the square of the norm: a square root is missing.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    return {k: a * min(1, threshold / norm(g) ** 2) for k, a in g.items()}, norm(g) ** 2


@mistake("clip_norm", "the norms of the arrays are added. Add their squares, and take the root of the sum.")
def _(g: Params, threshold: float) -> tuple[Params, Number]:
    total = sum(np.linalg.norm(a) for a in g.values())
    return {k: a * min(1, threshold / total) for k, a in g.items()}, total


def flat(g: Params) -> Array:
    return np.concatenate([a.ravel() for a in g.values()])


def cosine(g: Params, clipped: Params) -> Number:
    a, b = flat(g), flat(clipped)
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


@mistake("clip_value", "entries below -c are not limited: the interval has two ends.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped = {k: np.minimum(a, c) for k, a in g.items()}
    return clipped, cosine(g, clipped)


@mistake("clip_value", "every entry became ±c. Those that are small enough stay as they are.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped = {k: c * np.sign(a) for k, a in g.items()}
    return clipped, cosine(g, clipped)


@mistake("clip_value", "negative entries became 0: the interval is from -c to c.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped = {k: np.clip(a, 0, c) for k, a in g.items()}
    return clipped, cosine(g, clipped)


@mistake("clip_value", "the second number is the scalar product. Divide it by both norms.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped = right("clip_value")(g, c)[0]
    return clipped, flat(g) @ flat(clipped)


@mistake("clip_value", "the second number is the angle. Its cosine is asked for.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped, cos = right("clip_value")(g, c)
    return clipped, np.arccos(cos)


@mistake("clip_value", "the second number is the mean of one cosine for each array. The arrays are one vector.")
def _(g: Params, c: float) -> tuple[Params, Number]:
    clipped = right("clip_value")(g, c)[0]
    return clipped, np.array([cosine({k: g[k]}, {k: clipped[k]}) for k in g]).mean()


def momentum(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    velocity = {k: mu * velocity[k] + g[k] for k in g}
    return {k: params[k] - rate * velocity[k] for k in g}, velocity


@mistake("update", "nothing is clipped.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    return momentum(params, velocity, g, rate, mu, threshold)


@mistake("update", "you clipped the velocity. It is the gradient that is clipped, before it enters the velocity.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    _, velocity = momentum(params, velocity, g, rate, mu, threshold)
    velocity, _ = right("clip_norm")(velocity, threshold)
    return {k: params[k] - rate * velocity[k] for k in g}, velocity


@mistake("update", "the step goes uphill: θ minus η v.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    return right("update")(params, velocity, g, -rate, mu, threshold)


@mistake("update", "the gradient enters the velocity with a factor 1 - mu. Here v is mu·v + g.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    g, _ = right("clip_norm")(g, threshold)
    return momentum(params, velocity, {k: (1 - mu) * a for k, a in g.items()}, rate, mu, threshold)


@mistake("update", "the parameters moved by the old velocity. Renew the velocity first, then move.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    _, new = right("update")(params, velocity, g, rate, mu, threshold)
    return {k: params[k] - rate * velocity[k] for k in g}, new


@mistake("update", "the parameters moved by the gradient alone. They move by the velocity.")
def _(
    params: Params, velocity: Params, g: Params, rate: float, mu: float, threshold: float
) -> tuple[Params, Params]:
    _, new = right("update")(params, velocity, g, rate, mu, threshold)
    clipped, _ = right("clip_norm")(g, threshold)
    return {k: params[k] - rate * clipped[k] for k in g}, new


def sigmoid(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def carried(
    w: float,
    b: float,
    x0: float,
    T: int,
    factor: Callable[[float, float], float],
    outer: Callable[[float], float] = lambda s: 2 * (s - 0.7) * s * (1 - s),
) -> tuple[Number, Number, Number]:
    x, dw, db = x0, 0.0, 0.0
    for _ in range(T):
        s = sigmoid(x)
        x, dw, db = w * s + b, s + factor(w, s) * dw, 1 + factor(w, s) * db
    s = sigmoid(x)
    return (s - 0.7) ** 2, outer(s) * dw, outer(s) * db


@mistake("cliff", "only the last use of w and b counts: what they did to x_{t-1} is missing.")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    return carried(w, b, x0, T, lambda w, s: 0.0)


@mistake("cliff", "in the step the slope of σ is missing: ∂x_t/∂x_{t-1} is w·σ(1 - σ).")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    return carried(w, b, x0, T, lambda w, s: w)


@mistake("cliff", "in the step the factor w is missing: ∂x_t/∂x_{t-1} is w·σ(1 - σ).")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    return carried(w, b, x0, T, lambda w, s: s * (1 - s))


@mistake("cliff", "the error is of σ(x_T), so its derivative has σ'(x_T) in it. That factor is missing.")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    return carried(w, b, x0, T, lambda w, s: w * s * (1 - s), lambda s: 2 * (s - 0.7))


@mistake("cliff", "a factor 2 is missing in both derivatives: there is no ½ in this error.")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    E, dw, db = right("cliff")(w, b, x0, T)
    return E, dw / 2, db / 2


@mistake("cliff", "the slope is taken at x_t. The step from x_{t-1} has the slope of σ at x_{t-1}.")
def _(w: float, b: float, x0: float, T: int) -> tuple[Number, Number, Number]:
    x, dw, db = x0, 0.0, 0.0
    for _ in range(T):
        s, x = sigmoid(x), w * sigmoid(x) + b
        after = w * sigmoid(x) * (1 - sigmoid(x))
        dw, db = s + after * dw, 1 + after * db
    outer = 2 * (sigmoid(x) - 0.7) * sigmoid(x) * (1 - sigmoid(x))
    return (sigmoid(x) - 0.7) ** 2, outer * dw, outer * db


def compared(g: Array, threshold: float, clipped: Array) -> tuple[Number, Number, Number]:
    mean = g.mean(axis=0)
    sizes = np.linalg.norm(mean), np.linalg.norm(clipped)
    return threshold, mean @ clipped / (sizes[0] * sizes[1]), sizes[1] / sizes[0]


@mistake(
    "bias", "the threshold is the mean of the norms, which the few long ones pull up. The median is asked for."
)
def _(student: str) -> tuple[Number, Number, Number]:
    g = right("samples")(student)
    norms = np.linalg.norm(g, axis=1, keepdims=True)
    return compared(g, norms.mean(), (g * np.minimum(1, norms.mean() / norms)).mean(axis=0))


@mistake("bias", "you clipped the mean. Clip each sample, and take the mean then.")
def _(student: str) -> tuple[Number, Number, Number]:
    g = right("samples")(student)
    threshold, mean = np.median(np.linalg.norm(g, axis=1)), g.mean(axis=0)
    return compared(g, threshold, mean * min(1, threshold / np.linalg.norm(mean)))


@mistake("bias", "you normalised every sample to the threshold. Short ones stay as they are.")
def _(student: str) -> tuple[Number, Number, Number]:
    g = right("samples")(student)
    norms = np.linalg.norm(g, axis=1, keepdims=True)
    return compared(g, np.median(norms), (g * np.median(norms) / norms).mean(axis=0))


@mistake("bias", "the ratio is upside down: clipped over plain.")
def _(student: str) -> tuple[Number, Number, Number]:
    threshold, cos, ratio = right("bias")(student)
    return threshold, cos, 1 / ratio


@mistake("bias", "the samples are clipped entry by entry. By norm is asked for.")
def _(student: str) -> tuple[Number, Number, Number]:
    g = right("samples")(student)
    threshold = np.median(np.linalg.norm(g, axis=1))
    return compared(g, threshold, np.clip(g, -threshold, threshold).mean(axis=0))
