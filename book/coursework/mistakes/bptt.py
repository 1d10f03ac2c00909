"""Mistakes in backpropagation through time of a leaky network."""

import numpy as np

from coursework.answers import Mistakes, solution, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Params, Rng

right = solution("bptt")
mistake = Mistakes("bptt")

TASK = {
    "unit": {"tanh": "f(a) = tanh(a)", "sin": "f(a) = sin(a)", "root": "f(a) = a / sqrt(1 + a²)"},
    "mean": {
        "sequences": "E is a mean over the B sequences and a sum over time: c = 1/B",
        "time": "E is a mean over the T steps and a sum over the sequences: c = 1/T",
        "both": "E is a mean over the T steps and over the B sequences: c = 1/(T B)",
    },
    "span": {"30": "K = 30 steps", "40": "K = 40 steps", "50": "K = 50 steps"},
}
VARIES = {"forward": "unit", "error": "mean", "adjoints": "unit", "gradient": "unit", "rate": "unit span"}


def draw(rng: Rng, size: int) -> tuple[Params, Array, float]:
    """params, X (T, B, m), alpha."""
    T, B, n, m, outputs = [(6, 3, 4, 2, 5), (7, 3, 5, 2, 1), (1, 1, 2, 3, 2), (3, 3, 3, 3, 3)][size]
    shapes = {"W": (n, n), "U": (n, m), "b": (n,), "V": (outputs, n)}
    params = {key: rng.standard_normal(shape) / np.sqrt(shape[-1]) for key, shape in shapes.items()}
    return params, rng.standard_normal((T, B, m)), [0.3, 0.45, 0.2, 0.35][size]


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
    "rate": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
