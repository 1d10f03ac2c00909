"""Two trajectories part, or meet: h₁ of both, and the distance of their states beside the line e^{λ₁t}."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.chaos.partings import CELLS, SCALES, STEPS, exponents, pair, parting
from explorables.chaos.hues import hue
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, stacked
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LIMITS = {"LSTM": (-0.3, 0.7), "GRU": (-1.05, 1.05)}  # of h₁
TICKS = {"LSTM": [0, 0.5], "GRU": [-1, 0, 1]}


class Facts(NamedTuple):
    """h₁ (STEPS + 1, 2) of both trajectories, their distance, the step at which they part (0: never), and λ₁."""

    s: float
    power: int
    cell: str
    h: np.ndarray
    distance: np.ndarray
    apart: int
    exponent: float


def compute(s: float, power: int, cell: str) -> Facts:
    h, distance = pair(cell, s, power)
    return Facts(s, power, cell, h, distance, parting(distance), exponents(cell)[s])


@styled
def draw(facts: Facts) -> Figure:
    """h₁ of both trajectories over time; below, their distance on a logarithmic axis."""
    fig, (states, gap) = stacked(4.1, beside=0.9)
    draw_states(states, facts)
    draw_distance(gap, facts)
    return fig


def draw_states(ax: Axes, facts: Facts) -> None:
    t = np.arange(STEPS + 1)
    ax.plot(t, facts.h[:, 0], color=color("muted"), lw=1.1)
    ax.plot(t, facts.h[:, 1], color=color(hue(facts.exponent)), lw=1.1, ls=(0, (4, 1.5)))
    ax.set(ylabel="h₁", ylim=LIMITS[facts.cell], xlim=(0, STEPS), yticks=TICKS[facts.cell])
    ax.set_title(f"Apart after {facts.apart} steps" if facts.apart else "They never part")


def draw_distance(ax: Axes, facts: Facts) -> None:
    """With the line that λ₁ predicts, as far as it lies within the panel."""
    t, first, last = np.arange(STEPS + 1), facts.distance[0], facts.distance[-1]
    ax.semilogy(t, np.maximum(facts.distance, 1e-17), color=color(hue(facts.exponent)), lw=1.6)
    line = first * np.exp(facts.exponent * t)
    inside = (line < 3) & (line > 1e-17)
    ax.semilogy(t[inside], line[inside], color=color("muted"), lw=1, ls=(0, (2, 2)))
    label = f"dotted:\nslope λ₁\n= {facts.exponent:+.2f}"
    ax.text(1.02, 0.5, label, transform=ax.transAxes, va="center", size=10)
    ax.set(xlabel="step t", ylabel="distance", ylim=(1e-17, 10))
    decades(ax.yaxis, -16, 0, 4)
    ax.set_title(f"Distance: from {readable(first)} to {readable(last)} in {STEPS} steps")


def words(facts: Facts) -> str:
    end = f"exceeds 0.1 first at step {facts.apart}" if facts.apart else "never exceeds 0.1"
    return (
        f"Two trajectories of the {facts.cell} with weights scaled by {facts.s:g}, started 1e{facts.power} apart "
        f"on the attractor. Their distance {end} and is {facts.distance[-1]:.2g} after {STEPS} steps. The largest "
        f"exponent is {facts.exponent:+.3f} nats a step."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="part",
    caption="Two trajectories of one network without input, started a little apart. Above: the first unit of both. "
    "Below: the distance of the states, and the line that λ₁ predicts. LSTM and GRU have two units each; "
    "their weights are from two papers that are named below, times s.",
    s=Control(SCALES, label="scale s"),
    power=Control([-9, -7, -5, -3, -2], label="perturbation 10^"),
    cell=Control(list(CELLS), label="cell"),
    start={"s": 1.0, "power": -7},
    states={"s = 0.5: they meet": {"s": 0.5}, "s = 1: they part": {"s": 1.0}, "s = 1.5: they meet": {"s": 1.5}},
)
