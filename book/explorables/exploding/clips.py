"""Three clips: by norm, by value and adaptive, on a vector in the plane and on the gradients of a real run.

Only the clip by norm keeps the direction (eq. clip).
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from experiments.exploding.clipping import norm_and_cosine
from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value

CLIPS = {"norm": "critical", "value": "exploding", "adaptive": "vanishing"}
NAMES = {"norm": "by norm", "value": "by value", "adaptive": "adaptive"}
LENGTH, WEIGHTS = 5.0, {"g": np.array([2.0, 0.5])}  # of the vector; its two weights, a row each


class Facts(NamedTuple):
    """By the name of the clip: the vector after it, its turn in degrees, norms and cosines of a run's gradients."""

    angle: int
    threshold: float
    vector: np.ndarray
    clipped: dict[str, np.ndarray]
    turns: dict[str, float]
    before: np.ndarray
    norms: dict[str, np.ndarray]
    cosines: dict[str, np.ndarray]


def compute(angle: int, threshold: float) -> Facts:
    vector = LENGTH * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    clipped = three_clips(vector, threshold)
    cosines = {kind: norm_and_cosine(vector, v)[1] for kind, v in clipped.items()}
    turns = {kind: float(np.degrees(np.arccos(min(1.0, c)))) for kind, c in cosines.items()}
    saved = load("clipping")["results"]["clips"]
    runs = {kind: np.array(saved[f"{kind}, {threshold:g}"]) for kind in CLIPS}
    norms, directions = ({kind: run[i] for kind, run in runs.items()} for i in (0, 1))
    return Facts(angle, threshold, vector, clipped, turns, np.array(saved["before"]), norms, directions)


def three_clips(g: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """The vector g (2,) after each clip: bound threshold/√2 by value, λ = threshold/2 for the adaptive one."""
    gradient = {"g": g}
    return {
        "norm": clip_by_norm(gradient, threshold)[0]["g"],
        "value": clip_by_value(gradient, threshold / np.sqrt(2))["g"],
        "adaptive": clip_adaptive(gradient, WEIGHTS, threshold / 2)["g"],
    }


@styled
def draw(facts: Facts) -> Figure:
    """One vector after three clips, and what each makes of the gradients of a run: norm and direction."""
    fig, grid = figure(
        7.2, 3.4, 2, 2, margins=(0.55, 0.5, 0.9, 0.4), gaps=(0.75, 0.35), width_ratios=[1, 1.25], sharex="col"
    )
    for ax in grid[:, 0]:
        ax.remove()
    draw_vector(fig.add_subplot(grid[0, 0].get_gridspec()[:, 0]), facts)
    draw_run(grid[0, 1], grid[1, 1], facts)
    return fig


def draw_vector(ax: Axes, facts: Facts) -> None:
    """The disc of the clip by norm, the box of the clip by value, and the vector before and after each clip."""
    side, dashes = facts.threshold / np.sqrt(2), (0, (3, 3))
    ax.add_patch(Circle((0, 0), facts.threshold, fc="none", ec=color("critical"), lw=0.9, ls=dashes))
    box = Rectangle((-side, -side), 2 * side, 2 * side, fc="none", ec=color("exploding"), lw=0.9, ls=dashes)
    ax.add_patch(box)
    arrow(ax, facts.vector, "line", 2.4)
    for kind, v in facts.clipped.items():
        arrow(ax, v, CLIPS[kind], 1.8)
    limits, ticks = (-0.4, 5.4), [0, 2, 4]
    ax.set(xlim=limits, ylim=limits, xlabel="entry 1", ylabel="entry 2", xticks=ticks, yticks=ticks)
    ax.set_aspect("equal", anchor="NW")
    ax.set_title(f"One vector of length {LENGTH:g}")


def arrow(ax: Axes, v: np.ndarray, hue: str, width: float) -> None:
    """An arrow from the origin."""
    style = {"arrowstyle": "-|>", "color": color(hue), "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (v[0], v[1]), (0, 0), arrowprops=style)


def draw_run(size: Axes, direction: Axes, facts: Facts) -> None:
    """Norms, and below them cosines, of every second gradient of the run."""
    updates = 2 * np.arange(len(facts.before))
    size.semilogy(updates, facts.before, color=color("line"), lw=1)
    for kind, hue in CLIPS.items():
        size.semilogy(updates, facts.norms[kind], color=color(hue), lw=1.2)
        direction.plot(updates, facts.cosines[kind], color=color(hue), lw=1.2)
    size.set(ylabel="norm", ylim=(0.04, 40))
    decades(size.yaxis, -1, 1)
    size.set_title("The gradients of a run")
    direction.set(ylabel="cosine to before", ylim=(0.45, 1.04), yticks=[0.5, 1], xlabel="update", xlim=(0, 400))
    for (kind, hue), y in zip(CLIPS.items(), (0.95, 0.75, 0.55), strict=True):
        size.text(1.03, y, NAMES[kind], transform=size.transAxes, color=color(hue), weight=600, fontsize=10.5)
    size.text(1.03, 0.35, "before", transform=size.transAxes, color=color("muted"), fontsize=10.5)


def words(facts: Facts) -> str:
    parts = [
        f"{kind} to length {np.linalg.norm(v):.2f}, turned by {facts.turns[kind]:.0f} degrees"
        for kind, v in facts.clipped.items()
    ]
    means = [f"{kind} {cosines.mean():.2f}" for kind, cosines in facts.cosines.items()]
    return (
        f"Threshold {facts.threshold:g}. A vector of length {LENGTH:g} at {facts.angle} degrees is clipped by "
        f"{'; '.join(parts)}. On the gradients of a run the mean cosine between before and after is: "
        f"{', '.join(means)}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="clips",
    caption="Left: a vector (grey) after three clips. By value with bound threshold/√2, so that its box (dashed) "
    "lies in the disc of the clip by norm; adaptive with λ = threshold/2 and two rows of weights of norms 2 and "
    "0.5. Right: every second gradient of 400 updates of a tanh network on temporal order (seed 0, the experiment "
    "“clipping”): bound threshold/√P for P parameters; λ = threshold/10.",
    angle=Control([0, 10, 20, 30, 45, 60, 80], label="direction", unit="°"),
    threshold=Control([0.3, 1.0, 3.0, 10.0], label="threshold"),
    start={"angle": 20, "threshold": 3.0},
    states={"threshold 1": {"threshold": 1.0}, "threshold 10": {"threshold": 10.0}},
)
