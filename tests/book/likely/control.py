"""Likely wrong solutions of the assignment `control`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "reward": [
        ("(2 * p - 1) * sigma * (1 - sigma)", "sigma * (1 - sigma)"),
        ("(2 * p - 1) * sigma * (1 - sigma)", "(2 * p - 1) * sigma"),
        ("L * v * u", "v * u"),
        ("lam ** (L - 1)", "lam**L"),
        (" * dlam])", "])"),
        ("[u * lam**L, v * lam**L", "[v * lam**L, u * lam**L"),
        ("(right - wrong) * (2", "(2"),
        ("(1 - p) + (2 * p - 1) * sigma", "p * sigma"),
        ("np.exp(-v", "np.exp(v"),
    ],
    "fisher": [
        ("sigma * (1 - sigma) * np", "np"),
        ("sigma * (1 - sigma) * np", "sigma * np"),
        ("np.outer(grad_s, grad_s)", "(grad_s @ grad_s)"),
        ("np.outer(grad_s, grad_s)", "grad_s * grad_s"),
        (" * dlam])", "])"),
        ("L * v * u", "v * u"),
    ],
    "natural": [
        ("S.T @ S / N", "S.T @ S"),
        ("S.T @ S / N", "S @ S.T / N"),
        ("kappa * np.eye(P)", "kappa"),
        ("np.linalg.solve(F + kappa * np.eye(P), g)", "(F + kappa * np.eye(P)) @ g"),
        ("S.T @ S / N", "np.cov(S.T, bias=True)"),
        ("np.linalg.solve(F + kappa * np.eye(P), g)", "g"),
    ],
    "estimate": [
        ("(R - b)", "(R - R.mean())"),
        (", ddof=1", ""),
        (" / np.sqrt(N)", ""),
        (" / np.sqrt(N)", " / N"),
        ("terms.mean(axis=0)", "terms.sum(axis=0)"),
        ("terms.std(axis=0, ddof=1) / np.sqrt(N)", "terms.var(axis=0, ddof=1) / N"),
    ],
    "wall": [
        ("return L, (2", "return L - 1, (2"),
        ("sigma * (1 - sigma) * (grad_s @ grad_s)", "(grad_s @ grad_s)"),
        (", L * v * u * lam ** (L - 1)]", "]"),
        ("L * v * u", "v * u"),
        ("(2 * p - 1) * q, (2 * p - 1) * q / (kappa + q)", "q, q / (kappa + q)"),
        ("sigma * (1 - sigma) * (grad_s @ grad_s)", "sigma * (1 - sigma) * np.linalg.norm(grad_s)"),
    ],
}
