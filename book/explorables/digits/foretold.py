"""Accuracy after training over a measure before it; and how well each measure predicts the order of the cells.

Spearman's rank correlation is 1 if the cells have the order that the measure predicts.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.digits.measures import HIGHER_IS_BETTER, MEASURES, measure
from experiments.digits.ranks import Rank, rank_correlation
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import accuracies
from experiments.intervals import student
from explorables.digits.wording import HIGHEST, LOWEST, MEASURE_WORDS, TASK_WORDS, measure_axis, within
from minirnn.figures.artists import name_points
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import spaced
from minirnn.figures.marks import row_intervals
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import row_names

CHOICES = {"all": tuple(TASKS), **{task: (task,) for task in TASKS}}
HUES = dict(zip(TASKS, ("vanishing", "chaotic", "critical", "exploding"), strict=True))
MARKS = dict(zip(TASKS, "os^D", strict=True))


class Points(NamedTuple):
    """The cells of one task."""

    x: np.ndarray  # medians of the measure
    y: np.ndarray  # accuracy on the test digits, %
    half: np.ndarray  # of its interval


class Facts(NamedTuple):
    by: str
    shown: str
    tasks: tuple[str, ...]  # those that are shown
    points: dict[str, Points]  # of all tasks
    ranks: dict[str, Rank]  # of all measures, over the tasks that are shown

    @property
    def number(self) -> int:
        return len(self.tasks) * len(CELLS)


def compute(by: str, shown: str) -> Facts:
    tasks = CHOICES[shown]
    points = {
        task: Points(np.median(measure(task, by), axis=1), *student(100 * accuracies(task))) for task in TASKS
    }
    return Facts(by, shown, tasks, points, {name: rank_correlation(name, tasks) for name in MEASURES})


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = figure(7.2, 4.1, 1, 2, margins=(0.65, 0.85, 0.2, 0.4), gaps=(1.6, 0), width_ratios=[1.35, 1])
    for task in TASKS:
        draw_task(ax, facts, task)
    ax.set(ylim=(0, 100), yticks=[0, 10, 50, 100], ylabel="correct, test, %")
    measure_axis(ax, facts.by)
    better = "predicted better →" if HIGHER_IS_BETTER[facts.by] else "← predicted better"
    ax.set_title(better, color=color("critical"))
    draw_key(ax, facts)
    draw_ranks(over, facts)
    return fig


def draw_task(ax: Axes, facts: Facts, task: str) -> None:
    """A mark for each cell, with its interval; pale where the task is not shown, named where it is the only one."""
    points, hue, shown = facts.points[task], color(HUES[task]), task in facts.tasks
    x = within(facts.by, points.x)
    (marks,) = ax.plot(x, points.y, MARKS[task], ms=6, color=hue, alpha=0.9 if shown else 0.15, mew=0)
    if shown:
        name_points(marks, [f"{cell}, {task}" for cell in CELLS])
        ax.vlines(x, points.y - points.half, points.y + points.half, color=hue, lw=1.2)
    if facts.tasks == (task,):
        name_cells(ax, facts.by, x, points.y)


def name_cells(ax: Axes, by: str, x: np.ndarray, y: np.ndarray) -> None:
    """Names beside the marks, towards the middle of the axis."""
    low, high = LOWEST[by], HIGHEST[by]
    middle = (low + high) / 2 if by == "readout" else np.sqrt(low * high)
    ranks = np.argsort(np.argsort(y, kind="stable"))
    heights = np.maximum(spaced(y, 5.5), 4 + 5.5 * ranks)  # none lies below the axis
    style: dict[str, Any] = {"textcoords": "offset points", "va": "center", "size": 9, "color": color("ink")}
    for cell, place, right in zip(CELLS, zip(x, heights, strict=True), x > middle, strict=True):
        ax.annotate(cell, place, xytext=(-7 if right else 7, 0), ha="right" if right else "left", **style)


def draw_key(ax: Axes, facts: Facts) -> None:
    """The marks of the tasks, in a line below the axis."""
    for task, x in zip(TASKS, (0.0, 0.14, 0.55, 0.77), strict=True):
        hue, pale = (HUES[task], 0.9) if task in facts.tasks else ("muted", 0.3)
        mark: dict[str, Any] = {"color": color(HUES[task]), "alpha": pale, "clip_on": False}
        ax.plot(x, -0.245, MARKS[task], ms=5, transform=ax.transAxes, **mark)
        ax.text(x + 0.03, -0.245, task, color=color(hue), va="center_baseline", transform=ax.transAxes)


def draw_ranks(ax: Axes, facts: Facts) -> None:
    """The rank correlation of each measure, with its interval."""
    ax.axvline(0, color=color("line"), lw=1)
    for row, (name, rank) in zip(row_names(ax, list(facts.ranks)), facts.ranks.items(), strict=True):
        hue, width, size = ("ink", 2.4, 8) if name == facts.by else ("muted", 1.2, 5)
        row_intervals(ax, rank.value, row, rank.low, rank.high, hue, size=size, width=width)
    ax.set(xlim=(-1.05, 1.05), xlabel="rank correlation with the prediction")
    ax.set_xticks([-1, 0, 1], labels=["−1", "0", "1"])
    ax.set_title(f"{facts.ranks[facts.by].value:+.2f} over {facts.number} points".replace("-", "−"))


def words(facts: Facts) -> str:
    chosen = facts.ranks[facts.by]
    others = ", ".join(f"{name} {rank.value:+.2f}" for name, rank in facts.ranks.items() if name != facts.by)
    where = "all four tasks" if facts.shown == "all" else TASK_WORDS[facts.shown]
    return (
        f"Accuracy over {MEASURE_WORDS[facts.by]} at the start, {where}: {facts.number} points. The rank correlation "
        f"of the order that the measure predicts with that after training is {chosen.value:+.2f}, its interval "
        f"{chosen.low:+.2f} to {chosen.high:+.2f}; {100 * chosen.chance:.1f} % of all exchanges of the cells do as "
        f"well. The other measures: {others}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="foretold",
    caption="Left: accuracy after training over a measure before it, one mark for each cell and task, with 95 % "
    "intervals over five seeds. Right: Spearman's rank correlation between the order that a measure predicts and "
    "the order after training, 1 if they agree; lines: 95 % intervals, by drawing the seven cells anew with all "
    "their tasks, 2000 times. Over all tasks chance does not give 0; the text counts this. “readout” was added "
    "afterwards. Point at a mark to see its name; click a measure to choose it.",
    by=Control(list(MEASURES), label="measure"),
    shown=Control(list(CHOICES), label="tasks"),
    pad=Pad(rows="by", axes=1),
    start={"by": "far share", "shown": "all"},
    states={
        "far share": {},
        "exponent, 64 steps": {"by": "exponent", "shown": "64"},
        "readout": {"by": "readout"},
    },
)
