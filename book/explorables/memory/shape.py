"""A bump that one drags, and what m units with one multiplier λ and its conjugate make of it.

K̂ = Σ_i c_i B_i,  c_i = ⟨K, B_i⟩,  B_i the orthonormal responses of a chain of all-passes (broome1965)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory import chains
from experiments.memory.chains import LONGEST, T, fits
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades
from minirnn.theory.memory import bump

LEAST = 1e-6  # of the errors that show


class Facts(NamedTuple):
    centre: float
    width: float
    nu: float
    theta: float  # degrees
    pairs: int
    target: np.ndarray  # (T,)
    fit: np.ndarray
    errors: np.ndarray  # relative, of 1 … LONGEST pairs

    @property
    def error(self) -> float:
        return float(self.errors[self.pairs - 1])


def compute(centre: float, width: float, nu: float, theta: float, pairs: int) -> Facts:
    K = bump(T, centre, width)
    kernels, errors = fits(K, nu * np.exp(1j * np.deg2rad(theta)))
    return Facts(centre, width, nu, theta, pairs, K, kernels[pairs - 1], errors)


@styled
def draw(facts: Facts) -> Figure:
    """The bump and its fit; λ on the disc; the error over the number of units."""
    fig, (kernel, disc, over) = side_by_side(3.1, widths=(1.5, 0.75, 0.9), between=0.5)
    draw_kernel(kernel, facts)
    draw_disc(disc, facts)
    draw_errors(over, facts)
    return fig


def draw_kernel(ax: Axes, facts: Facts) -> None:
    k = np.arange(T)
    ax.axhline(0, color=color("line"), lw=0.8)
    ax.plot(k, facts.target, color=color("ink"), lw=4, alpha=0.25, gid="live-target")
    ax.plot(k, facts.fit, color=color("critical"), lw=1.8, gid="live-fit")
    side = (facts.centre + facts.width, float(np.exp(-0.5)))
    for name, place in (("top", (facts.centre, 1.0)), ("side", side)):
        ax.plot(*place, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, gid=f"live-{name}", zorder=4)
    ax.set(xlim=(0, T), ylim=(-0.5, 1.4), yticks=[0, 0.5, 1], xlabel="lag k, steps", ylabel="weight of the input")
    ax.set_title(f"{2 * facts.pairs} units: error {readable(facts.error)}", color=color("critical")).set_gid(
        "live-error"
    )


def draw_disc(ax: Axes, facts: Facts) -> None:
    """λ and its conjugate; a ray whose turn in one centre is a whole one would peak there."""
    angle, radians = np.linspace(0, 2 * np.pi, 73), np.deg2rad(facts.theta)
    x, y = facts.nu * np.cos(radians), facts.nu * np.sin(radians)
    ax.plot(np.cos(angle), np.sin(angle), color=color("muted"), lw=1.2)
    ax.plot([-1, 1], [0, 0], color=color("line"), lw=0.8)
    ax.plot(x, -y, "o", ms=6, color=color("critical"), gid="live-conjugate")
    ax.plot(x, y, "o", ms=8, mfc=color("paper"), mec=color("critical"), mew=2, gid="live-lam", zorder=4)
    ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal", anchor="N")
    ax.axis("off")
    ax.set_title("λ")


def draw_errors(ax: Axes, facts: Facts) -> None:
    units = 2 * np.arange(1, LONGEST + 1)
    ax.semilogy(units, np.maximum(facts.errors, LEAST), color=color("critical"), lw=1.6, gid="live-errors")
    ax.plot(2 * facts.pairs, max(facts.error, LEAST), "o", ms=7, color=color("critical"), gid="live-here")
    ax.set(xlim=(0, 2 * LONGEST + 1), ylim=(LEAST, 2), xlabel="units m", xticks=[2, 12, 24])
    decades(ax.yaxis, -6, 0, 2)
    ax.set_title("Error, relative")


def words(facts: Facts) -> str:
    real = facts.theta == 0
    return (
        f"A memory kernel that is a bump {facts.centre:.1f} steps back, {facts.width:.1f} steps wide. "
        f"{2 * facts.pairs} units with the multiplier "
        f"{facts.nu:.3f}{'' if real else f' at plus and minus {facts.theta:g} degrees'} leave a relative error of "
        f"{spoken(facts.error)}; 2 of them leave {spoken(facts.errors[0])}, 24 of them {spoken(facts.errors[-1])}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="shape",
    caption="Left: a bump (grey), whose top and side you can drag, and the best that m units can make of it "
    "(green) if all their multipliers are λ or its conjugate. Middle: λ, which you can drag over the half disc; "
    "at angle 0 the units only decay. Right: the error over the number of units, relative to the bump, in the "
    "sense of least squares.",
    centre=Control([5.0 * k for k in range(1, 31)], label="centre", unit="steps", format=".1f"),
    width=Control([2.0, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40], label="width", unit="steps", format=".1f"),
    nu=Control([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 0.99], label="magnitude |λ|", format=".3f"),
    theta=Control([2.0 * k for k in range(46)], label="angle of λ", unit="°", format=".1f"),
    pairs=Control(range(1, LONGEST + 1), label="pairs of units"),
    start={"centre": 50, "width": 6, "nu": 0.8, "theta": 0, "pairs": 6},
    live=[chains.__file__, __file__],
    states={"decay only": {}, "λ turns": {"theta": 8}, "a wide bump": {"width": 20}},
)
