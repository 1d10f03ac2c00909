"""One double sum, added up row by row as the network runs, or column by column on the way back.

∂E/∂λ = Σ_t c_t P_t = Σ_k δ_k h_{k-1}
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.forwards import one_sum
from experiments.forwards.one_sum import MOST
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import counted, side_by_side
from minirnn.figures.theme import color, styled

WAYS = {"forwards": "exploding", "backwards": "vanishing"}


class Facts(NamedTuple):
    way: str
    steps: int  # how many steps the sum has come, T at most
    lam: float
    terms: np.ndarray  # (T, T)
    carried: np.ndarray  # the influence, or the adjoint, after 0 … T steps
    total: np.ndarray  # the sum so far, after 0 … T steps

    @property
    def T(self) -> int:
        return len(self.terms)

    @property
    def counted(self) -> np.ndarray:
        """Which terms are in the sum already."""
        t, k = np.indices(self.terms.shape)
        done = t < self.steps if self.way == "forwards" else k >= self.T - self.steps
        return done & ~np.isnan(self.terms)


def compute(way: str, steps: int, lam: float, T: int) -> Facts:
    carried, total = (one_sum.forwards if way == "forwards" else one_sum.backwards)(lam, T)
    return Facts(way, min(steps, T), lam, one_sum.terms(lam, T), carried, total)


@styled
def draw(facts: Facts) -> Figure:
    fig, (triangle, sums) = side_by_side(3.5, widths=(1, 1.1))
    draw_terms(triangle, facts)
    draw_sums(sums, facts)
    return fig


def draw_terms(ax: Axes, facts: Facts) -> None:
    """Each term as a square whose area is its size; filled once it is in the sum."""
    hue, counted = color(WAYS[facts.way]), facts.counted
    waiting = ~counted & ~np.isnan(facts.terms)
    ax.fill(*squares(facts.terms, waiting).T, color=color("line"), lw=0, gid="live-waiting")
    ax.fill(*squares(facts.terms, counted).T, color=hue, lw=0, gid="live-counted")
    ax.set(xlim=(0.3, MOST + 0.7), ylim=(0.3, MOST + 0.7), aspect="equal", xlabel="step k of the use")
    ax.set_ylabel("step t of the error")
    ax.set_xticks([1, 5, 10, 15])
    ax.set_yticks([1, 5, 10, 15])
    rows = "rows" if facts.way == "forwards" else "columns"
    title = f"{int(counted.sum())} of {facts.T * (facts.T + 1) // 2} terms, in {rows}"
    ax.set_title(title, color=hue).set_gid("live-count")


def squares(terms: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The corners of the squares of some terms, with gaps between. The first is a point outside, since matplotlib draws
    nothing of an empty polygon."""
    corners = [[(-1.0, -1.0)] * 3 + [(np.nan, np.nan)]]
    for t, k in zip(*np.nonzero(which), strict=True):
        half = 0.06 + 0.4 * np.sqrt(terms[t, k] / np.nanmax(terms))
        left, right, low, high = k + 1 - half, k + 1 + half, t + 1 - half, t + 1 + half
        corners.append([(left, low), (right, low), (right, high), (left, high), (np.nan, np.nan)])
    return np.concatenate(corners)


def draw_sums(ax: Axes, facts: Facts) -> None:
    """What is carried, and the sum, over the steps that were made."""
    steps, hue, share = np.arange(facts.T + 1), color(WAYS[facts.way]), facts.total / facts.total[-1]
    upto = facts.steps + 1
    ax.axhline(1, color=color("line"), lw=1)
    ax.plot(steps, share, color=color("line"), lw=1.2, gid="live-all")
    ax.plot(steps[:upto], share[:upto], color=hue, lw=2.2, gid="live-line")
    ax.plot(steps[:upto], share[:upto], "o", ms=5, color=hue, gid="live-dots")
    name = "P" if facts.way == "forwards" else "δ"
    ax.set(xlim=(-0.3, MOST + 0.5), ylim=(-0.05, 1.2), xlabel="steps made", ylabel="share of the whole gradient")
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    label_line(ax, 0.2, 1.05, "the gradient", "muted")
    ax.set_title(f"Carried along: {name} = {facts.carried[facts.steps]:.2f}", color=hue).set_gid("live-carried")


def words(facts: Facts) -> str:
    count = int(facts.counted.sum())
    carried = "influence P" if facts.way == "forwards" else "adjoint δ"
    done = counted(facts.steps, "step")
    place = "rows at the bottom of" if facts.way == "forwards" else "columns at the right of"
    return (
        f"The terms of the gradient of one linear unit with λ = {facts.lam:g} over {facts.T} steps, as squares in a "
        f"triangle, by the step k of the use and the step t of the error. After {done} {facts.way}, {count} of "
        f"{facts.T * (facts.T + 1) // 2} terms are in the sum: the {place} the triangle. What is carried along, the "
        f"{carried}, is {facts.carried[facts.steps]:.2f}, and the sum is "
        f"{facts.total[facts.steps] / facts.total[-1]:.2f} of the gradient."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="sums",
    caption="Left: the terms of the gradient in λ of one linear unit; the area of a square is the size of its term, "
    "and coloured ones are in the sum. Right: the sum, as a share of the whole gradient, over the steps that were "
    "made. Orange goes forwards and adds rows, blue goes backwards and adds columns.",
    way=Control(list(WAYS), label="way"),
    steps=Control(range(MOST + 1), label="steps made", play=True),
    lam=Control([0.5, 0.7, 0.9, 1.0, 1.1], label="λ", format=".2f"),
    T=Control(range(2, MOST + 1), label="length T", unit="steps"),
    live=[draws.__file__, one_sum.__file__, __file__],
    pad=Pad("steps", axes=1),
    start={"way": "forwards", "steps": 4, "lam": 0.9, "T": MOST},
    states={"forwards, 4 steps": {}, "backwards, 4 steps": {"way": "backwards"}, "forwards, all": {"steps": MOST}},
)
