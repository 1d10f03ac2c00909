"""The effect of a small move of the weights on a long memory, for four maps from weight to rate.

K̂(t) = Σ_i c_i e^{f(w_i) t}        w_i moved by a number uniform in (-β, β)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.perturbation import BETAS, SLOWEST, TARGET, kernels
from experiments.record import load
from explorables.memory.maps import MAPS
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.marks import band
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks


class Facts(NamedTuple):
    beta: float
    rate: str
    weights: str
    moved: np.ndarray  # the kernels (20, T) after each of 20 moves
    errors: dict[str, np.ndarray]  # for each map the worst of the 20 at each of BETAS

    def worst(self, rate: str) -> float:
        """The worst error of a map at this β."""
        return float(self.errors[rate][BETAS.index(self.beta)])


def compute(beta: float, rate: str, weights: str) -> Facts:
    with np.errstate(over="ignore", invalid="ignore"):
        moved = kernels(weights, rate, beta)
    return Facts(beta, rate, weights, moved, {name: worst_errors(name, weights) for name in MAPS})


def worst_errors(rate: str, weights: str) -> np.ndarray:
    """For each of BETAS the largest of the 20 saved errors."""
    return np.array([errors[-1] for errors in load("perturbation")["results"][weights][rate]])


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(widths=(1.15, 1), beside=0.85)
    draw_kernels(ax, facts)
    draw_errors(over, facts)
    return fig


def draw_kernels(ax: Axes, facts: Facts) -> None:
    """The target, three of the moved kernels, and the range of all."""
    hue = color(MAPS[facts.rate])
    ax.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1e-4, 20), xlabel="t + 1", ylabel="kernel")
    decades(ax.xaxis, 0, 3)
    decades(ax.yaxis, -4, 1)
    t = np.unique(np.geomspace(1, 1001, 45).astype(int)) - 1
    moved = np.clip(facts.moved[:, t], 1e-5, 1e3)
    band(ax, t + 1, moved.min(0), moved.max(0), MAPS[facts.rate], alpha=0.25)
    for kernel in moved[:3]:
        ax.plot(t + 1, kernel, color=hue, lw=0.9)
    ax.plot(t + 1, TARGET[t], color=color("ink"), lw=4, alpha=0.25)
    ax.set_title(f"{facts.rate}, moved by β = {facts.beta:g}: worst {readable(facts.worst(facts.rate))}", color=hue)


def draw_errors(ax: Axes, facts: Facts) -> None:
    """The worst error over β for all maps."""
    for name, errors in facts.errors.items():
        width = 2.2 if name == facts.rate else 1.1
        ax.loglog(BETAS[1:], np.minimum(errors[1:], 1e6), color=color(MAPS[name]), lw=width, label=name)
    if facts.beta:
        ax.plot(facts.beta, min(facts.worst(facts.rate), 1e3), "o", ms=8, color=color(MAPS[facts.rate]))
    ax.set(ylim=(1e-3, 1e3), xlim=(8e-4, 0.125), xlabel="β", ylabel="worst error of 20")
    decades(ax.yaxis, -3, 3)
    plain_ticks(ax.xaxis, [0.001, 0.01, 0.1])
    label_ends(ax, away=9)
    ax.set_title(f"Without any move: {readable(facts.errors[facts.rate][0])}")


def words(facts: Facts) -> str:
    rows = ", ".join(f"{name} {facts.worst(name):.3g}" for name in MAPS)
    return (
        f"A power law on 0 to 1000, fitted by 16 exponentials with {facts.weights} weights, whose rates are written "
        f"by the map {facts.rate}. All 16 parameters are moved at random by at most {facts.beta:g}, in 20 draws. The "
        f"area between the kernel and the target, worst of 20: {rows}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="perturb",
    caption="The kernel (1 + t) to the power −1.1 is fitted by 16 exponentials and then disturbed: each rate's "
    "parameter is moved by a number uniform in (−β, β). Left: the target (grey), three of 20 draws, and the range "
    "of all. Right: the area between kernel and target, worst of 20, for four maps.",
    beta=Control(BETAS, label="move β"),
    rate=Control(list(MAPS), label="map"),
    weights=Control(list(SLOWEST), label="weights"),
    pad=Pad("beta", axes=1),
    start={"beta": 0.01},
    states={
        "direct, β = 0.01": {},
        "exp, β = 0.01": {"rate": "exp"},
        "exp, weights that cancel": {"rate": "exp", "weights": "free"},
    },
)