mistake.edits(
    "forward",
    ("W acts from the wrong side: your W h is Wᵀh. With rows it is `h @ W.T`.", "@ W.T", "@ W"),
    ("U acts from the wrong side: your U x is Uᵀx. With rows it is `x @ U.T`.", "@ U.T", "@ U"),
    ("the leak is the wrong way round: 1 - alpha goes with the old state, alpha with the new.",
     "(1 - alpha) * H[t - 1] + alpha * f", "alpha * H[t - 1] + (1 - alpha) * f"),
    ("h_0 is missing. H has T + 1 entries, and H[0] is zero.", "return H", "return H[1:]"),
    ("the old state is inside f only. The part 1 - alpha of it is added outside.",
     "(1 - alpha) * H[t - 1] + alpha * f", "alpha * f"),
    ("this network has forgotten its leak: it is alpha = 1.", "(1 - alpha) * H[t - 1] + alpha * f", "f"),
    ("the new part lacks its factor alpha: h_t is (1 - alpha) of the old and alpha of the new.", "+ alpha * f",
     "+ f"),
    ("f is around everything. It belongs around a_t alone.",
     "(1 - alpha) * H[t - 1] + alpha * f(H[t - 1] @ W.T + X[t - 1] @ U.T + b)",
     "f((1 - alpha) * H[t - 1] + alpha * (H[t - 1] @ W.T + X[t - 1] @ U.T + b))"),
    ("f is missing: a_t itself enters the state.", "alpha * f(", "alpha * ("),
    ("the bias is missing.", " + b)", ")"),
    ("off by one in time: `X[t]` is x_{t+1}. For h_t take `X[t - 1]`, and for all T steps.", "X[t - 1]", "X[t]",
     "range(1, len(H))", "range(1, len(X))"),
    ("off by one in time: `X[t]` is x_{t+1}, and after x_T there is none. For h_t take `X[t - 1]`.", "X[t - 1]",
     "X[t]"),
    ("off by one in time: the input of step t is `X[t - 1]`; yours is the one before it.", "X[t - 1]", "X[t - 2]"),
    ("the last step is missing: h_T needs a pass of the loop too.", "range(1, len(H))", "range(1, len(X))"),
)
mistake.edits(
    "error",
    ("E has no factor c, dE has it: both are a mean.", "E = 0.5 * c", "E = 0.5"),
    ("E and dE are sums. Put the factor c of your task into both.", "c = {", "c = 1.0 or {"),
    ("E is right, but dE has no factor c.", "c * r @ V", "r @ V"),
    ("the ½ is missing from E, or it is in dE too. The derivative of ½r² is r.", "0.5 * c", "c"),
    ("the ½ is missing: both E and dE are twice as large as they should be.", "c = {", "c = 2 * {", "}[", "}["),
    ("dE has the wrong sign. The residual is V h - y; with y - V h a minus is left over.", "c * r @ V",
     "-c * r @ V"),
    ("off by one in time: you compare h_{t-1} with y_t. The state for the first target is H[1].", "H[1:]",
     "H[:-1]"),
    ("V acts from the wrong side in dE: with rows, Vᵀ r is `r @ V`. Only where V is square does `r @ V.T` fit.",
     "r @ V\n", "r @ V.T\n"),
    ("V acts from the wrong side in the residual: with rows, V h is `h @ V.T`.", "H[1:] @ V.T", "H[1:] @ V"),
    ("the factor V is missing in dE: the residual is a change of V h, not of h.", "c * r @ V", "c * r"),
    ("dE is twice as large as it should be: the 2 of the square and the ½ cancel.", "c * r @ V", "2 * c * r @ V"),
    ("E is a mean over the outputs too, as `.mean()` takes it. Only over what your task says it is one.",
     "0.5 * c * (r**2).sum()", "0.5 * (r**2).mean()"),
    ("h_0 is compared too. `H` has T + 1 states, and the targets begin with h_1: take `H[1:]`.", "H[1:] @ V.T",
     "H @ V.T"),
    ("E is the norm of the residuals, not half its square: a square root too much.", "(r**2).sum()",
     "(r**2).sum() ** 0.5"),
)
mistake.edits(
    "adjoints",
    ("the Jacobian is not transposed. A row times Wᵀ is W on a column; here `@ W` is wanted.", "alpha * d @ W",
     "alpha * d @ W.T"),
    ("the derivative of f is on the wrong side of W. It is applied to δ first, then W.", "alpha * d @ W",
     "alpha * s[t + 1] * (Delta[t + 1] @ W)"),
    ("the path through the leak is missing: h_t reaches h_{t+1} also by the factor 1 - alpha.",
     "(1 - alpha) * Delta[t + 1] + ", ""),
    ("the leak has lost its factor: that path is (1 - alpha) δ_{t+1}.", "(1 - alpha) * ", ""),
    ("the path through W is missing: only the leak carries your error.", " + alpha * d @ W", ""),
    ("the derivative of f is missing.", "s[t + 1] * Delta", "Delta"),
    ("the factor alpha of the path through W is missing.", "alpha * d @ W", "d @ W"),
    ("1 - h² is the slope only where h = tanh(a). This h leaks, so compute a again, and use your f'.",
     "slope(H[:-1] @ W.T + X @ U.T + b)", "1 - H[1:] ** 2"),
    ("f' is taken at h. It is wanted at a, which you compute again from the state and input of that step.",
     "slope(H[:-1] @ W.T + X @ U.T + b)", "slope(H[1:])"),
    ("off by one in time: the derivative of f is that of step t; from t + 1 to t it is a_{t+1}.", "s[t + 1]",
     "s[t]"),
    ("off by one in time: your δ_T includes a future term. After T there is no step: δ_T = ∂E_T/∂h_T.",
     "Delta = dE.copy()\n    for t in reversed(range(len(X) - 1)):",
     "Delta, s = np.concatenate([dE, dE[-1:]]), np.concatenate([[s[0]], s])\n    for t in reversed(range(len(X))):",
     "return Delta", "return Delta[:-1]"),
    ("δ_T is forgotten: the recursion starts from ∂E_T/∂h_T, not from 0.", "dE.copy()\n",
     "dE.copy()\n    Delta[-1] = 0\n"),
    ("∂E_t/∂h_t is missing at each step: δ_t is what comes back, plus what h_t costs itself.", "+= (", "= ("),
    ("the recursion is broken off: each δ_t takes in ∂E_{t+1}/∂h_{t+1} and not the whole δ_{t+1}. Go from T down.",
     "Delta[t + 1]", "dE[t + 1]"),
    ("the order is reversed: Delta[0] belongs to step 1, Delta[-1] to step T.", "return Delta",
     "return Delta[::-1]"),
    ("∂E_t/∂h_t is nowhere in it, so all is 0.", "dE.copy()", "np.zeros_like(dE)"),
)
mistake.edits(
    "gradient",
    ("your gradient of W is the transpose of the right one: rows belong to δ, columns to h.",
     '"W": np.einsum("tbi,tbj->ij"', '"W": np.einsum("tbi,tbj->ji"'),
    ("your gradient of U is the transpose of the right one: rows belong to δ, columns to x.",
     '"U": np.einsum("tbi,tbj->ij"', '"U": np.einsum("tbi,tbj->ji"'),
    ("your gradients of W and U are the transposes of the right ones: rows belong to δ.", "->ij", "->ji"),
    ("off by one in time: W multiplies h_{t-1} in a_t, and you use h_t.", "D, H[:-1]", "D, H[1:]"),
    ("the factor alpha is missing: a change of a_t changes h_t by alpha·f'(a_t).", "alpha * s", "s"),
    ("the factor 1 - alpha stands where alpha belongs: a_t enters h_t by alpha.", "alpha * s", "(1 - alpha) * s"),
    ("the derivative of f is missing: δ is the adjoint of h_t, and W acts on a_t.", "alpha * s", "alpha"),
    ("the derivative of f and alpha are missing: δ is the adjoint of h_t, and W acts on a_t.", "alpha * s * ", ""),
    ("1 - h² is the slope only where h = tanh(a). This h leaks, so compute a again, and use your f'.",
     "slope(H[:-1] @ W.T + X @ U.T + b)", "1 - H[1:] ** 2"),
    ("divided by B once more: what makes a mean of it is in Delta already. Here it is a sum.", "return {",
     "D = D / X.shape[1]\n    return {"),
    ("a mean over time. The gradient is the sum of the terms of all steps.", "return {",
     "D = D / len(X)\n    return {"),
    ("a mean over time and batch. The gradient is the sum of the terms of all steps and sequences.", "return {",
     "D = D / D[..., 0].size\n    return {"),
    ("the gradient of b is a mean. It is a sum like the others.", "D.sum((0, 1))", "D.mean((0, 1))"),
    ("the gradient of b has one row for each sequence: sum over the batch too.", "D.sum((0, 1))", "D.sum(0)"),
    ("the gradient of b has one row for each step: sum over time too.", "D.sum((0, 1))", "D.sum(1)"),
    ("only the last step counts. W is used at all steps: sum the terms of all of them.", "return {",
     "X, H, D = X[-1:], H[-2:], D[-1:]\n    return {"),
)
mistake.edits(
    "rate",
    ("the sign is wrong: the adjoints shrink on their way back, so r is negative. δ_T is the divisor.",
     "sizes[-1 - K] / sizes[-1]", "sizes[-1] / sizes[-1 - K]"),
    ("that is the logarithm to base 10. Nats are asked for: np.log.", "np.log(", "np.log10("),
    ("that is the logarithm to base 2. Nats are asked for: np.log.", "np.log(", "np.log2("),
    ("that is the whole loss over K steps. Divide by K.", ") / K", ")"),
    ("the logarithm is missing: that is the ratio.", "np.log(sizes[-1 - K] / sizes[-1]) / K",
     "sizes[-1 - K] / sizes[-1]"),
    ("off by one: Delta[-K] is δ_{T-K+1}. Count from Delta[-1], which is δ_T.", "sizes[-1 - K]", "sizes[-K]"),
    ("that is the way back to the first step. K steps back from T is asked for.", "sizes[-1 - K]", "sizes[0]"),
    ("the error is at all steps. It is at the last one only: dE is 0 before.", "dE[-1]", "dE[:]"),
    ("it is counted from the first step. δ_T is `Delta[-1]`, at the other end.", "sizes[-1 - K] / sizes[-1]",
     "sizes[K] / sizes[0]"),
    ("divided by T. The ratio spans K steps: divide by K.", ") / K", ") / len(X)"),
    ("the squares of the norms: r is twice as large as it should be.", "np.log(", "2 * np.log("),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's network."""
    s = solutions("bptt")
    r, leak = s["rate"](student), np.log(1 - s["network"](student)[2])
    return {"r": r, "leak": leak, "side": "above" if r > leak else "below"}
