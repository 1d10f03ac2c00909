"""λ on the unit disc under each remedy: coordinate lines, the reach of a step, and the Hessian over memory."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise.remedies import REMEDIES, entries, step_region
from explorables.elementwise.memory_axes import MEMORY, memory_axes
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.theory.population import variance

MAGNITUDES = 1 - 1 / MEMORY[MEMORY > 1.9]
TENTHS = np.arange(0.1, 1, 0.1)
RADII = {  # equal steps of the magnitude's parameter
    "polar": TENTHS,
    "normalised": TENTHS,
    "exponential": np.exp(-np.exp(np.arange(-6, 1.1, 0.5))),
    "optimal": np.tanh(np.arange(0.25, 3.1, 0.25)),
}


class Facts(NamedTuple):
    """Pairs are of the parameters of magnitude and angle."""

    nu: float
    theta: int  # degrees
    kind: str
    variance: float  # of the output
    region: np.ndarray  # the λ that a step of 0.1 in the parameters reaches, its border
    sensitivities: tuple[float, float]
    curves: tuple[np.ndarray, np.ndarray]  # the sensitivities at MAGNITUDES


def compute(nu: float, theta: int, kind: str) -> Facts:
    radians, size = np.deg2rad(theta), float(variance(nu))
    magnitude, angle = entries(kind, np.array(nu), radians)
    return Facts(
        nu=nu,
        theta=theta,
        kind=kind,
        variance=size if kind == "polar" else size * (1 - nu**2),
        region=step_region(kind, nu, radians),
        sensitivities=(float(magnitude), float(angle)),
        curves=entries(kind, MAGNITUDES, radians),
    )


@styled
def draw(facts: Facts) -> Figure:
    """λ on the disc with the coordinate net and the reach of a step; and the Hessian's two entries over memory."""
    fig, (disc, ax) = side_by_side(3.9, left=0.15)
    draw_net(disc, facts.kind)
    draw_step(disc, facts)
    draw_sensitivities(ax, facts)
    return fig


def draw_net(ax: Axes, kind: str) -> None:
    """Circles on which the magnitude's parameter is constant, and spokes on which the angle's is."""
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 73))
    lines = [radius * circle for radius in RADII[kind]]
    lines += bent_spokes() if kind == "optimal" else straight_spokes()
    for line in lines:
        ax.plot(line.real.round(3), line.imag.round(3), color=color("line"), lw=0.6, zorder=1)
    ax.plot(circle.real.round(3), circle.imag.round(3), color=color("muted"), lw=1.2, zorder=2)


def straight_spokes() -> list[np.ndarray]:
    return [np.array([0.05, 1.0]) * np.exp(1j * angle) for angle in 2 * np.pi * np.arange(24) / 24]


def bent_spokes() -> list[np.ndarray]:
    """Of the optimal map: w₂ = ±1, ±2, ±4 … These lines run towards the angle 0 as |λ| grows."""
    nu = np.tanh(np.linspace(0.3, 3.6, 60))
    per_radian = REMEDIES["optimal"].coordinates(nu, 1.0)[1]
    angles = [w2 / per_radian for w2 in (-16, -8, -4, -2, -1, 1, 2, 4, 8, 16)]
    return [(nu * np.exp(1j * angle))[np.abs(angle) <= np.pi] for angle in angles]


def draw_step(ax: Axes, facts: Facts) -> None:
    lam, x, y = facts.nu * np.exp(1j * np.deg2rad(facts.theta)), facts.region.real, facts.region.imag
    ax.fill(x.round(4), y.round(4), color=color("exploding"), alpha=0.35, lw=0, zorder=3)
    ax.plot(x.round(4), y.round(4), color=color("exploding"), lw=1, zorder=4)
    ax.plot(lam.real, lam.imag, "o", ms=5, color=color("ink"), zorder=5)
    ax.set(xlim=(-1.1, 1.12), ylim=(-1.1, 1.12), aspect="equal")
    ax.axis("off")
    ax.set_title("Orange: what a step of 0.1 reaches")


def draw_sensitivities(ax: Axes, facts: Facts) -> None:
    for which, (label, hue) in enumerate({"magnitude": "vanishing", "angle": "exploding"}.items()):
        here = facts.sensitivities[which]
        ax.loglog(1 / (1 - MAGNITUDES), facts.curves[which], color=color(hue), lw=2.2 - 0.7 * which)
        ax.plot(1 / (1 - facts.nu), here, "o", ms=7, color=color(hue))
        label_line(ax, 2.2, 10.0 ** (10.9 - 1.5 * which), f"{label}: {readable(here)}", hue)
    ax.axhline(1, color=color("line"), lw=0.9)
    ax.set_xlabel("memory 1/(1-|λ|), steps")
    memory_axes(ax, 1.9, 1e-2, "Sensitivity to the two parameters")


def words(facts: Facts) -> str:
    magnitude, angle = facts.sensitivities
    return (
        f"λ of magnitude {facts.nu:g} and angle {facts.theta} degrees on the unit disc, under the parametrisation "
        f"{facts.kind}, whose coordinate lines are drawn. The output's variance is {facts.variance:.3g}. Its mean "
        f"squared derivative is {magnitude:.3g} in the parameter of the magnitude and {angle:.3g} in that of the "
        "angle. Curves show both over the memory."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="disc",
    caption="Left: the unit disc, with lines on which one of the two parameters is constant, a fixed step apart "
    "(the bent lines of the optimal map: doubling), and the λ within a distance of 0.1 in the parameters (orange). "
    "Right: mean squared derivative of the output in each parameter, for white inputs and this angle: the diagonal "
    "of the Hessian at a perfect fit.",
    nu=Control([0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99], label="magnitude |λ|"),
    theta=Control([0, 10, 45, 90], label="angle", unit="°"),
    kind=Control(list(REMEDIES), label="remedy"),
    start={"nu": 0.9, "theta": 45},
    states={
        "polar": {"nu": 0.99},
        "exponential": {"nu": 0.99, "kind": "exponential"},
        "optimal": {"nu": 0.99, "kind": "optimal"},
    },
)
