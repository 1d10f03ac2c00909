"""The trade-off, measured: networks as dots in the plane of memory and smoothness, before any training."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from explorables.chaos.hues import hue
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

PLACES = {"tanh": (1e2, 5.2), "orthogonal": (3e2, 9.3), "LSTM": (2e-3, 5.0)}  # of the names of paths


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
    """Every network as a dot, memory over the gradient's Lipschitz constant; one architecture's path over gain."""
    fig, ax = single(4.0)
    ax.set_xscale("log")
    for name in facts.dots:
        draw_path(ax, [*facts.dots[name].values()], name == facts.architecture)
    dot = facts.chosen
    ax.plot(dot.gradient, dot.memory, "o", ms=12, mfc="none", mec=color("ink"), mew=1.4, zorder=6)
    ax.set(xlabel="Lipschitz constant of the gradient, 60 steps", ylabel="memory, steps")
    ax.set(ylim=(0, 14), xlim=(3e-4, 1e16))
    decades(ax.xaxis, -3, 15, 3)
    title = f"{facts.architecture}, gain {facts.gain:g}: {dot.memory:.1f} steps, λ₁ = {dot.exponent:+.2f}"
    ax.set_title(title, color=color(hue(dot.exponent)))
    for name, place in PLACES.items():
        shade, weight = ("ink", 600) if name == facts.architecture else ("muted", 400)
        ax.text(*place, name, size=10, color=color(shade), weight=weight)
    ax.text(4e11, 2.0, "chaotic: forgets", size=10, color=color("chaotic"))
    ax.text(4e-4, 0.35, "contracts: forgets", size=10, color=color("vanishing"))
    return fig


def draw_path(ax: Axes, path: list[Dot], chosen: bool) -> None:
    """The dots of an architecture; those of the chosen one have the hues of their λ₁."""
    memory, gradient, exponent = zip(*path, strict=True)
    shades = [color(hue(e)) if chosen else color("line") for e in exponent]
    line, width, size = ("muted", 1, 30) if chosen else ("line", 0.7, 14)
    ax.plot(gradient, memory, color=color(line), lw=width, zorder=2 + chosen)
    ax.scatter(gradient, memory, c=shades, s=size, zorder=3 + chosen, lw=0)


def words(facts: Facts) -> str:
    dot, best = facts.chosen, facts.dots[facts.architecture][facts.best]
    return (
        f"{facts.architecture} with gain {facts.gain:g}: memory of {dot.memory:.1f} steps, gradient with a "
        f"Lipschitz constant of {dot.gradient:.2g}, largest exponent {dot.exponent:+.3f}. Over its gain this "
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
    "architecture are blue where λ₁ < 0, pink where λ₁ > 0.",
    architecture=Control(saved()["architecture"], label="architecture"),
    gain=Control(saved()["gain"], label="gain"),
    start={"architecture": "tanh", "gain": 1.0},
    states={"tanh, gain 0.3": {"gain": 0.3}, "tanh, gain 1": {"gain": 1.0}, "tanh, gain 3": {"gain": 3.0}},
)
