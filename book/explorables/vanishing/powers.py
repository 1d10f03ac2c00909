"""Powers of a matrix between two bounds: ρ decides in the end, σ limits the first steps.

ρ^t <= ‖W^t‖ <= σ^t  for W = [[ρ, c], [0, ρ]]
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bptt.scalar import regime
from experiments.vanishing.powers import HORIZON, power_norms, two_by_two
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import arrow_outline
from minirnn.figures.panels import counted, readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

ABOVE, BELOW = (0, (4, 3)), (0, (1, 2))  # the dashes of the two bounds
REACH = 3.0  # of the plane: what is larger leaves the picture


class Facts(NamedTuple):
    rho: float
    c: float
    t: int
    W: np.ndarray
    power: np.ndarray  # W^t
    sigma: float
    norms: np.ndarray  # of W^t for t = 0 … 100

    @property
    def peak(self) -> int:
        """The step at which the power is largest."""
        return int(self.norms.argmax())


def compute(rho: float, c: float, t: int) -> Facts:
    W = two_by_two(rho, c)
    power = np.linalg.matrix_power(W, t)
    return Facts(rho, c, t, W, power, float(np.linalg.norm(W, 2)), power_norms(W))


@styled
def draw(facts: Facts) -> Figure:
    """‖W^t‖ between its bounds ρ^t and σ^t; and what t steps do to the unit circle."""
    fig, (ax, plane) = side_by_side(3.6, widths=(1.3, 1), between=0.7)
    draw_norms(ax, facts)
    draw_plane(plane, facts)
    return fig


def draw_norms(ax: Axes, facts: Facts) -> None:
    """The norms of the powers over t, which is logarithmic there, and the two bounds, which are straight."""
    hue, norms, ends = color(regime(facts.rho)), facts.norms, np.array([0, HORIZON])
    ax.axhline(1, color=color("line"), lw=0.9)
    for base, dashes, y, text, name in (
        (facts.sigma, ABOVE, 0.17, "above: $σ^t$", "above"),
        (facts.rho, BELOW, 0.07, "below: $ρ^t$", "below"),
    ):
        ax.plot(ends, base**ends, color=color("muted"), lw=1.2, ls=dashes, gid=f"live-{name}")
        ax.plot([0.04, 0.12], [y, y], transform=ax.transAxes, color=color("muted"), lw=1.2, ls=dashes)
        ax.text(0.14, y, text, transform=ax.transAxes, va="center", color=color("muted"))
    ax.semilogy(norms, color=hue, lw=2.2, gid="live-norms")
    ax.plot(facts.t, norms[facts.t], "o", ms=8, mfc=color("paper"), mec=hue, mew=2, gid="live-now")
    ax.set(xlim=(-7, HORIZON), ylim=(1e-12, 1e6), xlabel="steps t", ylabel=r"size of $W^t$")
    decades(ax.yaxis, -12, 6, 6)
    ax.set_title(f"{course(facts)} {readable(norms[-1])}").set_gid("live-course")


def course(facts: Facts) -> str:
    """Where the power is largest, before its size at t = 100."""
    if facts.peak == HORIZON:
        return "Still growing at t = 100:"
    return f"Largest at t = {facts.peak}: {readable(facts.norms[facts.peak])}; at 100:"


def draw_plane(ax: Axes, facts: Facts) -> None:
    """The two columns of W as arrows, the unit circle, and what t steps make of it."""
    hue, angle = color(regime(facts.rho)), np.linspace(0, 2 * np.pi, 73)
    unit = np.array([np.cos(angle), np.sin(angle)])
    ax.plot(*unit, color=color("muted"), lw=1.2)
    ax.fill(*facts.power @ unit, color=hue, alpha=0.15, lw=0, gid="live-image")
    ax.plot(*facts.power @ unit, color=hue, lw=2, gid="live-outline")
    for column, name in zip(facts.W.T, ("first", "second"), strict=True):
        ax.fill(*arrow_outline(column, 0.07).T, color=color("ink"), lw=0, gid=f"live-{name}")
        ax.plot(*column, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, gid=f"live-{name}-tip")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xticks=[], yticks=[])
    ax.set_anchor("N")
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title(f"{counted(facts.t, 'step')}: up to ×{readable(facts.norms[facts.t])}").set_gid("live-stretch")


def words(facts: Facts) -> str:
    rho, sigma, norms = facts.rho, facts.sigma, facts.norms
    course = (
        f"grows to {spoken(norms[facts.peak])} at t = {facts.peak} and ends at {spoken(norms[-1])}"
        if 0 < facts.peak < HORIZON
        else f"{'grows to' if norms[-1] > 1 else 'falls to' if norms[-1] < 1 else 'stays at'} {spoken(norms[-1])}"
    )
    return (
        f"A 2 by 2 matrix with both eigenvalues {rho:.2f} and {facts.c:.2f} above the diagonal: spectral radius "
        f"{rho:.2f}, largest singular value {sigma:.2f}. Over 100 steps the size of its power {course}. The lower "
        f"bound, the spectral radius to the power t, ends at {spoken(rho**HORIZON)}; the upper one at "
        f"{spoken(sigma**HORIZON)}. Beside it, the two columns of the matrix as arrows, and the ellipse that "
        f"{counted(facts.t, 'step')} make of the unit circle: its longer half axis is {spoken(norms[facts.t])}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="powers",
    caption="How much t steps stretch a vector at most: the largest singular value of W multiplied by itself t "
    "times, for W = [[ρ, c], [0, ρ]]; σ is that of W itself. Blue: the spectral radius ρ is below 1; green: it is "
    "1; orange: above. Right: the columns of W as arrows, whose tips you can drag, the unit circle, and what t steps "
    "make of it; what is longer than 3 can leave the picture.",
    rho=Control([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.02, 1.05, 1.1], label="spectral radius ρ"),
    c=Control([0, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10], label="non-normality c", format=".2f"),
    t=Control(range(HORIZON + 1), label="steps t", play=True),
    start={"rho": 0.9, "c": 1, "t": 1},
    live=[__file__],
    states={"ρ = 0.9, c = 0": {"c": 0}, "ρ = 0.9, c = 10": {"c": 10}, "ρ = 1, c = 1": {"rho": 1.0, "c": 1}},
)
