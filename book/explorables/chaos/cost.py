"""Bound and measurement: a cost and its slope over one parameter, and both Lipschitz constants over the length N.

The bounds allow O(1), powers of N, or L^{2N} and L^{3N} (thm. smooth); what is measured is mostly smaller.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.chaos.regimes import LONGEST, REGIMES, bound_lines, bound_rates, constants, costs, rates
from explorables.chaos.wording import nats
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LENGTHS = list(range(5, LONGEST + 1, 5))
HUES = {"contracting": "vanishing", "rotating": "critical", "expanding": "exploding", "chaotic": "chaotic"}


class Facts(NamedTuple):
    """By regime V over the offsets at this N, relative to its largest value; of V′ the largest for every N; and of
    the chosen regime those of V″, the bounds on both, and their rates."""

    N: int
    regime: str
    offsets: np.ndarray
    V: dict[str, np.ndarray]
    slopes: dict[str, np.ndarray]
    curvatures: np.ndarray
    bounds: tuple[np.ndarray, np.ndarray]
    rates: tuple[float, float]
    allowed: tuple[float, float]


def compute(N: int, regime: str) -> Facts:
    V = {name: costs(name).V[N - 1] / costs(name).V[N - 1].max() for name in REGIMES}
    slopes, curvatures = {name: constants(name)[0] for name in REGIMES}, constants(regime)[1]
    bounds = bound_lines(regime), rates(regime), bound_rates(regime)
    return Facts(N, regime, costs(regime).offsets, V, slopes, curvatures, *bounds)


@styled
def draw(facts: Facts) -> Figure:
    """The four costs in a row, and below the largest slopes over N, of the chosen regime with its curvature."""
    fig, grid = figure(7.2, 4.7, 2, 4, margins=(0.7, 0.5, 1.05, 0.35), gaps=(0.2, 0.5), height_ratios=[1, 2.1])
    constants = fig.add_subplot(grid[1, 0].get_gridspec()[1, :])
    for ax in grid[1]:
        ax.remove()
    for ax, (regime, V) in zip(grid[0], facts.V.items(), strict=True):
        chosen = regime == facts.regime
        ax.plot(facts.offsets, V, color=color(HUES[regime]), lw=1.4 if chosen else 0.8)
        ax.set(xlim=(-0.05, 0.05), ylim=(0, 1.1), xticks=[], yticks=[])
        ax.set_title(
            regime, color=color(HUES[regime] if chosen else "muted"), weight=600 if chosen else 400, size=10
        )
    grid[0, 0].set_ylabel(f"V, N = {facts.N}")
    draw_constants(constants, facts)
    return fig


def draw_constants(ax: Axes, facts: Facts) -> None:
    """Largest slopes over N. Of the chosen regime its curvature, and the bounds, moved down until they touch from N = 5
    on."""
    n = np.arange(1, LONGEST + 1)
    for regime, slopes in facts.slopes.items():
        chosen = regime == facts.regime
        ax.semilogy(n, slopes, color=color(HUES[regime]), lw=2.2 if chosen else 1, label=regime)
        ax.plot(facts.N, slopes[facts.N - 1], "o", ms=7 if chosen else 4, color=color(HUES[regime]), clip_on=False)
    ax.semilogy(n, facts.curvatures, color=color("muted"), lw=1.4, label="its curvature")
    for measured, bound, hue in zip(
        (facts.slopes[facts.regime], facts.curvatures), facts.bounds, (HUES[facts.regime], "muted"), strict=True
    ):
        ax.semilogy(n, bound * (measured / bound)[4:].max(), color=color(hue), lw=1, ls=(0, (2, 2)))
    ax.set(xlabel="length N", xlim=(0, LONGEST), ylim=(1e-6, 1e42), ylabel="largest on the interval")
    decades(ax.yaxis, 0, 40, 10)
    label_ends(ax, away=10)  # beside the dots, too


def words(facts: Facts) -> str:
    first, second = (m[facts.N - 1] for m in (facts.slopes[facts.regime], facts.curvatures))
    others = ", ".join(f"{name} {s[facts.N - 1]:.3g}" for name, s in facts.slopes.items() if name != facts.regime)
    unit = "as powers of N" if facts.regime == "rotating" else "in nats a step"
    (a, b), (p, q) = ([nats(rate, 2) for rate in pair] for pair in (facts.rates, facts.allowed))
    return (
        f"{facts.regime.capitalize()}, N = {facts.N}: on the interval the slope of the cost is at most {first:.3g} "
        f"and its curvature {second:.3g}. Between N = 40 and 100 they grow {unit} at {a} and {b}; the bounds, "
        f"shown as dashed lines, allow {p} and {q}. The largest slopes of the other regimes: {others}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cost",
    caption="Above: four costs over one parameter, each relative to its largest value. Below: the largest slope on the "
    "interval for every N (lower bounds, from 241 points); of the regime that you choose also the largest curvature "
    "(grey) and the growth that the bounds with two constants allow (dashed, moved down until it touches). Linear "
    "systems: contracting z′ = 0.9 exp(iθ) z + 1, rotating z′ = exp(iθ) z, expanding z′ = 1.1 z + θ, with θ around "
    "0.5; chaotic is the logistic map with r around 3.78. Targets come from the parameter at +0.025.",
    N=Control(LENGTHS, label="length N", unit="steps"),
    regime=Control(list(REGIMES), label="regime"),
    pad=Pad("N", axes=4),
    start={"N": 30, "regime": "chaotic"},
    states={
        "contracting": {"regime": "contracting"},
        "rotating": {"regime": "rotating"},
        "chaotic": {"regime": "chaotic"},
    },
)
