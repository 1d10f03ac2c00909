"""Three clips: by norm, by value and adaptive, on a vector in the plane and on the gradients of a real run.

Only the clip by norm keeps the direction (eq. clip).
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.exploding import one_vector
from experiments.exploding.clipping import KEPT
from experiments.exploding.one_vector import kept_run, three_clips, towards, turns
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import arrow_outline
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

CLIPS = {"norm": "critical", "value": "exploding", "adaptive": "vanishing"}
NAMES = {"norm": "by norm", "value": "by value", "adaptive": "adaptive"}
DIRECTIONS = range(0, 361, 3)  # degrees


class Facts(NamedTuple):
    """By the name of the clip: the vector after it, and its turn in degrees, here and in every direction."""

    angle: float
    length: float
    threshold: float
    vector: np.ndarray
    clipped: dict[str, np.ndarray]
    turns: dict[str, float]
    curves: dict[str, list[float]]


def compute(angle: float, length: float, threshold: float) -> Facts:
    vector = towards(angle, length)
    curves = [turns(towards(d, length), threshold) for d in DIRECTIONS]
    return Facts(
        angle,
        length,
        threshold,
        vector,
        three_clips(vector, threshold),
        turns(vector, threshold),
        {kind: [turn[kind] for turn in curves] for kind in CLIPS},
    )


@styled
def draw(facts: Facts) -> Figure:
    """One vector after three clips, how far each turns it in every direction, and what each does in a run."""
    fig, grid = figure(7.2, 3.8, 2, 2, margins=(0.45, 0.5, 0.15, 0.4), gaps=(0.85, 0.95), width_ratios=[1.15, 1])
    for ax in grid[:, 0]:
        ax.remove()
    draw_vector(fig.add_subplot(grid[0, 0].get_gridspec()[:, 0]), facts)
    draw_turns(grid[0, 1], facts)
    draw_run(grid[1, 1], facts)
    return fig


def draw_vector(ax: Axes, facts: Facts) -> None:
    """The disc of the clip by norm, the box of the clip by value, and the vector before and after each clip."""
    limits, ticks, dashes = (-5.6, 5.6), [-4, 0, 4], (0, (3, 3))
    ax.plot(*circle(facts.threshold).T, color=color("critical"), lw=0.9, ls=dashes, gid="live-disc")
    ax.plot(*box(facts.threshold / np.sqrt(2)).T, color=color("exploding"), lw=0.9, ls=dashes, gid="live-box")
    arrow(ax, facts.vector, "muted", 0.12, "before")
    for kind, v in facts.clipped.items():
        arrow(ax, v, CLIPS[kind], 0.1, kind)
    ax.plot(*facts.vector, "o", ms=8, mfc=color("paper"), mec=color("muted"), mew=2, gid="live-tip")
    ax.set(xlim=limits, ylim=limits, xticks=ticks, yticks=ticks, xlabel="entry 1", ylabel="entry 2")
    ax.set_aspect("equal", anchor="NW")
    ax.yaxis.labelpad = 0
    ax.set_title("One vector: drag its tip")
    for (kind, hue), y in zip(CLIPS.items(), (0.97, 0.91, 0.85), strict=True):
        ax.text(0.02, y, NAMES[kind], transform=ax.transAxes, color=color(hue), weight=600, fontsize=10, va="top")


def circle(radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 73)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def box(side: float) -> np.ndarray:
    return side * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]])


def arrow(ax: Axes, v: np.ndarray, hue: str, width: float, name: str) -> None:
    ax.fill(*arrow_outline(v, width).T, color=color(hue), lw=0, gid=f"live-{name}")


def draw_turns(ax: Axes, facts: Facts) -> None:
    """Over the direction of the vector, by how much each clip turns it; dots at its own direction."""
    for kind, hue in CLIPS.items():
        ax.plot(DIRECTIONS, facts.curves[kind], color=color(hue), lw=1.6, gid=f"live-turns-{kind}")
        ax.plot(facts.angle, facts.turns[kind], "o", ms=6.5, color=color(hue), gid=f"live-turn-{kind}")
    ax.set(xlim=(0, 360), ylim=(-4, 80), xticks=[0, 90, 180, 270, 360], yticks=[0, 40, 80])
    ax.set(xlabel="direction before, degrees", ylabel="turn, degrees")
    title = f"Turn: value {facts.turns['value']:.0f}°, adaptive {facts.turns['adaptive']:.0f}°"
    ax.set_title(title).set_gid("live-title")


def draw_run(ax: Axes, facts: Facts) -> None:
    """Over the threshold, the mean cosine of a run's gradients; a line at the present threshold."""
    for kind, hue in CLIPS.items():
        ax.semilogx(KEPT, [kept_run(c).cosines[kind].mean() for c in KEPT], ".-", color=color(hue), lw=1.6)
    ax.plot([facts.threshold] * 2, [0.6, 1.0], color=color("muted"), lw=1, gid="live-at")
    ax.plot(facts.threshold, 1.0, "o", ms=8, mfc=color("paper"), mec=color("critical"), mew=2, gid="live-threshold")
    ax.set(xlim=(0.025, 12), ylim=(0.6, 1.05), yticks=[0.6, 0.8, 1], xlabel="threshold", ylabel="mean cosine")
    decades(ax.xaxis, -1, 1)
    ax.set_title("In a run: before and after")


def words(facts: Facts) -> str:
    parts = [
        f"{kind} to length {np.linalg.norm(v):.2f}, turned by {facts.turns[kind]:.0f} degrees"
        for kind, v in facts.clipped.items()
    ]
    return (
        f"Threshold {facts.threshold:.2f}. A vector of length {facts.length:.1f} at {facts.angle:.0f} degrees is "
        f"clipped by {'; '.join(parts)}. Beside it, the turn by every clip over the direction of the vector: none by "
        "norm. Below, over the threshold, the mean cosine between before and after on the gradients of a run: 1 by "
        "norm; by value and adaptive it falls as the threshold does."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="clips",
    caption="Left: a vector (grey) after three clips. By value with bound threshold/√2, so that its box (dashed) "
    "lies in the disc of the clip by norm; adaptive with λ = threshold/2 and two rows of weights of norms 2 and "
    "0.5. Right: by how much each clip turns a vector of this length, over its direction; and the mean cosine over "
    "every second gradient of 400 updates of a tanh network on temporal order (seed 0, the experiment “clipping”), "
    "with bound threshold/√P for P parameters and λ = threshold/10.",
    angle=Control(range(0, 361, 5), label="direction", unit="°"),
    length=Control([k / 2 for k in range(1, 12)], label="length"),
    threshold=Control([0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10], label="threshold", format=".2f"),
    start={"angle": 20, "length": 5.0, "threshold": 3.0},
    live=[one_vector.__file__, __file__],
    states={"threshold 1": {"threshold": 1}, "threshold 0.3": {"threshold": 0.3}},
)
