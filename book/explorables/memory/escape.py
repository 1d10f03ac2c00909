"""Two exponentials learn a bump at D: the time at which each run escapes from the plateau, over the delay.

Escape has two definitions, a hundredth or nine tenths of what two units can gain; each has its panel.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.escapes import GAINED, ROUTES, escapes, factor_at_the_end
from experiments.memory.plateau import DELAYS
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

ROUTE_WORDS = {
    "flow": "gradient flow",
    "flow-exp": "gradient flow in the exponential map",
    "flow-best": "gradient flow in the best map",
    "Adam": "Adam",
}
GAINED_WORDS = {"hundredth": "a hundredth gained", "nine-tenths": "nine tenths gained"}


class Facts(NamedTuple):
    route: str
    times: dict[str, np.ndarray]  # (delays, seeds) by both definitions, inf where a run did not escape
    factors: dict[str, float]  # by which a unit of delay multiplies the median, at the longest delays

    @property
    def adam(self) -> bool:
        return self.route == "Adam"


def compute(route: str) -> Facts:
    times = {gained: escapes(route, gained) for gained in GAINED}
    return Facts(route, times, {gained: factor_at_the_end(route, gained) for gained in GAINED})


@styled
def draw(facts: Facts) -> Figure:
    fig, panels = side_by_side(between=0.55, sharey=True)
    for ax, gained in zip(panels, GAINED, strict=True):
        draw_runs(ax, facts, gained)
    panels[0].set_ylabel("updates" if facts.adam else "time of gradient flow")
    decades(panels[0].yaxis, 0, 4 if facts.adam else 8, 1 if facts.adam else 2)
    return fig


def draw_runs(ax: Axes, facts: Facts, gained: str) -> None:
    """A dot a run, a line for the median; above them the number of runs that did not escape."""
    hue, top = (color("chaotic"), 2e5) if facts.adam else (color("vanishing"), 1e10)
    D, times = np.array(DELAYS), facts.times[gained]
    ax.set_yscale("log")
    for d, row in zip(D, times, strict=True):
        ended = row[np.isfinite(row)]
        ax.plot(np.full(len(ended), d), np.maximum(ended, 0.3), "o", ms=3.5, color=hue, alpha=0.45, mew=0)
        if never := len(row) - len(ended):
            ax.text(d, top, str(never), ha="center", va="center", size=9.5, color=color("exploding"), weight=600)
    medians = np.median(times, axis=1)
    finite = np.isfinite(medians)
    ax.plot(D[finite], medians[finite], color=hue, lw=2.2)
    ax.text(D[0] - 0.4, top * (2.2 if facts.adam else 5), "never", size=9.5, color=color("exploding"))
    ax.set(xlim=(D[0] - 0.6, D[-1] + 0.5), ylim=(0.2, 12 * top), xlabel="delay D", xticks=D[::3])
    ax.tick_params(labelleft=True)
    growth = "" if facts.adam else f": at the end ×{facts.factors[gained]:.0f} a unit"
    ax.set_title(GAINED_WORDS[gained].capitalize() + growth, color=hue)


def words(facts: Facts) -> str:
    unit = "updates" if facts.adam else "units of time"
    rows = {}
    for gained, times in facts.times.items():
        medians = [f"{median:.3g}" if np.isfinite(median) else "none" for median in np.median(times, axis=1)]
        never = np.isinf(times).sum(axis=1)
        rows[gained] = "; ".join(
            f"D = {d}: {median}, {count} never" for d, median, count in zip(DELAYS, medians, never, strict=True)
        )
    growth = f" Over the three longest a unit of delay multiplies it by {facts.factors['nine-tenths']:.0f}."
    return (
        f"Two exponentials learn a bump after a delay D, by {ROUTE_WORDS[facts.route]}. Median of ten runs in {unit}, "
        f"and how many never escaped. Until {GAINED_WORDS['hundredth']}: {rows['hundredth']}. Until "
        f"{GAINED_WORDS['nine-tenths']}: {rows['nine-tenths']}.{'' if facts.adam else growth}"
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="escape",
    caption="Two exponentials learn exp(−t) and a bump of width ½ at D. A dot is one of 10 seeds, the line their "
    "median; orange numbers count those that had not escaped at t = 10 to the power 13, or after 4000 updates of "
    "Adam with rate 0.01. Two definitions of escape: a hundredth (left), or nine tenths (right), of what two units "
    "can gain below the plateau.",
    route=Control(list(ROUTES), label="trained by"),
    states={"gradient flow": {}, "best map": {"route": "flow-best"}, "Adam": {"route": "Adam"}},
)
