"""How often one unit learns to keep a bit, over the number of steps and for each initial weight: the record `latch`."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.intervals import wilson
from experiments.vanishing.saved import latch_results, latch_successes
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import BLUES, band, heat_map
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled


class Facts(NamedTuple):
    w0: float
    s: float
    T: list[int]
    seeds: int
    percent: np.ndarray  # of the runs that learn it, by length
    low: np.ndarray  # of its 95 % interval
    high: np.ndarray


def compute(w0: float, s: float) -> Facts:
    settings, wins = latch_results()[0], latch_successes(w0, s)
    low, high = wilson(wins, settings["seeds"])
    return Facts(w0, s, settings["T"], settings["seeds"], 100 * wins / settings["seeds"], 100 * low, 100 * high)


@styled
def draw(facts: Facts) -> Figure:
    """Success over T for one initial weight, with intervals; and all initial weights as a map."""
    fig, (ax, heat) = side_by_side(3.3, widths=(1.25, 1))
    place = np.arange(len(facts.T))
    band(ax, place, facts.low, facts.high, "vanishing")
    ax.plot(place, facts.percent, "-o", ms=5, color=color("vanishing"))
    ax.set(ylim=(-4, 104), xlabel="length T, steps", ylabel="runs that learn it, %", yticks=[0, 50, 100])
    ax.set_xticks(place, labels=[str(t) for t in facts.T])
    ax.set_title(f"Start at w = {facts.w0:g}, noise {facts.s:g}")
    draw_starts(heat, facts)
    return fig


def draw_starts(ax: Axes, facts: Facts) -> None:
    """The same for every initial weight as a map, with a frame around the row of this one."""
    starts, T = latch_results()[0]["w0"], facts.T
    heat_map(ax, np.array([latch_successes(w, facts.s) for w in starts]) / facts.seeds, 0, 1, colors=BLUES)
    left, right, middle = -0.5, len(T) - 0.5, starts.index(facts.w0)
    low, high = middle - 0.5, middle + 0.5
    ax.plot(
        [left, right, right, left, left], [low, low, high, high, low], color=color("ink"), lw=1.4, clip_on=False
    )
    ax.set(xlabel="length T, steps", ylabel="initial weight")
    ax.set_xticks(range(0, len(T), 2), labels=[str(t) for t in T[::2]])
    ax.set_yticks(range(len(starts)), labels=[f"{w:g}" for w in starts])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title("All starts: full colour = learned")


def words(facts: Facts) -> str:
    listed = ", ".join(f"{share:.0f} at T = {T}" for share, T in zip(facts.percent, facts.T, strict=True))
    at = facts.T.index(20)
    return (
        f"Initial weight {facts.w0:g}, noise {facts.s:g}. Percent of {facts.seeds} runs that learn to keep the bit: "
        f"{listed}. The 95 percent interval at T = 20 is {facts.low[at]:.0f} to {facts.high[at]:.0f}. A map shows "
        "the same for all initial weights."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="success",
    caption="How often one unit learns to keep a bit for T steps: 40 seeds a point, 600 updates of 20 sequences, "
    "rate 0.1; the band is the 95 % Wilson interval. Right: the same for every initial weight; the frame marks "
    "the chosen row.",
    w0=Control([0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0], label="initial weight"),
    s=Control([0.1, 0.2, 0.4], label="noise s"),
    start={"w0": 1.25, "s": 0.2},
    states={"start 0.5": {"w0": 0.5}, "start 1.25": {}, "start 3": {"w0": 3.0}},
)
