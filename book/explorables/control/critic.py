"""Recurrent critics that learn by temporal differences the value of a cue seen L steps ago, V*_t = γ^{L-t} z.

The error is the squared distance to the true values, relative to their squared norm: 1 for a critic that says 0.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

CRITICS = {  # as in a link: name in the record, hue
    "r0.5-plain": ("r = 0.5, plain", "exploding"),
    "r0.5": ("r = 0.5", "vanishing"),
    "r0.95": ("r = 0.95", "critical"),
    "LRU": ("LRU", "chaotic"),
}
HUES = dict(CRITICS.values())
LENGTHS = [4, 8, 16, 32]


class Facts(NamedTuple):
    """By critic, the errors (lengths, seeds, times) before training and after every 100 updates."""

    L: int
    critic: str
    curves: dict[str, np.ndarray]

    @property
    def curve(self) -> np.ndarray:
        """Those of `critic` at L, (seeds, times)."""
        return self.curves[self.critic][LENGTHS.index(self.L)]

    @property
    def final(self) -> dict[str, np.ndarray]:
        """By critic, the errors at the end (lengths, seeds)."""
        return {critic: curve[:, :, -1] for critic, curve in self.curves.items()}


def compute(L: int, who: str) -> Facts:
    results = load("critic")["results"]
    return Facts(L, CRITICS[who][0], {critic: np.array(results[critic]["curve"]) for critic in HUES})


@styled
def draw(facts: Facts) -> Figure:
    """Errors during training, at one length; at the end, over the length, for all critics."""
    hue = color(HUES[facts.critic])
    fig, (ax, over) = side_by_side(left=0.75, between=0.65, beside=1.1, sharey=True)
    updates = 100 * np.arange(facts.curve.shape[-1])
    for line in facts.curve:
        ax.semilogy(updates, np.clip(line, 1e-12, 20), color=hue, lw=1.1, alpha=0.65)
    ax.set(xlim=(0, 1550), ylim=(1e-11, 30), xlabel="updates", ylabel="relative squared error")
    ax.set_xticks([0, 500, 1000, 1500])
    ax.axhline(1, color=color("line"), lw=1)
    ax.set_title(f"{facts.critic}, {facts.L} steps, ten seeds", color=hue)
    draw_final(over, facts)
    over.set_title(f"At the end: median {readable(np.median(facts.curve[:, -1]))}", color=hue)
    return fig


def draw_final(ax: Axes, facts: Facts) -> None:
    """Errors at the end over the length: a dot for each seed, a line through the medians."""
    for place, (critic, hue) in enumerate(HUES.items()):
        errors = np.clip(facts.final[critic], 1e-12, 20)
        width = 2.4 if critic == facts.critic else 1.2
        ax.plot(LENGTHS, np.median(errors, axis=1), color=color(hue), lw=width, label=critic)
        for n, row in zip(LENGTHS, errors, strict=True):
            x = np.full(len(row), n * 1.06 ** (place - 1.5))
            ax.plot(x, row, "o", ms=3.5, color=color(hue), alpha=0.5, mew=0)
    ax.set(xscale="log", xlim=(3.4, 38), xlabel="blank steps L")
    plain_ticks(ax.xaxis, LENGTHS)
    decades(ax.yaxis, -10, 0, 2)
    ax.axhline(1, color=color("line"), lw=1)
    label_ends(ax, away=18)  # beside the dots, too


def words(facts: Facts) -> str:
    rows = []
    for critic, errors in facts.final.items():
        medians = zip(np.median(errors, axis=1), LENGTHS, strict=True)
        rows.append(f"{critic}: " + ", ".join(f"{spoken(middle)} at {L}" for middle, L in medians))
    halfway, end = np.median(facts.curve[:, [5, -1]], axis=0)
    return (
        f"The critic {facts.critic} and a reward {facts.L} blank steps after its cue. Its relative squared error, "
        f"median of ten seeds, is {spoken(halfway)} after 500 updates and {spoken(end)} after 1500. "
        f"At the end, by the number of blank steps: {'; '.join(rows)}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="critic",
    caption="Recurrent temporal differences. Left: the squared error of the values, relative to that of the output 0 "
    "(grey line), for ten seeds. Right: at the end; dots are seeds, lines medians. Orange: plain gradient descent, r = "
    "0.5. The others: Adam. γ = 0.95; rates are chosen on three other seeds for each critic and length.",
    L=Control(LENGTHS, label="blank steps L", unit="steps"),
    who=Control(list(CRITICS), label="critic"),
    start={"L": 16, "who": "r0.5"},
    states={
        "r = 0.5, 16 steps": {},
        "r = 0.5, 32 steps": {"L": 32},
        "r = 0.95, 32 steps": {"L": 32, "who": "r0.95"},
    },
)
