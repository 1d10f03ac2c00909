"""Mistakes with states that are computed all at once."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("parallel")

TASK = {
    "unit": {"tanh": "f(a) = tanh(a)", "root": "f(a) = a/√(1 + a²)", "soft": "f(a) = a/(1 + |a|)"},
    "maps": {
        "columns": "a map of part 2 is h ↦ A h + b, and the first of two neighbours acts first",
        "rows": "states of part 2 are rows: a map is h ↦ h A + b, and the first of two neighbours acts first",
        "backwards": "a map of part 2 is h ↦ A h + b, and the last acts first: of two neighbours the second",
    },
    "stands": {
        "full": "A_t is the whole Jacobian J_t",
        "diagonal": "A_t is the diagonal of J_t, with 0 elsewhere",
    },
    "asks": {
        "smallest": "part 4 returns the smallest singular value of K",
        "inverse": "part 4 returns ‖K⁻¹‖, the largest singular value of K⁻¹",
        "condition": "part 4 returns the condition of K, its largest singular value divided by the smallest",
    },
}
VARIES = {
    "residual": "unit",
    "join": "maps",
    "newton_round": "unit stands",
    "conditioning": "asks",
    "rounds": "unit stands",
}


def guessed(rng: Rng, size: int) -> tuple[Array, Array, Array, Array]:
    """W, h0, X, s."""
    n, T = [(3, 5), (4, 7), (2, 1), (4, 4)][size]
    W, (X, s) = 1.2 * rng.standard_normal((n, n)) / np.sqrt(n), rng.standard_normal((2, T, n))
    return W, 0.5 * rng.standard_normal(n), X, 0.6 * s


def maps(rng: Rng, size: int) -> tuple[Array, Array]:
    """A, b."""
    n, T = [(3, 8), (5, 4), (1, 2), (4, 4)][size]
    return rng.standard_normal((T, n, n)), rng.standard_normal((T, n))


def jacobians(rng: Rng, size: int) -> tuple[Array]:
    """J."""
    n, T = [(2, 4), (3, 5), (1, 3), (3, 3)][size]
    return (rng.standard_normal((T, n, n)),)


CASES = {
    "residual": guessed,
    "join": maps,
    "newton_round": guessed,
    "conditioning": jacobians,
    "rounds": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
BEFORE, AFTER = "np.concatenate([h0[None], s[:-1]])", "f(before @ W.T + X)"
mistake.edits(
    "residual",
    ("W acts from the wrong side. For states in rows W s is `s @ W.T`.", "W.T", "W"),
    ("the sign: r is what the guess has too much, s - f(…).", f"s - {AFTER}", f"{AFTER} - s"),
    ("s_t stands within f where s_{t-1} belongs.", BEFORE, "s"),
    ("off by one: s_{t+1} stands within f where s_{t-1} belongs.", BEFORE, "np.concatenate([s[1:], h0[None]])"),
    ("the state before the first step is h_0, not 0.", "h0[None]", "0 * h0[None]"),
    ("the last s stands before the first step. There is h_0.", BEFORE, "np.roll(s, 1, axis=0)"),
    ("f is missing.", AFTER, "(before @ W.T + X)"),
    ("the inputs are missing.", " + X", ""),
    ("f acts on the states before W does. It acts on W s + x.", AFTER, "(f(before) @ W.T + X)"),
    ("f' stands where f belongs.", AFTER, "slope(before @ W.T + X)"),
    ("those are sizes. Residuals have signs.", f"s - {AFTER}", f"np.abs(s - {AFTER})"),
    ("W is multiplied entry by entry: only its diagonal counts. `s @ W.T` is the product.", "before @ W.T",
     "before * np.diag(W)"),
    ("r_1 is missing: there are T residuals, and the first has h_0 in it.", f"s - {AFTER}", f"(s - {AFTER})[1:]"),
    ("that is f(…) alone. Take it off s.", f"s - {AFTER}", AFTER),
    ("the squares are summed. Return r itself.", f"s - {AFTER}", f"((s - {AFTER}) ** 2).sum()"),
    ("that is the largest residual. All of them are asked for.", f"s - {AFTER}", f"np.abs(s - {AFTER}).max()"),
)
SWAP = ("return A1 @ A2,", "return A2 @ A1 ,", "return A2 @ A1,", "return A1 @ A2,")
B_ROW, B_COLUMN = 'np.einsum("ti,tij->tj", b1, A2) + b2', 'np.einsum("tij,tj->ti", A2, b1) + b2'
mistake.edits(
    "join",
    ("the matrices are in the wrong order: try what both maps make of a state, one after the other.", *SWAP),
    ("the b's are added as they are. The map that acts later multiplies the b of the earlier one.", B_ROW,
     "b1 + b2", B_COLUMN, "b1 + b2"),
    ("the wrong b is multiplied: the later map multiplies what the earlier one has added.", B_ROW,
     'b1 + np.einsum("ti,tij->tj", b2, A1)', B_COLUMN, 'b1 + np.einsum("tij,tj->ti", A1, b2)'),
    ("the wrong matrix multiplies the b of the earlier map: its own has no part in it.", B_ROW,
     'np.einsum("ti,tij->tj", b1, A1) + b2', B_COLUMN, 'np.einsum("tij,tj->ti", A1, b1) + b2'),
    ("the matrices are multiplied entry by entry. `@` is the product.", "A1 @ A2", "A1 * A2", "A2 @ A1", "A2 * A1"),
    ("the matrices are added. A map after a map multiplies by both.", "A1 @ A2", "A1 + A2", "A2 @ A1", "A2 + A1"),
    ("the b of the later map is missing.", B_ROW, B_ROW[:-5], B_COLUMN, B_COLUMN[:-5]),
    ("the b of the earlier map is missing.", B_ROW, "b2", B_COLUMN, "b2"),
    ("the b is multiplied by the transposed matrix.", "ti,tij->tj", "ti,tji->tj", "tij,tj->ti", "tji,tj->ti"),
    ("the two are the wrong way round: first A, then b.", "return A1 @ A2, " + B_ROW, f"return {B_ROW}, A1 @ A2",
     "return A2 @ A1, " + B_COLUMN, f"return {B_COLUMN}, A2 @ A1"),
    ("only one of two neighbours is left. Their maps are to be put into each other.", "return A1 @ A2, " + B_ROW,
     "return A2, b2", "return A2 @ A1, " + B_COLUMN, "return A2, b2"),
)
mistake.edits(
    "newton_round",
    ("that is one step of fixed-point iteration: e is not carried along.", "new[t] += A[t] @ e", "new[t] += 0"),
    ("a sign is wrong: A_t e_{t-1} is added, and e is the new state minus the old one.", "new[t] += ",
     "new[t] -= "),
    ("e holds the residual of the step alone. It is the whole change, A_t e_{t-1} included.", "e = new[t] - s[t]",
     "e = after[t] - s[t]"),
    ("the slopes are missing in A: J = diag(f') W.", "slope(a)[:, :, None] * W",
     "np.ones_like(a)[:, :, None] * W"),
    ("the slopes multiply the columns of W. They multiply its rows.", "slope(a)[:, :, None] * W",
     "slope(a)[:, None, :] * W"),
    ("A is transposed.", "A[t] @ e", "A[t].T @ e"),
    ("the slope is taken at f(a). It is f'(a), at the sum itself.", "slope(a)", "slope(after)"),
    ("the slope is taken at s_t. It is f'(a), at W s_{t-1} + x_t.", "slope(a)", "slope(s)"),
    ("the state before the first step is h_0, not 0.", "h0[None]", "0 * h0[None]"),
    ("the Jacobian of another step: A_t goes with f_t. (The one of the next step was used.)", "A[t] @ e",
     "A[(t + 1) % len(s)] @ e"),
    ("that is e. The new states are asked for.", "return new", "return new - s"),
    ("e begins with h_0. It begins with 0, since s_0 is right.", "np.zeros(len(W))\n", "h0\n"),
    ("the correction is added to the old states. It is added to f.", "f(a)\n", "f(a)\n    f_of_a = after\n",
     "new, e = after.copy()", "new, e = s.copy()"),
    ("W acts from the wrong side. For states in rows W s is `s @ W.T`.", "W.T", "W"),
    ("the inputs are missing.", " + X", ""),
)
mistake.edits(
    "conditioning",
    ("off by one: block row t has J_t, `J[t]` if you count from 0.", "-J[t]", "-J[t - 1]"),
    ("these are eigenvalues, which are 1, all of them. Singular values are asked for.",
     "np.linalg.svd(K, compute_uv=False)", "np.sort(np.abs(np.linalg.eigvals(K)))[::-1]"),
    ("the J's stand to the right of the diagonal, or they are transposed. They stand to its left, as they are.",
     "K[t * n : (t + 1) * n, (t - 1) * n : t * n]", "K[(t - 1) * n : t * n, t * n : (t + 1) * n]"),
    ("the values are squared: those are of K Kᵀ.", "np.linalg.svd(K, compute_uv=False)",
     "np.linalg.svd(K, compute_uv=False) ** 2"),
    ("the largest and the smallest have changed places: they come in falling order.",
     "np.linalg.svd(K, compute_uv=False)", "np.linalg.svd(K, compute_uv=False)[::-1]"),
    ("J_1 is in your matrix, with a block for h_0. K has T block rows, for s_1 to s_T.",
     "T, n, _ = J.shape", "J = np.concatenate([J[:1], J])\n    T, n, _ = J.shape"),
    ("only the diagonals of the J's are there.", "-J[t]", "-np.diag(np.diag(J[t]))"),
    ("one J stands in all rows. Each row has its own.", "-J[t]", "-J[1]"),
    ("the J's stand on every place below the diagonal. They stand right beside it.",
     "        K[t * n : (t + 1) * n, (t - 1) * n : t * n] = -J[t]",
     "        K[t * n : (t + 1) * n, : t * n] = -np.tile(J[t], t)"),
    ("those are the sums of squares, by which a matrix has another norm. Singular values are asked for.",
     '"smallest": sizes[-1], "inverse": 1 / sizes[-1], "condition": sizes[0] / sizes[-1]',
     '"smallest": 1 / np.linalg.norm(np.linalg.inv(K)), "inverse": np.linalg.norm(np.linalg.inv(K)), '
     '"condition": np.linalg.cond(K, "fro")'),
    ("what is asked for is another: look at your task.", 'check.options["asks"]', '"smallest"'),
)
COUNT = "np.abs(residual(gain * W, h0, X, s)).max()"
mistake.edits(
    "rounds",
    ("the count begins with 1: before the first round none was made.", "np.zeros_like(X), 0", "np.zeros_like(X), 1"),
    ("the mean of the residuals is looked at. The largest decides.", COUNT, COUNT.replace("max", "mean")),
    ("the length of all residuals is looked at. The largest decides.", COUNT,
     "np.linalg.norm(residual(gain * W, h0, X, s))"),
    ("the tolerance is another: 1e-8.", "1e-8", "1e-4"),
    ("W of gain 1 was taken where 0.4 W belongs.", "(0.4, 3.0)", "(1.0, 3.0)"),
    ("the two counts have changed places: first that with 0.4 W.", "return *counts,", "return *counts[::-1],"),
    ("the singular value is that with 0.4 W.", "a = 3.0 * W @ h + x", "a = 0.4 * W @ h + x", "[:, None] * 3.0",
     "[:, None] * 0.4"),
    ("the Jacobians lack the gain: J = diag(f') 3 W.", "[:, None] * 3.0 * W", "[:, None] * W"),
    ("the Jacobians are those at the guess 0. The true states are wanted.", "        h = f(a)\n",
     "        h = 0 * h\n"),
    ("off by one: block row t has J_t.", "-J[t]", "-J[t - 1]"),
    ("that is the norm of the inverse. The smallest singular value is asked for.",
     "np.linalg.svd(K, compute_uv=False)[-1]", "1 / np.linalg.svd(K, compute_uv=False)[-1]"),
    ("that is the condition of K. The smallest singular value is asked for.",
     "np.linalg.svd(K, compute_uv=False)[-1]", "np.linalg.cond(K)"),
    ("that is the largest singular value. The smallest is asked for.", "compute_uv=False)[-1]",
     "compute_uv=False)[0]"),
    ("K has diagonals of the Jacobians only. Here it is that of the whole ones.", "-J[t]",
     "-np.diag(np.diag(J[t]))"),
)
# fmt: on


@mistake(
    "newton_round", "that is the loop: all states are right, after one round. A round knows the old states only."
)
def _(W: Array, h0: Array, X: Array, s: Array) -> Array:
    f, h, states = solutions("parallel")["f"], h0, []
    for x in X:
        h = f(W @ h + x)
        states.append(h)
    return np.array(states)


@mistake("conditioning", "the product of the Jacobians was taken. K is a matrix of T n rows.")
def _(J: Array) -> float:
    P = np.eye(J.shape[1])
    for each in J[1:]:
        P = each @ P
    sizes = np.linalg.svd(P, compute_uv=False)
    form = in_force("parallel").options["asks"]
    return float({"smallest": sizes[-1], "inverse": sizes[0], "condition": sizes[0] / sizes[-1]}[form])


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's network."""
    few, many, smallest = solutions("parallel")["rounds"](student)
    return {"few": few, "many": many, "smallest": smallest, "order": 1e-8 / smallest}
