"""The trade-off, measured: networks as dots in the plane of memory and smoothness, before any training."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from explorables.chaos.hues import hue
from explorables.chaos.wording import nats
from minirnn.figures.artists import name_points
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

PLACES = {"tanh": (1e2, 5.2), "orthogonal": (3e2, 9.3), "LSTM": (5e-4, 5.2)}  # of the names of paths


class Dot(NamedTuple):
    """Means over the seeds: memory in steps, Lipschitz constant of the gradient (geometric mean), λ₁."""

    memory: float
    gradient: float
    exponent: float


class Facts(NamedTuple):
    """Every dot by architecture and gain, the chosen one, and the gain at which its architecture remembers most."""

    architecture: str
    gain: float
    dots: dict[str, dict[float, Dot]]
    chosen: Dot
    best: float


@cache
def saved() -> dict[str, Any]:
    return load("memory_and_smoothness")["results"]


@cache
def dots() -> dict[str, dict[float, Dot]]:
    """The saved measurements, which are by architecture, gain and seed."""
    memory, gradient, exponent = (np.array(saved()[key]) for key in ("memory", "gradient", "exponent"))
    means = np.stack([memory.mean(2), np.exp(np.log(gradient).mean(2)), exponent.mean(2)], axis=2)
    return {
        name: {gain: Dot(*means[i, j]) for j, gain in enumerate(saved()["gain"])}
        for i, name in enumerate(saved()["architecture"])
    }


def compute(architecture: str, gain: float) -> Facts:
    own = dots()[architecture]
    return Facts(architecture, gain, dots(), own[gain], max(own, key=lambda g: own[g].memory))


@styled
def draw(facts: Facts) -> Figure:
    """Every network as a dot, memory over the gradient's Lipschitz constant; of one architecture also over its gain."""
    fig, (plane, over) = side_by_side(4.0, widths=(1.75, 1), between=0.5, sharey=True)
    plane.set_xscale("log")
    for name in facts.dots:
        draw_path(plane, facts, name)
    dot, own = facts.chosen, facts.dots[facts.architecture]
    shade = color(hue(dot.exponent))
    over.plot([*own], [d.memory for d in own.values()], color=color("muted"), lw=1)
    beside = 0.08 if dot.gradient < 1e2 else 0.0  # above the name at the lower border
    for ax, x, low in ((plane, dot.gradient, beside), (over, facts.gain, 0.0)):
        ax.axhline(dot.memory, color=shade, lw=0.8, zorder=1)
        ax.axvline(x, low, color=shade, lw=0.8, zorder=1)
        ax.plot(x, dot.memory, "o", ms=12, color=shade, mec=color("ink"), mew=1.4, zorder=6)
    plane.set(xlabel="Lipschitz constant of the gradient, 60 steps", ylabel="memory, steps")
    plane.set(ylim=(0, 14), xlim=(3e-4, 1e16), title=f"Memory {dot.memory:.1f} steps")
    decades(plane.xaxis, -3, 15, 6)
    over.set(xlabel=f"gain, {facts.architecture}", xlim=(0, 1.05 * max(own)))
    over.set_title(f"λ₁ = {nats(dot.exponent, 2)}".replace("-", "−"), color=shade)
    clear = {"fc": color("paper"), "lw": 0, "pad": 1}  # the lines through the dot end at a name
    for name, place in PLACES.items():
        ink, weight = ("ink", 600) if name == facts.architecture else ("muted", 400)
        plane.text(*place, name, size=10, color=color(ink), weight=weight, bbox=clear)
    plane.text(2e9, 5.6, "chaotic: forgets", size=10, color=color("chaotic"), bbox=clear)
    plane.text(4e-4, 0.35, "contracts: forgets", size=10, color=color("vanishing"), bbox=clear)
    return fig


def draw_path(ax: Axes, facts: Facts, name: str) -> None:
    """The dots of an architecture; those of the chosen one have the hues of their λ₁, up to the chosen gain."""
    path, chosen = facts.dots[name], name == facts.architecture
    memory, gradient, exponent = zip(*path.values(), strict=True)
    reached = [chosen and gain <= facts.gain for gain in path]
    shades = [color(hue(e)) if there else color("line") for e, there in zip(exponent, reached, strict=True)]
    line, width, size = ("muted", 1, 46) if chosen else ("line", 0.7, 14)
    (marks,) = ax.plot(gradient, memory, color=color(line), lw=width, zorder=2 + chosen)
    ax.scatter(gradient, memory, c=shades, s=size, zorder=3 + chosen, lw=0)
    name_points(marks, [f"{name}, gain {gain:g}" for gain in path])


def words(facts: Facts) -> str:
    dot, best = facts.chosen, facts.dots[facts.architecture][facts.best]
    return (
        f"{facts.architecture} with gain {facts.gain:g}: memory of {dot.memory:.1f} steps, gradient with a "
        f"Lipschitz constant of {dot.gradient:.2g}, largest exponent {nats(dot.exponent, 2)}. Over its gain this "
        f"architecture remembers most, {best.memory:.1f} steps, at gain {facts.best:g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="plane",
    caption="Networks of 32 units at initialisation, driven by white noise; each dot is the mean of 3 seeds. "
    "Memory: the sum over lags of the share of the past input's variance that a linear readout recovers. "
    "Smoothness: the measured Lipschitz constant of the gradient of a cost over 60 steps (a lower bound). "
    "Orthogonal is a tanh network with such a matrix, contractive the projected LSTM. Dots of the chosen "
    "architecture, up to the chosen gain, are blue where λ₁ < 0, pink where λ₁ > 0. Right: its memory over its gain; "
    "drag the dot.",
    architecture=Control(saved()["architecture"], label="architecture"),
    gain=Control(saved()["gain"], label="gain"),
    pad=Pad("gain", axes=1),
    start={"architecture": "tanh", "gain": 1.0},
    states={"tanh, gain 0.3": {"gain": 0.3}, "tanh, gain 1": {"gain": 1.0}, "tanh, gain 3": {"gain": 3.0}},
)
