"""Order and chaos alternate over one knob: where a small system goes as all its weights are scaled.

A window onto the orbit diagram over λ₁, on a shared axis; the attractor at the marked scale; the whole diagram.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import exact
from experiments.chaos import orbit_windows, to_the_bit
from experiments.chaos.orbit_windows import COLUMNS, FIRST, HEIGHTS, LAST
from explorables.chaos.hues import hue
from explorables.chaos.orbit_words import Facts, compute, kind, knob, number, rate_text, words
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import BOTTOM, LEFT, RIGHT, TOP, WIDTH, figure
from minirnn.figures.theme import color, styled

LEAST, MOST = -1.2, 0.8  # of λ₁
AXES = {
    "LSTM": ("h₁", "h₂", "scale s of all weights"),
    "logistic": ("x", "the next x", "scale s, half of the weight r"),
}


@styled
def draw(facts: Facts) -> Figure:
    """Left the window, over λ₁; right the attractor, over the whole diagram."""
    fig, ((orbits, plane), (rates, whole)) = figure(
        WIDTH,
        4.7,
        2,
        2,
        margins=(LEFT, BOTTOM, RIGHT, TOP),
        gaps=(0.6, 0.6),
        width_ratios=(1.8, 1),
        height_ratios=(1.7, 1),
    )
    draw_orbits(orbits, facts)
    draw_exponents(rates, facts)
    draw_attractor(plane, facts)
    draw_whole(whole, facts)
    return fig


def draw_orbits(ax: Axes, facts: Facts) -> None:
    ax.plot(*facts.orbits.T, color=color("ink"), lw=1.15, solid_capstyle="butt", gid="live-orbits")
    line = ax.plot([facts.place] * 2, [0, 1], color=color(hue(facts.attractor.exponent)), lw=1.1, gid="live-line")[
        0
    ]
    line.set_visible(0 <= facts.place <= 1)
    for name, height, value in (("bottom", 0, facts.window.low), ("top", 1, facts.window.high)):
        ax.text(
            -0.02, height, number(facts, value), ha="right", va="center", size=10, gid=f"live-{name}"
        ).set_color(color("muted"))
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 1], xticklabels=[], yticklabels=[])
    ax.text(-0.1, 0.5, AXES[facts.system][0], color=color("muted"), gid="live-height", ha="center")
    ax.set_title("Where the state goes, over the scale")


def draw_exponents(ax: Axes, facts: Facts) -> None:
    """λ₁ by column, pink where it is positive; a ring at s, which one drags."""
    x, shown = (np.arange(COLUMNS) + 0.5) / COLUMNS, facts.window
    ax.axhline(0, color=color("line"), lw=0.9)
    ax.fill(*positive(x, facts.rates).T, color=color("chaotic"), lw=0, alpha=0.5, gid="live-positive")
    ax.plot(x, facts.rates, color=color("muted"), lw=0.8, gid="live-rates")
    rate = facts.attractor.exponent
    ring = ax.plot(
        facts.place, min(max(rate, LEAST), MOST), "o", ms=8, mfc=color("paper"), mec=color(hue(rate)), mew=2
    )[0]
    ring.set(gid="live-s", clip_on=False, zorder=4, visible=0 <= facts.place <= 1)
    for name, place, value in (
        ("left", 0, shown.left),
        ("half", 0.5, (shown.left + shown.right) / 2),
        ("right", 1, shown.right),
    ):
        text = ax.text(
            place, LEAST - 0.12, number(facts, value), ha="center", va="top", size=10, gid=f"live-{name}"
        )
        text.set_color(color("muted"))
    ax.set(
        xlim=(0, 1), ylim=(LEAST, MOST), xticks=[0, 0.5, 1], yticks=[-1, 0], xticklabels=[], ylabel="λ₁, nats/step"
    )
    ax.text(0.5, LEAST - 0.62, AXES[facts.system][2], ha="center", va="center", gid="live-scale").set_color(
        color("muted")
    )
    ax.set_title(f"λ₁ = {rate_text(rate)} at {knob(facts)}", color=color(hue(rate))).set_gid("live-rate")


def positive(x: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """The area above 0 and below the rates."""
    return np.column_stack([[x[0], *x, x[-1]], [0, *np.maximum(rates, 0), 0]])


def draw_attractor(ax: Axes, facts: Facts) -> None:
    """Where the state is, step by step; the points of a cycle larger."""
    shade = color(hue(facts.attractor.exponent))
    dots = np.repeat(facts.attractor.places, 3, axis=0)
    dots[2::3] = np.nan
    ax.plot(*dots.T, color=shade, lw=1.4, gid="live-dots")
    cycle = ax.plot(
        *facts.attractor.places[: max(facts.attractor.period, 1)].T, "o", ms=5, color=shade, gid="live-cycle"
    )
    cycle[0].set_visible(facts.attractor.period > 0)
    ax.set(
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
        xticks=[0, 0.5, 1],
        yticks=[0, 0.5, 1],
        xticklabels=[],
        yticklabels=[],
    )
    ax.set_aspect("equal", adjustable="box", anchor="N")
    for name, text, place in (("across", 0, (0.5, -0.1)), ("up", 1, (-0.1, 0.5))):
        label = ax.text(*place, AXES[facts.system][text], ha="center", va="center", rotation=90 * text)
        label.set(gid=f"live-{name}", color=color("muted"))
    ax.set_title(kind(facts.attractor), color=shade).set_gid("live-kind")


def draw_whole(ax: Axes, facts: Facts) -> None:
    """The whole diagram, and the window as a frame that one drags by its ring."""
    low, high = HEIGHTS[facts.system]
    ax.plot(
        FIRST + (LAST - FIRST) * facts.whole[:, 0],
        facts.whole[:, 1],
        color=color("muted"),
        lw=0.6,
        gid="live-whole",
    )
    left, right, bottom, top, _ = facts.window
    bottom, top = (bottom - low) / (high - low), (top - low) / (high - low)
    ax.plot([facts.s] * 2, [0, 1], color=color(hue(facts.attractor.exponent)), lw=1, gid="live-here")
    frame = np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]])
    ax.plot(*frame.T, color=color("ink"), lw=1.4, gid="live-frame")
    middle = ax.plot(
        (left + right) / 2, (bottom + top) / 2, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2
    )[0]
    middle.set(gid="live-middle", zorder=4)
    ax.set(xlim=(FIRST, LAST), ylim=(0, 1), xticks=[0.5, 1, 1.5, 2], yticks=[], xlabel="scale s")
    ax.set_title("The window")


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="diagram",
    caption="Two systems without input, their weights times s: an LSTM of two units, and the logistic map x′ = 2s "
    "x (1 − x). Left, a window onto the diagram, computed at its own scale: in each of 240 columns 160 states "
    "after the first hundreds, and their λ₁, pink where it is positive. Right, 1500 states at the scale s, whose "
    "ring you can drag, and below the whole diagram with the window, which you can drag too. λ₁ in the title is "
    "over these 1500 steps. Heights are magnified by the zoom to the power 0.6.",
    system=Control(list(orbit_windows.SYSTEMS), label="system"),
    s=Control([k / 20 for k in range(10, 41)], label="scale s", format=".5f"),
    zoom=Control([1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100], label="zoom", format=".1f"),
    middle=Control([k / 20 for k in range(10, 41)], label="window at s", format=".5f"),
    level=Control([5.0 * k for k in range(21)], label="window at height", unit="%", format=".1f"),
    start={"s": 1.0, "zoom": 2, "middle": 1.15, "level": 50},
    live=[exact.__file__, to_the_bit.__file__, orbit_windows.__file__, __file__],
    states={
        "s = 0.8: period 3": {"s": 0.8, "zoom": 1},
        "s = 1: strange": {"s": 1.0},
        "logistic map, r = 3.7": {"system": "logistic", "s": 1.85, "middle": 1.85, "zoom": 3},
    },
)
