"""Likely wrong solutions of the assignment `elementwise`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "sensitivity": [
        ("dm * h[t - 1] + m * s", "dm * h[t] + m * s"),
        ("dm * h[t - 1] + m * s[t - 1] + dc * x[t - 1]", "dm * h[t - 1] + dc * x[t - 1]"),
        ("dm * h[t - 1] + m * s[t - 1] + dc * x[t - 1]", "m * s[t - 1] + dc * x[t - 1]"),
        ("m * s[t - 1]", "s[t - 1]"),
        ("h[1:], s[1:]", "h, s"),
        ("h[1:], s[1:]", "h[:-1], s[:-1]"),
        ("h[1:], s[1:]", "s[1:], h[1:]"),
        ("m * s[t - 1]", "m * h[t - 1]"),
    ],
    "variances": [
        ("else lam**2\n", "else lam\n", "lam**4 if", "lam**2 if"),
        ("(1 + q) / (1 - q) ** 3", "1 / (1 - q) ** 2"),
        ("(1 + q) / (1 - q) ** 3", "(1 + q) / (1 - q)"),
        ("return var_h, var_s", "return var_h**0.5, var_s**0.5"),
        ("(1 + q) / (1 - q) ** 3", "1 / (1 - q) ** 3"),
        ("return var_h, var_s", "return var_s, var_h"),
        ("(1 + q) / (1 - q) ** 3", "(1 - q) / (1 + q) ** 3"),
    ],
    "doubling_round": [
        ("a[step:] * b[:-step] + b[step:]", "a[:-step] * b[step:] + b[:-step]"),
        ("joined_a, joined_b = a.copy(), b.copy()", "joined_a, joined_b = a.copy(), np.zeros_like(b)"),
        ("a[step:] * b[:-step] + b[step:]", "a[step:] * b[:-step]"),
        ("a[step:] * a[:-step]", "a[step:] + a[:-step]"),
        ("a[step:] * b[:-step] + b[step:]", "b[:-step] + b[step:]"),
        ("    joined_a[step:] = a[step:] * a[:-step]\n", ""),
        ('    backwards = check.options["direction"] == "end"', "    backwards = False"),
        ("a[step:] * b[:-step]", "a[step:] * a[:-step] * b[:-step]"),
    ],
    "polar": [
        ("g.conj()", "g"),
        ("(g.conj() * dz_nu * lam)", "(g.conj() * dz_nu)"),
        ("lam).real, (g.conj()", "lam).imag, (g.conj()", "dz_theta * lam).real", "dz_theta * lam).imag"),
        ("(g.conj() * dz_nu * lam).real", "-(g.conj() * dz_nu * lam).real"),
        ("g.conj() * dz_theta * lam", "g.conj() * dz_theta * lam / 1j"),
        (
            "(g.conj() * dz_nu * lam).real, (g.conj() * dz_theta * lam).real",
            "g.real * (dz_nu * lam).real, g.real * (dz_theta * lam).real",
        ),
        (
            "(g.conj() * dz_nu * lam).real, (g.conj() * dz_theta * lam).real",
            "(g.conj() * lam).real, (g.conj() * lam).real",
        ),
    ],
    "slopes": [
        ("np.log(1 - lams)", "1 - lams"),
        ("np.log(squares[:, i])", "squares[:, i]"),
        ("np.mean(a**2)", "np.sqrt(np.mean(a**2))"),
        ("np.log(1 - lams)", "-np.log(1 - lams)"),
        ("for i in (0, 1)", "for i in (1, 0)"),
        ("np.log(1 - lams)", "np.log(lams)"),
        (", 1)[0]", ", 1)[1]"),
        ("np.mean(a**2)", "np.mean(a) ** 2"),
    ],
}
