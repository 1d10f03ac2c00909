"""How many units a delay costs: the singular values of its Hankel matrix, and the number of units over the delay.

    H_ij = K[i + j]        no network of m units is nearer to K than Σ_{i>m} σ_i² / n

The lower number is that of the bound, the upper one the size of a network that was made.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.delays import at_least, enough, sigmas
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.marks import band
from minirnn.figures.panels import counted, side_by_side
from minirnn.figures.theme import color, styled

DELAYS, WIDTHS = [5, 10, 20, 30, 40, 50, 60, 80], [0, 1, 2, 3, 5]


class Facts(NamedTuple):
    D: int
    s: int
    sigma: np.ndarray  # the singular values, largest first
    least: dict[int, int]  # the fewest units that the bound allows, for each delay
    enough: dict[int, int]  # the units of the network that was made, for each delay


def compute(D: int, s: int) -> Facts:
    return Facts(D, s, sigmas(D, s), {d: at_least(d, s) for d in DELAYS}, {d: enough(d, s) for d in DELAYS})


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side()
    draw_singular_values(ax, facts)
    draw_matrix(ax.inset_axes((0.6, 0.33, 0.37, 0.55)), facts)
    draw_numbers(over, facts)
    return fig


def draw_singular_values(ax: Axes, facts: Facts) -> None:
    least, hue = facts.least[facts.D], color("exploding")
    ax.axvspan(0, least + 0.5, color=hue, alpha=0.1, lw=0)
    ax.plot(np.arange(1, len(facts.sigma) + 1), facts.sigma / facts.sigma[0], ".", ms=5, color=hue)
    ax.set(xlim=(0, 100), ylim=(-0.03, 1.12), xlabel="number i", ylabel="singular value i, relative to the first")
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    ax.set_title(f"At least {least} units for 10 %", color=hue)


def draw_matrix(ax: Axes, facts: Facts) -> None:
    """The Hankel matrix as a stripe along its anti-diagonals."""
    ax.set(xlim=(0, 100), ylim=(100, 0), aspect="equal", xticks=[], yticks=[])
    for half, alpha in ((2.0, 0.3), (1.0, 0.5)):
        low, high = (facts.D + side * half * max(facts.s, 0.7) for side in (-1, 1))
        ax.fill([low, high, 0, 0], [0, 0, high, low], color=color("ink"), alpha=alpha, lw=0)
    ax.spines[:].set_visible(True)
    ax.set_title("its Hankel matrix", size=9.5, loc="center", pad=4, weight=400, color=color("muted"))


def draw_numbers(ax: Axes, facts: Facts) -> None:
    """The least number and the one that is enough over the delay, below the line of one unit a step."""
    lower, upper = list(facts.least.values()), list(facts.enough.values())
    ax.plot([0, 90], [1, 91], color=color("line"), lw=1)
    band(ax, DELAYS, lower, upper, "exploding")
    ax.plot(DELAYS, lower, color=color("exploding"), lw=1.2)
    ax.plot(DELAYS, upper, color=color("critical"), lw=1.2)
    ax.plot(facts.D, facts.least[facts.D], "o", ms=7, color=color("exploding"))
    ax.plot(facts.D, facts.enough[facts.D], "o", ms=7, color=color("critical"))
    ax.set(xlim=(0, 84), ylim=(0, 90), xlabel="delay D, steps", ylabel="units", yticks=range(0, 81, 20))
    ax.set_title(f"{facts.enough[facts.D]} are enough", color=color("critical"))
    label_line(ax, 3, 82, "grey: one unit a step", "muted")


def words(facts: Facts) -> str:
    half = int((facts.sigma > 0.5 * facts.sigma[0]).sum())
    kind = "exactly" if facts.s == 0 else f"with a spread of {counted(facts.s, 'step')}"
    return (
        f"A kernel that recalls the input of {facts.D} steps ago, {kind}. {half} of its Hankel matrix's singular "
        f"values are above half of the largest. A linear network needs at least {facts.least[facts.D]} units for an "
        f"error of 10 percent, and {facts.enough[facts.D]} are enough. Over delays from 5 to 80 steps the least "
        f"number grows from {facts.least[5]} to {facts.least[80]}, and the number that is enough from "
        f"{facts.enough[5]} to {facts.enough[80]}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="units",
    caption="How many units recall the input of D steps ago, give or take s steps, with an error of at most 10 %? "
    "Left: the singular values of the Hankel matrix, and the matrix as a picture. Right: the least number that the "
    "bound allows (orange) and a number with which we constructed a network (green).",
    D=Control(DELAYS, label="delay D", unit="steps"),
    s=Control(WIDTHS, label="spread s", unit="steps"),
    pad=Pad("D", axes=1),
    start={"D": 50, "s": 3},
    states={"exactly 50 steps": {"s": 0}, "50 ± 3 steps": {}, "20 ± 3 steps": {"D": 20}},
)
