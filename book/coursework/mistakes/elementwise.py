"""Mistakes with element-wise recurrence."""

from collections.abc import Callable

import numpy as np

from coursework.answers import Mistakes, solution
from coursework.mistakes import Array, Number, Rng

right = solution("elementwise")
mistake = Mistakes()


def maps(rng: Rng, size: int) -> tuple[Array, Array, int]:
    """a, b, step."""
    T = [6, 11, 4][size]
    return rng.uniform(0.3, 1.2, T), rng.standard_normal(T), [2, 4, 1][size]


def polar(rng: Rng, size: int) -> tuple[Array, Array, Array]:
    n = [3, 5, 1][size]
    nu, theta, re, im = rng.standard_normal((4, n))
    return nu, theta, re + 1j * im


CASES = {
    "sensitivity": lambda rng, size: ([0.8, -0.6, 1.1][size], rng.standard_normal([5, 9, 1][size])),
    "variances": lambda rng, size: ([0.6, -0.9, 0.0][size],),
    "doubling_round": maps,
    "polar": polar,
    "slopes": lambda rng, size: (["example", "second example", "third example"][size],),
}


def recursion(lam: float, x: Array, step: Callable[[float, float, float], float]) -> tuple[Array, Array]:
    h, s, out = 0.0, 0.0, []
    for xt in x:
        after = lam * h + xt
        h, s = after, step(h, after, s)
        out.append((h, s))
    return tuple(np.array(out).T)


