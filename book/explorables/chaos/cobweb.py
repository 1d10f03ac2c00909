"""A path of the logistic map as a cobweb, and the slopes along it: their product is the growth of a small difference.

x_{t+1} = r x_t (1 - x_t);   dx_t/dx_0 = Π a_i,  a_i = r (1 - 2x_i)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.chaos.logistic_paths import STEPS, exponent, path
from explorables.chaos.hues import hue
from explorables.chaos.wording import nats
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LATE = 10  # of the last steps the path stands out: there one sees where it ends


class Facts(NamedTuple):
    """x_0 … x_t and the slopes at x_0 … x_{t-1}; the exponent of a long run."""

    r: float
    t: int
    x: np.ndarray
    slopes: np.ndarray
    exponent: float

    @property
    def growth(self) -> np.ndarray:
        """|dx_k/dx_0| for k = 0 … t."""
        return np.concatenate([[1.0], np.abs(self.slopes).cumprod()])


def compute(r: float, t: int) -> Facts:
    x, slopes = path(r)
    return Facts(r, t, x[: t + 1], slopes[:t], exponent(r))


@styled
def draw(facts: Facts) -> Figure:
    """The cobweb up to step t with the tangent of the last step; and how a small difference has grown."""
    fig, (web, growth) = side_by_side(3.6, widths=(1, 1.15))
    draw_web(web, facts)
    shade, ends = color(hue(facts.exponent)), np.array([0, STEPS])
    growth.axhline(1, color=color("line"), lw=0.9)
    growth.semilogy(ends, np.exp(facts.exponent * ends), color=color("muted"), lw=1.2, ls=(0, (1, 2)))
    growth.plot(facts.growth, color=shade)
    growth.plot(facts.t, facts.growth[-1], "o", ms=7, color=shade)
    growth.set(xlim=(0, STEPS + 1), ylim=(1e-20, 1e20), xlabel="step t", ylabel="size of a difference")
    decades(growth.yaxis, -20, 20, 10)
    growth.set_title(f"A small difference is ×{readable(facts.growth[-1])}")
    return fig


def stairs(x: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """(x0, height), (x0, x1), (x1, x1), (x1, x2), …"""
    corners = np.repeat(x, 2)
    return corners[:-1], np.concatenate([[height], corners[2:]])


def draw_web(ax: Axes, facts: Facts) -> None:
    """Parabola, diagonal, and the path: up or down to the parabola, across to the diagonal."""
    curve, shade = np.linspace(0, 1, 101), color(hue(facts.exponent))
    ax.plot([0, 1], [0, 1], color=color("line"), lw=0.9)
    ax.plot(curve, facts.r * curve * (1 - curve), color=color("muted"), lw=1.3)
    ax.plot(*stairs(facts.x, 0.0), color=shade, lw=0.8, alpha=0.4)
    late = facts.x[-LATE - 1 :]
    ax.plot(*stairs(late, late[0] if facts.t > LATE else 0.0), color=shade, lw=1.2)
    at, slope = facts.x[-2:], facts.slopes[-1]
    reach = 0.16 / np.hypot(1, slope) * np.array([-1, 1])
    ax.plot(at[0] + reach, at[1] + slope * reach, color=color("ink"), lw=2)
    ax.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="$x_{t-1}$", ylabel="$x_t$", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set_title(f"Slope at step {facts.t}: {slope:.2f}".replace("-", "−"))


def words(facts: Facts) -> str:
    return (
        f"Cobweb of the logistic map with r = {facts.r:g}. From 0.3 the path goes to the parabola and across to "
        f"the diagonal, again and again; step {facts.t} leads from {facts.x[-2]:.3f} to {facts.x[-1]:.3f}, where "
        f"the parabola has slope {facts.slopes[-1]:.2f}. Beside it, the size of a small difference of the start: "
        f"after step {facts.t} it is multiplied by {spoken(facts.growth[-1])}. A dotted line has the mean rate of a "
        f"long run, {nats(facts.exponent)} nats a step."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cobweb",
    caption="Left: follow the path up to the parabola, across to the diagonal, and on; the last ten steps stand out. "
    "The short thick stroke is the "
    "slope that the last step meets. Right: the product of all slopes so far, by which a small difference of the "
    "start has grown or shrunk; dotted, the mean rate λ of 20 000 steps. The path starts at x₀ = 0.3.",
    r=Control([2.8, 3.0, 3.2, 3.5, 3.7, 3.832, 4.0], label="weight r"),
    t=Control([1, 2, 3, 5, 10, 20, STEPS], label="step t", play=True),
    pad=Pad("t", axes=1),
    start={"r": 4.0, "t": 10},
    states={"r = 2.8": {"r": 2.8, "t": STEPS}, "r = 3.2": {"r": 3.2, "t": STEPS}, "r = 4": {"t": STEPS}},
)
