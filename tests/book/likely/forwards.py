"""Likely wrong solutions of the assignment `forwards`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "influence": [
        ("np.tensordot(J, P, 1) + direct", "direct"),
        ("np.tensordot(J, P, 1)", "np.tensordot(J.T, P, 1)"),
        ("s[:, None] * W", "s[None, :] * W"),
        ("s[:, None] * h\n", "s[:, None] * (keep * h + share * y)\n"),
        ("direct[i, i] = ", "direct[:] = "),
        ("share * (1 - y**2)", "(1 - y**2)"),
        ("keep * np.eye(len(h)) + ", ""),
        ("1 - y**2", "1 - y"),
        ("np.tensordot(J, P, 1) + direct", "np.tensordot(J, P, 1)"),
    ],
    "traces": [
        ("(w * e + direct)", "direct"),
        ("(w * e + direct)", "(e + direct)"),
        ("s * (w * e + direct)", "(w * e + direct)"),
        ("s * (w * e + direct)", "w * e + s * direct"),
        ("direct = h - x if", "direct = h if"),
        ("g = g + c * e", "g = c * e"),
        ("return g, e", "return e, g"),
        ("s * (w * e + direct)", "s * (w * e + direct + new - h)"),
    ],
    "rank_one": [
        ("J @ u", "u @ J"),
        ("v / rho0 + vI / rho1", "rho0 * v + rho1 * vI"),
        ("np.sqrt(norm(v) / norm(Ju))", "np.sqrt(norm(v) / norm(u))"),
        (
            "np.sqrt(norm(v) / norm(Ju)), np.sqrt(norm(vI) / norm(nu))",
            "norm(v) / norm(Ju), norm(vI) / norm(nu)",
        ),
        ("v / rho0 + vI / rho1", "v / rho1 + vI / rho0", "rho0 * Ju + rho1 * nu", "rho1 * Ju + rho0 * nu"),
        ("rho0 * Ju + rho1 * nu,", "rho0 * Ju,"),
        ("nu @ I", "I.sum(0)"),
        (
            "return rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1",
            "return np.outer(rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1)",
        ),
    ],
    "forced": [
        ("(1 - alpha) * z + alpha * datum", "alpha * z + (1 - alpha) * datum"),
        ("(1 - alpha) * slope(r, pulled)", "slope(r, pulled)"),
        ("slope(r, pulled)", "slope(r, z)"),
        ("np.mean(logs)", "np.sum(logs)"),
        ("np.array(states)", "np.array([z0, *states])"),
        ("z = f(r, pulled)", "z = (1 - alpha) * f(r, z) + alpha * datum"),
        ("np.mean(logs)", "np.log(np.mean(np.exp(logs)))"),
        ("np.log(", "np.log2("),
        ("(1 - alpha) * z + alpha * datum", "z"),
    ],
    "strengths": [
        ("1 - np.exp(-np.log(sizes).mean())", "1 - 1 / sizes.mean()"),
        ("1 - np.exp(-np.log(sizes).mean())", "np.log(sizes).mean()"),
        ("1 - 1 / sizes.max()", "1 - 1 / sizes.mean()"),
        ("slope(r, d[:-1])", "slope(r, d)"),
        (".mean() / 8", ".mean()"),
        (" / 1e-3)", ")"),
        ("np.array(ends) - d[-1]", "np.array(ends) - d[-2]"),
        ("(0.2, 0.8)", "(0.8, 0.2)"),
    ],
}
