"""Temporal order over length, with clipping and Ω: success and cost of every run of the record `temporal_order`."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.intervals import wilson
from experiments.vanishing.saved import order_runs
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import intervals
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled

METHODS = {"SGD": "muted", "SGD-C": "exploding", "SGD-CR": "critical"}


class Group(NamedTuple):
    """The runs of one method at one length."""

    runs: int
    updates: list[int]  # of those that succeed

    @property
    def wins(self) -> int:
        return len(self.updates)


class Facts(NamedTuple):
    init: str
    lengths: list[int]
    groups: dict[tuple[str, int], Group]  # by method and length


def compute(init: str) -> Facts:
    groups = {
        key: Group(len(runs), [run["updates"] for run in runs if run["solved"]])
        for key, runs in order_runs(init).items()
    }
    return Facts(init, sorted({L for _, L in groups}), groups)


@styled
def draw(facts: Facts) -> Figure:
    """Successes over length for the three methods, with intervals; and the updates that successes took."""
    fig, (ax, cost) = side_by_side(3.3, widths=(1.3, 1), beside=0.75)
    for shift, method in zip((-0.12, 0.0, 0.12), METHODS, strict=True):
        for place, L in enumerate(facts.lengths):
            if (method, L) in facts.groups:
                draw_group(ax, cost, facts.groups[method, L], place + shift, METHODS[method])
    ax.set(ylim=(-4, 104), ylabel="runs that learn it, %", yticks=[0, 50, 100])
    ax.set_title(f"{facts.init[0].upper()}{facts.init[1:]}: success over length")
    cost.set(ylim=(0, 8200), ylabel="updates to success", yticks=[0, 4000, 8000])
    cost.set_title("Runs that succeeded")
    for panel in (ax, cost):
        panel.set(xlim=(-0.4, len(facts.lengths) - 0.6), xlabel="length L, steps")
        panel.set_xticks(range(len(facts.lengths)), labels=[str(L) for L in facts.lengths])
    for y, (method, hue) in zip((0.2, 0.5, 0.8), METHODS.items(), strict=True):
        cost.text(1.04, y, method, transform=cost.transAxes, color=color(hue), weight=600, va="center")
    return fig


def draw_group(ax: Axes, cost: Axes, group: Group, x: float, hue: str) -> None:
    """The share of successes with its interval, and a dot for what each success took."""
    low, high = wilson(group.wins, group.runs)
    intervals(ax, x, 100 * group.wins / group.runs, 100 * low, 100 * high, hue, size=7)
    spread = x + np.linspace(-0.04, 0.04, group.wins)
    cost.plot(spread, group.updates, "o", ms=4.5, color=color(hue), alpha=0.7)


def words(facts: Facts) -> str:
    rows = []
    for L in facts.lengths:
        groups = {method: facts.groups[method, L] for method in METHODS if (method, L) in facts.groups}
        shares = ", ".join(f"{method} {group.wins} of {group.runs}" for method, group in groups.items())
        rows.append(f"L = {L}: {shares}")
    return (
        f"Initialisation {facts.init}. Runs that learn the temporal order within 8000 updates. {'; '.join(rows)}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="order",
    caption="Left: how many of 5 runs learn temporal order at each length, with plain SGD, with clipping at norm 1 "
    "(SGD-C), and with clipping and Ω (SGD-CR, α = 4); bars are 95 % Wilson intervals. Right: the updates that each "
    "successful run took. Networks have 50 units, and runs at most 8000 updates at rate 0.1 (the paper: 5 million at "
    "0.01).",
    init=Control(["basic tanh", "smart tanh", "sigmoid"], label="initialisation"),
    states={"basic tanh": {}, "smart tanh": {"init": "smart tanh"}, "sigmoid": {"init": "sigmoid"}},
)
