"""One exponential learns a delay by gradient flow: it stays on a plateau for a time exponential in the delay.

    L(c, w) = c²/(4w) - c e^{-wD}        (eq. delay-loss)

Beside the share that is gained stands the kernel c e^{-wt}, early, just before half is gained, and at the end.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory.one_unit import escape_time, learned, proved, share_gained
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades
from minirnn.theory.plateau import Flow

STARTS, DELAYS = [0.25, 0.5, 0.75, 1.0], [4, 6, 8, 10, 12, 14]


class Facts(NamedTuple):
    D: int
    flow: Flow
    times: np.ndarray  # evenly on a logarithmic axis
    gained: np.ndarray  # the share of 1/(2eD) at these times
    half: float  # the time at which half is gained
    proved: float  # the time before which that cannot be; 0 where nothing is proved
    w0: float


def compute(D: int, w0: float) -> Facts:
    return Facts(D, learned(w0, D), *share_gained(w0, D), escape_time(w0, D), proved(w0, D), w0)


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, kernel) = side_by_side(3.4)
    draw_share(ax, facts)
    draw_kernels(kernel, facts)
    return fig


def draw_share(ax: Axes, facts: Facts) -> None:
    """What is gained over time, with the time that is proved."""
    if facts.proved > 0.01:
        ax.axvspan(0.01, facts.proved, color=color("exploding"), alpha=0.12, lw=0)
    ax.axvline(facts.half, color=color("line"), lw=1)
    to_the_edge = np.append(facts.times, 1e11), np.append(facts.gained, facts.gained[-1])
    ax.semilogx(*to_the_edge, color=color("vanishing"), lw=2.2)
    ax.set(xlim=(0.01, 1e11), ylim=(-0.04, 1.12), xlabel="time t of gradient flow", ylabel="share gained")
    decades(ax.xaxis, -1, 9, 2)
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    ax.set_title(f"Half is gained at t = {readable(facts.half)}")
    if facts.proved > 20:  # a narrower field has no room for words
        label_line(ax, 0.015, 0.96, f"proved:\nnot before\n{readable(facts.proved)}", "exploding", va="top")


def draw_kernels(ax: Axes, facts: Facts) -> None:
    """The unit's kernel at three times, and where the bump is."""
    lag, flow = np.linspace(0, 16, 81), facts.flow
    ax.axvline(facts.D, color=color("ink"), lw=4, alpha=0.25)
    ax.axhline(0, color=color("line"), lw=0.8)
    clear = {"fc": color("paper"), "ec": "none", "pad": 1.0}  # of a bump at a long delay
    moments = (
        (0.3 * facts.half, "early", "muted", 0.79),
        (0.99 * facts.half, "just before", "vanishing", 0.72),
        (flow.t[-1], "at the end", "critical", 0.65),
    )
    for time, name, hue, height in moments:
        c, w = (np.interp(time, flow.t, values) for values in (flow.c, flow.w))
        ax.plot(lag, facts.D * c * np.exp(-w * lag), color=color(hue), lw=2 if hue == "critical" else 1.3)
        label_line(ax, 15.7, height, name, hue, va="center", ha="right", bbox=clear)
    ax.set(xlim=(0, 16), ylim=(-0.03, 0.85), xlabel="lag, in units of time", ylabel="kernel times D")
    ax.set_yticks([0, 0.5], labels=["0", "½"])
    ax.set_title(f"Wanted: a bump at {facts.D}", color=color("muted"))


def words(facts: Facts) -> str:
    sure = f"It is proved that this cannot be before {facts.proved:.3g}. " if facts.proved > 0 else ""
    return (
        f"A single exponential with rate {facts.w0:g} at the start learns a bump at a delay of {facts.D}. Over the "
        "time of gradient flow, from a hundredth to ten to the 11 on a logarithmic axis, the share of what can be "
        f"gained stays near 0 and then rises: half is gained at {facts.half:.3g}. {sure}Beside it the kernel, early, "
        f"late and at the end, when its rate is {facts.flow.w[-1]:.3g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="plateau",
    caption="Gradient flow for the kernel c exp(−wt) and a narrow bump at D, from c = 0. Left: the share of what "
    "can be gained, on a logarithmic axis of time; orange: the times at which the theorem rules out that half is "
    "gained. Right: the kernel at 0.3 and 0.99 of the time at which half is gained (grey, blue), and at the end "
    "(green).",
    D=Control(DELAYS, label="delay D"),
    w0=Control(STARTS, label="rate at the start"),
    start={"D": 8, "w0": 1.0},
    states={"D = 4": {"D": 4}, "D = 12": {"D": 12}, "D = 12, slow start": {"D": 12, "w0": 0.25}},
    predict=Prediction(
        question="A unit that starts with rate 1 learns a bump at a delay of 4 in a time of 67. How long does it take "
        "for a delay of 8?",
        choices={
            "Twice as long": "That would be a time in proportion to the delay.",
            "About 16 times": "That would be the fourth power of the delay.",
            "About 600 times": "Four more units of delay multiply the time by nearly 600, and four more "
            "by twice that.",
        },
        answer="About 600 times",
        reveal="At a delay of 14 it takes 2·10⁹.",
    ),
)
