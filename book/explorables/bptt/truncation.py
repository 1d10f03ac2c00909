"""The loss by truncation: the terms of the gradient by lag, of which a window of K steps keeps the first K.

dh_T/dλ = Σ_k λ^(T-k) h_{k-1}  for h_t = λ h_{t-1} + x_t
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.bptt.scalar import LENGTH, inputs, scalar_terms
from minirnn.figures.explorables import Control, Pad, Prediction, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

# The foot of the bars; and of the parts that windows can keep what is seen: below, a triangle points to them.
FLOOR, SHARES = 1e-10, (-0.5, 2)


class Facts(NamedTuple):
    lam: float
    K: int
    kind: str
    terms: np.ndarray  # by lag
    shares: np.ndarray  # of the gradient that windows of 1, 2, … steps keep

    @property
    def kept(self) -> float:
        """In percent."""
        return float(100 * self.shares[self.K - 1])


def compute(lam: float, K: int, kind: str) -> Facts:
    terms = scalar_terms(lam, inputs(kind))[2][::-1]
    return Facts(lam, K, kind, terms, np.cumsum(terms) / terms.sum())


@styled
def draw(facts: Facts) -> Figure:
    """The terms of dh_T/dλ by lag, those within K kept; and the share of the gradient that is kept, over K."""
    K, lags = facts.K, np.arange(LENGTH)
    fig, (bars, share) = side_by_side(3.1)
    for part, hue in ((slice(None, K), "critical"), (slice(K, None), "muted")):
        for sign, alpha in ((1, 1.0), (-1, 0.4)):
            sizes = sign * facts.terms[part]
            chosen = sizes > FLOOR
            bars.bar(lags[part][chosen], sizes[chosen] - FLOOR, 0.8, FLOOR, color=color(hue), alpha=alpha, lw=0)
    bars.set(xlabel="lag T - k, steps", ylabel="size of term k", xlim=(-1, LENGTH), ylim=(FLOOR, 1e3), yscale="log")
    decades(bars.yaxis, -10, 2, 4)
    bars.set_title(f"Terms: {K} kept, {LENGTH - K} dropped")
    share.axhline(1, color=color("line"), lw=0.8)
    share.plot(lags + 1, facts.shares, color=color("muted"), lw=1.3)
    kept = max(facts.shares[K - 1], SHARES[0])
    share.plot(K, kept, "o" if kept > SHARES[0] else "v", ms=8, color=color("critical"), clip_on=False)
    share.set(xlabel="window K, steps", ylabel="truncated / full gradient", xlim=(0, LENGTH + 1), ylim=SHARES)
    share.set_title(f"Kept: {facts.kept:.1f} %".replace("-", "−"), color=color("critical"))
    return fig


def words(facts: Facts) -> str:
    return (
        f"Multiplier {facts.lam:g}, {facts.kind} input, {LENGTH} steps. Of the {LENGTH} terms of the gradient, by lag, "
        f"the first {facts.K} are kept. They make {facts.kept:.1f} percent of the full gradient "
        f"{facts.terms.sum():.4g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="truncation",
    caption="The terms of dh_T/dλ for h_t = λh_{t−1} + x_t and T = 60, of which a window keeps the last K (green); "
    "pale: negative ones. The constant input is 1; the noise is one sequence drawn from N(0, 1); the impulse comes "
    "30 steps before the end.",
    K=Control([1, 2, 3, 5, 8, 12, 20, 30, 31, 40, 60], label="window K", unit="steps"),
    lam=Control([0.5, 0.7, 0.9, 0.95, 1.0], label="multiplier λ"),
    kind=Control(["constant", "noise", "impulse"], label="input"),
    pad=Pad("K", axes=1),
    start={"K": 12, "lam": 1.0},
    states={"λ = 0.9, K = 20": {"lam": 0.9, "K": 20}, "impulse, K = 12": {"kind": "impulse", "K": 12, "lam": 1.0}},
    predict=Prediction(
        question="λ = 1, constant input, T = 60 steps. A window of K = 12 steps is a fifth of the sequence. "
        "How much of the gradient does it keep?",
        choices={
            "a fifth, 20 %": "That would be so if all terms were equal. They are not: term k holds the state of step "
            "k - 1, and later states are larger.",
            "more than a third, 36 %": "Yes: late terms are larger, because the state has grown until then. For T much "
            "longer than K the share is about 2K/T.",
            "nearly all, 95 %": "That holds for λ well below 1, where old terms vanish. At λ = 1 nothing fades.",
        },
        answer="more than a third, 36 %",
    ),
)
