"""What a gate keeps, and how sensitive the output is to its bias: h_t = λh_{t-1} + the input, λ = σ(b)."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise import gates
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

BIASES = np.linspace(-3, 8, 56)
INPUTS = {"plain": "x", "normalised": "γx", "leaky": "(1-λ)x"}


class Facts(NamedTuple):
    b: float
    unit: str
    lam: float
    memory: float  # 1/(1-λ), steps
    left: float  # of a state after 100 steps
    sensitivity: float
    curves: dict[str, np.ndarray]  # the sensitivity of each unit at BIASES


def compute(b: float, unit: str) -> Facts:
    lam = float(gates.multiplier(b))
    return Facts(
        b=b,
        unit=unit,
        lam=lam,
        memory=1 / (1 - lam),
        left=lam**100,
        sensitivity=float(gates.sensitivity(b, unit)),
        curves={name: gates.sensitivity(BIASES, name) for name in INPUTS},
    )


@styled
def draw(facts: Facts) -> Figure:
    """What is left of a state after t steps, and the sensitivity to the bias, for all three units and this one."""
    fig, (left, ax) = side_by_side(3.5, beside=0.7)
    draw_decay(left, facts)
    draw_sensitivities(ax, facts)
    return fig


def draw_decay(ax: Axes, facts: Facts) -> None:
    t = np.unique(np.r_[0:20, 20:301:4])
    for b in (0.0, 2.0, 4.0, 6.0):
        ax.plot(t, gates.multiplier(b) ** t, color=color("line"), lw=0.9)
    ax.plot(t, facts.lam**t, color=color("critical"), lw=2.2)
    ax.set(xlim=(0, 300), ylim=(0, 1.03), xlabel="steps t", ylabel="$λ^t$")
    ax.set_yticks([0, 0.5, 1])
    ax.set_title(f"λ = {facts.lam:.4f}, 1/(1-λ) = {readable(facts.memory)} steps", color=color("critical"))


def draw_sensitivities(ax: Axes, facts: Facts) -> None:
    for name, curve in facts.curves.items():
        chosen = name == facts.unit
        hue, width = color("exploding" if chosen else "line"), 2.2 if chosen else 1.2
        ax.semilogy(BIASES, curve, color=hue, lw=width, label=INPUTS[name])
    ax.plot(facts.b, facts.sensitivity, "o", ms=8, color=color("exploding"))
    ax.set(xlim=(-3, 8), ylim=(1e-5, 1e5), xlabel="bias b of the gate", ylabel="mean of (dy/db)²")
    ax.set_xticks([-2, 0, 2, 4, 6])
    decades(ax.yaxis, -4, 4, 4)
    ax.set_title(f"Sensitivity: {readable(facts.sensitivity)}", color=color("exploding"))
    label_ends(ax)


def words(facts: Facts) -> str:
    return (
        f"A gate with bias {facts.b:g}: λ = {facts.lam:.4f}, a memory of {facts.memory:.3g} steps; after 100 steps "
        f"{facts.left:.2g} of a state is left. For a {facts.unit} unit and white inputs the mean squared "
        f"derivative of the output in the bias is {facts.sensitivity:.3g}; curves show it over the bias, with the "
        "two other ways in grey."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="gates",
    caption="A gate that does not see its input is a constant λ = σ(b), the logistic function of its bias. Left: "
    "what is left of a state after t steps; grey: b = 0, 2, 4 and 6. Right: mean squared derivative of the output "
    "in b, white inputs, for h_t = λh_{t−1} + the input as it is, times γ, or times 1-λ; the chosen unit is orange, "
    "the others are grey.",
    b=Control([k / 2 for k in range(-5, 16)], label="bias b", format=".1f"),
    unit=Control(list(INPUTS), label="unit"),
    pad=Pad("b", axes=1),
    start={"b": 1},
    states={"b = 1": {"b": 1}, "b = 5": {"b": 5}, "b = 5, leaky": {"b": 5, "unit": "leaky"}},
)
