"""Mistakes with element-wise recurrence."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("elementwise")

TASK = {
    "unit": {
        "plain": "the unit is h_t = λ h_{t-1} + x_t",
        "inner": "the unit is h_t = λ (h_{t-1} + x_t)",
        "square": "the unit is h_t = λ² h_{t-1} + x_t",
    },
    "direction": {
        "front": "the scan runs from the front: entry t is joined with entry t - step, for t >= step",
        "end": "the scan runs from the end: entry t is joined with entry t + step, for t + step < T",
    },
    "polar": {
        "both": "λ = exp(-exp(ν) + i exp(θ))",
        "one": "λ = exp(-exp(ν) + i θ)",
        "square": "λ = exp(-ν² + i θ)",
    },
}
VARIES = {
    "sensitivity": "unit",
    "variances": "unit",
    "doubling_round": "direction",
    "polar": "polar",
    "slopes": "unit",
}


def maps(rng: Rng, size: int) -> tuple[Array, Array, int]:
    """a, b, step."""
    T = [6, 11, 4, 7][size]
    return rng.uniform(0.3, 1.2, T), rng.standard_normal(T), [2, 4, 1, 3][size]


def polar(rng: Rng, size: int) -> tuple[Array, Array, Array]:
    n = [3, 5, 1, 2][size]
    nu, theta, re, im = rng.standard_normal((4, n))
    return nu, theta, re + 1j * im


CASES = {
    "sensitivity": lambda rng, size: ([0.8, -0.6, 1.1, 0.5][size], rng.standard_normal([5, 9, 1, 4][size])),
    "variances": lambda rng, size: ([0.6, -0.9, 0.0, 0.8][size],),
    "doubling_round": maps,
    "polar": polar,
    "slopes": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
mistake.edits(
    "sensitivity",
    ("off by one in time: it is h_{t-1} that enters s_t, not h_t.", "dm * h[t - 1]", "dm * h[t]"),
    ("the recursion of s is missing: h_{t-1} depends on λ too, so what multiplies it multiplies s_{t-1}.",
     "m * s[t - 1]", "0"),
    ("s_{t-1} has lost its factor, which is that of h_{t-1} in h_t.", "m * s[t - 1]", "s[t - 1]"),
    ("the direct term is missing: the factor of h_{t-1} itself changes with λ at each step.", "dm * h[t - 1] + ",
     ""),
    ("in the second term h_{t-1} stands where s_{t-1} belongs.", "m * s[t - 1]", "m * h[t - 1]"),
    ("off by one in time: it is s_{t-1} that is carried on, from the step before.", "m * s[t - 1]",
     "m * s[max(t - 2, 0)]"),
    ("h_0 and s_0 are among your results. The first that is asked for is h_1.", "h[1:], s[1:]", "h, s"),
    ("off by one: your results begin with h_0 and lack h_T. The first that is asked for is h_1.", "h[1:], s[1:]",
     "h[:-1], s[:-1]"),
    ("the two are the wrong way round: first h, then s.", "h[1:], s[1:]", "s[1:], h[1:]"),
    ("only the last values are returned. All T of each are asked for.", "h[1:], s[1:]", "h[-1], s[-1]"),
    ("2 λ is the derivative of λ²: the factor 2 is missing.", "2 * lam, 1.0", "lam, 1.0"),
    ("x_t has a factor λ here, so it has a term in s_t too.", "lam, 1.0),", "lam, 0.0),"),
    ("the input has no factor λ here. Look at the unit of your task again.", "] + c * x", "] + lam * x"),
)
S = "(1 + q) / (1 - q) ** 3"
mistake.edits(
    "variances",
    ("the factors are not squared. The variance of λ^k x is λ^(2k).", "else lam**2\n", "else lam\n", "q = lam**4",
     "q = lam**2"),
    ("those are standard deviations. Variances are asked for.", "return var_h, var_s",
     "return np.sqrt(var_h), np.sqrt(var_s)"),
    ("the factor k is not squared in the second: Σ k q^(k-1) is 1/(1-q)², and Σ k² q^(k-1) is wanted.", S,
     "1 / (1 - q) ** 2"),
    ("the factor 1 + q of the second is missing.", S, "1 / (1 - q) ** 3"),
    ("the exponent 3 of the second is missing.", S, "(1 + q) / (1 - q)"),
    ("the second has the exponent 2. Σ k² q^(k-1) is (1+q)/(1-q)³.", S, "(1 + q) / (1 - q) ** 2"),
    ("the signs of the second are the wrong way round: it must grow as q goes to 1.", S, "(1 - q) / (1 + q) ** 3"),
    ("the second has a factor q too much: s_t begins with k = 1, where λ^k was differentiated.", S, f"q * {S}"),
    ("the second has lost a factor q on the way: take Σ k² q^(k-1) as it stands.", S, f"{S} / max(q, 1e-300)"),
    ("the two are the wrong way round: first that of h, then that of s.", "return var_h, var_s",
     "return var_s, var_h"),
    ("2 λ is squared as well: its square is 4 λ².", "4 * lam**2", "2 * lam"),
    ("the factor 4 λ² of the second is missing: dλ²/dλ = 2 λ, squared.", "4 * lam**2", "1.0"),
    ("the first has lost its factor λ²: x_t is multiplied by λ, too.", '"inner": lam**2', '"inner": 1.0'),
    ("the sum over all inputs is of a geometric series: 1/(1 - q), not 1 - q.", "/ (1 - q)\n", "* (1 - q)\n"),
)
MAP = "a[step:] * b[:-step] + b[step:]"
mistake.edits(
    "doubling_round",
    ("the order is reversed: the other map is applied first, so its b is multiplied by the a of entry t.", MAP,
     "a[:-step] * b[step:] + b[:-step]"),
    ("your scan runs the other way. Look at the direction of your task.", '"end"', '"front"'),
    ("a was renewed before b, which then took in the new one. b needs the old a.", MAP,
     "a[step:] * a[:-step] * b[:-step] + b[step:]"),
    ("a stayed as it was. The joined map multiplies by the product of both.",
     "joined_a[step:] = a[step:] * a[:-step]", ""),
    ("b stayed as it was. The joined map adds a of entry t times the other b to it.", "joined_b[step:] = " + MAP,
     ""),
    ("the a's are added. A map after a map multiplies by both.", "a[step:] * a[:-step]", "a[step:] + a[:-step]"),
    ("the b's are added as they are. The other b is multiplied by the a of entry t.", MAP, "b[:-step] + b[step:]"),
    ("the b of entry t is missing.", MAP, "a[step:] * b[:-step]"),
    ("entries without a partner became 0. They stay as they are.", "a.copy(), b.copy()",
     "np.zeros_like(a), np.zeros_like(b)"),
    ("the b's of entries without a partner became 0. They stay as they are.", "a.copy(), b.copy()",
     "a.copy(), np.zeros_like(b)"),
    ("entries without a partner are gone. They stay as they are: the results have T entries.",
     "(joined_a, joined_b)", "(joined_a[step:], joined_b[step:])"),
    ("the two are the wrong way round: first a, then b.", "joined_a[::-1], joined_b[::-1]",
     "joined_b[::-1], joined_a[::-1]", "(joined_a, joined_b)", "(joined_b, joined_a)"),
    ("neighbours are joined, whatever step is. The partner is `step` entries away.", "    joined_a,",
     "    step = 1\n    joined_a,"),
)
NU, THETA = "(g.conj() * dz_nu * lam)", "(g.conj() * dz_theta * lam)"
mistake.edits(
    "polar",
    ("the conjugate of g is missing: Re(ḡ ∂λ/∂p).", "g.conj()", "g"),
    ("the sign of ∂E/∂ν: the exponent of λ falls as ν grows, or with -2ν.", f"{NU}.real", f"-{NU}.real"),
    ("the sign of ∂E/∂θ is wrong.", f"{THETA}.real", f"-{THETA}.real"),
    ("the inner derivatives are missing: the chain goes through the exponent of λ.", NU, "(-g.conj() * lam)",
     THETA, "(g.conj() * 1j * lam)"),
    ("the inner derivative is missing in ∂E/∂ν.", NU, "(-g.conj() * lam)"),
    ("∂z/∂p is missing in both: only λ multiplies ḡ.", NU, "(g.conj() * lam)", THETA, "(g.conj() * lam)"),
    ("you took λ = exp(-ν + iθ). Look at how your task writes it.", "    lam = np.exp(z)",
     "    dz_nu, dz_theta = -1.0, 1j\n    lam = np.exp(-nu + 1j * theta)"),
    ("you took the imaginary part. The real part of ḡ ∂λ/∂p is the derivative.", ").real", ").imag"),
    ("the size of ḡ ∂λ/∂p is taken. Its real part is the derivative.", f"{NU}.real, {THETA}.real",
     f"np.abs({NU}), np.abs({THETA})"),
    ("the derivatives are complex. Those of a real error in real parameters are real: take the real part.",
     ").real", ")"),
    ("the factor i is missing in ∂λ/∂θ.", THETA, "(g.conj() * dz_theta * lam / 1j)"),
    ("the factor λ is missing in both: the derivative of exp(z) has exp(z) in it.", NU, "(g.conj() * dz_nu)",
     THETA, "(g.conj() * dz_theta)"),
    ("the factor λ is missing in ∂E/∂ν: the derivative of exp(z) has exp(z) in it.", NU, "(g.conj() * dz_nu)"),
    ("only the real part of g is used. ∂E/∂ Im λ counts as well.", f"{NU}.real, {THETA}.real",
     "g.real * (dz_nu * lam).real, g.real * (dz_theta * lam).real"),
    ("∂E/∂θ comes last, ∂E/∂ν before it.", f"{NU}.real, {THETA}.real", f"{THETA}.real, {NU}.real"),
    ("λ must decay: its exponent has a minus.", "    lam = np.exp(z)", "    lam = np.exp(-z.conj())"),
)
FIT = "np.polyfit(np.log(1 - lams), np.log(squares[:, i]), 1)[0]"
mistake.edits(
    "slopes",
    ("those are slopes of standard deviations: half of those asked for.", "np.mean(a**2)",
     "np.sqrt(np.mean(a**2))"),
    ("the sign: the line is over ln(1 - λ), not over ln 1/(1 - λ).", "np.log(1 - lams)", "-np.log(1 - lams)"),
    ("the line is over ln λ. It is over ln(1 - λ).", "np.log(1 - lams)", "np.log(lams)"),
    ("the line is over 1 - λ. Its logarithm is asked for.", "np.log(1 - lams)", "1 - lams"),
    ("the line is over λ. It is over ln(1 - λ).", "np.log(1 - lams)", "lams"),
    ("the logarithm of the squares is missing: the line is fitted to logarithms.", "np.log(squares[:, i])",
     "squares[:, i]"),
    ("no logarithms: the line is that of ln mean h² over ln(1 - λ).", FIT,
     "np.polyfit(1 - lams, squares[:, i], 1)[0]"),
    ("that is where the lines begin, the second number of polyfit. The slope is the first.", ", 1)[0]", ", 1)[1]"),
    ("the two are the wrong way round: first h, then s.", "for i in (0, 1)", "for i in (1, 0)"),
    ("that is the square of the mean. The mean of the squares is asked for.", "np.mean(a**2)", "np.mean(a) ** 2"),
    ("that is the mean size. The mean of the squares is asked for.", "np.mean(a**2)", "np.mean(np.abs(a))"),
    ("those are the last values alone. The mean over all steps is asked for.", "np.mean(a**2)", "a[-1] ** 2"),
    ("the logarithms are not natural on one axis. Take np.log on both.", "np.log(squares[:, i])",
     "np.log10(squares[:, i])"),
)
# fmt: on


@mistake("doubling_round", "you overwrote what you still had to read: entries were joined twice. Work on copies.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    a, b, back = a.copy(), b.copy(), in_force("elementwise").options["direction"] == "end"
    for t in reversed(range(len(a) - step)) if back else range(step, len(a)):
        other = t + step if back else t - step
        b[t] += a[t] * b[other]
        a[t] *= a[other]
    return a, b


@mistake("doubling_round", "np.roll brings entries around the end. Those without a partner stay as they are.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    by = -step if in_force("elementwise").options["direction"] == "end" else step
    return a * np.roll(a, by), a * np.roll(b, by) + b


@mistake("variances", "the second is the derivative of the first. A variance of a derivative is another thing.")
def _(lam: float) -> tuple[float, float]:
    first, e = lambda at: solutions("elementwise")["variances"](at)[0], 1e-4
    return first(lam), (first(lam + e) - first(lam - e)) / (2 * e)


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's unit."""
    states, sensitivities = solutions("elementwise")["slopes"](student)
    return {"states": states, "sensitivities": sensitivities}
