"""Measured Lipschitz constants of three kinds of tanh networks over the length N: bands over 5 seeds."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.labels import label_ends
from minirnn.figures.marks import band
from minirnn.figures.panels import side_by_side
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

HUES = {"contractive": "vanishing", "orthogonal": "critical", "chaotic": "chaotic"}


class Facts(NamedTuple):
    """By kind of network, of the cost and of its gradient: log10 of the constants, (seeds, lengths)."""

    N: list[int]
    cost: dict[str, np.ndarray]
    gradient: dict[str, np.ndarray]


def compute() -> Facts:
    r = load("lipschitz_constants")["results"]
    cost, gradient = (dict(zip(r["regimes"], np.log10(r[key]), strict=True)) for key in ("cost", "gradient"))
    return Facts(r["N"], cost, gradient)


@styled
def draw(facts: Facts) -> Figure:
    fig, (cost, gradient) = side_by_side(3.2, beside=1.0)
    draw_constants(cost, facts.N, facts.cost, "of the cost V")
    draw_constants(gradient, facts.N, facts.gradient, "of its gradient")
    label_ends(gradient)
    return fig


def draw_constants(ax: Axes, N: list[int], constants: dict[str, np.ndarray], of: str) -> None:
    """Geometric means over the seeds, and bands from the smallest to the largest."""
    for kind, values in constants.items():
        band(ax, N, 10 ** values.min(0), 10 ** values.max(0), HUES[kind], alpha=0.25)
        ax.semilogy(N, 10 ** values.mean(0), color=color(HUES[kind]), lw=1.4, label=kind)
    ax.set(xlabel="length N, steps", title=f"Lipschitz constant {of}", xlim=(0, 200), ylim=(1e-3, 1e32))
    decades(ax.yaxis, 0, 30, 10)


def words(facts: Facts) -> str:
    means = {kind: 10 ** values.mean(0) for kind, values in facts.gradient.items()}
    text = "; ".join(f"{kind} from {v[0]:.2g} to {v[-1]:.2g}" for kind, v in means.items())
    return f"Measured Lipschitz constants over N = 5 to 200. Of the gradient, means of 5 seeds: {text}."


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
