"""One unit that keeps a bit: where it is safe from noise, its derivative vanishes.

a_t = w tanh(a_{t-1}) + h_t,   Γ: |a| > artanh √(1 - 1/w)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.vanishing.latch_map import STEPS, attractor, edge, margin, noisy_runs, slope
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled

SHOWN, REACH = 5, 4.2


class Facts(NamedTuple):
    w: float
    s: float
    attractor: float
    edge: float
    margin: float
    slope: float  # at the attractor
    runs: np.ndarray  # states (101, 5)
    kept: float  # share of all runs that end with the right sign
    derivative: float  # of the last state in the first, geometric mean


def compute(w: float, s: float) -> Facts:
    a_plus, (runs, kept, log_slope) = attractor(w), noisy_runs(w, s)
    rest = float(slope(w, a_plus))
    return Facts(w, s, a_plus, edge(w), margin(w), rest, runs[:, :SHOWN], kept, float(np.exp(log_slope)))


@styled
def draw(facts: Facts) -> Figure:
    """The map with its fixed points, basins and margin; and 5 noisy runs from the positive state."""
    fig, (ax, time) = side_by_side(3.7, widths=(1, 1.25), left=0.5, between=0.65)
    draw_map(ax, facts)
    time.axhline(0, color=color("line"), lw=0.9)
    for run in facts.runs.T:
        time.plot(run.round(2), color=color("exploding" if run[-1] <= 0 else "vanishing"), lw=0.9, alpha=0.75)
    time.set(xlim=(0, STEPS), ylim=(-REACH, REACH), xlabel="steps t", ylabel="$a_t$", yticks=[-3, 0, 3])
    time.yaxis.labelpad = 0
    time.set_title(f"Sign kept for 100 steps: {percent(facts.kept)} %")
    label_line(time, 3, -3.8, f"derivative over 100 steps: {readable(facts.derivative)}", "muted")
    return fig


def draw_map(ax: Axes, facts: Facts) -> None:
    """w tanh a over the diagonal; Γ shaded, the margin as the distance of both at its border."""
    w, a_c, a = facts.w, facts.edge, np.linspace(-REACH, REACH, 181)
    hue = color("vanishing" if w > 1 else "muted")
    if w > 1:
        ax.axvspan(a_c, REACH, color=color("vanishing"), alpha=0.1, lw=0)
        ax.axvspan(-REACH, -a_c, color=color("vanishing"), alpha=0.1, lw=0)
    ax.plot(a, a, color=color("line"), lw=1)
    ax.plot(a, w * np.tanh(a), color=color("ink"), lw=1.8)
    ax.plot([facts.attractor, -facts.attractor], [facts.attractor, -facts.attractor], "o", ms=7, color=hue)
    if w > 1:
        ax.plot(0, 0, "o", ms=7, mfc=color("paper"), mec=color("exploding"), mew=1.6)
        ax.plot([a_c, a_c], [a_c, w * np.tanh(a_c)], color=color("critical"), lw=3, solid_capstyle="butt")
        label_line(ax, a_c + 0.15, a_c - 0.35, f"h* = {facts.margin:.2f}", "critical", va="top")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="$a_{t-1}$", ylabel="$a_t$")
    ax.set(xticks=[-3, 0, 3], yticks=[-3, 0, 3])
    ax.yaxis.labelpad = 0
    ax.set_title(f"Slope at rest: {facts.slope:.3f}", color=hue)


def percent(share: float) -> str:
    """A share in percent; between 99 and 100 with a decimal, and never rounded up to 100."""
    return "100" if share == 1 else f"{100 * share:.1f}" if share > 0.985 else f"{100 * share:.0f}"


def words(facts: Facts) -> str:
    rest = (
        f"two stable fixed points at plus and minus {facts.attractor:.3f} with slope {facts.slope:.3f}, an unstable "
        f"one at 0 between their basins, and a margin h* of {facts.margin:.3f}"
        if facts.w > 1
        else f"one fixed point, at 0, with slope {facts.w:g}, and no margin"
    )
    return (
        f"The map w tanh(a) with w = {facts.w:g}: {rest}. Beside it, five runs from the positive state under noise of "
        f"standard deviation {facts.s:g}. Of 1000 runs {percent(facts.kept)} percent are still positive after 100 "
        f"steps; the derivative of the last state in the first is {facts.derivative:.2g} (geometric mean)."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="latch",
    caption="One unit, a_t = w tanh(a_{t−1}) + h_t. Left: the map without input; full dots are stable, the open "
    "one is the border between the basins, and blue marks Γ, where the slope is below 1. Right: 5 of 1000 runs "
    "that start at the positive fixed point, with noise N(0, s²); orange ones end with the wrong sign. The "
    "derivative is that of a_{100} in a_0, geometric mean over the runs.",
    w=Control([0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0], label="weight w"),
    s=Control([0.05, 0.1, 0.2, 0.3, 0.5, 0.8], label="noise s"),
    start={"w": 1.5, "s": 0.2},
    states={"w = 1.1": {"w": 1.1}, "w = 1.5": {}, "w = 3": {"w": 3.0}},
)
