"""Powers of a matrix between two bounds: what decides in the end, and what one step can do.

ρ^t <= ‖W^t‖ <= σ^t  for W = [[ρ, c], [0, ρ]]
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bptt.scalar import regime
from experiments.vanishing.powers import HORIZON, power_norms, two_by_two
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

ABOVE, BELOW = (0, (4, 3)), (0, (1, 2))  # the dashes of the two bounds


class Facts(NamedTuple):
    rho: float
    c: float
    W: np.ndarray
    sigma: float
    norms: np.ndarray  # of W^t for t = 0 … 100

    @property
    def peak(self) -> int:
        """The step at which the power is largest."""
        return int(self.norms.argmax())


def compute(rho: float, c: float) -> Facts:
    W = two_by_two(rho, c)
    return Facts(rho, c, W, float(np.linalg.norm(W, 2)), power_norms(W))


@styled
def draw(facts: Facts) -> Figure:
    """‖W^t‖ between its bounds ρ^t and σ^t; and what one step does to the unit circle."""
    hue, t, norms = color(regime(facts.rho)), np.arange(HORIZON + 1), facts.norms
    fig, (ax, circle) = side_by_side(3.6, widths=(1.75, 1), between=0.75)
    ax.axhline(1, color=color("line"), lw=0.9)
    ends = np.array([0, HORIZON])  # on this axis the bounds are straight
    for base, dashes, y, text in (
        (facts.sigma, ABOVE, 0.17, "above: $σ^t$"),
        (facts.rho, BELOW, 0.07, "below: $ρ^t$"),
    ):
        ax.plot(ends, base**ends, color=color("muted"), lw=1.2, ls=dashes)
        ax.plot([0.04, 0.12], [y, y], transform=ax.transAxes, color=color("muted"), lw=1.2, ls=dashes)
        ax.text(0.14, y, text, transform=ax.transAxes, va="center", color=color("muted"))
    shown = (t <= 20) | (t % 5 == 0)  # of a smooth curve the eye needs no more
    ax.semilogy(t[shown], norms[shown], color=hue, lw=2.2)
    ax.set(xlim=(0, HORIZON), ylim=(1e-12, 1e6), xlabel="steps t", ylabel=r"size of $W^t$")
    decades(ax.yaxis, -12, 6, 6)
    if facts.peak < HORIZON:
        ax.set_title(
            f"Largest at t = {facts.peak}: {readable(norms[facts.peak])}; at t = 100: {readable(norms[-1])}"
        )
    else:
        ax.set_title(f"Still growing at t = 100: {readable(norms[-1])}")
    draw_circle(circle, facts.W, 1.15 * max(1.0, facts.sigma), hue)
    circle.set_title(f"One step: ρ = {facts.rho:g}, σ = {facts.sigma:.2f}", loc="center")
    return fig


def draw_circle(ax: Axes, W: np.ndarray, reach: float, hue: str) -> None:
    """The unit circle and the ellipse that W makes of it."""
    angle = np.linspace(0, 2 * np.pi, 73)
    unit = np.array([np.cos(angle), np.sin(angle)])
    image = W @ unit
    ax.plot(*unit, color=color("muted"), lw=1.2)
    ax.fill(*image, color=hue, alpha=0.15, lw=0)
    ax.plot(*image, color=hue, lw=2)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.axis("off")


def words(facts: Facts) -> str:
    rho, sigma, norms = facts.rho, facts.sigma, facts.norms
    course = (
        f"grows to {norms[facts.peak]:.4g} at t = {facts.peak} and ends at {norms[-1]:.3g}"
        if 0 < facts.peak < HORIZON
        else f"{'grows to' if norms[-1] > 1 else 'falls to' if norms[-1] < 1 else 'stays at'} {norms[-1]:.4g}"
    )
    return (
        f"A 2 by 2 matrix with both eigenvalues {rho:g} and {facts.c:g} above the diagonal: spectral radius {rho:g}, "
        f"largest singular value {sigma:.3g}. Over 100 steps the size of its power {course}. The lower bound, the "
        f"spectral radius to the power t, ends at {rho**HORIZON:.2g}; the upper one at {sigma**HORIZON:.2g}. "
        f"Beside it, the unit circle and the ellipse one step makes of it, {sigma:.2f} long at most."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="powers",
    caption="How much t steps stretch a vector at most: the largest singular value of W multiplied by itself t "
    "times, for W = [[ρ, c], [0, ρ]]; σ is that of W itself. Blue: the spectral radius ρ is below 1; green: it is "
    "1; orange: above. Right: the unit circle and what one step makes of it.",
    rho=Control([0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.02, 1.1], label="spectral radius ρ"),
    c=Control([0, 0.1, 0.3, 1, 3, 10], label="non-normality c"),
    start={"rho": 0.9, "c": 3},
    states={"ρ = 0.9, c = 0": {"c": 0}, "ρ = 0.9, c = 10": {"c": 10}, "ρ = 1, c = 1": {"rho": 1.0, "c": 1}},
)