@mistake("sensitivity", "off by one in time: λ multiplies h_{t-1}, so it is h_{t-1} that enters s_t, not h_t.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    return recursion(lam, x, lambda h, after, s: after + lam * s)


@mistake("sensitivity", "the second term is missing: h_{t-1} depends on λ too, so λ s_{t-1} is to be added.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    return recursion(lam, x, lambda h, after, s: h)


@mistake("sensitivity", "the factor λ of s_{t-1} is missing.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    return recursion(lam, x, lambda h, after, s: h + s)


@mistake("sensitivity", "the first term is missing: λ itself acts on h_{t-1} at each step.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    return recursion(lam, x, lambda h, after, s: lam * s)


@mistake("sensitivity", "h_0 and s_0 are among your results. The first that is asked for is h_1.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    h, s = (np.concatenate([[0.0], a]) for a in right("sensitivity")(lam, x))
    return h, s


@mistake("sensitivity", "the two are the wrong way round: first h, then s.")
def _(lam: float, x: Array) -> tuple[Array, Array]:
    return right("sensitivity")(lam, x)[::-1]


@mistake("variances", "λ is not squared. The variance of λ^k x is λ^(2k).")
def _(lam: float) -> tuple[Number, Number]:
    return 1 / (1 - lam), (1 + lam) / (1 - lam) ** 3


@mistake("variances", "those are standard deviations. Variances are asked for.")
def _(lam: float) -> tuple[Number, Number]:
    return tuple(np.sqrt(right("variances")(lam)))


@mistake(
    "variances", "the factor k is not squared in the second: Σ k q^(k-1) is 1/(1-q)², and Σ k² q^(k-1) is wanted."
)
def _(lam: float) -> tuple[Number, Number]:
    return 1 / (1 - lam**2), 1 / (1 - lam**2) ** 2


@mistake("variances", "the factor 1 + λ² of the second is missing.")
def _(lam: float) -> tuple[Number, Number]:
    return 1 / (1 - lam**2), 1 / (1 - lam**2) ** 3


@mistake(
    "variances", "the second is the derivative of the first in λ. A variance of a derivative is another thing."
)
def _(lam: float) -> tuple[Number, Number]:
    return 1 / (1 - lam**2), 2 * lam / (1 - lam**2) ** 2


@mistake("variances", "the second has a factor λ² too much: s_t has λ^(k-1), because λ^k was differentiated.")
def _(lam: float) -> tuple[Number, Number]:
    var, sensitive = right("variances")(lam)
    return var, lam**2 * sensitive


@mistake(
    "doubling_round",
    "the order is reversed: the earlier map is applied first, so its b is multiplied by the later a.",
)
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    A, B = right("doubling_round")(a, b, step)
    B[step:] = a[:-step] * b[step:] + b[:-step]
    return A, B


@mistake("doubling_round", "you overwrote what you still had to read: entries were joined twice. Work on copies.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    a, b = a.copy(), b.copy()
    for t in range(step, len(a)):
        b[t] = a[t] * b[t - step] + b[t]
        a[t] = a[t] * a[t - step]
    return a, b


@mistake("doubling_round", "a was renewed before b, which then took in the new one. b needs the old a.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    A, B = right("doubling_round")(a, b, step)
    B[step:] = A[step:] * b[:-step] + b[step:]
    return A, B


@mistake(
    "doubling_round", "np.roll brings the last entries to the front. The first `step` entries stay as they are."
)
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    return a * np.roll(a, step), a * np.roll(b, step) + b


@mistake("doubling_round", "a stayed as it was. The joined map multiplies by the product of both.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    return a.copy(), right("doubling_round")(a, b, step)[1]


@mistake("doubling_round", "the a's are added. A map after a map multiplies by both.")
def _(a: Array, b: Array, step: int) -> tuple[Array, Array]:
    A, B = right("doubling_round")(a, b, step)
    A[step:] = a[step:] + a[:-step]
    return A, B


@mistake("polar", "the conjugate of g is missing: Re(ḡ ∂λ/∂p).")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    return right("polar")(nu, theta, g.conj())


@mistake("polar", "the sign of ∂E/∂ν: λ has -e^ν in its exponent.")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    lam, dnu, dtheta = right("polar")(nu, theta, g)
    return lam, -dnu, dtheta


@mistake("polar", "the inner derivatives e^ν and e^θ are missing: the chain goes through both exponentials.")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    lam, dnu, dtheta = right("polar")(nu, theta, g)
    return lam, dnu / np.exp(nu), dtheta / np.exp(theta)


@mistake("polar", "you took λ = exp(-ν + iθ). The parameters are logarithms: -e^ν + i e^θ.")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    lam = np.exp(-nu + 1j * theta)
    return lam, (g.conj() * -lam).real, (g.conj() * 1j * lam).real


@mistake("polar", "you took the imaginary part. The real part of ḡ ∂λ/∂p is the derivative.")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    lam = right("polar")(nu, theta, g)[0]
    return lam, (g.conj() * -np.exp(nu) * lam).imag, (g.conj() * 1j * np.exp(theta) * lam).imag


@mistake("polar", "the factor i is missing in ∂λ/∂θ.")
def _(nu: Array, theta: Array, g: Array) -> tuple[Array, Array, Array]:
    lam, dnu, _ = right("polar")(nu, theta, g)
    return lam, dnu, (g.conj() * np.exp(theta) * lam).real


def fitted(
    student: str, across: Callable[[Array], Array], measure: Callable[[Array], Number]
) -> tuple[Number, Number]:
    lams, x = right("inputs")(student)
    values = np.array([[measure(a) for a in right("sensitivity")(lam, x)] for lam in lams])
    return tuple(np.polyfit(across(lams), np.log(values[:, i]), 1)[0] for i in (0, 1))


@mistake("slopes", "those are slopes of standard deviations: half of those asked for.")
def _(student: str) -> tuple[Number, Number]:
    return fitted(student, lambda lam: np.log(1 - lam), lambda a: np.sqrt(np.mean(a**2)))


@mistake("slopes", "the sign: the line is over ln(1 - λ), not over ln 1/(1 - λ).")
def _(student: str) -> tuple[Number, Number]:
    return tuple(-s for s in right("slopes")(student))


@mistake("slopes", "the line is over ln λ. It is over ln(1 - λ).")
def _(student: str) -> tuple[Number, Number]:
    return fitted(student, np.log, lambda a: np.mean(a**2))


@mistake("slopes", "the line is over 1 - λ. Its logarithm is asked for.")
def _(student: str) -> tuple[Number, Number]:
    return fitted(student, lambda lam: 1 - lam, lambda a: np.mean(a**2))


@mistake("slopes", "the two are the wrong way round: first h, then s.")
def _(student: str) -> tuple[Number, Number]:
    return right("slopes")(student)[::-1]
