"""Likely wrong solutions of the assignment `memory`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "kernel": [
        ("W @ v", "W.T @ v"),
        ("K[k] = c @ v\n        v = W @ v", "v = W @ v\n        K[k] = c @ v"),
        ("c @ v", "v[0]"),
        ('check.options["readout"]', '"after"'),
        ("W @ v", "W * v"),
        ("return K", "return K[::-1]"),
        ("np.zeros(T), u", "np.zeros(T), c", "c @ v", "u @ v"),
    ],
    "convolve": [
        ("K[k] * long", "K[::-1][k] * long"),
        ("for k in range(N)", "for k in range(N - 1)"),
        ('check.options["past"]', '"zero"'),
        ("return y", "return np.convolve(x, K)"),
        ("y[t] += ", "y[t] = "),
        ("long[N + t - k]", "long[N + t - k - 1]"),
        ("return y", 'return np.convolve(x, K, "same")'),
    ],
    "bound": [
        ("s[m:]", "s[:m]"),
        (" / n", ""),
        ("s[m:] ** 2", "s[m:]"),
        ("s[m:]", "s[m + 1 :]"),
        (".sum() / n", ".sum() / len(K)"),
        ("np.add.outer(i, i)", "np.abs(np.subtract.outer(i, i))"),
        ("(s[m:] ** 2).sum()", "s[m] ** 2"),
    ],
    "fit": [
        ('check.options["weight"]', '"equal"'),
        ("root = np.sqrt(g)", "root = g"),
        ("root * K, rcond", "K, rcond"),
        (
            "np.sqrt((g * (A @ c - K) ** 2).sum() / (g * K**2).sum())",
            "(g * (A @ c - K) ** 2).sum() / (g * K**2).sum()",
        ),
        (" / (g * K**2).sum()", ""),
        ("np.arange(len(K))", "np.arange(1, len(K) + 1)"),
        ("return c,", "return A @ c,"),
    ],
    "limits": [
        ("np.sqrt((left**2).sum() / (K**2).sum())", "(left**2).sum() / (K**2).sum()"),
        ("np.geomspace", "np.linspace"),
        ("np.exp(-1 / np.geomspace(1, 100, m))", "np.exp(-np.geomspace(1, 100, m))"),
        (" / 61", ""),
        (" / 61 / (K**2).sum()", " / 61"),
        ("np.exp(-1 / np.geomspace(1, 100, m))", "1 - 1 / np.geomspace(1, 100, m)"),
        ("in kernels(student)", "in kernels(student)[::-1]"),
    ],
}
