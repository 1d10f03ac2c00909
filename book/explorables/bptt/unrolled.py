"""The unrolled network of one number: the adjoint runs back through the chain, and its gradient is a sum of terms.

h_t = λ h_{t-1} + x_t,  E = h_T;    dE/dλ = Σ_k δ_k h_{k-1},  δ_k = λ^(T-k)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bptt.scalar import regime, scalar_terms
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure, readable, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LONGEST, FLOOR = 10, 1e-3  # the longest chain, and the foot of the bars
BASE, RISE, NAME = (
    -1.45,
    0.35,
    -2.02,
)  # inputs stand on a line below the chain, and rise with their size; the name of one stands below


class Facts(NamedTuple):
    lam: float
    T: int
    k: int  # the input that differs from 1
    X: np.ndarray  # x_1 … x_T
    h: np.ndarray  # h_0 … h_T
    delta: np.ndarray  # δ_1 … δ_T
    terms: np.ndarray


def compute(lam: float, T: int, k: int, x: float) -> Facts:
    """All inputs are 1 but for x_k; beyond the chain, k is its last step."""
    k, X = min(k, T), np.ones(T)
    X[k - 1] = x
    return Facts(lam, T, k, X, *scalar_terms(lam, X))


@styled
def draw(facts: Facts) -> Figure:
    """The chain with its inputs and the ribbon of the adjoint, over states, adjoints and the terms, their products."""
    fig, (graph, bars) = figure(
        4.95, 4.2, 2, 1, margins=(0.6, 0.5, 0.15, 0.35), gaps=(0, 0.45), height_ratios=(1.35, 1), sharex=True
    )
    draw_ribbon(graph, facts)
    draw_chain(graph, facts)
    graph.set(xlim=(-1.3, LONGEST + 1.7), ylim=(-2.05, 1.3))
    graph.axis("off")
    graph.set_title("How much of the error reaches each step")
    draw_terms(bars, facts)
    return fig


def draw_ribbon(ax: Axes, facts: Facts) -> None:
    """The adjoint over the steps, as wide as |δ_t| in units of its largest, with its value at both ends."""
    hue, T = color(regime(facts.lam)), facts.T
    half, steps = 0.25 * facts.delta / facts.delta.max(), np.arange(1, T + 1)
    outline = [*zip(steps, 0.9 + half, strict=True), *zip(steps[::-1], 0.9 - half[::-1], strict=True)]
    ax.fill(*np.array([*outline, outline[0]]).T, color=hue, lw=0, alpha=0.8, gid="live-ribbon")
    ax.text(T + 0.15, 0.9, f"δ{below(T)} = 1", va="center", color=hue, weight=600, gid="live-last")
    text = f"δ₁ = {readable(facts.delta[0])}"
    ax.text(0.85, 0.9, text, ha="right", va="center", color=hue, weight=600, gid="live-first")


def draw_chain(ax: Axes, facts: Facts) -> None:
    """States in a row, inputs below, as high as they are large; what the chosen input reaches is drawn strongly."""
    steps, height = np.arange(1, facts.T + 1), BASE + RISE * facts.X
    ax.plot([0, facts.T], [0, 0], color=color("muted"), lw=0.9, gid="live-chain")
    ax.plot(*reached(facts).T, color=color("ink"), lw=2.4, gid="live-reached")
    stems = [(t, y) for t, top in zip(steps, height, strict=True) for y in (top, 0, np.nan)]
    ax.plot(*np.array(stems).T, color=color("muted"), lw=0.9, gid="live-stems")
    ax.plot(steps, height, "o", ms=6, color=color("muted"), gid="live-inputs")
    k, top = facts.k, BASE + RISE * facts.X[facts.k - 1]
    ax.plot(k, top, "o", ms=10, mfc=color("paper"), mec=color("ink"), mew=2, gid="live-input")
    ax.text(k, NAME, f"x{below(k)} = {facts.X[k - 1]:.2f}", ha="center", size=10, gid="live-size")
    ax.plot(
        range(facts.T + 1),
        np.zeros(facts.T + 1),
        "o",
        ms=17,
        mfc=color("paper"),
        mec=color("muted"),
        gid="live-states",
    )
    for t in range(LONGEST + 1):
        name = ax.text(t, -0.03, f"h{below(t)}", ha="center", va="center", size=10, gid=f"live-h{t}")
        name.set_visible(t <= facts.T)


def reached(facts: Facts) -> np.ndarray:
    """From the chosen input up to its state, and on to the end."""
    return np.array([(facts.k, BASE + RISE * facts.X[facts.k - 1]), (facts.k, 0), (facts.T, 0)])


def draw_terms(ax: Axes, facts: Facts) -> None:
    """Over k, h_{k-1}, δ_k and their product. On this axis lengths are logarithms, so that those of factors add."""
    hue, steps = color(regime(facts.lam)), np.arange(1, facts.T + 1)
    bars = [(k, y) for k, term in zip(steps, facts.terms, strict=True) for y in (FLOOR, max(term, FLOOR), np.nan)]
    line = ax.plot(*np.array(bars).T, color=color("line"), lw=11, gid="live-terms")[0]
    line.set_solid_capstyle("butt")
    ax.semilogy(steps, facts.delta, color=hue, lw=1.8, gid="live-adjoints")
    ax.plot(steps, np.where(facts.h[:-1] > 0, facts.h[:-1], np.nan), color=color("ink"), lw=1.8, gid="live-before")
    ax.set(ylim=(FLOOR, 3000), xticks=range(1, LONGEST + 1), xlabel="step k at which λ is used")
    decades(ax.yaxis, -3, 2)
    ax.text(0.01, 0.94, "state before k", transform=ax.transAxes, va="center", color=color("ink"))
    ax.text(0.01, 0.82, "adjoint at k", transform=ax.transAxes, va="center", color=hue, gid="live-label")
    ax.text(0.01, 0.7, "bars: their product", transform=ax.transAxes, va="center", color=color("muted"))
    ax.set_title(f"dE/dλ = {facts.terms.sum():.4g}, the sum of {facts.T} terms").set_gid("live-sum")


def below(number: int) -> str:
    """A number as subscript characters."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def words(facts: Facts) -> str:
    change = {"vanishing": "narrows", "critical": "keeps its width", "exploding": "widens"}[regime(facts.lam)]
    return (
        f"A chain of {facts.T} steps with multiplier {facts.lam:.2f}; input {facts.k} is {facts.X[facts.k - 1]:.2f}, "
        f"every other one 1. Going back from the error at step {facts.T}, the ribbon {change}: the adjoint is 1 at "
        f"step {facts.T} and {spoken(facts.delta[0])} at step 1. The last state is {spoken(facts.h[-1])}. Bars below "
        f"show the {facts.T} terms of the gradient; the largest is {spoken(facts.terms.max())}, their sum is "
        f"{facts.terms.sum():.4g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="unrolled",
    caption="A network of one number, h_t = λ h_{t−1} + x_t, with E = h_T; every input is 1 but for the ring: drag it "
    "up and down, or to another step. The ribbon is the adjoint δ_t, as wide as δ_t in units of its largest; the bars "
    "are the terms of dE/dλ, products of a state and an adjoint, on a logarithmic axis.",
    lam=Control([k / 20 for k in range(6, 27)], label="multiplier λ"),
    T=Control(range(3, LONGEST + 1), label="length T", unit="steps"),
    k=Control(range(1, LONGEST + 1), label="the ring’s step"),
    x=Control([k / 5 for k in range(16)], label="its input", format=".2f"),
    start={"lam": 0.8, "T": 8, "k": 3, "x": 2},
    live=[__file__],
    states={"λ = 0.5 forgets": {"lam": 0.5}, "λ = 1 keeps": {"lam": 1.0}, "λ = 1.2 explodes": {"lam": 1.2}},
)
