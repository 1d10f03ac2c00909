"""Mistakes in reading images pixel by pixel."""

import numpy as np

from coursework.answers import Mistakes, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("digits")

TASK = {
    "order": {
        "rows": "pixels come row by row, each from left to right; rows are the lines",
        "columns": "pixels come column by column, each from top to bottom; columns are the lines",
        "snake": "pixels come row by row, the first from left to right, the next from right to left, and so on",
    },
    "input": {
        "one": "in part 2 the input weights are β = 1",
        "unit": "in part 2 the input weights are β = sqrt(1 - |λ|²)",
        "mean": "in part 2 the input weights are β = 1 - |λ|",
    },
    "offset": {
        "free": "in part 3 the offset c is not penalised",
        "ridge": "in part 3 penalty · ‖c‖² is added to the sum as well",
        "none": "in part 3 there is no offset: c is 0",
    },
    "unit": {
        "tanh": "in part 4 f(a) = tanh(a)",
        "logistic": "in part 4 f(a) = 1 / (1 + exp(-a))",
        "half": "in part 4 f(a) = tanh(a) / 2",
    },
    "radius": {"0.94": "r = 0.94 in part 5", "0.96": "r = 0.96 in part 5", "0.98": "r = 0.98 in part 5"},
}
VARIES = {"spaced": "order", "read": "input", "readout": "offset", "settled": "unit", "compare": "radius"}


def states(rng: Rng, size: int) -> tuple[Array, Array, float]:
    """H (B, n), Y (B, outputs), penalty."""
    B, n, outputs = [(7, 3, 2), (6, 4, 3), (3, 1, 1), (6, 3, 3)][size]
    return rng.standard_normal((B, n)), rng.standard_normal((B, outputs)), [0.5, 0.1, 1.0, 0.3][size]


def multipliers(rng: Rng, size: int) -> tuple[Array, Array]:
    """lam (n,), X (T, B, 1); complex in the first two cases."""
    T, B, n = [(6, 4, 3), (7, 3, 2), (1, 2, 4), (3, 3, 3)][size]
    lam = rng.uniform(0.4, 0.95, n)
    return lam * np.exp(1j * rng.uniform(0, 3, n)) if size < 2 else lam, rng.random((T, B, 1))


def last_state(rng: Rng, size: int) -> tuple[Array, Array, Array, Array, int]:
    """W, V, c, h, T."""
    n, outputs, T, gain = [(4, 3, 30, 0.9), (5, 4, 45, 0.8), (3, 2, 5, 1.9), (3, 3, 25, 0.85)][size]
    W = rng.standard_normal((n, n))
    W *= gain / np.linalg.norm(W, 2)
    return (
        W,
        rng.standard_normal((outputs, n)),
        rng.standard_normal(outputs),
        np.tanh(rng.standard_normal(n)) / 2,
        T,
    )


