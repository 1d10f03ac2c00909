"""The seven cells after training: accuracy over the updates, and on the test digits at the end; one cell stands out."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.digits.pixels import CHECK, UPDATES
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import accuracies, results, saved
from experiments.intervals import student
from explorables.digits.wording import TASK_WORDS
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.marks import row_intervals
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import row_names


class Facts(NamedTuple):
    task: str
    T: int
    cell: str
    seeds: int
    curves: dict[str, np.ndarray]  # % of the validation digits, (seeds, checks) for each cell
    test: dict[str, tuple[float, float]]  # % of the test digits, mean and half of its interval, for each cell
    baseline: float  # %, of a linear classifier of the pixels


def compute(task: str, cell: str) -> Facts:
    accuracy = 100 * accuracies(task)
    curves = dict(zip(CELLS, 100 * saved("trained", task, "validation"), strict=True))
    test = {name: (float(mean), float(half)) for name, mean, half in zip(CELLS, *student(accuracy), strict=True)}
    baseline = 100 * results()["baseline"]["test"]
    return Facts(task, TASKS[task]["T"], cell, accuracy.shape[1], curves, test, baseline)


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(3.7, between=1.35)
    draw_curves(ax, facts)
    draw_test(over, facts)
    return fig


def draw_curves(ax: Axes, facts: Facts) -> None:
    """The chosen cell's seeds and their mean, and the means of the others."""
    chosen, hue = facts.curves[facts.cell], color("critical")
    updates = np.arange(chosen.shape[1]) * CHECK
    for name, runs in facts.curves.items():
        if name != facts.cell:
            ax.plot(updates, runs.mean(0), color=color("line"), lw=1.4)
    ax.plot(updates, chosen.T, color=hue, lw=0.8, alpha=0.6)
    ax.plot(updates, chosen.mean(0), color=hue, lw=2.4)
    ax.set(xlim=(0, updates[-1]), ylim=(0, 100), xlabel="updates", ylabel="correct, validation, %")
    ax.set(xticks=updates, yticks=[0, 10, 50, 100])
    ax.set_title(f"{facts.cell}, T = {facts.T}", color=hue)


def draw_test(ax: Axes, facts: Facts) -> None:
    """A row a cell: the mean with its interval, beside guessing and a linear classifier of the pixels."""
    base, hue = facts.baseline, color("exploding")
    ax.axvline(base, color=hue, lw=1.4)
    ax.axvline(10, color=color("line"), lw=1)
    for row, (name, (mean, half)) in zip(row_names(ax, list(facts.test)), facts.test.items(), strict=True):
        shade, size = ("critical", 7) if name == facts.cell else ("muted", 5)
        row_intervals(ax, mean, row, mean - half, mean + half, shade, size=size, width=2)
    ax.set(xlim=(0, 100), xticks=[0, 10, 50, 100], xlabel="correct, test, %")
    mean, half = facts.test[facts.cell]
    ax.set_title(f"{mean:.0f} ± {half:.0f} %", color=color("critical"))
    label: dict[str, Any] = {"ha": "right", "va": "bottom", "size": 9.5, "color": hue}
    ax.text(base, len(facts.test) - 0.35, f"pixels, linear: {base:.0f}", **label)


def words(facts: Facts) -> str:
    rows = ", ".join(f"{name} {mean:.0f} ± {half:.0f}" for name, (mean, half) in facts.test.items())
    curve = ", ".join(f"{value:.0f}" for value in facts.curves[facts.cell].mean(0))
    return (
        f"Accuracy in per cent, {TASK_WORDS[facts.task]}. {facts.cell} on the validation part every {CHECK} updates: "
        f"{curve}. On the test part after {UPDATES} updates, mean of {facts.seeds} seeds with a 95 % interval: "
        f"{rows}. A linear classifier of the pixels reads {facts.baseline:.0f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="learned",
    caption="Left: accuracy on 270 validation digits over the updates; green the chosen cell, thin lines its "
    "seeds; grey the means of the others. Right: accuracy on 450 test digits after 500 updates, mean of five seeds "
    "with a 95 % interval (Student's t); orange: logistic regression on the 64 pixels; the grey line is guessing. "
    "All cells: 32 units, 16 digits an update, Adam, clipped at norm 1, a rate chosen at 64 steps.",
    task=Control(list(TASKS), label="steps"),
    cell=Control(list(CELLS), label="cell"),
    start={"task": "64", "cell": "IRNN"},
    states={
        "64 steps, IRNN": {},
        "784 steps, LRU": {"task": "784", "cell": "LRU"},
        "784 steps, LSTM": {"task": "784", "cell": "LSTM, bias 1"},
    },
    predict=Prediction(
        question="Gradients of the IRNN reach back without loss, those of the tanh network vanish. Which of the two "
        "reads more digits after 500 updates?",
        choices={
            "The IRNN at 64 steps and at 208": "At 64 steps the tanh network is well ahead. A gradient that "
            "arrives is of no use where the state distinguishes nothing.",
            "The tanh network at both": "It reads more at 64 steps, but not at 208: over the blanks it forgets, "
            "and the IRNN does not.",
            "The tanh network at 64 steps, the IRNN at 208": "At 64 steps the last rows suffice for more than the "
            "amount of ink. The blanks make one forget the rows, and the other forgets nothing.",
        },
        answer="The tanh network at 64 steps, the IRNN at 208",
        reveal="Compare both cells at both lengths.",
    ),
)
