"""The time scale of a unit as a function of its parameter, and how fast it follows it.

τ = 1/|f(w)|        |dτ/dw| = |f'|/f², which sets the scale of the gradient in w
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.time_scales import scale_over_memory, worse_change
from explorables.memory.maps import MAPS
from explorables.memory.wording import percent
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades
from minirnn.theory.parametrizations import RATES

TAUS = [3, 4, 5, 6, 8, 10, 13, 18, 24, 30, 40, 55, 75, 100, 130, 180, 240, 300, 400, 550, 750, 1000]
MOVE = 0.1
SHOWN = {"scale": "|dτ/dw|", "ratio": "|dτ/dw| / |w|"}
SHOWN_WORDS = {"scale": "gradient scale", "ratio": "gradient scale divided by the weight"}
PARAMETERS = {"direct": (-1.0, 0.0), "exp": (-7.5, 1.0), "softplus": (-7.5, 1.0), "best": (0.0, 34.0)}  # drawn
SHORTEST, LONGEST = 0.4, 2e3  # time scales in the panel


class Facts(NamedTuple):
    tau: int
    rate: str
    what: str
    w: float  # the parameter whose time scale is tau
    change: float  # the worse of the changes by a move of ±MOVE, relative to tau
    speeds: dict[str, float]  # of all maps at tau

    @property
    def change_words(self) -> str:
        return f"τ changes by {percent(self.change)}" if np.isfinite(self.change) else "it diverges"


def compute(tau: int, rate: str, what: str) -> Facts:
    w = float(RATES[rate].inverse(-1 / tau))
    speeds = {name: float(scale_over_memory(name, what, np.array([float(tau)]))[0]) for name in MAPS}
    return Facts(tau, rate, what, w, worse_change(rate, w, MOVE), speeds)


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(beside=0.85)
    draw_time_scale(ax, facts)
    draw_speeds(over, facts)
    return fig


def draw_time_scale(ax: Axes, facts: Facts) -> None:
    """τ over the parameter, and the piece that a move to either side covers, where the unit still decays."""
    f, hue, (low, high) = RATES[facts.rate], color(MAPS[facts.rate]), PARAMETERS[facts.rate]
    least = max(SHORTEST, -1 / f.image[0])  # of τ, so that the curve reaches as far up as the panel
    w = f.inverse(-1 / np.geomspace(least, LONGEST, 160))
    ax.semilogy(*np.array([w, -1 / f(w)])[:, (low <= w) & (w <= high)], color=hue, lw=2.2)
    ax.plot(facts.w, facts.tau, "o", ms=8, color=hue)
    for moved in (facts.w - MOVE, facts.w + MOVE):
        if f(moved) < 0:
            ax.plot([facts.w, moved], [facts.tau, -1 / float(f(moved))], color=color("ink"), lw=2.5)
    ax.set(xlim=(low, high), ylim=(SHORTEST, LONGEST), xlabel="parameter w", ylabel="time scale τ = 1/|f(w)|")
    decades(ax.yaxis, 0, 3)
    ax.set_title(f"{facts.rate}, w ± {MOVE}: {facts.change_words}", color=hue)


def draw_speeds(ax: Axes, facts: Facts) -> None:
    """How fast τ follows the parameter, over τ, for all maps."""
    taus, hue = np.geomspace(2.2, 1000, 60), color(MAPS[facts.rate])
    for name, shade in MAPS.items():
        speed = np.clip(scale_over_memory(name, facts.what, taus), 0.1, 1e9)
        ax.loglog(taus, speed, color=color(shade), lw=2.2 if name == facts.rate else 1.1, label=name)
    ax.plot(facts.tau, facts.speeds[facts.rate], "o", ms=8, color=hue)
    ax.set(xlim=(2, 1000), ylim=(0.2, 1e7), xlabel="time scale τ", ylabel=SHOWN[facts.what])
    decades(ax.xaxis, 1, 3)
    decades(ax.yaxis, 0, 6, 2)
    ax.set_title(f"At τ = {facts.tau}: {readable(facts.speeds[facts.rate])}", color=hue)
    label_ends(ax, away=9)


def words(facts: Facts) -> str:
    speeds = ", ".join(f"{name} {speed:.3g}" for name, speed in facts.speeds.items())
    return (
        f"The map {facts.rate}, at a time scale of {facts.tau}: its parameter is {facts.w:.3g}. Moved by {MOVE}, "
        f"{facts.change_words.replace('τ', 'the time scale')} at worst. Beside it, over the time scale, the "
        f"{SHOWN_WORDS[facts.what]}: {speeds}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="ratio",
    caption="Left: the time scale τ = 1/|f(w)| as a function of its parameter, for dh/dt = f(w)h + x; the thick "
    "piece shows a move by 0.1. Right: how fast τ follows its parameter, which sets the scale of the "
    "gradient, over τ; with “ratio”, over the size of the parameter too. Best: a = 1, b = ½.",
    tau=Control(TAUS, label="time scale τ"),
    rate=Control(list(MAPS), label="map"),
    what=Control(list(SHOWN), label="shown"),
    pad=Pad("tau", axes=1),
    start={"tau": 30, "rate": "direct"},
    states={"direct, τ = 30": {}, "exp, τ = 30": {"rate": "exp"}, "best, τ = 30": {"rate": "best"}},
)
