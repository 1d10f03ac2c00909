"""Mistakes in backpropagation through time of a leaky network."""

from collections.abc import Callable

import numpy as np

from coursework.answers import Mistakes, solution
from coursework.mistakes import Array, Number, Params, Rng

right = solution("bptt")
mistake = Mistakes()
Step = Callable[..., Array]


def draw(rng: Rng, size: int) -> tuple[Params, Array, float]:
    """params, X (T, B, m), alpha."""
    T, B, n, m, outputs = [(4, 3, 2, 3, 2), (7, 3, 5, 2, 1), (1, 1, 2, 3, 2)][size]
    shapes = {"W": (n, n), "U": (n, m), "b": (n,), "V": (outputs, n)}
    params = {key: rng.standard_normal(shape) / np.sqrt(shape[-1]) for key, shape in shapes.items()}
    return params, rng.standard_normal((T, B, m)), [0.3, 0.45, 0.2][size]


def with_states(rng: Rng, size: int) -> tuple[Params, Array, Array, Array, float]:
    """params, X, H, a derivative for each step, alpha."""
    params, X, alpha = draw(rng, size)
    H = right("forward")(params, X, alpha)
    return params, X, H, rng.standard_normal(H[1:].shape), alpha


def with_targets(rng: Rng, size: int) -> tuple[Params, Array, Array]:
    """params, H, Y."""
    params, X, H, _, _ = with_states(rng, size)
    return params, H, rng.standard_normal((*X.shape[:2], len(params["V"])))


CASES = {
    "forward": draw,
    "error": with_targets,
    "adjoints": with_states,
    "gradient": with_states,
    "rate": lambda rng, size: (["example", "second example", "third example"][size],),
}


def run(params: Params, X: Array, alpha: float, step: Step) -> Array:
    """States of another step than the right one: step(h, x, params)."""
    H = np.zeros((len(X) + 1, X.shape[1], len(params["b"])))
    for t in range(1, len(H)):
        H[t] = step(H[t - 1], X[t - 1], params)
    return H


def inside(h: Array, x: Array, p: Params) -> Array:
    return np.tanh(h @ p["W"].T + x @ p["U"].T + p["b"])


