"""The seven cells before their first update: the gradient at each lag, and a measure of the reader's choice."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.digits.measures import FORETOLD, HIGHER_IS_BETTER, measure, medians, vanishes
from experiments.digits.pixels import lags
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import saved
from explorables.digits.wording import MEASURE_WORDS, TASK_WORDS, measure_axis, within
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends, spaced
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, row_names

LOW, NEAR_T = 1e-12, 0.92  # gradients below LOW leave the panel; lines that end at shares of T beyond NEAR_T do not


class Facts(NamedTuple):
    task: str
    T: int
    by: str
    shares: np.ndarray  # the lags, as shares of T
    gradients: dict[str, np.ndarray]  # at these lags, for each cell
    values: dict[str, np.ndarray]  # of the measure, for each cell and seed
    medians: dict[str, float]
    vanishing: list[str]  # the cells whose gradient vanishes

    def hue(self, cell: str) -> str:
        return "vanishing" if cell in self.vanishing else "critical"


def compute(task: str, by: str) -> Facts:
    T, gradients = TASKS[task]["T"], saved("measured", task, "by_lag").mean(1)
    return Facts(
        task,
        T,
        by,
        lags(T) / T,
        dict(zip(CELLS, gradients, strict=True)),
        dict(zip(CELLS, measure(task, by), strict=True)),
        medians(task, by),
        [cell for cell in CELLS if vanishes(task, cell)],
    )


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(3.7, left=0.8, between=2.1)
    draw_gradients(ax, facts)
    draw_measure(over, facts)
    return fig


def draw_gradients(ax: Axes, facts: Facts) -> None:
    """The gradient by lag; a cell's name beside the end of its line, or upright where it leaves at the bottom."""
    leaving = {}
    for cell, gradient in facts.gradients.items():
        line = np.where(gradient > LOW, gradient, np.nan)
        end = float(facts.shares[np.flatnonzero(gradient > LOW)[-1]])
        if end < NEAR_T:
            leaving[cell] = end
        label = cell if end >= NEAR_T else None
        ax.semilogy(facts.shares, line, color=color(facts.hue(cell)), lw=1.6, label=label)
    ax.set(xlim=(0, 1), ylim=(LOW, 30), xlabel="lag, as a share of T", ylabel="gradient, relative to lag 0")
    decades(ax.yaxis, -12, 0, 3)
    ax.set_xticks([0, 0.5, 1], labels=["0", "T/2", "T"])
    for cell, x in zip(leaving, spaced(list(leaving.values()), 0.075), strict=True):
        ax.text(x + 0.012, 1.6 * LOW, cell, rotation=90, va="bottom", size=9, color=color(facts.hue(cell)))
    label_ends(ax, fontsize=10, fontweight=400)
    ax.set_title(f"Before training, T = {facts.T}")


def draw_measure(ax: Axes, facts: Facts) -> None:
    """The measure of each cell, a dot a seed and a bar for the median."""
    for row, (cell, values) in zip(row_names(ax, list(facts.values)), facts.values.items(), strict=True):
        hue, dots = color(facts.hue(cell)), within(facts.by, values)
        ax.plot(dots, np.full(len(dots), row), "o", ms=5, color=hue, alpha=0.55, mew=0)
        ax.plot(np.median(dots), row, "|", ms=13, mew=2, color=hue)
    measure_axis(ax, facts.by)
    ax.grid(axis="y", color=color("line"), lw=0.5, alpha=0.6)
    ax.set_title("better →" if HIGHER_IS_BETTER[facts.by] else "← better", color=color("critical"))


def words(facts: Facts) -> str:
    better = "larger" if HIGHER_IS_BETTER[facts.by] else "smaller"
    rows = ", ".join(f"{cell} {value:.2g}" for cell, value in facts.medians.items())
    return (
        f"Before training, {TASK_WORDS[facts.task]}. The gradient over the lag for seven cells. It vanishes (blue) "
        f"for {', '.join(facts.vanishing) or 'none'}. Beside it, {MEASURE_WORDS[facts.by]}, where {better} is "
        f"better; medians of the seeds: {rows}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="start",
    caption="Before the first update. Left: the gradient of the loss in the pre-activation at each lag from the "
    "end, mean of five starts. Blue: the half of the steps that lies further back gives less than a thousandth of "
    "the gradient. Right: a measure, one dot for each of five starts, with their median; values beyond the axis "
    "are drawn at its end. 32 units, 16 digits of the training part.",
    task=Control(list(TASKS), label="steps"),
    by=Control(FORETOLD, label="measure"),
    start={"task": "64", "by": "far share"},
    states={
        "64 steps": {},
        "784 steps": {"task": "784"},
        "784 steps, exponent": {"task": "784", "by": "exponent"},
    },
)
