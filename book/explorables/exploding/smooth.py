"""Does curvature grow with slope? Local smoothness against the gradient's norm, along training.

The measure is that of zhang2020 (eq. local-smoothness): how much the gradient changes along an update. On logarithmic
axes a line of slope 1 is the term L₁‖∇f‖ of (L₀, L₁)-smoothness.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from experiments.record import load
from minirnn.dynamics.smoothness import fit_line
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import power_of_ten

TASKS = {"order": "temporal order", "adding": "adding"}  # links hold the keys, which have no blanks
STAGES = {"all": slice(None), "first": slice(0, 33), "middle": slice(33, 67), "last": slice(67, None)}
SETTINGS = load("smoothness")["settings"]


class Facts(NamedTuple):
    """log10 of norm and of local smoothness, (seeds, measurements), and the line through those of a stage."""

    task: str
    stage: str
    updates: np.ndarray
    norms: np.ndarray
    smoothness: np.ndarray
    slope: float
    intercept: float
    correlation: float

    @property
    def chosen(self) -> tuple[np.ndarray, np.ndarray]:
        """Norms and local smoothness of all seeds within the stage, in one row each."""
        return self.norms[:, STAGES[self.stage]].ravel(), self.smoothness[:, STAGES[self.stage]].ravel()


@cache
def compute(task: str, stage: str) -> Facts:
    runs = load("smoothness")["results"][TASKS[task]]
    x, y = np.log10([run["norm"] for run in runs]), np.log10([run["smoothness"] for run in runs])
    line = fit_line(x[:, STAGES[stage]].ravel(), y[:, STAGES[stage]].ravel())
    return Facts(task, stage, SETTINGS["every"] * np.arange(x.shape[1]), x, y, *line)


@styled
def draw(facts: Facts) -> Figure:
    """The scatter of local smoothness over norm with its line, and both over the updates of one run."""
    fig, (scatter, time) = side_by_side(3.6, beside=0.9)
    draw_scatter(scatter, facts)
    draw_run(time, facts)
    return fig


def draw_scatter(ax: Axes, facts: Facts) -> None:
    x, y = facts.chosen
    dots(ax, facts.norms.ravel(), facts.smoothness.ravel(), "line", 2.5)
    dots(ax, x, y, "vanishing", 3.0)
    ends = np.array([x.min(), x.max()])
    ax.plot(ends, facts.intercept + facts.slope * ends, color=color("ink"), lw=1.5)
    ax.set(xlabel="gradient norm", ylabel="local smoothness L̂", xlim=(-2.3, 2.05), ylim=(-1.4, 3.6))
    powers(ax.xaxis, -2, 1)
    powers(ax.yaxis, -1, 3)
    ax.set_title(f"slope {facts.slope:.2f}, correlation {facts.correlation:.2f}", color=color("vanishing"))


def dots(ax: Axes, x: np.ndarray, y: np.ndarray, hue: str, size: float) -> None:
    """Points as one path of strokes too short to see, with round ends: markers weigh ten times as much."""
    strokes = np.stack([np.stack([x, y], 1), np.stack([x + 0.01, y], 1)], 1).reshape(-1, 2)
    path = Path(strokes, np.tile([Path.MOVETO, Path.LINETO], len(x)))
    path.should_simplify = False
    ax.add_patch(PathPatch(path, ec=color(hue), fc="none", lw=size, capstyle="round"))


def draw_run(ax: Axes, facts: Facts) -> None:
    """The run of seed 0, with the stage shaded."""
    updates = facts.updates
    ax.plot(updates, facts.smoothness[0], color=color("vanishing"), lw=1.3, label="L̂")
    ax.plot(updates, facts.norms[0], color=color("exploding"), lw=1.3, label="norm")
    span = updates[STAGES[facts.stage]]
    ax.axvspan(span[0], span[-1], color=color("line"), alpha=0.3, lw=0)
    ax.set(xlabel="update", xlim=(0, updates[-1]), ylim=(-2.3, 3.6))
    powers(ax.yaxis, -2, 3)
    ax.set_title("One run")
    label_ends(ax)


def powers(axis: Axis, low: int, high: int) -> None:
    """Ticks of an axis of log10 values: at whole numbers, written as the powers that they stand for."""
    exponents = range(low, high + 1)
    axis.set_ticks(exponents, labels=[power_of_ten(e) for e in exponents])


def words(facts: Facts) -> str:
    x, y = facts.chosen
    return (
        f"Task {TASKS[facts.task]}, third of training: {facts.stage}. On logarithmic axes {x.size} points of "
        f"{len(facts.norms)} runs; norms from {10 ** x.min():.2g} to {10 ** x.max():.2g}, local smoothness from "
        f"{10 ** y.min():.2g} to {10 ** y.max():.2g}. The fitted line has slope {facts.slope:.2f}; the correlation "
        f"is {facts.correlation:.2f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="smooth",
    caption="Local smoothness along the update against the gradient's norm, both on one fixed batch of "
    f"{SETTINGS['measured_on']} sequences, every {SETTINGS['every']} updates of {SETTINGS['updates']}; "
    f"{len(SETTINGS['seeds'])} seeds of a tanh network of {SETTINGS['n']} units at T = 20 (SGD, rate "
    f"{SETTINGS['lr']}, clipped at {SETTINGS['clip']:g}). Right: the run of seed 0. Zhang et al. measured LSTM "
    "language models; this is a small RNN.",
    task=Control(list(TASKS), label="task"),
    stage=Control(list(STAGES), label="third of training"),
    states={"temporal order": {}, "adding": {"task": "adding"}},
)
