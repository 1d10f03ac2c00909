"""How many rounds, over the gain, with λ₁ beside it: saved runs of random tanh networks."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.parallel import rounds as saved
from experiments.record import load
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.marks import band
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

N = 16
KINDS = {"full": ("Jacobian", "critical"), "diagonal": ("diagonal", "vanishing"), "none": ("none", "muted")}


@cache
def record() -> dict[str, Any]:
    return load("rounds")["results"]


class Facts(NamedTuple):
    gain: float
    T: int
    exponents: np.ndarray  # (gains, seeds)
    counts: dict[str, np.ndarray]  # (gains, seeds) by what stands for the Jacobian
    at: int

    def median(self, kind: str) -> float:
        return float(np.median(self.counts[kind][self.at]))


def compute(gain: float, T: int) -> Facts:
    counts = {kind: saved.rounds(record(), N, T, kind) for kind in KINDS}
    return Facts(gain, T, saved.exponents(record(), N), counts, saved.GAINS.index(gain))


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(beside=0.9)
    gains, mean = saved.GAINS, facts.exponents.mean(axis=1)
    ax.axhline(0, color=color("line"), lw=1)
    band(ax, gains, facts.exponents.min(axis=1), facts.exponents.max(axis=1), "muted")
    ax.plot(gains, mean, color=color("muted"), lw=1.4)
    hue = "chaotic" if mean[facts.at] > 0 else "vanishing"
    ax.plot(facts.gain, mean[facts.at], "o", ms=8, color=color(hue))
    ax.set(xlim=(0.4, 3.1), xlabel="gain", ylabel="λ₁, nats a step", yticks=[-1, -0.5, 0])
    ax.set_title(f"λ₁ = {mean[facts.at]:+.2f}".replace("-", "−"))
    over.axhline(facts.T, color=color("line"), lw=1)
    for kind, (name, shade) in KINDS.items():
        counts = facts.counts[kind]
        band(over, gains, counts.min(axis=1), counts.max(axis=1), shade)
        over.semilogy(gains, np.median(counts, axis=1), color=color(shade), lw=2, label=name)
        over.plot(facts.gain, facts.median(kind), "o", ms=6, color=color(shade))
    over.set(xlim=(0.4, 3.1), ylim=(2.5, 1500), xlabel="gain", ylabel="rounds")
    plain_ticks(over.yaxis, [3, 10, 30, 100, 300, 1000])
    over.set_title(f"{facts.median('full'):.0f} rounds for {facts.T} steps")
    label_ends(over)
    return fig


def words(facts: Facts) -> str:
    lam = facts.exponents[facts.at]
    return (
        f"Gain {facts.gain:g}: the largest Lyapunov exponent is {lam.mean():+.2f}, mean of {len(lam)} seeds, from "
        f"{lam.min():+.2f} to {lam.max():+.2f}. For {facts.T} steps the median of the rounds is "
        f"{facts.median('full'):.0f} with the Jacobian, {facts.median('diagonal'):.0f} with its diagonal and "
        f"{facts.median('none'):.0f} with none."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="exponent",
    caption="Random tanh networks of 16 units, 5 seeds; lines are means of λ₁ and medians of rounds, bands reach "
    "from the least to the largest. Right: rounds until no residual is above 10⁻⁸, by what stands for the Jacobian "
    "(green: itself; blue: its diagonal; grey: 0); the pale line is T, which is always enough.",
    gain=Control(saved.GAINS, label="gain"),
    T=Control(saved.LENGTHS[N], label="length T", unit="steps"),
    pad=Pad("gain", axes=0),
    start={"gain": 0.8, "T": 1024},
    states={"gain 0.8": {}, "gain 1.5": {"gain": 1.5}, "gain 2.5": {"gain": 2.5}},
)
