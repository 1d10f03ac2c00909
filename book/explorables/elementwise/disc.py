"""λ on the unit disc under each remedy: coordinate lines, the reach of a step, and the Hessian over memory."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise.remedies import REMEDIES, entries, step_region
from explorables.elementwise.memory_axes import memory_axes
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.theory.population import variance

LONGER = np.geomspace(1.05, 500, 45)  # memories, for the curves
MAGNITUDES = 1 - 1 / LONGER
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
    rho: float
    kind: str
    variance: float  # of the output
    region: np.ndarray  # the λ that a step of 0.1 in the parameters reaches, its border
    sensitivities: tuple[float, float]
    curves: tuple[np.ndarray, np.ndarray]  # the sensitivities at MAGNITUDES


def compute(nu: float, theta: int, rho: float, kind: str) -> Facts:
    radians = np.deg2rad(theta)
    size = float(variance(nu * np.exp(1j * radians), rho))
    magnitude, angle = entries(kind, np.array(nu), radians, rho)
    return Facts(
        nu=nu,
        theta=theta,
        rho=rho,
        kind=kind,
        variance=size if kind == "polar" else size * (1 - nu**2),
        region=step_region(kind, nu, radians),
        sensitivities=(float(magnitude), float(angle)),
        curves=entries(kind, MAGNITUDES, radians, rho),
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
    net = np.concatenate([np.append(line, np.nan) for line in lines])
    ax.plot(net.real, net.imag, color=color("line"), lw=0.6, zorder=1, gid="live-net")
    ax.plot(circle.real, circle.imag, color=color("muted"), lw=1.2, zorder=2)


def straight_spokes() -> list[np.ndarray]:
    return [np.array([0.05, 1.0]) * np.exp(1j * angle) for angle in 2 * np.pi * np.arange(24) / 24]


def bent_spokes() -> list[np.ndarray]:
    """Of the optimal map: w₂ = ±1, ±2, ±4 … From the angle ±π, where the lines of both signs meet, to 0 at |λ| = 1."""
    lines, angle = [], np.linspace(np.pi, 0, 61)
    for w2 in (1, 2, 4, 8, 16):
        q = angle / w2  # (1 - ν²)/(ν√(1 + ν²)), from which ν follows
        line = np.sqrt(2 / (2 + q**2 + q * np.sqrt(q**2 + 8))) * np.exp(1j * angle)
        lines += [line, line.conj()]
    return lines


def draw_step(ax: Axes, facts: Facts) -> None:
    lam, x, y = facts.nu * np.exp(1j * np.deg2rad(facts.theta)), facts.region.real, facts.region.imag
    ax.fill(x, y, color=color("exploding"), alpha=0.35, lw=0, zorder=3, gid="live-step")
    ax.plot(x, y, color=color("exploding"), lw=1, zorder=4, gid="live-edge")
    ax.plot(lam.real, lam.imag, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, zorder=5, gid="live-lam")
    ax.set(xlim=(-1.1, 1.12), ylim=(-1.1, 1.12), aspect="equal")
    ax.axis("off")
    ax.set_title(f"Variance of the output: {readable(facts.variance)}").set_gid("live-variance")


def draw_sensitivities(ax: Axes, facts: Facts) -> None:
    for which, (label, hue) in enumerate({"magnitude": "vanishing", "angle": "exploding"}.items()):
        here = facts.sensitivities[which]
        curve, width = facts.curves[which], 2.2 - 0.7 * which
        ax.loglog(1 / (1 - MAGNITUDES), curve, color=color(hue), lw=width, gid=f"live-{label}-curve")
        ax.plot(1 / (1 - facts.nu), here, "o", ms=7, color=color(hue), gid=f"live-{label}")
        text = ax.text(
            1.25, 10.0 ** (10.9 - 1.5 * which), f"{label}: {readable(here)}", color=color(hue), weight=600
        )
        text.set_gid(f"live-{label}-text")
    ax.axhline(1, color=color("line"), lw=0.9)
    ax.set_xlabel("memory 1/(1-|λ|), steps")
    memory_axes(ax, 1, 1e-4, "Sensitivity to the two parameters")


def words(facts: Facts) -> str:
    magnitude, angle = facts.sensitivities
    inputs = "are white" if facts.rho == 0 else f"have correlation {facts.rho:g}"
    return (
        f"λ of magnitude {facts.nu:.3f} and angle {facts.theta} degrees on the unit disc, under the "
        f"parametrisation {facts.kind}, whose coordinate lines are drawn; inputs {inputs}. The output's "
        f"variance is {spoken(facts.variance)}. Its mean squared derivative is {spoken(magnitude)} in the "
        f"parameter of the magnitude and {spoken(angle)} in that of the angle. Curves show both over the memory."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="disc",
    caption="Left: the unit disc, where you can drag λ, with lines on which one of the two parameters is "
    "constant, a fixed step apart (the bent lines of the optimal map: doubling), and the λ within a distance of "
    "0.1 in the parameters (orange). Right: mean squared derivative of the output in each parameter, for this "
    "angle and inputs with the autocorrelation ρ to the power of the lag (0: white noise): the diagonal of the "
    "Hessian at a perfect fit.",
    nu=Control(
        [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 0.99],
        label="magnitude |λ|",
        format=".3f",
    ),
    theta=Control(range(-180, 181, 5), label="angle", unit="°"),
    rho=Control(
        [-0.9, -0.5, 0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0], label="input correlation ρ", format=".3f"
    ),
    kind=Control(list(REMEDIES), label="remedy"),
    start={"nu": 0.9, "theta": 45, "rho": 0.0},
    live=[__file__],
    states={
        "polar": {"nu": 0.99},
        "exponential": {"nu": 0.99, "kind": "exponential"},
        "optimal": {"nu": 0.99, "kind": "optimal"},
    },
)
