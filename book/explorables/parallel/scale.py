"""λ₁ and rounds of the LSTM of two units over the scale of its weights, one above the other, from five starts."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.intervals import student
from experiments.parallel import rounds_over_scale as saved
from experiments.record import load
from minirnn.figures.labels import label_ends
from minirnn.figures.marks import band
from minirnn.figures.panels import stacked
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

HUES = ["line", "muted", "ink"]


class Facts(NamedTuple):
    s: np.ndarray
    exponents: np.ndarray  # (scales, starts)
    lengths: list[int]
    rounds: np.ndarray  # (scales, starts, lengths)

    @property
    def onset(self) -> float:
        """The first scale at which all starts have an exponent above 0."""
        return float(self.s[(self.exponents > 0).all(axis=1)][0])

    def interval(self, which: int) -> np.ndarray:
        """Of the rounds at a length their mean and its interval (3, scales), of logarithms, as counts span decades."""
        mean, half = student(np.log(self.rounds[..., which]))
        return np.exp([mean, mean - half, np.minimum(mean + half, np.log(self.lengths[which]))])


def compute() -> Facts:
    record = load("rounds_over_scale")
    r = record["results"]
    return Facts(np.array(r["s"]), saved.exponents(r), record["settings"]["lengths"], saved.rounds(r))


@styled
def draw(facts: Facts) -> Figure:
    fig, (lam, over) = stacked(4.2, heights=(1, 1.3), beside=1.0)
    lam.axhline(0, color=color("line"), lw=1)
    s = np.broadcast_to(facts.s[:, None], facts.exponents.shape)
    for part, hue in ((facts.exponents <= 0, "vanishing"), (facts.exponents > 0, "chaotic")):
        lam.plot(s[part], facts.exponents[part], "o", ms=3.5, alpha=0.7, color=color(hue))
    lam.set(ylabel="λ₁, nats a step", yticks=[-0.5, 0], ylim=(-0.75, 0.3))
    lam.set_title(f"λ₁ is above 0, from all starts, first at s = {facts.onset:g}")
    for which, (T, hue) in enumerate(zip(facts.lengths, HUES, strict=True)):
        mean, low, high = facts.interval(which)
        band(over, facts.s, low, high, hue, alpha=0.15)
        over.semilogy(facts.s, mean, "o-", ms=3, lw=1.2, color=color(hue), label=f"T = {T}")
    over.set(xlabel="scale s of the weights", ylabel="rounds", ylim=(2.5, 1400), xlim=(0.49, 1.11))
    plain_ticks(over.yaxis, [3, 10, 30, 100, 300, 1000])
    over.set_title("Rounds of Newton's method, by the number of steps")
    label_ends(over)
    return fig


def words(facts: Facts) -> str:
    means = np.stack([facts.interval(which)[0] for which in range(len(facts.lengths))])
    calm, wild = ([f"{count:.0f}" for count in means[:, end]] for end in (0, -1))
    jump = facts.s[np.flatnonzero(facts.rounds[..., -1].max(axis=1) > 100)[0]]
    lowest = int(np.argmin(facts.exponents.mean(axis=1)))
    return (
        f"Above, the largest Lyapunov exponent over the scale, from five starts: {facts.exponents[0].mean():+.2f} at "
        f"0.5; it rises towards 0, falls to {facts.exponents[lowest].mean():+.2f} at {facts.s[lowest]:g} and is above "
        f"0 from all starts first at {facts.onset:g}. Below, the mean rounds with 95 % intervals: at 0.5 there are "
        f"{calm[0]}, {calm[1]} and {calm[2]} for 64, 256 and 512 steps; at 1.1 there are {wild[0]}, {wild[1]} and "
        f"{wild[2]}. They rise steeply at {jump:g}, long before the exponent is above 0."
    ).replace("-", "−")


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
