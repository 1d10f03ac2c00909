"""The unrolled network of one number: the adjoint runs back through the chain, and its gradient is a sum of terms.

h_t = λ h_{t-1} + x_t,  x_t = 1,  E = h_T;    dE/dλ = Σ_k δ_k h_{k-1},  δ_k = λ^(T-k)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from experiments.bptt.scalar import regime, scalar_terms
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, stacked
from minirnn.figures.theme import color, styled


class Facts(NamedTuple):
    lam: float
    T: int
    delta: np.ndarray  # δ_1 … δ_T
    terms: np.ndarray


def compute(lam: float, T: int) -> Facts:
    return Facts(lam, T, *scalar_terms(lam, np.ones(T))[1:])


@styled
def draw(facts: Facts) -> Figure:
    """The chain of states with the adjoint as a ribbon that runs back above it, over the T terms of the sum."""
    hue, steps = color(regime(facts.lam)), np.arange(1, facts.T + 1)
    fig, (graph, bars) = stacked(3.9, heights=(1.15, 1), between=0.6)
    draw_ribbon(graph, facts.delta, hue)
    draw_chain(graph, facts.T)
    graph.set(ylim=(-0.85, 1.25), xlim=(-0.09 * facts.T, 1.09 * facts.T + 0.3))
    graph.axis("off")
    graph.set_title("How much of the error at the end reaches each step")

    bars.bar(steps, facts.terms, width=0.62, color=hue)
    bars.set(ylabel="term k", xlabel="step k at which λ is used")
    bars.set_title(f"The gradient is the sum of {facts.T} terms:  dE/dλ = {facts.terms.sum():.4g}")
    bars.axhline(0, color=color("line"), lw=0.8)
    bars.set_xticks(steps)
    bars.margins(y=0.12)
    return fig


def draw_ribbon(ax: Axes, delta: np.ndarray, hue: str) -> None:
    """The adjoint over the steps, as wide as |δ_t| in units of its largest, with its value at both ends."""
    T, size = len(delta), 0.5 * np.abs(delta) / np.abs(delta).max()
    ax.fill_between(np.arange(1, T + 1), 0.78 - size / 2, 0.78 + size / 2, color=hue, alpha=0.8, lw=0.6)
    ax.text(T + 0.12, 0.78, f"δ{below(T)} = 1", va="center", color=hue, weight=600)
    ax.text(0.88, 0.78, f"δ₁ = {readable(delta[0])}", va="center", ha="right", color=hue, weight=600)


def draw_chain(ax: Axes, T: int) -> None:
    """States h_0 … h_T in a row, each reached by an arrow from the one before and by one from its input below."""
    for t in range(T + 1):
        ax.plot(t, 0, "o", ms=20, mfc=color("paper"), mec=color("muted"), mew=1)
        ax.text(t, -0.03, f"h{below(t)}", ha="center", va="center", size=9.5)
    for t in range(1, T + 1):
        for start in ((t - 1, 0), (t, -0.7)):
            arrow = FancyArrowPatch(start, (t, 0), shrinkA=11, shrinkB=11, arrowstyle="-|>", mutation_scale=7)
            ax.add_patch(arrow)
            arrow.set(color=color("muted"), lw=0.7)
        ax.text(t, -0.78, f"x{below(t)}", ha="center", size=9.5, color=color("muted"))


def below(number: int) -> str:
    """A number as subscript characters."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def words(facts: Facts) -> str:
    change = {"vanishing": "narrows", "critical": "keeps its width", "exploding": "widens"}[regime(facts.lam)]
    return (
        f"A chain of {facts.T} steps with multiplier {facts.lam:g}. Going back from the error at step {facts.T}, the "
        f"ribbon {change}: the adjoint is 1 at step {facts.T} and {facts.delta[0]:.3g} at step 1. Bars below show the "
        f"{facts.T} terms of the gradient; the largest is {np.abs(facts.terms).max():.3g}, their sum is "
        f"{facts.terms.sum():.4g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="unrolled",
    caption="A network of one number, h_t = λ h_{t−1} + x_t, with x_t = 1 and E = h_T. The ribbon is the adjoint δ_t, "
    "as wide as |δ_t| in units of its largest; the bars are the terms of dE/dλ.",
    lam=Control([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3], label="multiplier λ"),
    T=Control([3, 5, 8, 10, 12], label="length T", unit="steps"),
    start={"lam": 0.8, "T": 8},
    states={"λ = 0.5 forgets": {"lam": 0.5}, "λ = 1 keeps": {"lam": 1.0}, "λ = 1.2 explodes": {"lam": 1.2}},
)
