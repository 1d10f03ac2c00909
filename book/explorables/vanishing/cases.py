"""Three cases of a sum whose terms do not vanish: an impulse, a constant input, noise.

dh_T/dλ = Σ_k λ^(T-k) h_{k-1}: a row of a triangular array, and no partial sum of a series
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bptt.scalar import regime, scalar_terms
from experiments.vanishing.sums import LONGEST, stream, typical_gradient
from minirnn.figures.explorables import Control, Pad, Prediction, explorable
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

FLOOR = 1e-6  # the foot of the bars


class Facts(NamedTuple):
    lam: float
    T: int
    kind: str
    terms: np.ndarray  # at this length
    sizes: np.ndarray  # of their sum at every length, from 0 to the longest; nan below 2


def compute(lam: float, T: int, kind: str) -> Facts:
    sizes = np.concatenate([[np.nan, np.nan], typical_gradient(lam, kind, np.arange(2, LONGEST + 1))])
    return Facts(lam, T, kind, scalar_terms(lam, stream(kind)[:T])[2], sizes)


def verdict(lam: float, kind: str) -> str:
    """The growth of the sum with T."""
    if abs(lam) < 1:
        return "dies out" if kind == "impulse" else "converges"
    if abs(lam) > 1:
        return "grows exponentially"
    power = {"impulse": "T", "constant": "T²" if lam > 0 else "T", "noise": "$T^{3/2}$"}[kind]
    return f"grows like {power}"


@styled
def draw(facts: Facts) -> Figure:
    """The terms of dh_T/dλ over k, a row of the array; and the size of the sum over all T."""
    hue, T = color(regime(facts.lam)), facts.T
    fig, (bars, sums) = side_by_side(3.4, sharey=True)
    draw_terms(bars, facts.terms, hue)
    bars.set(xlabel="step k", ylabel="size", xlim=(0, LONGEST + 1), ylim=(FLOOR, 1e8), yscale="log")
    bars.set_title(f"The {T} terms: sum {readable(facts.terms.sum())}")
    lengths = np.r_[2:20, 20 : LONGEST + 1 : 5]
    sums.loglog(lengths, facts.sizes[lengths], color=hue)
    sums.plot(T, facts.sizes[T], "o", ms=8, color=hue)
    sums.set(xlabel="length T, steps", xlim=(2, 120))
    decades(sums.yaxis, -6, 8, 2)
    plain_ticks(sums.xaxis, [2, 5, 10, 20, 50, 100])
    sums.set_title(f"The sum {verdict(facts.lam, facts.kind)}", color=hue)
    return fig


def draw_terms(ax: Axes, terms: np.ndarray, hue: str) -> None:
    """Bars from the foot of a logarithmic axis, the same for every length; negative terms are pale."""
    steps, width = np.arange(1, len(terms) + 1), 150 / LONGEST
    for sign, alpha in ((1, 1.0), (-1, 0.4)):
        chosen = sign * terms > FLOOR
        k, size = steps[chosen], np.abs(terms[chosen])
        gap = np.full(len(k), np.nan)  # all bars are one path, which weighs a tenth of as many rectangles
        x, y = np.stack([k, k, gap], axis=1), np.stack([0 * size + FLOOR, size, gap], axis=1)
        ax.plot(x.ravel(), y.ravel(), color=hue, lw=width, alpha=alpha, solid_capstyle="butt")


def words(facts: Facts) -> str:
    terms, sizes = facts.terms, facts.sizes
    growth = verdict(facts.lam, facts.kind).replace("$T^{3/2}$", "T to the power 3/2")
    what = "its standard deviation" if facts.kind == "noise" else "its size"
    return (
        f"Multiplier {facts.lam:g}, input: {facts.kind}. Bars show the {facts.T} terms of the derivative at T = "
        f"{facts.T}: the first that is not zero is {terms[np.flatnonzero(terms)[0]]:.3g}, the last {terms[-1]:.3g}, "
        f"their sum {terms.sum():.6g}. Over T the sum {growth}: {what} is {sizes[10]:.4g} at T = 10 and "
        f"{sizes[100]:.4g} at T = 100."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cases",
    caption="The derivative of h_T with respect to λ, for h_t = λh_{t−1} + x_t. Left: the sizes of its terms for one "
    "length T, a row of the array; pale: negative ones. Right: the exact size of the whole sum over T; for noise "
    "N(0, 1), its standard deviation. The impulse is a single 1 at step 1.",
    lam=Control([-1.0, 0.5, 0.8, 0.9, 1.0, 1.02, 1.1], label="multiplier λ"),
    T=Control([10, 20, 50, LONGEST], label="length T", unit="steps"),
    kind=Control(["impulse", "constant", "noise"], label="input"),
    pad=Pad("T", axes=1),
    start={"lam": 1.0, "T": 20},
    states={
        "λ = 1, impulse": {},
        "λ = 1, constant": {"kind": "constant"},
        "λ = 0.9, noise": {"lam": 0.9, "kind": "noise"},
    },
    predict=Prediction(
        question="At λ = 1, with a single input at step 1, every term of the derivative but the first is 1, "
        "however long ago it was. Does the derivative diverge as T grows?",
        choices={
            "Yes, exponentially": "That needs |λ| > 1. Here each further step adds one term of size 1.",
            "Yes, but only in proportion to T": "Yes: T - 1 terms of 1. It grows without bound and nothing "
            "explodes.",
            "No, it converges": "A convergent series needs terms that go to 0, and these do not.",
        },
        answer="Yes, but only in proportion to T",
        reveal="The input weight is used once, and the derivative with respect to it does not grow at all: it is 1 for "
        "every T.",
    ),
)
