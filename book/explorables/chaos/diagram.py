"""Order and chaos alternate over one knob: where an LSTM of two units goes as all its weights are scaled.

The orbit diagram of h₁ over λ₁, on a shared axis, and the attractor at the marked scale in the plane of h₁ and h₂.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from experiments.chaos.lstm_scales import BINS, HIGH, LOW
from experiments.chaos.marked_scales import MARKS, marked
from experiments.record import load
from explorables.chaos.hues import hue
from explorables.chaos.layouts import two_and_one
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.theme import color, styled

PLANE = (-0.3, 0.65)  # of h₁ and of h₂


class Facts(NamedTuple):
    """The attractor at the scale s: in words, its λ₁, and states (4000, 2) on it."""

    s: float
    words: str
    exponent: float
    states: np.ndarray


def compute(s: float) -> Facts:
    return Facts(s, *marked()[s])


@cache
def saved() -> dict[str, Any]:
    return load("lstm_scales")["results"]


@styled
def draw(facts: Facts) -> Figure:
    """Orbit diagram over λ₁ on a shared axis, and beside them the attractor in the plane of h₁ and h₂."""
    fig, top, low, plane = two_and_one(4.3, widths=(1.8, 1), heights=(1.55, 1))
    draw_orbits(top)
    draw_exponents(low, facts)
    for ax in (top, low):
        ax.axvline(facts.s, color=color(hue(facts.exponent)), lw=1.1)
        ax.set_xlim(0.5, 2)
    draw_attractor(plane, facts)
    return fig


def draw_orbits(ax: Axes) -> None:
    extent = (0.5, 2, LOW, HIGH)
    ax.imshow(orbits(), extent=extent, origin="lower", aspect="auto", interpolation="none")
    ax.set(ylabel="h₁", yticks=[0, 0.5])
    ax.set_title("Where the state goes, over the scale")


@cache
def orbits() -> np.ndarray:
    """The orbit diagram as an RGBA image: muted where a bin holds a state."""
    columns = saved()["columns"]
    image = np.zeros((BINS, len(columns), 4))
    image[..., :3] = to_rgb(color("muted"))
    for c, bins in enumerate(columns):
        for thick in (0, 1):  # a line one bin high would look dashed
            image[np.minimum(np.array(bins) + thick, BINS - 1), c, 3] = 1.0
    return image


def draw_exponents(ax: Axes, facts: Facts) -> None:
    """λ₁ at every eighth of the saved scales."""
    values = np.array(saved()["exponent"])
    grid, values = np.linspace(0.5, 2, len(values))[::8], values[::8]
    ax.axhline(0, color=color("line"), lw=0.9)
    ax.plot(grid, values, color=color("muted"), lw=0.6)
    ax.fill_between(grid, 0, values, where=values > 0, color=color("chaotic"), lw=0)
    ax.set(xlabel="scale s of all weights", ylabel="λ₁, nats/step", ylim=(-1.1, 0.35), yticks=[-1, -0.5, 0])
    ax.set_title(f"λ₁ = {facts.exponent:+.3f} at s = {facts.s:g}", color=color(hue(facts.exponent)))
    ax.plot(facts.s, facts.exponent, "o", ms=6, color=color(hue(facts.exponent)))


def draw_attractor(ax: Axes, facts: Facts) -> None:
    """The points of a cycle as dots; what never repeats as an image."""
    shade, ticks = color(hue(facts.exponent)), [0, 0.5]
    if facts.words in ("a strange attractor", "quasi-periodic"):
        ax.imshow(visited(facts.states, shade), extent=(*PLANE, *PLANE), origin="lower", interpolation="none")
    else:
        ax.plot(*np.unique(facts.states[-200:].round(4), axis=0).T, "o", ms=6, color=shade)
    ax.set(xlabel="h₁", ylabel="h₂", xlim=PLANE, ylim=PLANE, xticks=ticks, yticks=ticks)
    ax.set_aspect("equal", adjustable="box", anchor="N")
    ax.set_title(facts.words[0].upper() + facts.words[1:], color=shade)


def visited(states: np.ndarray, shade: str, bins: int = 90) -> np.ndarray:
    """An RGBA image of the plane: coloured where a square holds a state."""
    image = np.zeros((bins, bins, 4))
    image[..., :3] = to_rgb(shade)
    image[..., 3] = np.histogram2d(states[:, 1], states[:, 0], bins=bins, range=[PLANE, PLANE])[0] > 0
    return image


def words(facts: Facts) -> str:
    end = facts.words if facts.words[0] == "a" else f"an orbit of {facts.words}"
    return (
        f"Weights times {facts.s:g}: the LSTM ends on {end}. The largest Lyapunov exponent is "
        f"{facts.exponent:+.3f} nats a step. The orbit diagram shows single lines for small and large scales, and "
        "between 0.9 and 1.45 broad bands that windows of order interrupt."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="diagram",
    caption="An LSTM of two units without input, all weights times s. Above: 400 values of h₁ after 2000 steps, "
    "for 625 scales. Below: λ₁ at 5000 scales, over 4000 steps each; pink where it is positive. Right: the "
    "attractor at the marked scale. Start h₀ = c₀ = ½ throughout.",
    s=Control(MARKS, label="scale s"),
    start={"s": 1.0},
    states={"s = 0.8: period 3": {"s": 0.8}, "s = 1: strange": {"s": 1.0}, "s = 1.5: period 4": {"s": 1.5}},
)
