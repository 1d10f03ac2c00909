"""Likely wrong solutions of the assignment `chaos`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "exponent": [
        ("if t >= burn_in", "if t > burn_in"),
        ("total / T", "total"),
        ("total / T", "total / (T + burn_in)"),
        ("        if t >= burn_in:\n            total", "        if True:\n            total"),
        ("np.log(abs(slope(x)))", "abs(slope(x))"),
        ("np.log(", "np.log2("),
        ("range(burn_in + T)", "range(T)"),
        ("abs(slope(x))", "abs(slope(f(x)))"),
    ],
    "push": [
        ("slope(a)[:, None] * (W @ V)", "W @ (slope(a)[:, None] * V)"),
        ("slope(a)[:, None] * (W @ V)", "W @ V"),
        ("slope(a)[:, None] * (W @ V)", "slope(a)[:, None] * (W.T @ V)"),
        ("slope(a)[:, None]", "slope(h)[:, None]"),
        ("slope(a)[:, None]", "slope(f(a))[:, None]"),
        ("W @ h + x", "W @ h"),
        ("slope(a)[:, None]", "slope(a)"),
        ("slope(a)[:, None]", "(1 - f(a))[:, None]"),
    ],
    "spectrum": [
        ("np.abs(np.diag(R))", "np.diag(R)"),
        ("np.log(np.abs(np.diag(R)))", "np.abs(np.diag(R))"),
        ("total / len(X)", "total"),
        ("h, V = push(W, h, x, Q)", "h, V = push(W, h, x, np.eye(len(h0)))"),
        ("h, V = push(W, h, x, Q)", "_, V = push(W, h, x, Q)"),
        ("    return total / len(X)", "    return np.sort(total) / len(X)"),
        ("np.abs(np.diag(R))", "np.abs(np.linalg.eigvals(V))"),
        ("np.linalg.qr(V)\n", "np.linalg.qr(V.T)\n"),
    ],
    "lipschitz": [
        ("np.abs(slopes).max()", "slopes.max()"),
        (" else slopes) / step", " else slopes)"),
        (" else E) / step", " else E)", " else slopes) / step", " else slopes)"),
        ("np.abs(slopes).max(), np.abs(bends).max()", "np.abs(slopes).mean(), np.abs(bends).mean()"),
        ("step = theta[1] - theta[0]", "step = theta[-1] - theta[0]"),
        ("np.abs(slopes).max(), np.abs(bends).max()", "np.abs(bends).max(), np.abs(slopes).max()"),
        ("np.abs(bends)", "bends"),
    ],
    "crossing": [
        (".max() for g", ".min() for g"),
        ("spectrum(g * W, h0, X).max()", "spectrum(g * W, h0, X)[-1]"),
        ("0.6 * np.exp(-high / s)", "0.6 - high / s"),
        ("0.6 * np.exp(-high / s)", "np.exp(-high / s)"),
        ("(high - low) / np.log(2)", "(high - low) / 0.3"),
        ("np.exp(-high / s)\n", "np.exp(high / s)\n"),
        ("0.6 * np.exp(-high / s)", "0.6 * np.exp(-low / s)"),
        ("return low, high", "return high, low"),
    ],
}
