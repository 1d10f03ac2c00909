"""Two exponentials learn a bump at D: by four routes, the time at which each run escapes from the plateau.

Escape has two definitions, a hundredth or nine tenths of what two units can gain.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.escapes import GAINED, ROUTES, escapes, factor_at_the_end
from experiments.memory.plateau import DELAYS
from minirnn.figures.panels import figure
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

ROUTE_WORDS = {
    "flow": "gradient flow",
    "flow-exp": "gradient flow, exponential map",
    "flow-best": "gradient flow, best map",
    "Adam": "Adam",
}
EARLY, LATE = GAINED
LINES = {EARLY: "a hundredth", LATE: "nine tenths"}


class Facts(NamedTuple):
    """One route."""

    route: str
    times: dict[str, np.ndarray]  # (delays, seeds) by both definitions, inf where a run did not escape
    factor: float  # by which a unit of delay multiplies the median for nine tenths, at the longest delays

    @property
    def adam(self) -> bool:
        return self.route == "Adam"

    @property
    def never(self) -> dict[str, list[int]]:
        """By definition, the runs that did not escape at each delay."""
        return {gained: np.isinf(times).sum(axis=1).tolist() for gained, times in self.times.items()}


def compute(route: str) -> Facts:
    return Facts(route, {gained: escapes(route, gained) for gained in GAINED}, factor_at_the_end(route, LATE))


@styled
def draw(routes: list[Facts]) -> Figure:
    """A panel a route: dots and a line for nine tenths, a dashed line for a hundredth, above them who never escaped."""
    fig, panels = figure(7.2, 5.2, 2, 2, margins=(0.7, 0.5, 0.15, 0.35), gaps=(0.75, 0.85))
    for ax, facts in zip(panels.flat, routes, strict=True):
        draw_route(ax, facts)
    for ax in panels[-1]:
        ax.set_xlabel("delay D")
    first: Axes = panels[0, 0]
    for x, y, gained, hue in ((6.4, 6e3, LATE, "vanishing"), (8.4, 0.8, EARLY, "muted")):
        first.text(x, y, LINES[gained], size=10, color=color(hue), weight=600)
    return fig


def draw_route(ax: Axes, facts: Facts) -> None:
    hue, top, last = ("chaotic", 2e5, 4) if facts.adam else ("vanishing", 1e10, 8)
    D, delays = np.array(DELAYS), range(len(DELAYS))
    ax.set_yscale("log")
    for k in delays:
        ended = facts.times[LATE][k][np.isfinite(facts.times[LATE][k])]
        ax.plot(np.full(len(ended), D[k]), np.maximum(ended, 0.3), "o", ms=3.5, color=color(hue), alpha=0.45, mew=0)
        if facts.never[LATE][k]:
            style: dict[str, Any] = {"ha": "center", "va": "center", "size": 9.5, "weight": 600}
            ax.text(D[k], top, str(facts.never[LATE][k]), color=color("exploding"), **style)
    lines: dict[str, dict[str, Any]] = {
        LATE: {"lw": 2.2, "color": color(hue)},
        EARLY: {"lw": 1.4, "color": color("muted"), "ls": (0, (3, 2))},
    }
    for gained, line in lines.items():
        medians = np.median(facts.times[gained], axis=1)
        finite = np.isfinite(medians)
        ax.plot(D[finite], medians[finite], **line)
    ax.text(D[0] - 0.4, top * (2.8 if facts.adam else 9), "never:", size=9.5, color=color("exploding"))
    ax.set(xlim=(D[0] - 0.6, D[-1] + 0.5), ylim=(0.2, (18 if facts.adam else 300) * top), xticks=D[::3])
    ax.set_ylabel("updates" if facts.adam else "time of the flow")
    decades(ax.yaxis, 0, last, 1 if facts.adam else 2)
    growth = "" if facts.adam else f": ×{facts.factor:.0f} a unit"
    ax.set_title(f"{ROUTE_WORDS[facts.route][0].upper()}{ROUTE_WORDS[facts.route][1:]}{growth}", color=color(hue))


def words(routes: list[Facts]) -> str:
    text = (
        "Two exponentials learn a bump after a delay D, by four routes; ten runs each. Until nine tenths are gained, "
        "the median time, and how many never gained them."
    )
    for facts in routes:
        medians = np.median(facts.times[LATE], axis=1)
        rows = "; ".join(
            f"D = {d}: {f'{median:.3g}' if np.isfinite(median) else 'none'}, {count} never"
            for d, median, count in zip(DELAYS, medians, facts.never[LATE], strict=True)
        )
        unit = "updates" if facts.adam else "units of time"
        early = np.median(facts.times[EARLY], axis=1)
        text += (
            f" {ROUTE_WORDS[facts.route].capitalize()}, in {unit}. {rows}. A hundredth is gained after {early[0]:.3g} "
            f"at D = {DELAYS[0]}"
        )
        finite = np.isfinite(early)
        text += f" and {early[finite][-1]:.3g} at D = {np.array(DELAYS)[finite][-1]}."
    return text


def picture() -> Picture:
    routes = [compute(route) for route in ROUTES]
    return show(draw(routes), words(routes))
