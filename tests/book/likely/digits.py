"""Likely wrong solutions of the assignment `digits`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "spaced": [
        ('check.options["order"]', '"rows"'),
        ("np.zeros((B, n, blanks))", "np.zeros((B, n, 0))"),
        ("padded.reshape(B, -1)", "np.concatenate([lines.reshape(B, -1), np.zeros((B, n * blanks))], axis=1)"),
        ("padded.reshape(B, -1).T[:, :, None]", "padded.reshape(B, -1)[:, :, None]"),
        ("padded.reshape(B, -1).T", "padded.reshape(-1, B)"),
        (".T[:, :, None]", ".T"),
        ("[lines, np.zeros((B, n, blanks))]", "[np.zeros((B, n, blanks)), lines]"),
    ],
    "read": [
        ('[check.options["input"]]', '["one"]'),
        ("lam * H +", "H +"),
        ("return H", "return H.real"),
        ("np.sqrt(1 - np.abs(lam) ** 2)", "np.sqrt(1 - lam**2)"),
        ("lam * H", "lam.conj() * H"),
        ("for x in X", "for x in X[::-1]"),
        ("1 - np.abs(lam),", "1 - lam,"),
    ],
    "readout": [
        ('check.options["offset"]', '"ridge"'),
        ("penalty * np.eye(n)", "0 * np.eye(n)", "penalty * np.eye(n + 1)", "0 * np.eye(n + 1)"),
        ("H.T @ Y).T", "H.T @ Y)", "M[:n].T", "M[:n]"),
        ("penalty * np.eye", "B * penalty * np.eye"),
        ("penalty * np.eye", "penalty**2 * np.eye"),
        ("H.T @ H", "H @ H.T", "A.T @ A", "A @ A.T"),
        ("return M[:n].T, M[n]", "return M[:n].T, 0 * M[n]"),
    ],
    "settled": [
        ('[check.options["unit"]]', '["tanh"]'),
        ("np.sqrt(2) * ", ""),
        ("np.sqrt(len(h)) * ", ""),
        ("np.linalg.norm(V, 2)", "np.linalg.norm(V)", "np.linalg.norm(W, 2)", "np.linalg.norm(W)"),
        ("(T - s)", "s"),
        ("range(T, 0, -1)", "range(1, T + 1)"),
        ("scores[-2]", "scores[0]"),
        ("V @ h + c", "V @ h"),
    ],
    "compare": [
        (".sum() / 200", ".sum()"),
        (".sum() / 200", ".mean()"),
        ("B @ M - np.eye(10)[test_classes]", "A @ M - np.eye(10)[fit_classes]"),
        ("+ [0.0]", "+ [0.01]"),
        ("np.arange(27, -1, -1)", "np.arange(28)"),
        ("images.reshape(200, 28)", "images.swapaxes(1, 2).reshape(200, 28)"),
        ("[A.real, A.imag]", "[A.real]", "[B.real, B.imag]", "[B.real]"),
    ],
}
