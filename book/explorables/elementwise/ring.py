"""The start of an LRU: eigenvalues on a ring, and how many of them remember longer than τ (eq-ring)."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise import ring
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

TAU = np.geomspace(1, 1e4, 90)


class Facts(NamedTuple):
    r_min: float
    r_max: float
    lam: np.ndarray
    curve: np.ndarray  # the share of units beyond each of TAU, in percent
    shares: dict[int, float]  # the same beyond 10, 100 and 1000 steps
    mean_variance: float


def compute(r_min: float, r_max: float) -> Facts:
    return Facts(
        r_min=r_min,
        r_max=r_max,
        lam=ring.eigenvalues(r_min, r_max),
        curve=100 * ring.share_beyond(TAU, r_min, r_max),
        shares={tau: 100 * float(ring.share_beyond(tau, r_min, r_max)) for tau in (10, 100, 1000)},
        mean_variance=ring.mean_variance(r_min, r_max),
    )


@styled
def draw(facts: Facts) -> Figure:
    """64 eigenvalues on the ring, and the share of units that remember longer than τ."""
    fig, (disc, ax) = side_by_side(3.6, widths=(1, 1.15), left=0.15)
    draw_ring(disc, facts)
    draw_shares(ax, facts)
    return fig


def draw_ring(ax: Axes, facts: Facts) -> None:
    circle, lam = np.exp(1j * np.linspace(0, 2 * np.pi, 73)), facts.lam.round(3)
    for r, style in ((1.0, "-"), (facts.r_min, ":"), (facts.r_max, ":")):
        ax.plot((r * circle).real, (r * circle).imag, ls=style, lw=1, color=color("muted"))
    ax.plot(lam.real, lam.imag, "o", ms=3.5, color=color("critical"))
    ax.set(xlim=(-1.06, 1.06), ylim=(-1.06, 1.06), aspect="equal")
    ax.axis("off")
    ax.set_title(f"{len(lam)} units on a ring")


def draw_shares(ax: Axes, facts: Facts) -> None:
    ax.semilogx(TAU, facts.curve, color=color("critical"), lw=2.2)
    for tau, share in facts.shares.items():
        ax.plot(tau, share, "o", ms=6, color=color("critical"))
        text = f"{share:.2g} %" if share < 99.5 else "100 %"
        ax.annotate(text, (tau, share), (7, 4), textcoords="offset points")
    ax.set(xlim=(1, 1e4), ylim=(0, 108), xlabel="memory 1/(1-|λ|) beyond τ steps", ylabel="share of units, %")
    plain_ticks(ax.xaxis, [1, 10, 100, 1000])
    ax.set_yticks([0, 50, 100])
    ax.set_title(f"Mean variance without γ: {facts.mean_variance:.1f}")


def words(facts: Facts) -> str:
    ten, hundred, thousand = facts.shares.values()
    return (
        f"{len(facts.lam)} eigenvalues on the ring from {facts.r_min:g} to {facts.r_max:g}. On average over the "
        f"ring {ten:.1f} percent of the units have a memory beyond 10 steps, {hundred:.1f} beyond 100 and "
        f"{thousand:.1f} beyond 1000. The mean variance of a unit without normalisation is "
        f"{facts.mean_variance:.2f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="ring",
    caption="The start of an LRU: eigenvalues uniform by area between two radii, at any angle. Left: 64 of them, "
    "the same draw for every ring. Right: the exact share of units with a memory beyond τ.",
    r_min=Control([0.0, 0.5, 0.8, 0.9, 0.98], label="inner radius"),
    r_max=Control([0.99, 0.999, 0.9999], label="outer radius"),
    start={"r_min": 0.9, "r_max": 0.999},
    states={"0 to 0.99": {"r_min": 0.0, "r_max": 0.99}, "0.9 to 0.999": {"r_min": 0.9, "r_max": 0.999}},
)
