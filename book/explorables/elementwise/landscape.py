"""The loss of one unit around a teacher's λ* = 1 - 1/τ, along the parameters of magnitude and angle, under each remedy.

L(λ) = ½E|y - y*|²                                                                          (eq-unit-loss)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise.remedies import REACH, REMEDIES, cuts, width
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled


class Facts(NamedTuple):
    """Pairs are (magnitude, angle); a room is how far its parameter may go before a tenth of the loss is lost."""

    tau: int
    kind: str
    rho: float
    losses: tuple[np.ndarray, np.ndarray]
    rooms: tuple[float, float]
    others: list[tuple[np.ndarray, np.ndarray]]  # the losses around teachers with a memory of 2, 10 and 100


def compute(tau: int, kind: str, rho: float) -> Facts:
    losses = cuts(tau, kind, rho)
    others = [cuts(other, kind, rho) for other in (2, 10, 100)]
    return Facts(tau, kind, rho, losses, (width(losses[0]), width(losses[1])), others)


@styled
def draw(facts: Facts) -> Figure:
    """The two cuts for this memory and, faintly, for others."""
    fig, axes = side_by_side(3.4, between=0.5, sharey=True)
    for which, (ax, hue, label) in enumerate(
        zip(axes, ("vanishing", "exploding"), ("magnitude", "angle"), strict=True)
    ):
        for other in facts.others:
            ax.plot(REACH, other[which].round(3), color=color("line"), lw=0.9)
        draw_cut(ax, facts.losses[which], hue)
        ax.set_xlabel(f"change of the {label}'s parameter")
        ax.set_title(f"Below 10 % within {room(facts.rooms[which])}", color=color(hue))
    axes[0].set_ylabel("loss, relative to saying 0")
    axes[0].set_yticks([0, 1, 2])
    return fig


def draw_cut(ax: Axes, loss: np.ndarray, hue: str) -> None:
    ax.plot(REACH, loss.round(4), color=color(hue), lw=2.2)
    if np.isnan(loss).any():
        edge = REACH[~np.isnan(loss)].max()
        ax.axvspan(edge, REACH[-1], color=color("wash"), lw=0, zorder=0)
        ax.text(0.48, 0.08, "unstable", ha="right", color=color("muted"), fontsize=10)
    ax.plot(0, 0, "o", ms=6, color=color("ink"), zorder=5)
    ax.set(xlim=(-0.5, 0.5), ylim=(-0.08, 2.2))
    ax.set_xticks([-0.5, 0, 0.5], labels=["−0.5", "0", "0.5"])


def room(width: float) -> str:
    """The last step of the grid that stays inside."""
    if np.isinf(width):
        return "±0.5"
    return "less than ±0.01" if width <= 0.0101 else f"±{width - 0.01:.2f}"


def words(facts: Facts) -> str:
    magnitude, angle = map(room, facts.rooms)
    return (
        f"The loss around a teacher with λ* = {1 - 1 / facts.tau:g}, under {facts.kind}, inputs with correlation "
        f"{facts.rho:g}. It stays below a tenth of the loss of the output 0 within {magnitude} in the magnitude's "
        f"parameter and within {angle} in the angle's. Grey curves show teachers with a memory of 2, 10 and 100 steps."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="landscape",
    caption="One unit learns from another one with λ* = 1 - 1/τ. Exact loss along the parameter of the magnitude "
    "(left) and of the angle (right), relative to the loss of the output 0; grey: τ = 2, 10 and 100. Inputs of "
    "variance 1 and autocorrelation ρ^|lag|.",
    tau=Control([2, 5, 10, 20, 50, 100], label="teacher's memory", unit="steps"),
    rho=Control([0.0, 0.9], label="correlation ρ"),
    kind=Control(list(REMEDIES), label="remedy"),
    start={"tau": 20},
    states={
        "polar": {"tau": 50},
        "normalised": {"tau": 50, "kind": "normalised"},
        "exponential": {"tau": 50, "kind": "exponential"},
        "optimal": {"tau": 50, "kind": "optimal"},
    },
)
