"""The remains of a cue along a corridor, and how often the policy takes the turn that it saw.

Cells are as dark as the states of the two cues are far apart, ‖h_t(+) - h_t(-)‖ relative to the first step: before
training, and trained by the gradient or by the natural gradient.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.control.solved import Trace, trace
from explorables.control.policies import LENGTHS, POLICIES
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LONGEST = LENGTHS[-1]  # the axis is as long for every corridor
STAGES = {
    "before": ("start", "before training"),
    "PG": ("PG", "trained by the gradient"),
    "NPG": ("NPG, damped", "trained by the natural gradient"),
}


class Facts(NamedTuple):
    """`traces` has a run for each policy, `run` that of `policy`; None has diverged."""

    L: int
    policy: str
    stage: str
    run: Trace | None
    traces: dict[str, Trace | None]


def compute(L: int, policy: str, trained: str) -> Facts:
    method, stage = STAGES[trained]
    traces = {name: trace(name, L, method) for name in POLICIES.values()}
    return Facts(L, POLICIES[policy], stage, traces[POLICIES[policy]], traces)


@styled
def draw(facts: Facts) -> Figure:
    """The corridor, shaded by what is left of the cue; and the same on a logarithmic axis."""
    L, t = facts.L, np.arange(facts.L + 1)
    fig, (top, ax) = figure(4.9, 3.6, 2, 1, margins=(0.7, 0.5, 0.1, 0.35), gaps=(0, 0.4), height_ratios=[1, 2.3])
    for other in filter(None, facts.traces.values()):
        ax.semilogy(t, np.maximum(other.apart, 1e-9), color=color("line"), lw=1)
    if facts.run is None:
        draw_maze(top, np.zeros(L + 1), 0.5)
        top.set_title("This run diverged", color=color("exploding"))
    else:
        apart, right = facts.run
        draw_maze(top, apart, right)
        top.set_title(f"The turn that the cue says: {100 * right:.1f} %")
        ax.semilogy(t, np.maximum(apart, 1e-9), color=color("vanishing"), lw=2.4)
        ax.plot(L, max(apart[-1], 1e-9), "o", color=color("vanishing"), ms=7)
        below = "" if apart[-1] > 1e-8 else " ↓"
        label_line(ax, L + 0.035 * LONGEST, max(apart[-1], 3e-8), facts.policy + below, "vanishing", va="center")
    ax.set(xlim=(-0.02 * LONGEST, 1.17 * LONGEST), ylim=(1e-8, 1e2), yscale="log", xlabel="steps since the cue")
    ax.set_ylabel("relative distance")
    decades(ax.yaxis, -8, 2, 2)
    ax.set_xticks(range(0, LONGEST + 1, 20))
    return fig


def draw_maze(ax: Axes, apart: np.ndarray, right: float) -> None:
    """Cells as dark as what is left of the cue, a junction, and a share of each turn; lengths as on the axis below."""
    end = len(apart) - 1
    for i, value in enumerate(apart[:-1]):
        shade = np.clip(1 + np.log10(max(value, 1e-12)) / 4, 0.03, 1)
        ax.add_patch(Rectangle((i, 4), 1, 4, fc=color("vanishing"), alpha=shade, lw=0))
    hall = 0.06 * LONGEST  # how wide the junction is
    ax.plot([0, end, end], [4, 4, 0.5], color=color("muted"), lw=1.2)
    ax.plot([0, 0, end, end], [4, 8, 8, 11.5], color=color("muted"), lw=1.2)
    ax.plot([end + hall] * 2, [0.5, 11.5], color=color("muted"), lw=1.2)
    for turn, share, hue in ((11.0, right, "critical"), (1.0, 1 - right, "exploding")):
        tip = 6 + (turn - 6) * 0.9
        arrow = dict(arrowstyle="-|>", color=color(hue), lw=0.6 + 3.4 * share, shrinkA=0, shrinkB=0)
        ax.annotate("", (end + hall / 2, tip), (end + hall / 2, 6), arrowprops=arrow)
        ax.text(end + 1.4 * hall, tip, f"{100 * share:.0f} %", va="center", color=color(hue), weight=600)
    ax.text(-0.01 * LONGEST, 6, "cue", ha="right", va="center", color=color("ink"), weight=600)
    ax.set(xlim=(-0.02 * LONGEST, 1.17 * LONGEST), ylim=(0, 12))
    ax.axis("off")


def words(facts: Facts) -> str:
    what = f"A corridor of {facts.L} cells between a cue and a junction, walked by {facts.policy}, {facts.stage}"
    if facts.run is None:
        return f"{what}: the run diverged."
    apart, right = facts.run
    return (
        f"{what}. The farther apart the states of the two cues, the stronger the colour of a cell. After "
        f"{facts.L} steps {apart[-1]:.2g} of the distance at the first step is left. The policy takes the turn that "
        f"the cue says with probability {right:.3f}, the other with {1 - right:.3f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="corridor",
    caption="A cue at the start of a corridor says which turn will pay, and is wrong once in ten times. Above: the "
    "more of the cue is left in the policy's state, the stronger the colour of the cell; green: how often it turns as "
    "the cue says. Below: the distance between the states of the two cues, relative to the first step (grey: the other "
    "policies). r0.5, r0.9, r1: IndRNNs of tanh units whose recurrent weights start at r. One seed; NPG is the "
    "natural gradient with κ = 10⁻⁴; step sizes are at most 1.",
    L=Control(LENGTHS, label="corridor L", unit="cells"),
    policy=Control(list(POLICIES), label="policy"),
    trained=Control(list(STAGES), label="trained"),
    start={"L": 20, "policy": "r0.5", "trained": "before"},
    states={
        "r = 0.5, before": {},
        "r = 0.5, natural gradient": {"trained": "NPG"},
        "r = 1, gradient": {"policy": "r1", "trained": "PG"},
    },
)
