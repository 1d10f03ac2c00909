"""How well approximate gradients point where the exact one does, for one network and over the gain.

The record `alignment` has the cosines of five seeds for each cell, gain and lag.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.forwards.alignment import CELLS, GAINS, LAGS, METHODS
from experiments.record import load
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import counted, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks, row_names

SHOWN = ["K = 1", "K = 3", "K = 10", "K = 30", "SnAp-1", "e-prop", "one draw", "100 draws"]
NAMES = {"one draw": "UORO", "100 draws": "UORO, mean of 100"}
CURVES = {"K = 10": "vanishing", "SnAp-1": "exploding", "one draw": "chaotic"}


def hue(method: str) -> str:
    """Blue: cut off; orange: a part of the Jacobian; pink: random."""
    return "vanishing" if method.startswith("K") else "chaotic" if "draw" in method else "exploding"


class Facts(NamedTuple):
    cell: str
    gain: float
    lag: int
    cosines: dict[str, np.ndarray]  # of all seeds, for each method
    curves: dict[str, np.ndarray]  # their mean over GAINS
    exponent: float


def lines(cell: str, lag: int) -> list[dict[str, Any]]:
    """The rows of the record of this cell and lag, over the gain."""
    return [row for row in load("alignment")["results"] if (row["cell"], row["lag"]) == (cell, lag)]


def compute(cell: str, gain: float, lag: int) -> Facts:
    rows = lines(cell, lag)
    row = rows[GAINS.index(gain)]
    curves = {name: np.array([np.mean(r[name][0]) for r in rows]) for name in METHODS}
    cosines = {name: np.array(row[name][0]) for name in METHODS}
    return Facts(cell, gain, lag, cosines, curves, float(np.mean(row["exponent"])))


@styled
def draw(facts: Facts) -> Figure:
    fig, (rows, over) = side_by_side(3.7, widths=(1.15, 1), left=1.35, between=0.75, beside=0.75)
    draw_rows(rows, facts)
    draw_curves(over, facts)
    return fig


def draw_rows(ax: Axes, facts: Facts) -> None:
    """The cosine of each seed, and their mean, a row for each method."""
    heights = row_names(ax, [NAMES.get(name, name) for name in SHOWN])
    ax.axvline(0, color=color("line"), lw=1)
    ax.axvline(1, color=color("line"), lw=1)
    for name, y in zip(SHOWN, heights, strict=True):
        shade, cosines = color(hue(name)), facts.cosines[name]
        ax.plot(cosines, np.full(len(cosines), y), "o", ms=4, alpha=0.4, color=shade)
        ax.plot(cosines.mean(), y, "o", ms=7.5, color=shade)
    ax.set(xlim=(-0.45, 1.06), xlabel="cosine with the exact gradient")
    ax.set_xticks([0, 0.5, 1], labels=["0", "½", "1"])
    ax.set_title(f"λ₁ = {'−' * (facts.exponent < 0)}{abs(facts.exponent):.2f} nats a step")


def draw_curves(ax: Axes, facts: Facts) -> None:
    ax.axvline(facts.gain, color=color("line"), lw=1)
    for name, shade in CURVES.items():
        ax.plot(GAINS, facts.curves[name], color=color(shade), label=NAMES.get(name, name))
        ax.plot(facts.gain, facts.curves[name][GAINS.index(facts.gain)], "o", ms=6, color=color(shade))
    ax.set(xlim=(0.4, 2.05), ylim=(-0.12, 1.05), xlabel="gain", ylabel="mean cosine")
    plain_ticks(ax.xaxis, GAINS)
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    label_ends(ax, away=7)


def words(facts: Facts) -> str:
    values = ", ".join(f"{NAMES.get(name, name)} {facts.cosines[name].mean():z.2f}" for name in SHOWN)
    sign = "minus " * (facts.exponent < 0)
    return (
        f"The cell {facts.cell} with gain {facts.gain:g}, asked for its input {counted(facts.lag, 'step')} "
        f"ago; its largest exponent is {sign}{abs(facts.exponent):.2f}. Mean cosines of approximate gradients with the "
        f"exact one, over five seeds: {values}. Beside it three of them over the gain."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="align",
    caption="Cosines of approximate gradients with the exact one, for networks of 24 units at the start of training. "
    "Left: five seeds (pale) and their mean. Blue: backpropagation through K steps. Orange: one trace for each "
    "parameter. Pink: one random product, and the mean of 100. Right: the mean of three of them over the gain.",
    cell=Control(list(CELLS), label="cell"),
    gain=Control(GAINS, label="gain"),
    lag=Control(LAGS, label="lag", unit="steps"),
    pad=Pad("gain", axes=1),
    start={"cell": "tanh", "gain": 0.9, "lag": 10},
    states={"tanh, gain 0.9": {}, "leaky, gain 0.9": {"cell": "leaky"}, "tanh, gain 2": {"gain": 2.0}},
)
