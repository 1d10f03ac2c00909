"""λ₁ and rounds of the LSTM of two units over the scale of its weights, one above the other."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import stacked
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

HUES = ["line", "muted", "ink"]


class Facts(NamedTuple):
    s: np.ndarray
    exponents: np.ndarray
    lengths: list[int]
    rounds: np.ndarray  # (scales, lengths)
    onset: float  # the first scale with an exponent above 0


def compute() -> Facts:
    record = load("rounds_over_scale")
    runs, s = record["results"]["runs"], np.array(record["results"]["s"])
    exponents = np.array([run["exponent"] for run in runs])
    rounds = np.array([run["rounds"] for run in runs])
    return Facts(s, exponents, record["settings"]["lengths"], rounds, float(s[exponents > 0][0]))


@styled
def draw(facts: Facts) -> Figure:
    fig, (lam, over) = stacked(4.2, heights=(1, 1.3), beside=1.0)
    lam.axhline(0, color=color("line"), lw=1)
    for part, hue in ((facts.exponents <= 0, "vanishing"), (facts.exponents > 0, "chaotic")):
        lam.plot(facts.s[part], facts.exponents[part], "o", ms=4, color=color(hue))
    lam.set(ylabel="λ₁, nats a step", yticks=[-0.5, 0, 0.5], ylim=(-0.7, 0.55))
    lam.set_title(f"λ₁ is above 0 from s = {facts.onset:g} on")
    for T, counts, hue in zip(facts.lengths, facts.rounds.T, HUES, strict=True):
        over.semilogy(facts.s, counts, "o-", ms=3, lw=1.2, color=color(hue), label=f"T = {T}")
    over.set(xlabel="scale s of the weights", ylabel="rounds", ylim=(2.5, 1400), xlim=(0.49, 1.11))
    plain_ticks(over.yaxis, [3, 10, 30, 100, 300, 1000])
    over.set_title("Rounds of Newton's method, by the number of steps")
    label_ends(over)
    return fig


def words(facts: Facts) -> str:
    calm, wild = facts.rounds[0], facts.rounds[-1]
    return (
        f"Above, the largest Lyapunov exponent over the scale: from {facts.exponents[0]:+.2f} at 0.5 it rises, and "
        f"is above 0 from {facts.onset:g} on. Below, rounds: at 0.5 there are {calm[0]}, {calm[1]} and {calm[2]} "
        f"for 64, 256 and 1024 steps; at 1.1 there are {wild[0]}, {wild[1]} and {wild[2]}. They rise steeply a "
        "little before the exponent is 0."
    )


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
