"""Where the cliff stands: at the border of two basins, which the start crosses, and not at the folds.

x <- 5σ(x) + b has three fixed points for b between the folds (eq. folds). Training lowers b past the right one.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.exploding.basins import WEIGHT, WINDOW, border, branches, folds, slopes, slopes_at_folds, training
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import readable, stacked
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades


class Facts(NamedTuple):
    """The slope |∂E/∂b| over b, and b and x_T over the updates up to the chosen one."""

    x0: float
    steps: int
    update: int
    border: float | None
    folds: tuple[float, float]
    slopes_at_folds: np.ndarray
    grid: np.ndarray
    slopes: np.ndarray
    steepest: tuple[float, float]  # b, and the slope there
    trained_b: np.ndarray
    final_x: np.ndarray


def compute(x0: float, steps: int, k: int) -> Facts:
    grid, slope = slopes(x0, steps)
    steepest = float(grid[slope.argmax()]), float(slope.max())
    b, x = training(x0, steps)
    return Facts(
        x0, steps, k, border(x0), folds(), slopes_at_folds(x0, steps), grid, slope, steepest, b[: k + 1], x[: k + 1]
    )


@styled
def draw(facts: Facts) -> Figure:
    """Fixed points over b with the folds and a training path; below it the slope of the loss over the same b."""
    fig, (top, below) = stacked(4.5, heights=(1.25, 1))
    draw_states(top, facts)
    draw_slopes(below, facts)
    for fold in facts.folds[::-1]:
        for ax in (top, below):
            ax.axvline(fold, color=color("line"), lw=1, zorder=0)
        below.text(fold + 0.008, 1e7, "fold", color=color("muted"), fontsize=10)
    return fig


def draw_states(ax: Axes, facts: Facts) -> None:
    for (b, x), style in zip(branches(), ("-", (0, (4, 3)), "-"), strict=True):
        ax.plot(b, x, color=color("muted"), lw=1.6, ls=style)
    ax.axhline(facts.x0, color=color("exploding"), lw=1)
    ax.text(WINDOW[0] + 0.006, facts.x0 + 0.15, f"start x₀ = {facts.x0:g}", color=color("exploding"), fontsize=10.5)
    b, x = facts.trained_b, facts.final_x
    ax.plot(b, x, "o", ms=3.5, color=color("critical"))
    ax.plot(b[-1], x[-1], "o", ms=9, color=color("critical"))
    ax.set(ylabel="state x", ylim=(-3.2, 3.2), yticks=[-2, 0, 2], xlim=WINDOW)
    title = f"After {facts.update} updates: b = {b[-1]:.3f}, x = {x[-1]:.2f} after {facts.steps} steps"
    ax.set_title(title.replace("-", "−"), color=color("critical"))


def draw_slopes(ax: Axes, facts: Facts) -> None:
    ax.semilogy(facts.grid, facts.slopes, color=color("exploding"), lw=1.4)
    ax.set(ylabel="|∂E/∂b|", xlabel="bias b", ylim=(1e-4, 1e8))
    decades(ax.yaxis, -2, 6, 2)
    at, slope = facts.steepest
    ax.set_title(f"Steepest: {readable(slope)} at b = −{-at:.3f}", color=color("exploding"))


def words(facts: Facts) -> str:
    at, slope = facts.steepest
    low, high = facts.folds
    meets = "nowhere" if facts.border is None else f"at b = {facts.border:.3f}"
    return (
        f"Fixed points over b for w = {WEIGHT:g}: an S of two stable branches and an unstable one between folds at "
        f"b = {low:.3f} and {high:.3f}. The start x0 = {facts.x0:g} meets the unstable branch {meets}. Below, the "
        f"slope of the loss after {facts.steps} steps: largest at b = {at:.3f}, {slope:.2g}; at the folds "
        f"{facts.slopes_at_folds[0]:.2g} and {facts.slopes_at_folds[1]:.2g}. After {facts.update} updates training "
        f"is at b = {facts.trained_b[-1]:.3f} and x = {facts.final_x[-1]:.2f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="boundary",
    caption="Above: fixed points of x ← 5σ(x) + b (solid stable, dashed unstable), the start (orange line) and the "
    "state that it reaches (green) while descent at rate 0.2, clipped at 0.1, trains b for the target 0.7. "
    "Below: the slope of the error over the same b. Grey lines: the folds.",
    x0=Control([-2.0, -0.5, 0.5, 2.0], label="start x₀"),
    steps=Control([25, 50, 100], label="steps T"),
    k=Control([0, 3, 10, 16, 18, 19, 20, 40], label="update", play=True),
    start={"x0": 0.5, "steps": 50, "k": 10},
    states={"before the cliff": {"k": 16}, "over it": {"k": 20}},
    predict=Prediction(
        question="w = 5, x₀ = 0.5. Training lowers b from -2.3. At b = -2.344 a second stable state is born, at "
        "-2.656 the first one dies: two bifurcations. Where is the gradient largest?",
        choices={
            "at b = -2.344, where a state is born": "The new state is far from the one where the network is: the "
            "slope there is ordinary.",
            "at b = -2.656, where a state dies": "By then the start has long been on the other side, on its way to "
            "the lower state.",
            "somewhere between, where nothing bifurcates": "Yes: where the start lies on the unstable state, the "
            "border between the two basins.",
        },
        answer="somewhere between, where nothing bifurcates",
    ),
)