@mistake("forward", "W acts from the wrong side: your W h is Wᵀh. With rows it is `h @ W.T`.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return right("forward")({**params, "W": params["W"].T}, X, alpha)


@mistake("forward", "the leak is the wrong way round: 1 - alpha goes with the old state, alpha with the new.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return right("forward")(params, X, 1 - alpha)


@mistake("forward", "h_0 is missing. H has T + 1 entries, and H[0] is zero.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return right("forward")(params, X, alpha)[1:]


@mistake("forward", "the old state is inside the tanh only. The part 1 - alpha of it is added outside.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return run(params, X, alpha, lambda h, x, p: alpha * inside(h, x, p))


@mistake("forward", "this network has forgotten its leak: it is alpha = 1.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return right("forward")(params, X, 1.0)


@mistake("forward", "the tanh is around everything. It belongs around a_t alone.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return run(params, X, alpha, lambda h, x, p: np.tanh((1 - alpha) * h + alpha * np.arctanh(inside(h, x, p))))


@mistake("forward", "the bias is missing.")
def _(params: Params, X: Array, alpha: float) -> Array:
    return right("forward")({**params, "b": 0 * params["b"]}, X, alpha)


def scaled(args: tuple[Params, Array, Array], value: float, derivative: float) -> tuple[Number, Array]:
    E, dE = right("error")(*args)
    return value * E, derivative * dE


@mistake("error", "E is summed over the batch. It is a mean over the B sequences: divide by B, in dE too.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), H.shape[1], H.shape[1])


@mistake("error", "E is right, but dE is not divided by B.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), 1, H.shape[1])


@mistake("error", "the ½ is missing from E, or it is in dE too. The derivative of ½r² is r.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), 2, 1)


@mistake("error", "the ½ is missing: both E and dE are twice as large as they should be.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), 2, 2)


@mistake("error", "dE has the wrong sign. The residual is V h - y; with y - V h a minus is left over.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), 1, -1)


@mistake("error", "E and dE are means over time too. Over time it is a sum.")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return scaled((params, H, Y), 1 / len(Y), 1 / len(Y))


@mistake("error", "off by one in time: you compare h_{t-1} with y_t. The state for the first target is H[1].")
def _(params: Params, H: Array, Y: Array) -> tuple[Number, Array]:
    return right("error")(params, np.concatenate([H[:1], H[:-1]]), Y)


def scan(params: Params, X: Array, H: Array, dE: Array, alpha: float, back: Step) -> Array:
    """Delta of another recursion: back(delta, slope of that step, W)."""
    slope = 1 - np.tanh(H[:-1] @ params["W"].T + X @ params["U"].T + params["b"]) ** 2
    Delta = dE.copy()
    for t in reversed(range(len(X) - 1)):
        Delta[t] += back(Delta[t + 1], slope[t + 1], params["W"])
    return Delta


@mistake("adjoints", "the Jacobian is not transposed. A row times Wᵀ is W on a column; here `@ W` is wanted.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return scan(params, X, H, dE, alpha, lambda d, s, W: (1 - alpha) * d + alpha * (s * d) @ W.T)


@mistake("adjoints", "the derivative of tanh is on the wrong side of W. It is applied to δ first, then W.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return scan(params, X, H, dE, alpha, lambda d, s, W: (1 - alpha) * d + alpha * s * (d @ W))


@mistake("adjoints", "the path through the leak is missing: h_t reaches h_{t+1} also by the factor 1 - alpha.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return scan(params, X, H, dE, alpha, lambda d, s, W: alpha * (s * d) @ W)


@mistake("adjoints", "the derivative of tanh is missing.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return scan(params, X, H, dE, alpha, lambda d, s, W: (1 - alpha) * d + alpha * d @ W)


@mistake("adjoints", "the factor alpha of the path through W is missing.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return scan(params, X, H, dE, alpha, lambda d, s, W: (1 - alpha) * d + (s * d) @ W)


@mistake("adjoints", "1 - h² is the derivative of tanh only where h = tanh(a). This h leaks: compute a again.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    Delta = dE.copy()
    for t in reversed(range(len(X) - 1)):
        Delta[t] += (1 - alpha) * Delta[t + 1] + alpha * ((1 - H[t + 2] ** 2) * Delta[t + 1]) @ params["W"]
    return Delta


@mistake("adjoints", "off by one in time: the derivative of tanh is that of step t; from t + 1 to t it is a_{t+1}.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    slope = 1 - np.tanh(H[:-1] @ params["W"].T + X @ params["U"].T + params["b"]) ** 2
    Delta = dE.copy()
    for t in reversed(range(len(X) - 1)):
        Delta[t] += (1 - alpha) * Delta[t + 1] + alpha * (slope[t] * Delta[t + 1]) @ params["W"]
    return Delta


@mistake(
    "adjoints", "off by one in time: your δ_T includes a future term. After T there is no step: δ_T = ∂E_T/∂h_T."
)
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    slope = 1 - np.tanh(H[:-1] @ params["W"].T + X @ params["U"].T + params["b"]) ** 2
    Delta, carry = dE.copy(), dE[-1]
    for t in reversed(range(len(X))):
        Delta[t] = dE[t] + (1 - alpha) * carry + alpha * (slope[t] * carry) @ params["W"]
        carry = Delta[t]
    return Delta


@mistake("adjoints", "the recursion is broken off: each δ_t takes in ∂E_{t+1}/∂h_{t+1} and not the whole δ_{t+1}.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    slope = 1 - np.tanh(H[:-1] @ params["W"].T + X @ params["U"].T + params["b"]) ** 2
    Delta = dE.copy()
    Delta[:-1] += (1 - alpha) * dE[1:] + alpha * (slope[1:] * dE[1:]) @ params["W"]
    return Delta


@mistake("adjoints", "the order is reversed: Delta[0] belongs to step 1, Delta[-1] to step T.")
def _(params: Params, X: Array, H: Array, dE: Array, alpha: float) -> Array:
    return right("adjoints")(params, X, H, dE, alpha)[::-1].copy()


@mistake("gradient", "your gradient of W is the transpose of the right one: rows belong to δ, columns to h.")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    g = right("gradient")(params, X, H, Delta, alpha)
    return {**g, "W": g["W"].T}


@mistake("gradient", "off by one in time: W multiplies h_{t-1} in a_t, and you use h_t.")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    W, U, b = params["W"], params["U"], params["b"]
    D = alpha * (1 - np.tanh(H[:-1] @ W.T + X @ U.T + b) ** 2) * Delta
    return {**right("gradient")(params, X, H, Delta, alpha), "W": np.einsum("tbi,tbj->ij", D, H[1:])}


@mistake("gradient", "the factor alpha is missing: a change of a_t changes h_t by alpha·tanh'(a_t).")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    return {key: g / alpha for key, g in right("gradient")(params, X, H, Delta, alpha).items()}


@mistake("gradient", "the derivative of tanh is missing: δ is the adjoint of h_t, and W acts on a_t.")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    D = alpha * Delta
    return {"W": np.einsum("tbi,tbj->ij", D, H[:-1]), "U": np.einsum("tbi,tbj->ij", D, X), "b": D.sum((0, 1))}


@mistake("gradient", "divided by B once more: the mean over the batch is in Delta already. Here it is a sum.")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    return {key: g / X.shape[1] for key, g in right("gradient")(params, X, H, Delta, alpha).items()}


@mistake("gradient", "a mean over time. The gradient is the sum of the terms of all steps.")
def _(params: Params, X: Array, H: Array, Delta: Array, alpha: float) -> Params:
    return {key: g / len(X) for key, g in right("gradient")(params, X, H, Delta, alpha).items()}


@mistake("rate", "the sign is wrong: the adjoints shrink on their way back, so r is negative. δ_T is the divisor.")
def _(student: str) -> Number:
    return -right("rate")(student)


@mistake("rate", "that is the logarithm to base 10. Nats are asked for: np.log.")
def _(student: str) -> Number:
    return right("rate")(student) / np.log(10)


@mistake("rate", "that is the whole loss over 40 steps. Divide by K.")
def _(student: str) -> Number:
    return right("rate")(student) * 40


@mistake("rate", "off by one: Delta[-40] is δ_{T-39}. Count from Delta[-1], which is δ_T.")
def _(student: str) -> Number:
    network = right("network")
    params, X, alpha = network(student)
    H = right("forward")(params, X, alpha)
    dE = np.zeros_like(H[1:])
    dE[-1] = 1.0
    sizes = np.linalg.norm(right("adjoints")(params, X, H, dE, alpha), axis=(1, 2))
    return np.log(sizes[-40] / sizes[-1]) / 40
