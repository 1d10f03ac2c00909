"""The smallest singular value of K over the length, for one unit of constant slope, with its three laws."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.parallel.networks import constant_smallest
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import readable, single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

SLOPES = [0.5, 0.9, 1.0, 1.1, 1.5, 2.0]  # always shown, beside the chosen one
LENGTHS = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128]
LEAST = 1e-12  # below it a computed singular value is a rounding error


class Facts(NamedTuple):
    slope: float
    sizes: dict[float, np.ndarray]  # by slope, at the first of LENGTHS
    law: float  # at the last of them


@cache
def sizes(slope: float) -> np.ndarray:
    """At those LENGTHS where it is above LEAST."""
    lengths = [T for T in LENGTHS if slope <= 1 or slope ** -(T + 1.0) > LEAST]
    return np.array([constant_smallest(slope, T) for T in lengths])


def law(slope: float, T: int) -> float:
    """For slope < 1 its limit as T grows; at 1 the value; above 1 what it tends to, in ratio."""
    if slope == 1:
        return float(2 * np.sin(np.pi / (4 * T + 2)))
    return 1 - slope if slope < 1 else (slope**2 - 1) * slope ** -(T + 1.0)


def compute(slope: float) -> Facts:
    found = {a: sizes(a) for a in sorted({*SLOPES, slope})}
    return Facts(slope, found, law(slope, LENGTHS[len(found[slope]) - 1]))


def hue(slope: float) -> str:
    return "vanishing" if slope < 1 else "critical" if slope == 1 else "exploding"


@styled
def draw(facts: Facts) -> Figure:
    fig, ax = single(3.4, beside=0.7)
    for a, values in facts.sizes.items():
        here = a == facts.slope
        T = LENGTHS[: len(values)]
        ax.semilogy(
            T, values, "o-", ms=4 if here else 2, lw=2 if here else 0.9, color=color(hue(a)), label=f"a = {a:g}"
        )
    ax.set(xlim=(0, 130), ylim=(1e-12, 3), xlabel="length T", ylabel="smallest singular value of K")
    decades(ax.yaxis, -12, 0, 3)
    ax.set_xticks([1, 32, 64, 96, 128])
    last = LENGTHS[len(facts.sizes[facts.slope]) - 1]
    ax.set_title(
        f"a = {facts.slope:g}: {readable(facts.sizes[facts.slope][-1])} at T = {last}, by the law "
        f"{readable(facts.law)}"
    )
    label_ends(ax, away=6)
    return fig


def words(facts: Facts) -> str:
    values = facts.sizes[facts.slope]
    kind = {
        "vanishing": "It tends to a constant",
        "critical": "It falls like 1/T",
        "exploding": "It falls exponentially",
    }
    return (
        f"The smallest singular value of K for a slope of {facts.slope:g} at every step, over the length. "
        f"{kind[hue(facts.slope)]}: it is {values[-1]:.3g} at T = {LENGTHS[len(values) - 1]}, where its law gives "
        f"{facts.law:.3g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="conditioning",
    caption="The smallest singular value of K, the matrix of Newton's linear system, for one unit whose slope is a "
    "at every step. Blue: contraction, where it stays; green: a = 1; orange: expansion. Values below 10⁻¹² are "
    "rounding errors and are not drawn.",
    slope=Control([k / 20 for k in range(10, 41)], label="slope a", format=".2f"),
    start={"slope": 1.0},
    states={"a = 0.9": {"slope": 0.9}, "a = 1": {}, "a = 2": {"slope": 2.0}},
)
