"""The cliff of pascanu2013, and descents over it: without a clip one step is thrown far away; clipped, none is.

E(w, b) = (σ(x_50) - 0.7)² for x_t = wσ(x_{t-1}) + b, x_0 = 0.5 (eq. cliff). The edge is at b*(w), where the start
is an unstable fixed point.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from experiments.exploding import cliff
from experiments.exploding.cliff import (
    B_RANGE,
    LAST,
    UPDATES,
    W_RANGE,
    T,
    b_star,
    descend_from,
    end_error,
    longest_step,
)
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import figure, readable, spoken
from minirnn.figures.theme import color, styled

LEVELS = [0.0, 0.02, 0.06, 0.1, 0.2, 0.3, 0.36, 0.43]
SHADES = [to_rgba(color("muted"), a) for a in (0.0, 0.07, 0.14, 0.22, 0.34, 0.46, 0.58)]


class Descent(NamedTuple):
    """A path of (w, b, E), its longest step in the plane, and the mean error at its end."""

    path: np.ndarray
    longest: float
    error: float


class Facts(NamedTuple):
    w: float
    b: float
    rate: float
    threshold: float
    free: Descent
    clipped: Descent


def descent(w: float, b: float, rate: float, threshold: float = np.inf) -> Descent:
    path = descend_from(w, b, rate, threshold)
    return Descent(path, longest_step(path), end_error(path))


def compute(w: float, b: float, rate: float, threshold: float) -> Facts:
    return Facts(w, b, rate, threshold, descent(w, b, rate), descent(w, b, rate, threshold))


@cache
def landscape() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """w, b and E over the plane of the figure."""
    w, b = np.meshgrid(np.linspace(*W_RANGE, 131), np.linspace(*B_RANGE, 131))
    return w, b, cliff.cliff(w, b)[0]


@styled
def draw(facts: Facts) -> Figure:
    """Descents from one start side by side: as the gradient says, and clipped by norm."""
    fig, (free, clipped) = figure(7.2, 3.9, 1, 2, sharey=True, margins=(0.7, 0.55, 0.2, 0.55), gaps=(0.5, 0))
    draw_descent(free, facts.free, "exploding", "free", "No clipping")
    draw_descent(clipped, facts.clipped, "critical", "clipped", f"Clipped at {facts.threshold:g}")
    free.set_ylabel("bias b")
    clipped.tick_params(labelleft=True)  # a phone shows each column for itself
    free.text(6.95, -1.92, "E ≈ 0.08", ha="right", color=color("muted"), fontsize=9.5)
    clear = {"fc": color("paper"), "ec": "none", "pad": 1.0}  # a path may lead across
    free.text(5.22, -2.42, "E ≈ 0", ha="center", color=color("muted"), fontsize=9.5, bbox=clear)
    for ax in (free, clipped):
        ax.text(5.98, -3.12, "b*(w)", color=color("ink"), fontsize=9.5, style="italic")
    free.text(4.56, -3.14, "E ≈ 0.4", ha="left", color=color("ink"), fontsize=9.5)
    return fig


def draw_descent(ax: Axes, run: Descent, hue: str, name: str, title: str) -> None:
    """The plane with the cliff's line and one path; a step that leaves the plane is cut at its border."""
    ax.contourf(*landscape(), levels=LEVELS, colors=SHADES)
    w = np.linspace(*W_RANGE, 30)
    ax.plot(w, b_star(w), color=color("ink"), lw=1, ls=(0, (4, 3)))
    ax.plot(*run.path[:, :2].T, color=color(hue), lw=1.2, gid=f"live-{name}")
    start = ax.plot(
        *run.path[0, :2], "o", ms=8, mfc=color("paper"), mec=color(hue), mew=2, gid=f"live-start-{name}"
    )
    start[0].set_zorder(4)
    ax.set(xlim=W_RANGE, ylim=B_RANGE, xlabel="weight w", xticks=[5, 6, 7], yticks=[-3, -2.5, -2])
    outcome = f"longest step {readable(run.longest)}, at the end E = {run.error:.3f}"
    ax.set_title(f"{title}:\n{outcome}", color=color(hue), fontsize=11, linespacing=1.35).set_gid(
        f"live-title-{name}"
    )


def words(facts: Facts) -> str:
    return (
        "Two panels of the loss over w and b with a sharp edge along a falling line. Both descents start at w = "
        f"{facts.w:.2f}, b = {facts.b:.2f} with rate {facts.rate:.2f} and make {UPDATES} updates. Without clipping: "
        f"{told(facts.free)}. Clipped at {facts.threshold:g}: {told(facts.clipped)}."
    )


def told(run: Descent) -> str:
    """What became of a descent."""
    w, b, _ = run.path[-1]
    return (
        f"the longest step has length {spoken(run.longest)}, the end is w = {w:.2f}, b = {b:.2f} with a mean error of "
        f"{run.error:.3f} over the last {LAST} updates"
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cliff",
    caption=f"The error E = (σ(x_{{50}}) − 0.7)² of one sigmoid unit after {T} steps from x_0 = 0.5; the stronger "
    f"the shade, the larger. Dashed: b*(w), where the start is a fixed point. Ring: start; drag it. {UPDATES} "
    "updates of gradient descent; a line that leaves the picture is a step that does. A path that crosses the cliff "
    "often magnifies rounding, so that another machine may end it elsewhere.",
    w=Control([k / 10 for k in range(46, 70)], label="start, weight w", format=".2f"),
    b=Control([k / 10 for k in range(-31, -19)], label="start, bias b", format=".2f"),
    rate=Control([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5], label="learning rate"),
    threshold=Control([0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2], label="threshold", format=".2f"),
    start={"w": 5.8, "b": -2.4, "rate": 0.2, "threshold": 1.0},
    live=[cliff.__file__, __file__],
    pad=Pad("w", "b"),
    states={"from the valley": {"w": 5.3, "b": -2.4}, "from the high side": {"w": 5.3, "b": -3.0}},
)
