"""One unit that keeps a bit: where it is safe from noise, its derivative vanishes.

a_t = w tanh(a_{t-1}) + u_t,   Γ: |a| > artanh √(1 - 1/w)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.vanishing import latch_map
from experiments.vanishing.latch_map import STEPS, attractor, cobweb, edge, margin, noisy_runs, slope
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled

SHOWN, REACH, STAIRS = 5, 4.2, 40


class Facts(NamedTuple):
    w: float
    s: float
    a: float
    attractor: float
    edge: float
    margin: float
    slope: float  # at the attractor
    cobweb: np.ndarray  # from the state a
    runs: np.ndarray  # states (101, 5)
    kept: float  # share of all runs that end with the right sign
    derivative: float  # of the last state in the first, geometric mean


def compute(w: float, s: float, a: float) -> Facts:
    a_plus, (runs, kept, log_slope) = attractor(w), noisy_runs(w, s)
    rest, stairs = float(slope(w, a_plus)), cobweb(w, a, STAIRS)
    return Facts(w, s, a, a_plus, edge(w), margin(w), rest, stairs, runs[:, :SHOWN], kept, float(np.exp(log_slope)))


@styled
def draw(facts: Facts) -> Figure:
    """The map with its fixed points, basins and margin; and 5 noisy runs from the positive state."""
    fig, (ax, time) = side_by_side(3.7, widths=(1, 1.25), left=0.5, between=0.65)
    draw_map(ax, facts)
    time.axhline(0, color=color("line"), lw=0.9)
    for k, run in enumerate(facts.runs.T):
        hue = "exploding" if run[-1] <= 0 else "vanishing"
        time.plot(run, color=color(hue), lw=0.9, alpha=0.75, gid=f"live-run-{k}")
    time.set(xlim=(0, STEPS), ylim=(-REACH, REACH), xlabel="steps t", ylabel="$a_t$", yticks=[-3, 0, 3])
    time.yaxis.labelpad = 0
    time.set_title(f"Sign kept for 100 steps: {percent(facts.kept)} %").set_gid("live-kept")
    text = f"derivative over 100 steps: {readable(facts.derivative)}"
    time.text(3, -3.8, text, color=color("muted"), fontsize=10.5, fontweight=600, gid="live-derivative")
    return fig


def draw_map(ax: Axes, facts: Facts) -> None:
    """w tanh a over the diagonal, and stairs from a; Γ shaded, the margin as the distance of both at its border."""
    w, a_c, a_plus, a, stores = facts.w, facts.edge, facts.attractor, np.linspace(-REACH, REACH, 121), facts.w > 1
    hue = color("vanishing" if stores else "muted")
    for sign, name in ((1, "right"), (-1, "left")):
        x = sign * np.array([a_c, REACH, REACH, a_c, a_c])
        y = REACH * np.array([-1, -1, 1, 1, -1])
        shade = ax.fill(x, y, color=color("vanishing"), alpha=0.1, lw=0, gid=f"live-basin-{name}")[0]
        shade.set_visible(stores)
    ax.plot([-REACH, REACH], [-REACH, REACH], color=color("line"), lw=1)
    ax.plot(a, w * np.tanh(a), color=color("ink"), lw=1.8, gid="live-map")
    ax.plot(*facts.cobweb.T, color=color("muted"), lw=1, gid="live-cobweb")
    ax.plot([a_plus, -a_plus], [a_plus, -a_plus], "o", ms=7, color=hue, gid="live-rest")
    border = ax.plot(0, 0, "o", ms=7, mfc=color("paper"), mec=color("exploding"), mew=1.6, gid="live-border")[0]
    gap = ax.plot([a_c, a_c], [a_c, w * np.tanh(a_c)], color=color("critical"), lw=3, gid="live-gap")[0]
    gap.set_solid_capstyle("butt")
    label = ax.text(a_c + 0.15, a_c - 0.35, f"u* = {facts.margin:.2f}", va="top", gid="live-margin")
    label.set(color=color("critical"), fontsize=10.5, fontweight=600)
    for artist in (border, gap, label):
        artist.set_visible(stores)
    ax.plot(facts.a, facts.a, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, gid="live-start")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="$a_{t-1}$", ylabel="$a_t$")
    ax.set(xticks=[-3, 0, 3], yticks=[-3, 0, 3])
    ax.yaxis.labelpad = 0
    ax.set_title(f"Slope at rest: {facts.slope:.3f}", color=hue).set_gid("live-slope")


def percent(share: float) -> str:
    """A share in percent; between 99 and 100 with a decimal, and never rounded up to 100."""
    return "100" if share == 1 else f"{100 * share:.1f}" if share > 0.985 else f"{100 * share:.0f}"


def words(facts: Facts) -> str:
    rest = (
        f"two stable fixed points at plus and minus {facts.attractor:.3f} with slope {facts.slope:.3f}, an unstable "
        f"one at 0 between their basins, and a margin u* of {facts.margin:.3f}"
        if facts.w > 1
        else f"one fixed point, at 0, with slope {facts.w:.2f}, and no margin"
    )
    return (
        f"The map w tanh(a) with w = {facts.w:.2f}: {rest}. {STAIRS} steps lead from {facts.a:.2f} to "
        f"{facts.cobweb[-1, 0]:.2f}. Beside it, five runs from the positive state under noise of standard deviation "
        f"{facts.s:.2f}. Of 1000 runs {percent(facts.kept)} percent are still positive after 100 steps; the derivative "
        f"of the last state in the first is {spoken(facts.derivative)} (geometric mean)."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="latch",
    caption="One unit, a_t = w tanh(a_{t−1}) + u_t. Left: the map without input; full dots are stable, the open "
    "orange one is the border between the basins, and blue marks Γ, where the slope is below 1. Stairs lead from the "
    "ring, which you can drag, to where the state ends. Right: 5 of 1000 runs that start at the positive fixed point, "
    "with noise N(0, s²); orange ones end with the wrong sign. The derivative is that of a_{100} in a_0, geometric "
    "mean over the runs.",
    w=Control([0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0], label="weight w", format=".2f"),
    s=Control([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], label="noise s", format=".2f"),
    a=Control([k / 2 for k in range(-8, 9)], label="start of the stairs", format=".2f"),
    start={"w": 1.5, "s": 0.2, "a": 0.1},
    live=[draws.__file__, latch_map.__file__, __file__],
    states={"w = 1.1": {"w": 1.1}, "w = 1.5": {}, "w = 3": {"w": 3.0}},
)
