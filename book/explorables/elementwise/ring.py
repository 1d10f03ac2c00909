"""The start of an LRU: eigenvalues on a ring, and how many of them remember longer than τ (eq-ring)."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.elementwise import ring
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side
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
    angle = np.linspace(0, 2 * np.pi, 73)
    for r, style, name in ((1.0, "-", None), (facts.r_min, ":", "live-inner"), (facts.r_max, ":", "live-outer")):
        ax.plot(r * np.cos(angle), r * np.sin(angle), ls=style, lw=1, color=color("muted"), gid=name)
    ax.plot(facts.lam.real, facts.lam.imag, "o", ms=3.5, color=color("critical"), gid="live-lam")
    ax.plot(facts.r_min, 0, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, gid="live-radius")
    ax.set(xlim=(-1.06, 1.06), ylim=(-1.06, 1.06), aspect="equal")
    ax.axis("off")
    ax.set_title(f"{len(facts.lam)} units on a ring")


def draw_shares(ax: Axes, facts: Facts) -> None:
    """The share over τ; rings at the shortest memory and at the longest, where it begins and ends to fall."""
    ax.semilogx(TAU, facts.curve, color=color("critical"), lw=2.2, gid="live-shares")
    for tau, share in facts.shares.items():
        ax.plot(tau, share, "o", ms=6, color=color("critical"), gid=f"live-at-{tau}")
        ax.text(1.5 * tau, share + 6, f"{readable(share)} %", gid=f"live-share-{tau}")
    for r, share, name in ((facts.r_min, 100, "shortest"), (facts.r_max, 0, "longest")):
        end = ax.plot(1 / (1 - r), share, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, clip_on=False)[0]
        end.set(gid=f"live-{name}", zorder=3)
    ax.set(xlim=(1, 1e4), ylim=(-10, 112), xlabel="memory 1/(1-|λ|) beyond τ steps", ylabel="share of units, %")
    plain_ticks(ax.xaxis, [1, 10, 100, 1000])
    ax.set_yticks([0, 50, 100])
    ax.set_title(f"Mean variance without γ: {facts.mean_variance:.1f}").set_gid("live-variance")


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
    "the same draw for every ring. Right: the exact share of units with a memory beyond τ; drag the rings at its ends, "
    "the shortest memory and the longest.",
    r_min=Control([0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98], label="inner radius", format=".3f"),
    r_max=Control([0.985, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999], label="outer radius", format=".4f"),
    start={"r_min": 0.9, "r_max": 0.999},
    live=[draws.__file__, ring.__file__, __file__],
    states={"0 to 0.99": {"r_min": 0.0, "r_max": 0.99}, "0.9 to 0.999": {"r_min": 0.9, "r_max": 0.999}},
)