CASES = {
    "spaced": lambda rng, size: (
        rng.random([(2, 3, 4), (3, 4, 2), (1, 2, 3), (3, 3, 3)][size]),
        [2, 3, 0, 3][size],
    ),
    "read": multipliers,
    "readout": states,
    "settled": last_state,
    "compare": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
mistake.edits(
    "spaced",
    ("the order of the pixels is another: look at your task.", 'check.options["order"]', '"rows"'),
    ("the lines run in the other direction.", "padded = ", "lines = lines[:, :, ::-1]\n    padded = "),
    ("the last line comes first.", "padded = ", "lines = lines[:, ::-1]\n    padded = "),
    ("no blanks: after each line come `blanks` zeros.", "np.zeros((B, n, blanks))", "np.zeros((B, n, 0))"),
    ("one blank after each line. There are `blanks` of them.", "np.zeros((B, n, blanks))",
     "np.zeros((B, n, min(blanks, 1)))"),
    ("all blanks come at the end. They come after each line.", "padded.reshape(B, -1)",
     "np.concatenate([lines.reshape(B, -1), np.zeros((B, n * blanks))], axis=1)"),
    ("the blanks come before each line. They come after it.", "[lines, np.zeros((B, n, blanks))]",
     "[np.zeros((B, n, blanks)), lines]"),
    ("the blanks are ones. Like paper they are 0.", "np.zeros((B, n, blanks))", "np.ones((B, n, blanks))"),
    ("after the last line there are no blanks. They come after it too.", ".T[:, :, None]",
     ".T[: padded[0].size - blanks, :, None]"),
    ("the blanks come after each pixel. They come after each line.",
     "padded = np.concatenate([lines, np.zeros((B, n, blanks))], axis=2)",
     "padded = np.concatenate([lines[..., None], np.zeros((*lines.shape, blanks))], axis=3)"),
    ("time comes first: yours has the images first. Transpose.", "padded.reshape(B, -1).T[:, :, None]",
     "padded.reshape(B, -1)[:, :, None]"),
    ("pixels of different images are mixed: `reshape(-1, B)` does not transpose. Use `reshape(B, -1).T`.",
     "padded.reshape(B, -1).T", "padded.reshape(-1, B)"),
    ("the last axis is missing: X is (T, B, 1).", ".T[:, :, None]", ".T"),
    ("ink and paper have changed places.", "padded = np.concatenate([lines", "padded = np.concatenate([1 - lines"),
)
mistake.edits(
    "read",
    ("the input weights β are others: look at your task.", '[check.options["input"]]', '["one"]'),
    ("β is squared: take the root of 1 - |λ|².", "np.sqrt(1 - np.abs(lam) ** 2)", "(1 - np.abs(lam) ** 2)"),
    ("β has λ² in place of |λ|²: for complex λ that is another number.", "np.sqrt(1 - np.abs(lam) ** 2)",
     "np.sqrt(1 - lam**2)"),
    ("β has λ in place of |λ|: for complex λ that is another number.", "1 - np.abs(lam),", "1 - lam,"),
    ("the old state is not multiplied: λ is missing.", "lam * H +", "H +"),
    ("the input is multiplied by λ too.", "beta * x", "lam * beta * x"),
    ("only the last pixel is left: the old state is missing.", "lam * H + beta * x", "0 * H + beta * x"),
    ("the imaginary parts are gone. Where λ is complex, so is the state: H needs its dtype.", "return H",
     "return H.real"),
    ("the conjugates were taken.", "lam * H", "lam.conj() * H"),
    ("the sizes of λ were used: its angle counts.", "lam * H", "np.abs(lam) * H"),
    ("the first pixel is missing.", "for x in X", "for x in X[1:]"),
    ("the last pixel is missing.", "for x in X", "for x in X[:-1]"),
    ("the pixels come in the reverse order.", "for x in X", "for x in X[::-1]"),
    ("all states are returned. The last one is asked for.", "H = lam * H + beta * x\n    return H",
     "H = lam * H + beta * x\n    return np.array([H] * len(X))"),
    ("units and images have changed places: the result is (B, n).", "return H", "return H.T"),
    ("the images were added up. Each has a state of its own.", "return H", "return H.sum(axis=0)"),
)
mistake.edits(
    "readout",
    ("what is done about c is another thing: look at your task.", 'check.options["offset"]', '"ridge"'),
    ("there is no penalty.", "penalty * np.eye(n)", "0 * np.eye(n)", "penalty * np.eye(n + 1)",
     "0 * np.eye(n + 1)"),
    ("the penalty was squared.", "penalty * np.eye", "penalty**2 * np.eye"),
    ("the penalty is multiplied by the number of images. The sum is over images, without a mean.",
     "penalty * np.eye", "B * penalty * np.eye"),
    ("the penalty is divided by the number of images. The sum is over images, without a mean.",
     "penalty * np.eye", "penalty / B * np.eye"),
    ("the penalty is halved: both terms of the sum give a factor 2.", "penalty * np.eye", "penalty / 2 * np.eye"),
    ("the penalty is twice too large: both terms of the sum give a factor 2.", "penalty * np.eye",
     "2 * penalty * np.eye"),
    ("the penalty was added to every entry. It is added to the diagonal.", "penalty * np.eye(n)",
     "penalty * np.ones((n, n))", "penalty * np.eye(n + 1)", "penalty * np.ones((n + 1, n + 1))"),
    ("the penalty was taken off.", "penalty * np.eye", "-penalty * np.eye"),
    ("`H @ H.T` holds products of images. Those of units are wanted: `H.T @ H`.", "H.T @ H", "H @ H.T", "A.T @ A",
     "A @ A.T"),
    ("V is transposed: it is (outputs, n).", "H.T @ Y).T", "H.T @ Y)", "M[:n].T", "M[:n]"),
    ("c is the mean of the targets only where the states have mean 0.", "return M[:n].T, M[n]",
     "return M[:n].T, Y.mean(axis=0)"),
    ("the first column is taken for c. With the ones at the end it is the last.", "M[:n].T, M[n]", "M[1:].T, M[0]"),
    ("c is forgotten: its column of ones has a weight too.", "return M[:n].T, M[n]", "return M[:n].T, 0 * M[n]"),
    ("c and V have changed places.", "return M[:n].T, M[n]", "return M[n], M[:n].T",
     "return V, np.zeros(Y.shape[1])", "return np.zeros(Y.shape[1]), V"),
)
mistake.edits(
    "settled",
    ("m and ℓ are those of another f: look at your task.", '[check.options["unit"]]', '["tanh"]'),
    ("the logistic function has slopes of at most ¼, not 1; and tanh/2 of at most ½.", "(0.25, 1.0)",
     "(1.0, 1.0)", "(0.5, 1.0)", "(1.0, 1.0)"),
    ("the length ℓ is wrong: tanh has values from -1 to 1, tanh/2 and the logistic function over 1.", "span * np",
     "(3 - span) * np"),
    ("the factor √2 is missing.", "np.sqrt(2) * ", ""),
    ("the factor √n is missing.", "np.sqrt(len(h)) * ", ""),
    ("the factor is √n, not n.", "np.sqrt(len(h))", "len(h)"),
    ("n is the number of units. Yours is that of the classes.", "len(h)", "len(c)"),
    ("the norm of V is missing.", "np.linalg.norm(V, 2) * ", ""),
    ("that is the Frobenius norm, np.linalg.norm's default. The spectral one is `norm(A, 2)`.",
     "np.linalg.norm(V, 2)", "np.linalg.norm(V)", "np.linalg.norm(W, 2)", "np.linalg.norm(W)"),
    ("that is the spectral radius. The bound holds with the norm.", "np.linalg.norm(W, 2)",
     "np.abs(np.linalg.eigvals(W)).max()"),
    ("the exponent is s. After s pixels both images are the same: T - s steps bring the states together.",
     "(T - s)", "s"),
    ("the smallest s is returned. The largest is asked for: begin with s = T.", "range(T, 0, -1)",
     "range(1, T + 1)"),
    ("off by one: that s is one too large.", "return s,", "return s + 1,"),
    ("off by one: that s is one too small.", "return s,", "return s - 1,"),
    ("the lead is that over the worst class. Over the second best is asked for.", "scores[-2]", "scores[0]"),
    ("the lead is the largest score. Take off the second largest.", "scores[-1] - scores[-2]", "scores[-1]"),
    ("c is missing in the scores.", "V @ h + c", "V @ h"),
    ("that is the number of steps since. The number of pixels s is asked for.", "return s,", "return T - s,"),
)
mistake.edits(
    "compare",
    ("the two have changed places: first real, then complex multipliers.", "return tuple(errors)",
     "return tuple(errors[::-1])"),
    ("the sums are not divided by the number of images.", ".sum() / 200", ".sum()"),
    ("that is the mean over classes too. Divide by the number of images.", ".sum() / 200", ".sum() / 2000"),
    ("those are errors on the images to fit. On those to test is asked for.", "B @ M - np.eye(10)[test_classes]",
     "A @ M - np.eye(10)[fit_classes]"),
    ("the readout was fitted to the images to test.", "digits(student)\n", "digits(student)[::-1]\n"),
    ("the errors are not squared.", "(B @ M - np.eye(10)[test_classes]) ** 2",
     "np.abs(B @ M - np.eye(10)[test_classes])"),
    ("the offset is penalised as well.", "+ [0.0]", "+ [0.01]"),
    ("there is no offset.", "[H, np.ones(200)]", "[H, np.zeros(200)]", "+ [0.0]", "+ [1.0]"),
    ("there is no penalty.", "[0.01]", "[0.0]"),
    ("the pixels come in the reverse order: the last one has λ^0.", "np.arange(27, -1, -1)", "np.arange(28)"),
    ("off by one: the last pixel is not multiplied by λ any more.", "np.arange(27, -1, -1)",
     "np.arange(28, 0, -1)"),
    ("the pixels come column by column. Row by row is asked for.", "images.reshape(200, 28)",
     "images.swapaxes(1, 2).reshape(200, 28)"),
    ("the time scales are equally spaced. They are spaced by a factor: np.geomspace.", "np.geomspace",
     "np.linspace"),
    ("the imaginary parts are not read.", "[A.real, A.imag]", "[A.real]", "[B.real, B.imag]", "[B.real]"),
    ("the radius is another: look at your task.", 'float(check.options["radius"])', "0.9"),
    ("the angles are π j/4. Half a step is missing: π (j + ½)/4.", "+ 0.5) / 4", "+ 0.0) / 4"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's networks."""
    real, complex_ones = solutions("digits")["compare"](student)
    return {"real": real, "complex": complex_ones}
