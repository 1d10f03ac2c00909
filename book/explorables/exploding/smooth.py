"""Does curvature grow with slope? Local smoothness against the gradient's norm along training (eq. local-smoothness).

After zhang2020: on logarithmic axes a line of slope 1 is the term L₁‖∇f‖ of (L₀, L₁)-smoothness.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from experiments.record import load
from minirnn.dynamics.smoothness import fit_line
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled

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
    fig, (scatter, time) = figure(7.2, 3.6, 1, 2, margins=(0.65, 0.5, 0.95, 0.4), gaps=(0.75, 0))
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
    ax.set_xticks([-2, -1, 0, 1], labels=["0.01", "0.1", "1", "10"])
    ax.set_yticks([-1, 0, 1, 2, 3], labels=["0.1", "1", "10", "100", "1000"])
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
    ax.plot(updates, facts.smoothness[0], color=color("vanishing"), lw=1.3)
    ax.plot(updates, facts.norms[0], color=color("exploding"), lw=1.3)
    span = updates[STAGES[facts.stage]]
    ax.axvspan(span[0], span[-1], color=color("line"), alpha=0.3, lw=0)
    for values, text, hue in ((facts.smoothness, "L̂", "vanishing"), (facts.norms, "norm", "exploding")):
        ax.annotate(text, (updates[-1], values[0, -8:].mean()), (6, 0), textcoords="offset points", va="center",
                    color=color(hue), weight=600, annotation_clip=False)  # fmt: skip
    ax.set(xlabel="update", xlim=(0, updates[-1]), ylim=(-2.3, 3.6))
    ax.set_yticks([-2, -1, 0, 1, 2, 3], labels=["0.01", "0.1", "1", "10", "100", "1000"])
    ax.set_title("One run")


def words(facts: Facts) -> str:
    x, y = facts.chosen
    return (
        f"Task {TASKS[facts.task]}, third of training: {facts.stage}. On logarithmic axes {x.size} points of "
        f"{len(facts.norms)} runs; norms from {10 ** x.min():.2g} to {10 ** x.max():.2g}, local smoothness from "
        f"{10 ** y.min():.2g} to {10 ** y.max():.2g}. The fitted line has slope {facts.slope:.2f}; the correlation is "
        f"{facts.correlation:.2f}."
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
