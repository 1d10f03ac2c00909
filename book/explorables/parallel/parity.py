"""Parity by one linear unit, g_t = λ(x_t) g_{t-1} from 1: its sign is the answer, its size decays."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.parallel import counting
from experiments.parallel.counting import expected_accuracy, reach
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import figure, readable, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

EVEN = 2 * np.unique(np.geomspace(1, 512, 80).round().astype(int))
LENGTHS = np.sort([*EVEN - 1, *EVEN])
SEEN, SHOWN = 0.01, 64
EDGE = 1.2  # of the plane: a ring around a multiplier of 1 leaves ticks and title free
BITS = draws.uniform(SHOWN) < 0.5  # of the sequence whose states are shown
PARITY = (-1.0) ** np.cumsum(BITS)
PLACES = [-1.0, -0.98, -0.95, -0.9, -0.8, -0.7, -0.5, -0.3, 0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0]


class Facts(NamedTuple):
    keep: float  # λ(0)
    flip: float  # λ(1)
    accuracy: np.ndarray  # at LENGTHS
    reach: float  # the length at which half the sequences are still seen, inf where all are
    states: np.ndarray  # g_1 … of the sequence BITS

    @property
    def right(self) -> int:
        """How many of the first answers are right, until one is wrong or not seen."""
        good = (np.abs(self.states) >= SEEN * (1 - 1e-9)) & (np.sign(self.states) == PARITY)
        return SHOWN if good.all() else int(np.argmin(good))


def compute(keep: float, flip: float) -> Facts:
    accuracy = np.array([expected_accuracy(keep, flip, int(T), SEEN) for T in LENGTHS])
    return Facts(keep, flip, accuracy, reach(keep, flip, SEEN), np.cumprod(np.where(BITS, flip, keep)))


def kind(facts: Facts) -> str:
    if facts.keep < 0 < facts.flip:
        return "is right at even lengths only"
    if not facts.keep > 0 > facts.flip:
        return "fails"
    return "counts for ever" if np.isinf(facts.reach) else f"counts for about {facts.reach:.0f} steps"


@styled
def draw(facts: Facts) -> Figure:
    fig, grid = figure(height=4.6, nrows=2, ncols=2, gaps=(0.8, 0.95), width_ratios=(1, 1.35), height_ratios=(1, 1))
    hue = color("critical" if np.isinf(facts.reach) and facts.keep > 0 > facts.flip else "exploding")
    plane = fig.add_subplot(grid[0, 0].get_gridspec()[:, 0])
    for ax in grid[:, 0]:
        ax.remove()
    draw_plane(plane, facts, hue)
    draw_states(grid[0, 1], facts, hue)
    draw_accuracy(grid[1, 1], facts, hue)
    return fig


def draw_plane(ax: Axes, facts: Facts, hue: str) -> None:
    ax.fill([0, 1, 1, 0], [-1, -1, 0, 0], color=color("wash"), lw=0)
    ax.axvline(0, color=color("line"), lw=0.8)
    ax.axhline(0, color=color("line"), lw=0.8)
    ax.plot(1, -1, "s", ms=11, mfc="none", mec=color("critical"), mew=1.6, clip_on=False)
    ax.plot(facts.keep, facts.flip, "o", ms=9, color=hue, clip_on=False, gid="live-here")
    ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal", anchor="N", xlabel="λ(0)", ylabel="λ(1)")
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    ax.set_title("The multipliers")


def draw_states(ax: Axes, facts: Facts, hue: str) -> None:
    """Of one sequence: what a state should be, and what it is."""
    t = np.arange(1, SHOWN + 1)
    ax.axhline(0, color=color("line"), lw=0.8)
    ax.plot(t, PARITY, "o", ms=3.5, mfc="none", mec=color("muted"), mew=0.8)
    ax.plot(t, facts.states, color=hue, lw=0.7, alpha=0.6, gid="live-path")
    ax.plot(t, facts.states, "o", ms=3, color=hue, gid="live-states")
    ax.set(xlim=(0, SHOWN + 1), ylim=(-1.2, 1.2), xlabel="step", ylabel="state", yticks=[-1, 0, 1])
    ax.set_title(f"Of size {readable(abs(facts.states[-1]))} after {SHOWN} steps").set_gid("live-size")


def draw_accuracy(ax: Axes, facts: Facts, hue: str) -> None:
    ax.axhline(0.5, color=color("line"), lw=0.9)
    for rest, name in enumerate(("even", "odd")):  # one line would jump where lengths are skipped
        part = rest == LENGTHS % 2
        ax.semilogx(LENGTHS[part], facts.accuracy[part], color=hue, lw=2, gid=f"live-{name}")
    ax.set(xlim=(1, 1024), ylim=(-0.03, 1.05), xlabel="length", ylabel="accuracy", yticks=[0, 0.5, 1])
    plain_ticks(ax.xaxis, [1, 4, 16, 64, 256, 1024])
    ax.set_title(f"It {kind(facts)}").set_gid("live-kind")


def words(facts: Facts) -> str:
    at = {T: expected_accuracy(facts.keep, facts.flip, T, SEEN) for T in (16, 256)}
    return (
        f"A unit that multiplies its state by {facts.keep:g} at an input of 0 and by {facts.flip:g} at an input of "
        f"1: it {kind(facts)}. On one sequence {facts.right} of {SHOWN} states have the right sign until one has not "
        f"or is not seen, and the last has the size {spoken(abs(facts.states[-1]))}. Its expected accuracy is "
        f"{at[16]:.2f} at length 16 and {at[256]:.2f} at length 256."
    ).replace("-", "−")


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="parity",
    caption="One linear unit starts at 1 and is multiplied by λ(0) or λ(1), as the input says; an even number of "
    "ones is answered where it is positive. A size below 0.01 is not seen, and a coin is tossed. Left: the two "
    "multipliers; the shaded quarter gives the right sign, its corner (square) keeps the size, too. Right: the "
    "states of one sequence of 64 bits, and what they should be (rings); under them, the expected accuracy over "
    "all sequences, one line for even lengths and one for odd ones, which mostly coincide.",
    keep=Control(PLACES, label="λ(0)", format=".3f"),
    flip=Control(PLACES, label="λ(1)", format=".3f"),
    live=[draws.__file__, counting.__file__, __file__],
    pad=Pad("keep", "flip", axes=2),
    start={"keep": 0.98, "flip": -0.98},
    states={
        "λ = 0.98, −0.98": {},
        "λ = 1, −1": {"keep": 1.0, "flip": -1.0},
        "λ = 0.98, 0.5": {"flip": 0.5},
    },
)
