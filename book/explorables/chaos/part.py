"""Two trajectories part, or meet: h₁ of both, and the distance of their states beside the line e^{λ₁t}."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import exact
from experiments.chaos import partings, small_gru, to_the_bit
from experiments.chaos.partings import APART, CELLS, STEPS, exponent, pair, parting
from explorables.chaos.hues import hue
from explorables.chaos.wording import nats
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure, readable, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LIMITS = {"LSTM": (-0.15, 0.55), "GRU": (-0.85, 1.05)}  # of h₁
LEAST, MOST = 1e-17, 10.0  # of the distance
ABOVE, BELOW, FREE = 0.35, 1.2e-16, 1e-14  # where the label of the dotted line may stand, and what it leaves free
MARGINS = (0.75, 0.5, 0.2, 0.4)  # of a figure that a phone shows without scrolling: what splits, splits at its end


class Facts(NamedTuple):
    """h₁ (STEPS + 1, 2) of both trajectories, their distance, the step at which they part (0: not in time), and λ₁."""

    s: float
    power: float
    cell: str
    h: np.ndarray
    distance: np.ndarray
    apart: int
    exponent: float


def compute(s: float, power: float, cell: str) -> Facts:
    h, distance = pair(cell, s, power)
    return Facts(s, power, cell, h, distance, parting(distance), exponent(cell, s))


@styled
def draw(facts: Facts) -> Figure:
    """h₁ of both trajectories over time, the gap between them filled; below, their distance, on a logarithmic axis."""
    fig, (states, gap) = figure(
        4.95, 4.4, 2, 1, margins=MARGINS, gaps=(0, 0.55), height_ratios=(1.25, 1), sharex=True
    )
    draw_states(states, facts)
    draw_distance(gap, facts)
    for ax, name, ends in ((states, "above", (0, 1)), (gap, "below", (FREE, MOST))):
        line = ax.plot([facts.apart] * 2, ends, color=color("muted"), lw=0.9, ls=(0, (2, 2)), gid=f"live-{name}")[0]
        line.set_visible(facts.apart > 0)
    return fig


def draw_states(ax: Axes, facts: Facts) -> None:
    """In shares of the cell's limits."""
    low, high = LIMITS[facts.cell]
    t, (one, other), shade = np.arange(STEPS + 1), (facts.h.T - low) / (high - low), color(hue(facts.exponent))
    outline = np.column_stack([[*t, *t[::-1]], [*one, *other[::-1]]])
    ax.fill(*outline.T, color=shade, alpha=0.3, lw=0, gid="live-split")
    ax.plot(t, one, color=color("muted"), lw=1.1, gid="live-one")
    ax.plot(t, other, color=shade, lw=1.1, ls=(0, (4, 1.5)), gid="live-other")
    for share, name, value in ((0, "low", low), (1, "high", high)):
        text = ax.text(
            -2, share, f"{value:g}".replace("-", "−"), ha="right", va="center", size=10, gid=f"live-{name}"
        )
        text.set_color(color("muted"))
    ax.set(ylabel="h₁", ylim=(0, 1), xlim=(0, STEPS), yticks=[0, 1], yticklabels=[])
    ax.yaxis.labelpad = 24
    ax.set_title(title(facts)).set_gid("live-title")


def title(facts: Facts) -> str:
    """When they part, and no more than was seen."""
    return f"Apart after {facts.apart} steps" if facts.apart else f"Not apart within {STEPS} steps"


def draw_distance(ax: Axes, facts: Facts) -> None:
    """With the line that λ₁ predicts, as far as it lies within the panel, and the level at which the two are apart."""
    t, first, last, shade = np.arange(STEPS + 1), facts.distance[0], facts.distance[-1], color(hue(facts.exponent))
    ax.axhline(APART, color=color("line"), lw=0.9)
    ax.semilogy(t, np.maximum(facts.distance, LEAST), color=shade, lw=1.6, gid="live-distance")
    line = first * np.exp(facts.exponent * t)
    line[(line > 3) | (line < LEAST)] = np.nan
    ax.semilogy(t, line, color=color("muted"), lw=1, ls=(0, (2, 2)), gid="live-line")
    ring = ax.plot(
        0, first, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, clip_on=False, gid="live-start"
    )[0]
    ring.set_zorder(4)
    ax.text(0.98 * STEPS, beside(facts.distance, line), slope(facts), ha="right", size=10, gid="live-slope")
    ax.set(xlabel="step t", ylabel="distance", ylim=(LEAST, MOST))
    decades(ax.yaxis, -16, 0, 4)
    ax.tick_params(axis="y", pad=8)  # the ring lies before them
    ax.set_title(f"Distance: from {readable(first)} to {readable(last)}").set_gid("live-gap")


def beside(distance: np.ndarray, line: np.ndarray) -> float:
    """The height of the label: below both lines, or above them if one of them comes near the lower border there."""
    under = np.nanmin(np.stack([distance, line])[:, STEPS // 2 :])
    return ABOVE if under < FREE else BELOW


def slope(facts: Facts) -> str:
    return f"dotted: rate λ₁ = {nats(facts.exponent, 2)}".replace("-", "−")


def words(facts: Facts) -> str:
    end = f"exceeds {APART:g} first at step {facts.apart}" if facts.apart else f"does not exceed {APART:g}"
    return (
        f"Two trajectories of the {facts.cell} with weights scaled by {facts.s:g}, started "
        f"{spoken(facts.distance[0])} apart on the attractor. Their distance {end} and is "
        f"{spoken(facts.distance[-1])} after {STEPS} steps. The largest exponent is {nats(facts.exponent)} nats a "
        "step."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="part",
    caption="Two trajectories of one network without input, started a little apart: drag the ring. Above: the "
    "first unit of both, and between them the gap. Below: the distance of the states, and the line that λ₁ "
    "predicts; the two count as apart from 0.1 on. λ₁ is the mean over 2000 steps. "
    "LSTM and GRU have two units each; their weights are from two "
    "papers that are named below, times s.",
    s=Control([k / 20 for k in range(10, 31)], label="scale s", format=".3f"),
    power=Control([k / 2 for k in range(-28, -3)], label="perturbation 10^", format=".2f"),
    cell=Control(list(CELLS), label="cell"),
    start={"s": 1.0, "power": -7},
    live=[exact.__file__, to_the_bit.__file__, small_gru.__file__, partings.__file__, __file__],
    states={"s = 0.5: they meet": {"s": 0.5}, "s = 1: they part": {"s": 1.0}, "s = 1.5: they meet": {"s": 1.5}},
)
