"""Mistakes with memory kernels."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("memory")

TASK = {
    "readout": {
        "after": "the output is y_t = cᵀ h_t",
        "before": "the output is y_t = cᵀ h_{t-1}, read before x_t comes in",
        "skip": "the output is y_t = cᵀ h_t + x_t",
    },
    "past": {
        "zero": "before the first input all was 0",
        "held": "before the first input x_0 was held for ever",
        "ring": "the inputs repeat: before the first came the last",
    },
    "form": {
        "squared": "part 3 returns the bound as it stands",
        "share": "part 3 returns the bound divided by Σ K[k]²",
        "relative": "part 3 returns √(bound / Σ K[k]²)",
    },
    "weight": {
        "equal": "in part 4 all lags count the same: g_k = 1",
        "early": "in part 4 early lags count more: g_k = 0.9^k",
        "late": "in part 4 late lags count more: g_k = (1 + k)/N for the N lags of K",
    },
    "units": {"6": "m = 6 units in part 5", "8": "m = 8 units in part 5", "10": "m = 10 units in part 5"},
}
VARIES = {"kernel": "readout", "convolve": "past", "bound": "form", "fit": "weight", "limits": "units"}


def network(rng: Rng, size: int) -> tuple[Array, Array, Array, int]:
    """W, u, c, T."""
    n, T = [(3, 5), (4, 7), (2, 1), (3, 3)][size]
    return rng.standard_normal((n, n)) / np.sqrt(n), rng.standard_normal(n), rng.standard_normal(n), T


def wanted(rng: Rng, size: int) -> tuple[Array, int]:
    """K (2 n - 1,), m."""
    n, m = [(5, 2), (7, 3), (3, 0), (4, 1)][size]
    return rng.standard_normal(2 * n - 1), m


CASES = {
    "kernel": network,
    "convolve": lambda rng, size: (
        rng.standard_normal([3, 5, 1, 4][size]), rng.standard_normal([7, 6, 3, 4][size])
    ),
    "bound": wanted,
    "fit": lambda rng, size: (rng.standard_normal([9, 12, 6, 7][size]), rng.uniform(0.2, 0.95, [3, 4, 1, 2][size])),
    "limits": lambda rng, size: (EXAMPLES[size],),
}  # fmt: skip

# fmt: off
mistake.edits(
    "kernel",
    ("W acts from the wrong side, or u and c have changed places: the input enters by u, and then comes `W @ u`.",
     "W @ v", "v @ W"),
    ("W is multiplied entry by entry. `W @ v` is the matrix times the vector.", "W @ v", "W * v"),
    ("the readout c is missing: that is the sum of the state.", "c @ v", "v.sum()"),
    ("that is the first unit alone. The output is cᵀ times the state, `c @ v`.", "c @ v", "v[0]"),
    ("u is missing: the input enters along u.", "np.zeros(T), u", "np.zeros(T), np.ones(len(W))"),
    ("off by one: the kernel begins with lag 0, W^0 u = u. Yours begins with W u.",
     "    K[k] = c @ v\n        v = W @ v", "    v = W @ v\n        K[k] = c @ v"),
    ("the kernel is reversed: lag 0 comes first.", "return K", "return K[::-1]"),
    ("an entry is missing: T of them are asked for.", "return K", "return K[:-1]"),
    ("an entry too many: T of them are asked for.", "np.zeros(T)", "np.zeros(T + 1)", "range(T)", "range(T + 1)"),
    ("what your readout does to lag 0 is missing: look at your task.", 'check.options["readout"]', '"after"'),
    ("those are all outputs for an input that stays 1. The kernel is what follows a single 1.", "return K",
     "return np.cumsum(K)"),
    ("the sizes are taken. A kernel has signs.", "return K", "return np.abs(K)"),
)
mistake.edits(
    "convolve",
    ("the kernel is reversed: lag 0 is for the input of this step.", "K[k] * long", "K[N - 1 - k] * long"),
    ("it looks into the future: x_{t+k} in place of x_{t-k}.", "long[N + t - k]",
     "np.append(long, np.zeros(N))[N + t + k]"),
    ("off by one in time: at lag 0 stands the input of this step, x_t.", "long[N + t - k]", "long[N + t - k - 1]"),
    ("off by one: lag 0 is missing.", "for k in range(N)", "for k in range(1, N)"),
    ("off by one: the last lag is missing.", "for k in range(N)", "for k in range(N - 1)"),
    ("the past is taken as 0. Look at your task.", 'check.options["past"]', '"zero"'),
    ("the past is reversed: what came last stands next to x_0.", "[past, x]", "[past[::-1], x]"),
    ("the past is x_0 as it stood, for one step only. It was held for ever.", "np.full(N, x[0])",
     "np.append(np.zeros(N - 1), x[0])"),
    ("the outputs of the past are among your results. T of them are asked for.", "return y",
     "return np.append(np.zeros(N), y)"),
    ("the full convolution has N - 1 more entries. The first T are asked for.", "return y",
     "return np.convolve(K, x)"),
    ('`mode="same"` cuts at both ends. The first T entries are asked for.', "return y",
     'return np.convolve(x, K, mode="same")'),
    ("only the last lag counts: sum over all of them with `+=`.", "y[t] += ", "y[t] = "),
    ("those are running sums. Each output has a sum of its own.", "return y", "return np.cumsum(y)"),
)
mistake.edits(
    "bound",
    ("the first singular values are summed. What m units cannot do are those after the first m.", "s[m:]", "s[:m]"),
    ("off by one: σ_{m+1} is `s[m]`, as Python counts from 0.", "s[m:]", "s[m + 1 :]"),
    ("off by one: σ_m itself can be had with m units.", "s[m:]", "s[max(m - 1, 0) :]"),
    ("the singular values are not squared.", "s[m:] ** 2", "s[m:]"),
    ("only the largest that is left is taken. Sum the squares of all of them.", "(s[m:] ** 2).sum()", "s[m] ** 2"),
    ("the factor 1/n is missing: each K[k] stands in H up to n times.", ".sum() / n", ".sum()"),
    ("divided by the number of lags. The matrix has n rows: divide by n.", ".sum() / n", ".sum() / len(K)"),
    ("the mean of the squares is taken. The sum is divided by n.", "(s[m:] ** 2).sum() / n", "(s[m:] ** 2).mean()"),
    ("H is constant along diagonals: that is a Toeplitz matrix. Here K[i + j].", "np.add.outer(i, i)",
     "np.abs(np.subtract.outer(i, i))"),
    ("the indices begin with 1: H_00 is K[0].", "K[np.add.outer(i, i)]",
     "np.append(K, [0, 0])[np.add.outer(i, i) + 2]"),
    ("H has too many rows: n is (N + 1)/2 for N lags, so that i + j stays in K.", "K[np.add.outer(i, i)]",
     "np.append(K, np.zeros(len(K)))[np.add.outer(np.arange(len(K)), np.arange(len(K)))]"),
    ("these are eigenvalues. Their sizes are the singular values, but not in this order.",
     "np.linalg.svd(K[np.add.outer(i, i)], compute_uv=False)", "np.linalg.eigvalsh(K[np.add.outer(i, i)])"),
    ("Σ K[k]² is to be taken over all lags.", "(K**2).sum()", "(K[:n] ** 2).sum()"),
    ("the root of Σ K[k]² was forgotten, or taken twice: divide first, then take the root.",
     "np.sqrt(missed / total)", "np.sqrt(missed) / total"),
)
mistake.edits(
    "fit",
    ("the weights g_k are missing. Look at your task.", 'check.options["weight"]', '"equal"'),
    ("rows are multiplied by g_k, which is then squared. Each row gets the root.", "root = np.sqrt(g)", "root = g"),
    ("the weights were fitted without g_k; the error has them.", "root = np.sqrt(g)", "root = np.ones(len(K))"),
    ("the error has no g_k; the weights were fitted with them.",
     "(g * (A @ c - K) ** 2).sum() / (g * K**2).sum()", "((A @ c - K) ** 2).sum() / (K**2).sum()"),
    ("only the matrix got its factors; the wanted kernel needs them too.", "root * K, rcond", "K, rcond"),
    ("the lags begin with 1. λ^0 = 1 is the first.", "k = np.arange(len(K))", "k = np.arange(1, len(K) + 1)"),
    ("the error is squared: take the root.", "np.sqrt((g * (A", "((g * (A"),
    ("the error is not relative: divide by the sum for K̂ = 0.", " / (g * K**2).sum()", ""),
    ("divided by the number of lags. Divide by the sum for K̂ = 0.", "(g * K**2).sum()", "len(K)"),
    ("the whole result of lstsq is returned. The weights are its first part.", "rcond=None)[0]", "rcond=None)",
     "A @ c", "A @ c[0]"),
    ("the weights solve for the first lags alone. Least squares takes them all.",
     "np.linalg.lstsq(root[:, None] * A, root * K, rcond=None)[0]",
     "np.linalg.solve(A[: len(lams)], K[: len(lams)])"),
    ("the exponents are rates: e^(-λ k). Here λ^k.", "lams ** k[:, None]", "np.exp(-lams * k[:, None])"),
    ("the fitted kernel is returned. Its weights c are asked for.", "return c,", "return A @ c,"),
    ("the two have changed places: first the weights.",
     "return c, np.sqrt((g * (A @ c - K) ** 2).sum() / (g * K**2).sum())",
     "return np.sqrt((g * (A @ c - K) ** 2).sum() / (g * K**2).sum()), c"),
)
mistake.edits(
    "limits",
    ("the errors are squared: take the roots.", "np.sqrt((left**2).sum() / (K**2).sum())",
     "(left**2).sum() / (K**2).sum()"),
    ("the errors are not relative.", "np.sqrt((left**2).sum() / (K**2).sum())", "np.sqrt((left**2).sum())"),
    ("the least error is squared: take its root.", "np.sqrt((s[m:] ** 2).sum() / 61 / (K**2).sum())",
     "(s[m:] ** 2).sum() / 61 / (K**2).sum()"),
    ("the least error is not relative: divide by Σ K[k]².", " / 61 / (K**2).sum()", " / 61"),
    ("the least error lacks its factor 1/n, with n = 61.", " / 61", ""),
    ("the number of units is another: look at your task.", 'int(check.options["units"])', "7"),
    ("the least error is of the smooth kernel. That of the late one is asked for.", "s = np.linalg",
     "K = kernels(student)[0]\n    s = np.linalg"),
    ("the first two errors have changed places: first that of the smooth kernel.", "in kernels(student)",
     "in kernels(student)[::-1]", "s = np.linalg", "K = kernels(student)[1]\n    s = np.linalg"),
    ("the two kernels have changed places, and the bound is that of the smooth one.", "in kernels(student)",
     "in kernels(student)[::-1]"),
    ("the multipliers are e^(-τ). A time scale is -1/ln λ.", "np.exp(-1 / np.geomspace(1, 100, m))",
     "np.exp(-np.geomspace(1, 100, m))"),
    ("the time scales are equally spaced. They are spaced by a factor: np.geomspace.", "np.geomspace",
     "np.linspace"),
    ("1 - 1/τ is near e^(-1/τ) for long time scales only.", "np.exp(-1 / np.geomspace(1, 100, m))",
     "1 - 1 / np.geomspace(1, 100, m)"),
    ("the fit has the weights g_k = 0.9^k of another part. Here all lags count the same.",
     "np.linalg.lstsq(A, K, rcond=None)[0]",
     "np.linalg.lstsq(0.9 ** (np.arange(121)[:, None] / 2) * A, 0.9 ** (np.arange(121) / 2) * K, rcond=None)[0]"),
    ("the fit has the weights g_k = (1 + k)/N of another part. Here all lags count the same.",
     "np.linalg.lstsq(A, K, rcond=None)[0]",
     "np.linalg.lstsq((1.0 + np.arange(121)[:, None]) ** 0.5 * A, (1.0 + np.arange(121)) ** 0.5 * K, rcond=None)[0]"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's kernels."""
    smooth, late, least = solutions("memory")["limits"](student)
    return {"smooth": smooth, "late": late, "least": least, "units": in_force("memory").options["units"]}
