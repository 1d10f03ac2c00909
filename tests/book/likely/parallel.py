"""Likely wrong solutions of the assignment `parallel`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "residual": [
        ("W.T", "W"),
        ("s - f(before @ W.T + X)", "f(before @ W.T + X) - s"),
        ("np.concatenate([h0[None], s[:-1]])", "s"),
        ("np.concatenate([h0[None], s[:-1]])", "np.concatenate([s[1:], h0[None]])"),
        ("np.concatenate([h0[None], s[:-1]])", "np.roll(s, 1, axis=0)"),
        ("f(before @ W.T + X)", "(before @ W.T + X)"),
        ("s - f(before @ W.T + X)", "(s - f(before @ W.T + X))[1:]"),
        ("s - f(before @ W.T + X)", "np.abs(s - f(before @ W.T + X)).max()"),
        (" + X)", ")"),
    ],
    "join": [
        ("return A1 @ A2,", "return A2 @ A1 ,", "return A2 @ A1,", "return A1 @ A2,"),
        ('np.einsum("ti,tij->tj", b1, A2) + b2', "b1 + b2", 'np.einsum("tij,tj->ti", A2, b1) + b2', "b1 + b2"),
        ("A1 @ A2", "A1 * A2", "A2 @ A1", "A2 * A1"),
        ('np.einsum("ti,tij->tj", b1, A2) + b2', "b2", 'np.einsum("tij,tj->ti", A2, b1) + b2', "b2"),
        ('"ti,tij->tj", b1, A2) + b2', '"ti,tij->tj", b1, A2)', 'tj->ti", A2, b1) + b2', 'tj->ti", A2, b1)'),
        ("ti,tij->tj", "ti,tji->tj", "tij,tj->ti", "tji,tj->ti"),
        ('tj", b1, A2) + b2', 'tj", b2, A1) + b1', 'ti", A2, b1) + b2', 'ti", A1, b2) + b1'),
        ('(1, 0) if check.options["maps"] == "backwards" else (0, 1)', "(0, 1)"),
    ],
    "newton_round": [
        ("new[t] += A[t] @ e\n        e = new[t] - s[t]", "pass"),
        ("e = new[t] - s[t]", "e = after[t] - s[t]"),
        ("e = new[t] - s[t]", "e = s[t] - new[t]"),
        ("[:, :, None] * W", "[:, None, :] * W"),
        ("slope(a)[:, :, None] * W", "np.array([W for _ in a])"),
        ("return new", "return new - s"),
        ("slope(a)", "slope(f(a))"),
        ("A[t] @ e", "e @ A[t]"),
        ("h0[None]", "np.zeros((1, len(h0)))"),
    ],
    "conditioning": [
        ("-J[t]", "-J[t - 1]"),
        ("np.linalg.svd(K, compute_uv=False)", "np.sort(np.abs(np.linalg.eigvals(K)))[::-1]"),
        ("-J[t]", "-J[t].T"),
        (
            '"smallest": sizes[-1], "inverse": 1 / sizes[-1]',
            '"smallest": sizes[0], "inverse": 1 / sizes[0]',
            "sizes[0] / sizes[-1]",
            "sizes[-1] / sizes[0]",
        ),
        ("K[t * n : (t + 1) * n, (t - 1) * n : t * n]", "K[(t - 1) * n : t * n, t * n : (t + 1) * n]"),
        ("np.linalg.svd(K, compute_uv=False)", "np.linalg.svd(K @ K.T, compute_uv=False)"),
        ('"inverse": 1 / sizes[-1]', '"inverse": np.linalg.norm(np.linalg.inv(K))'),
    ],
    "rounds": [
        ("np.abs(residual(gain * W, h0, X, s)).max()", "np.abs(residual(gain * W, h0, X, s)).mean()"),
        ("np.zeros_like(X), 0", "np.zeros_like(X), 1"),
        ("np.abs(residual(gain * W, h0, X, s)).max()", "np.linalg.norm(residual(gain * W, h0, X, s))"),
        ("[:, None] * 3.0 * W", "[:, None] * W"),
        ("np.linalg.svd(K, compute_uv=False)[-1]", "np.linalg.svd(K, compute_uv=False)[0]"),
        ("np.linalg.svd(K, compute_uv=False)[-1]", "np.linalg.cond(K)"),
        ("-J[t]", "-J[t - 1]"),
        ("return *counts,", "return counts[1], counts[0],"),
    ],
}
