"""Bound and measurement: a cost and its slope over one parameter, and both Lipschitz constants over the length N.

The bounds allow O(1), powers of N, or L^{2N} and L^{3N} (thm. smooth); what is measured is mostly smaller.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.chaos.regimes import LONGEST, REGIMES, bound_lines, bound_rates, constants, costs, rates
from explorables.chaos.layouts import two_and_one
from explorables.chaos.wording import nats
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LENGTHS = [5, 10, 20, 30, 50, 75, LONGEST]
HUES = {"contracting": "vanishing", "rotating": "critical", "expanding": "exploding", "chaotic": "chaotic"}
LIMITS = {"contracting": (1e-3, 1e9), "rotating": (1e-3, 1e9), "expanding": (1e-2, 1e13), "chaotic": (1e-2, 1e120)}
TICKS = {"contracting": (-3, 9, 3), "rotating": (-3, 9, 3), "expanding": (0, 12, 4), "chaotic": (0, 120, 30)}


class Facts(NamedTuple):
    """V and V′ over the offsets at this N; of V′ and V″ the largest for every N, the bounds, the rates of both."""

    N: int
    regime: str
    offsets: np.ndarray
    V: np.ndarray
    slope: np.ndarray
    measured: tuple[np.ndarray, np.ndarray]
    bounds: tuple[np.ndarray, np.ndarray]
    rates: tuple[float, float]
    allowed: tuple[float, float]


def compute(N: int, regime: str) -> Facts:
    offsets, V, slope, _ = costs(regime)
    measured, bounds = constants(regime), bound_lines(regime)
    return Facts(N, regime, offsets, V[N - 1], slope[N - 1], measured, bounds, rates(regime), bound_rates(regime))


@styled
def draw(facts: Facts) -> Figure:
    """V over the parameter, its slope below, and right the measured constants over N with the bounds' slopes."""
    fig, cost, slope, constants = two_and_one(4.2, widths=(1.25, 1), heights=(1.1, 1), between=0.8, beside=0.95)
    draw_cost(cost, slope, facts)
    draw_constants(constants, facts)
    return fig


def draw_cost(cost: Axes, slope: Axes, facts: Facts) -> None:
    shade = color(HUES[facts.regime])
    cost.plot(facts.offsets, facts.V, color=shade, lw=1.2)
    cost.set_title(f"The cost V for N = {facts.N}")
    cost.set(ylim=(0, 1.15 * facts.V.max()), xlim=(-0.05, 0.05))
    slope.axhline(0, color=color("line"), lw=0.8)
    slope.plot(facts.offsets, facts.slope, color=shade, lw=1.2)
    slope.set_title("Its slope")
    slope.set(xlabel="parameter, from its middle", xticks=[-0.05, 0, 0.05])
    for ax in (cost, slope):
        ax.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3), useMathText=True)
        ax.yaxis.get_offset_text().set_fontsize(9)
        ax.yaxis.get_offset_text().set_x(-0.12)
        ax.locator_params(axis="y", nbins=4)


def draw_constants(ax: Axes, facts: Facts) -> None:
    """Measured constants over N, and the bounds, moved down until they touch from N = 5 on."""
    n = np.arange(1, LONGEST + 1)
    hues = {"slope": "muted", "curvature": HUES[facts.regime]}
    for (label, hue), measured, bound in zip(hues.items(), facts.measured, facts.bounds, strict=True):
        ax.semilogy(n, measured, color=color(hue), lw=1.8, label=label)
        touching = bound * (measured / bound)[4:].max()
        ax.semilogy(n, touching, color=color(hue), lw=1, ls=(0, (2, 2)))
        ax.plot(facts.N, measured[facts.N - 1], "o", ms=6, color=color(hue))
    ax.set(xlabel="length N", xlim=(0, LONGEST), ylim=LIMITS[facts.regime])
    decades(ax.yaxis, *TICKS[facts.regime])
    ax.set_title("Largest on the interval")
    label_ends(ax)


def words(facts: Facts) -> str:
    first, second = (m[facts.N - 1] for m in facts.measured)
    unit = "as powers of N" if facts.regime == "rotating" else "in nats a step"
    (a, b), (p, q) = ([nats(rate, 2) for rate in pair] for pair in (facts.rates, facts.allowed))
    return (
        f"{facts.regime.capitalize()}, N = {facts.N}: on the interval the slope of the cost is at most {first:.3g} "
        f"and its curvature {second:.3g}. Between N = 40 and 100 they grow {unit} at {a} and {b}; the bounds, "
        f"shown as dashed lines, allow {p} and {q}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cost",
    caption="Left: a cost over one parameter, and its slope. Right: the largest slope and the largest curvature "
    "on the interval, measured for every N (solid; lower bounds, from 241 points), and the growth that the bounds "
    "with two constants allow (dashed, moved down until it touches). Linear systems: contracting z′ = 0.9 exp(iθ) "
    "z + 1, rotating z′ = exp(iθ) z, expanding z′ = 1.1 z + θ, with θ around 0.5; chaotic is the logistic map "
    "with r around 3.78. Targets come from the parameter at +0.025.",
    N=Control(LENGTHS, label="length N", unit="steps"),
    regime=Control(list(REGIMES), label="regime"),
    pad=Pad("N", axes=2),
    start={"N": 30, "regime": "chaotic"},
    states={
        "contracting": {"regime": "contracting"},
        "rotating": {"regime": "rotating"},
        "chaotic": {"regime": "chaotic"},
    },
)
