"""Likely wrong solutions of the assignment `vanishing`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "powers": [
        ("P = W @ P", "P = W * P"),
        ("range(T + 1)", "range(T)"),
        ("norm(P)", "norm(W) ** len(norms)"),
        ("norm(P)", "np.linalg.norm(P)"),
        ("np.eye(len(W))", "W"),
        ("norm(P)", "np.abs(np.linalg.eigvals(P)).max()"),
        ("np.eye(len(W))", "np.ones((len(W), len(W)))"),
    ],
    "jacobians": [
        ("slope(H[1:])", "slope(H[:-1])"),
        ("[:, :, None] * W", "[:, None, :] * W"),
        ("[:, :, None] * W", "[:, :, None] * W.T"),
        ("slope(H[1:])", "(1 - H[1:])"),
        ("slope(H[1:])[:, :, None] * W", "np.array([W for _ in H[1:]])"),
        ("slope(H[1:])", "slope(H)"),
        ("slope(H[1:])", "slope(np.tanh(H[1:]))"),
    ],
    "reach": [
        ("P @ Jt", "Jt @ P"),
        ("norms[::-1]", "norms"),
        ("in J[::-1]", "in J"),
        ("norms.append(norm(P))", "norms.append(norms[-1] * norm(Jt))"),
        ("norms = [norm(P)]", "norms = []"),
        ("norm(P))\n    return", "np.linalg.norm(P))\n    return"),
    ],
    "latch": [
        ("w * slope(h)", "slope(h)"),
        ("w * fold - a", "a - w * fold"),
        ("w * fold - a", "w * fold"),
        ("return h, w * slope(h)", "return h, w * slope(w * h)"),
        ("range(1000)", "range(1)"),
        ("return h, w", "return fold, w"),
        ("w * fold - a", "fold"),
    ],
    "rates": [
        (".max(axis=1)", ".mean(axis=1)"),
        ("gamma * norm(W)", "norm(W)"),
        ("reach(J)[0]", "reach(J)[-2]"),
        (" / len(J)", ""),
        ("gamma * norm(W)", "gamma * np.abs(np.linalg.eigvals(W)).max()"),
        (".mean()\n", ".sum()\n"),
        ("slope(H[1:]).max(axis=1)", "slope(H[1:]).max()"),
    ],
}
