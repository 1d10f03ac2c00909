"""The (t, k) map of the norms of all terms of the gradient, and of one term its path through the network.

∂E/∂W = Σ_t Σ_{k<=t} ∂E_t/∂h_t · ∂h_t/∂h_k · ∂⁺h_k/∂W
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.bptt import term_maps
from experiments.bptt.term_maps import CELLS, LENGTH, by_lag, regime_at, term_map
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import BOTTOM, RIGHT, TOP, WIDTH, counted, figure, readable, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

HEIGHT, EDGES = 4.0, np.arange(-3.5, 4, 0.5)  # inches; classes of log10 of a norm, half a decade wide
SHADES = np.abs(np.arange(-8, 9))[np.arange(17) != 8] / 8  # of the 16 classes, as opacities


class Facts(NamedTuple):
    gain: float
    cell: str
    t: int
    k: int
    logs: np.ndarray  # log10 of the norm of each term, (LENGTH, LENGTH)
    sizes: np.ndarray  # their mean by lag

    @property
    def norm(self) -> float | None:
        """Of the term (t, k); None for k > t, where there is none."""
        return float(10.0 ** self.logs[self.t - 1, self.k - 1]) if self.k <= self.t else None


def compute(gain: float, cell: str, t: int, k: int) -> Facts:
    logs = term_map(cell, gain)
    return Facts(gain, cell, t, k, logs, by_lag(logs))


@styled
def draw(facts: Facts) -> Figure:
    """The map over (k, t); the path of one term; norms over the lag: their mean, and those of this error."""
    fig, grid = figure(
        WIDTH,
        HEIGHT,
        2,
        2,
        margins=(0.6, BOTTOM, RIGHT, TOP),
        gaps=(0.75, 0.6),
        width_ratios=(1, 1.05),
        height_ratios=(1, 1.7),
    )
    heat = fig.add_subplot(grid[0, 0].get_gridspec()[:, 0])
    for ax in grid[:, 0]:
        ax.remove()
    draw_map(heat, facts)
    draw_path(grid[0, 1], facts)
    draw_lags(grid[1, 1], facts)
    return fig


def draw_map(ax: Axes, facts: Facts) -> None:
    """Orange is large and blue small, the stronger the farther from 1."""
    height = 72 * (HEIGHT - BOTTOM - TOP) / LENGTH
    for number, (points, shade) in enumerate(zip(classes(facts.logs), SHADES, strict=True)):
        hue = color("vanishing" if number < 8 else "exploding")
        stripe = ax.plot(*points.T, color=hue, alpha=float(shade), lw=height + 0.2, solid_capstyle="butt")[0]
        stripe.set_gid(f"live-class-{number}")
    row = ax.plot(
        [facts.k, facts.t, facts.t], [facts.t, facts.t, facts.t], color=color("ink"), lw=1.2, gid="live-row"
    )[0]
    row.set_visible(facts.k <= facts.t)
    ax.plot(facts.k, facts.t, "o", ms=7, mfc=color("paper"), mec=color("ink"), mew=1.6, gid="live-cell", zorder=4)
    ax.set(
        xlim=(0.5, LENGTH + 0.5), ylim=(0.5, LENGTH + 0.5), xlabel="step k of the use", ylabel="step t of the error"
    )
    ax.set(xticks=[1, 10, 20, 30], yticks=[1, 10, 20, 30])
    ax.set_title("The norm of every term")
    for name, y, text in (("exploding", 0.16, "above 1"), ("vanishing", 0.08, "below 1")):
        ax.text(0.72, y, text, transform=ax.transAxes, color=color(name), size=10, weight=600)


def classes(logs: np.ndarray) -> list[np.ndarray]:
    """For each class the stripes of neighbours along k that belong to it: (k, t), (k', t), (nan, nan). The first one is
    a point outside, since matplotlib draws nothing of an empty line."""
    stripes: list[list[tuple[float, float]]] = [[(0, 0), (0, 0), (np.nan, np.nan)] for _ in SHADES]
    for t in range(1, LENGTH + 1):
        number = np.digitize(logs[t - 1, :t], EDGES)
        starts = [0, *(np.flatnonzero(np.diff(number)) + 1), t]
        for a, b in pairwise(starts):
            stripes[number[a]] += [(a + 0.5, t), (b + 0.5, t), (np.nan, np.nan)]
    return [np.array(points).reshape(-1, 2) for points in stripes]


def draw_path(ax: Axes, facts: Facts) -> None:
    """From the error at t down to h_t, back to h_k, and to the matrix as it is used there."""
    t, k, steps = facts.t, facts.k, np.arange(1, LENGTH + 1)
    ax.plot(steps, 0 * steps, "-", color=color("line"), lw=1)
    ax.plot(steps, 0 * steps, "o", color=color("line"), ms=4)
    hue = color(regime_at(facts.norm) if facts.norm is not None else "muted")
    visible = facts.norm is not None
    for name, points, style in (
        ("path", [(t, 0.9), (t, 0), (k, 0), (k, -0.9)], "-"),
        ("passed", [(i, 0) for i in range(k, t + 1)] or [(k, 0)], "o"),
    ):
        line = ax.plot(*np.array(points, float).T, style, color=hue, lw=2.2, ms=5, gid=f"live-{name}")[0]
        line.set_visible(visible)
    for name, x, y, text in (("error", t, 1.05, "error"), ("use", k, -1.05, "W")):
        label = ax.text(x, y, text, ha="center", va="bottom" if y > 0 else "top", size=10, gid=f"live-{name}")
        label.set_color(color("ink"))
    ax.set(xlim=(0, LENGTH + 1), ylim=(-1.7, 1.6), xticks=[], yticks=[])
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title(path_title(facts), color=hue).set_gid("live-term")


def path_title(facts: Facts) -> str:
    if facts.norm is None:
        return "No term: a use after its error"
    lag = facts.t - facts.k
    return f"Back {counted(lag, 'step')}: norm {readable(facts.norm)}"


def draw_lags(ax: Axes, facts: Facts) -> None:
    """The mean over t, the terms of the error at t, and the term."""
    hue, row = color(regime_at(facts.sizes[20])), 10.0 ** facts.logs[facts.t - 1, : facts.t][::-1]
    ax.axhline(1, color=color("line"), lw=0.9)
    ax.semilogy(np.arange(LENGTH), facts.sizes, color=hue, gid="live-sizes")
    ax.plot(np.arange(facts.t), row, color=color("muted"), lw=1, gid="live-terms")
    dot = ax.plot(facts.t - facts.k, facts.norm or 1, "o", ms=6, color=color("ink"), gid="live-dot")[0]
    dot.set_visible(facts.norm is not None)
    ax.set(ylim=(1e-9, 1e5), xlim=(0, LENGTH), xlabel="lag t - k, steps", ylabel="norm, relative to lag 0")
    ax.set_title(f"Mean at lag 20: {readable(facts.sizes[20])}", color=hue).set_gid("live-mean")
    decades(ax.yaxis, -8, 4, 4)


def words(facts: Facts) -> str:
    lag = facts.t - facts.k
    term = (
        f"the term of the error at step {facts.t} and the use at step {facts.k} goes back "
        f"{counted(lag, 'step')} and has norm {spoken(facts.norm)}"
        if facts.norm is not None
        else f"an error at step {facts.t} does not depend on the later use at step {facts.k}"
    )
    return (
        f"The cell {facts.cell} with recurrent gain {facts.gain:g}. Left, a triangle of the norms of all terms of "
        f"the gradient, by the step t of the error and the step k of the use; {term}. Right, their mean by lag: "
        f"relative to lag 0 it is {spoken(facts.sizes[10])} at lag 10, {spoken(facts.sizes[20])} at lag 20 and "
        f"{spoken(facts.sizes[-1])} at lag {LENGTH - 1}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="terms",
    caption="The norms of all terms of the double sum, for the weights W. Left: one for each pair (t, k); point at "
    "one, or drag over them. Right: its path from the error back to the use of W, and the mean over t by lag, in "
    "grey the terms of this error. All are relative to lag 0, and means of the logarithm over 4 random networks at "
    "initialisation. Inputs are N(0, 1), recurrent weights N(0, gain²/24); LSTM and GRU "
    "have a bias of 1 towards keeping.",
    gain=Control([0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0], label="gain", format=".2f"),
    cell=Control(list(CELLS), label="cell"),
    t=Control(range(1, LENGTH + 1), label="step t of the error"),
    k=Control(range(1, LENGTH + 1), label="step k of the use"),
    start={"gain": 1.0, "t": 24, "k": 10},
    live=[draws.__file__, term_maps.__file__, __file__],
    pad=Pad("k", "t", axes=2, hover=True),
    states={"tanh, gain 1": {"gain": 1.0}, "LSTM, gain 1": {"gain": 1.0, "cell": "LSTM"}},
)
