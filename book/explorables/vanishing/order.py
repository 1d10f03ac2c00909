"""Temporal order over length, with clipping and Ω: success and cost of every run of the record `temporal_order`.

A column an initialisation.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.intervals import wilson
from experiments.vanishing.saved import order_runs
from minirnn.figures.marks import intervals
from minirnn.figures.panels import figure
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled

METHODS = {"SGD": "muted", "SGD-C": "exploding", "SGD-CR": "critical"}
INITS = ("basic tanh", "smart tanh", "sigmoid")


class Group(NamedTuple):
    """The runs of one method at one length."""

    runs: int
    updates: list[int]  # of those that succeed

    @property
    def wins(self) -> int:
        return len(self.updates)


class Facts(NamedTuple):
    lengths: list[int]
    groups: dict[str, dict[tuple[str, int], Group]]  # by initialisation, then by method and length


def compute() -> Facts:
    groups = {
        init: {
            key: Group(len(runs), [run["updates"] for run in runs if run["solved"]])
            for key, runs in order_runs(init).items()
        }
        for init in INITS
    }
    return Facts(sorted({L for by_key in groups.values() for _, L in by_key}), groups)


@styled
def draw(facts: Facts) -> Figure:
    """Successes over length for the three methods, with intervals; below, the updates that successes took."""
    fig, (successes, costs) = figure(
        7.2, 4.4, 2, 3, margins=(0.7, 0.5, 0.75, 0.35), gaps=(0.7, 0.35), sharex=True, sharey="row"
    )
    for ax, cost, init in zip(successes, costs, INITS, strict=True):
        for (method, L), group in facts.groups[init].items():
            shift = 0.18 * (list(METHODS).index(method) - 1)
            draw_group(ax, cost, group, facts.lengths.index(L) + shift, METHODS[method])
        ax.set_title(init)
        for panel in (ax, cost):
            panel.tick_params(labelleft=True)
        ax.set_ylabel("runs that learn it, %")  # in each column: a phone shows them below each other
        cost.set_ylabel("updates to success")
        cost.set(xlim=(-0.5, len(facts.lengths) - 0.5), xlabel="length L, steps")
        cost.set_xticks(range(len(facts.lengths)), labels=[str(L) for L in facts.lengths])
    successes[0].set(ylim=(-4, 104), yticks=[0, 50, 100])
    costs[0].set(ylim=(0, 8200), yticks=[0, 4000, 8000])
    for y, (method, hue) in zip((0.2, 0.5, 0.8), METHODS.items(), strict=True):
        successes[-1].text(
            1.05, y, method, transform=successes[-1].transAxes, color=color(hue), weight=600, va="center"
        )
    return fig


def draw_group(ax: Axes, cost: Axes, group: Group, x: float, hue: str) -> None:
    """The share of successes with its interval, and a dot for what each success took."""
    low, high = wilson(group.wins, group.runs)
    intervals(ax, x, 100 * group.wins / group.runs, 100 * low, 100 * high, hue, size=5)
    spread = x + np.linspace(-0.05, 0.05, group.wins)
    cost.plot(spread, group.updates, "o", ms=3.5, color=color(hue), alpha=0.7)


def words(facts: Facts) -> str:
    text = (
        "Runs that learn the temporal order within 8000 updates, over the length L, and the updates that each took."
    )
    for init, groups in facts.groups.items():
        rows = []
        for L in facts.lengths:
            shares = [f"{m} {groups[m, L].wins} of {groups[m, L].runs}" for m in METHODS if (m, L) in groups]
            rows += [f"L = {L}: {', '.join(shares)}"] if shares else []
        text += f" Initialisation {init}. {'; '.join(rows)}."
    return text


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
