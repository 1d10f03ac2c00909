"""Far from the optimum: one unit learns λ* = 0.99 e^{iπ/100} from 0.99 e^{iπ/4}, by Adam, in three parametrisations."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

HUES = {"polar": "vanishing", "exponential": "critical", "optimal": "exploding"}


class Facts(NamedTuple):
    scale: str
    rate: float
    updates: np.ndarray  # at which loss and path were noted
    runs: dict[str, dict[str, Any]]  # by parametrisation
    planned: int  # the updates of a run that stays in the disc


def compute(scale: str, rate: float) -> Facts:
    record = load("angles")
    results = record["results"]
    runs = {name: results[scale][name][results["rate"].index(rate)] for name in HUES}
    return Facts(scale, rate, np.array(results["shown"]) + 1, runs, record["settings"]["updates"])


@styled
def draw(facts: Facts) -> Figure:
    """Loss over updates for three parametrisations, and their paths over angle and memory."""
    fig, (ax, path) = side_by_side(3.6, widths=(1.2, 1))
    draw_losses(ax, facts)
    draw_paths(path, facts)
    return fig


def draw_losses(ax: Axes, facts: Facts) -> None:
    for row, (name, run) in enumerate(facts.runs.items()):
        loss = np.array(run["loss"])
        ax.loglog(facts.updates[: len(loss)], np.maximum(loss, 1e-9), color=color(HUES[name]))
        end = run["last"][1]
        text = f"{name}: {'0 to rounding' if end < 1e-10 else readable(end)}"
        label_line(ax, 1.3, 10.0 ** (-4.6 - 1.3 * row), text, HUES[name])
    ax.set(xlim=(1, 5e4), ylim=(1e-8, 1e3), xlabel="update", ylabel="loss")
    decades(ax.xaxis, 0, 4, 2)
    decades(ax.yaxis, -8, 0, 4)
    ax.set_title("The loss, and its median at the end")


def draw_paths(ax: Axes, facts: Facts) -> None:
    for name, run in facts.runs.items():
        places = np.array(run["path"])
        angle, memory = np.rad2deg(places[:, 1]), 1 / (1 - places[:, 0])
        angle[1:][np.abs(np.diff(angle)) > 180] = np.nan  # past 180 degrees it comes back from the other side
        ax.semilogy(angle.round(1), memory.round(2), color=color(HUES[name]), lw=1.4)
        ax.plot(angle[-1], memory[-1], "o", ms=6, color=color(HUES[name]))
    ax.plot([45, 1.8], [100, 100], "o", ms=9, mfc="none", mec=color("ink"), mew=1.2)
    ax.annotate("start", (45, 100), (6, 8), textcoords="offset points", ha="left")
    ax.annotate("goal", (1.8, 100), (0, 9), textcoords="offset points", ha="center")
    ax.set(xlim=(-180, 180), ylim=(1, 3000), xlabel="angle of λ, degrees", ylabel="memory 1/(1-|λ|), steps")
    plain_ticks(ax.yaxis, [1, 10, 100, 1000])
    ax.set_xticks([-180, -90, 0, 90, 180])
    ax.tick_params(axis="x", pad=8)  # −180 stands clear of the 1 beside it
    ax.set_title("The three paths")


def words(facts: Facts) -> str:
    ends = []
    for name, run in facts.runs.items():
        end = "0 to rounding" if run["last"][1] < 1e-10 else f"{run['last'][1]:.2g}"
        left = f" after it left the disc at update {run['updates']}" if run["updates"] < facts.planned else ""
        ends.append(f"{name} {end}{left}")
    return (
        f"Adam at rate {facts.rate:g}, normalisation: {facts.scale}, from λ = 0.99 at 45 degrees to 0.99 at 1.8 "
        f"degrees. Median loss of the last tenth of {facts.planned} updates: {', '.join(ends)}. Right, the paths "
        "of the three over angle and memory."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="journey",
    caption="One unit with |λ| = 0.99 at 45 degrees learns from one with 0.99 at 1.8 degrees: exact loss, white "
    "inputs, Adam at a constant rate, one run each (nothing is random). The numbers are medians of the last 5000 "
    "of 50 000 updates.",
    scale=Control(["none", "γ"], label="normalisation"),
    rate=Control([1e-4, 1e-3, 1e-2], label="rate", format="g"),
    start={"rate": 1e-3},
    states={"rate 0.001": {"rate": 1e-3}, "rate 0.01": {"rate": 1e-2}},
    predict=Prediction(
        question="Adam learns at a rate of 0.001, from an angle of 45 degrees to one of 1.8. After 50 000 updates "
        "one of the three maps is still far from the goal. Which?",
        choices={
            "polar": "Its valley is a needle near the goal. But on the way it may shorten the memory, where all is "
            "wide.",
            "exponential": "Its angle is e^θ_log: near a small angle the same step turns 30 times less. It finds the "
            "needle, and settles.",
            "optimal": "Yes. Each step of its magnitude turns the angle too, at long memory by a lot.",
        },
        answer="optimal",
    ),
)
