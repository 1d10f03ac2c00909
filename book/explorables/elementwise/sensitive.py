"""λ changes by a hundredth: the longer the memory, the further the outputs part, although nothing explodes.

⟨h²⟩ = Q(λ, λ),    ⟨(∂h/∂λ)²⟩ = ∂²Q/∂α∂β at (λ, λ),    |∂h_t/∂h_0| = λ^t <= 1                (eq-kernel)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.elementwise import twins
from explorables.elementwise.memory_axes import MEMORY, memory_axes
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.theory.population import sensitivity, variance


class Facts(NamedTuple):
    """`lam` and `rho` are where we are, with a memory of `tau`; `changed` is λ after the change."""

    tau: int
    rho: float
    lam: float
    changed: float
    outputs: np.ndarray  # (steps, 2), in standard deviations
    apart: float  # of the two outputs, in standard deviations
    variance: float
    sensitivity: float


def compute(tau: int, rho: float) -> Facts:
    lam = 1 - 1 / tau
    return Facts(
        tau=tau,
        rho=rho,
        lam=lam,
        changed=lam - twins.SHIFT,
        outputs=twins.outputs(lam, rho),
        apart=twins.apart(lam, rho),
        variance=float(variance(lam, rho)),
        sensitivity=float(sensitivity(lam, rho)),
    )


@styled
def draw(facts: Facts) -> Figure:
    """Both outputs over time; variance and sensitivity over the memory."""
    fig, (time, ax) = side_by_side(3.7, widths=(1.25, 1))
    draw_outputs(time, facts)
    draw_growth(ax, facts)
    return fig


def draw_outputs(ax: Axes, facts: Facts) -> None:
    steps, names = len(facts.outputs), {"one": "muted", "other": "exploding"}
    for (name, hue), output, lam in zip(names.items(), facts.outputs.T, (facts.lam, facts.changed), strict=True):
        ax.plot(output, color=color(hue), lw=1.3, gid=f"live-{name}")
        x = 4 if name == "one" else 0.4 * steps
        ax.text(x, -3.05, f"λ = {lam:.4f}", color=color(hue), size=10.5, weight=600, gid=f"live-{name}-lam")
    ax.set(xlim=(0, steps), ylim=(-3.4, 3.4), xlabel="step t", ylabel="h, in standard deviations")
    ax.set_yticks([-3, 0, 3])
    title = ax.set_title(f"Same input, outputs {100 * facts.apart:.2g} % apart", color=color("exploding"))
    title.set_gid("live-apart")


def draw_growth(ax: Axes, facts: Facts) -> None:
    curves = {
        "mean of (dh/dλ)²": (sensitivity, facts.sensitivity, "exploding", "sensitivity"),
        "mean of h²": (variance, facts.variance, "muted", "variance"),
    }
    for row, (label, (function, here, hue, name)) in enumerate(curves.items()):
        ax.loglog(MEMORY, function(1 - 1 / MEMORY, facts.rho), color=color(hue), gid=f"live-{name}-curve")
        ax.plot(facts.tau, here, "o", ms=7, color=color(hue), gid=f"live-{name}")
        text = ax.text(1.7, 10.0 ** (10.9 - 1.4 * row), f"{label}: {readable(here)}", gid=f"live-{name}-text")
        text.set(color=color(hue), fontsize=10.5, fontweight=600)
    ax.axhline(1, color=color("critical"), lw=1.4)
    label_line(ax, 500, 0.18, r"$|∂h_t/∂h_0|$ is at most 1", "critical", ha="right")
    ax.set_xlabel("memory 1/(1-λ), steps")
    memory_axes(ax, 1.5, 0.05, "How both grow with the memory")


def words(facts: Facts) -> str:
    names = {0.0: "white noise", 1.0: "a constant"}
    inputs = names.get(facts.rho, f"noise with correlation {facts.rho:g}")
    return (
        f"Two units with λ = {facts.lam:.4f} and {facts.changed:.4f} read the same input, {inputs}. Their "
        f"outputs are {100 * facts.apart:.2g} percent of a standard deviation apart. Right, over the memory: the "
        f"variance of h is {spoken(facts.variance)} here, the mean square of its derivative in λ "
        f"{spoken(facts.sensitivity)}; both rise without bound as λ goes to 1, while the derivative of h at any time "
        "in h at the start stays below 1."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="sensitive",
    caption="Left: h_t = λh_{t−1} + x_t for two values of λ that differ by 0.01, long after the start, on the same "
    "input. Right: variance (grey) and mean squared derivative in λ (orange), exact; the dots, which you can drag, "
    "stand at the λ of the states. Inputs have variance 1 and autocorrelation ρ^|lag|: white noise at ρ = 0, a "
    "constant at ρ = 1.",
    tau=Control([2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 150, 200], label="memory 1/(1−λ)", unit="steps"),
    rho=Control([0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0], label="correlation ρ", format=".2f"),
    start={"tau": 100},
    live=[draws.__file__, twins.__file__, __file__],
    states={"memory 2": {"tau": 2}, "memory 200": {"tau": 200}, "memory 20, ρ = 0.9": {"tau": 20, "rho": 0.9}},
)
