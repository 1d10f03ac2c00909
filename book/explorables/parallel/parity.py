"""Parity by one linear unit, g_t = λ(x_t) g_{t-1} from 1: its sign is the answer, its size decays."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.parallel import counting
from experiments.parallel.counting import expected_accuracy, reach
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

EVEN = 2 * np.unique(np.geomspace(1, 512, 80).round().astype(int))
LENGTHS = np.sort([*EVEN - 1, *EVEN])
SEEN = 0.01
PLACES = [-1.0, -0.98, -0.95, -0.9, -0.8, -0.7, -0.5, -0.3, 0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0]


class Facts(NamedTuple):
    keep: float  # λ(0)
    flip: float  # λ(1)
    accuracy: np.ndarray  # at LENGTHS
    reach: float  # the length at which half the sequences are still seen, inf where all are


def compute(keep: float, flip: float) -> Facts:
    accuracy = np.array([expected_accuracy(keep, flip, int(T), SEEN) for T in LENGTHS])
    return Facts(keep, flip, accuracy, reach(keep, flip, SEEN))


def kind(facts: Facts) -> str:
    if facts.keep < 0 < facts.flip:
        return "is right at even lengths only"
    if not facts.keep > 0 > facts.flip:
        return "fails"
    return "counts for ever" if np.isinf(facts.reach) else f"counts for about {facts.reach:.0f} steps"


@styled
def draw(facts: Facts) -> Figure:
    fig, (plane, ax) = side_by_side(widths=(1, 1.35))
    hue = "critical" if np.isinf(facts.reach) and facts.keep > 0 > facts.flip else "exploding"
    plane.axhspan(-1, 0, xmin=0.5, color=color("wash"))
    plane.axvline(0, color=color("line"), lw=0.8)
    plane.axhline(0, color=color("line"), lw=0.8)
    plane.plot(1, -1, "s", ms=11, mfc="none", mec=color("critical"), mew=1.6, clip_on=False)
    plane.plot(facts.keep, facts.flip, "o", ms=9, color=color(hue), clip_on=False, gid="live-here")
    plane.set(xlim=(-1, 1), ylim=(-1, 1), xlabel="λ(0)", ylabel="λ(1)", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    plane.set_title("The multipliers")
    ax.axhline(0.5, color=color("line"), lw=0.9)
    for rest, name in enumerate(("even", "odd")):  # one line would jump where lengths are skipped
        part = rest == LENGTHS % 2
        ax.semilogx(LENGTHS[part], facts.accuracy[part], color=color(hue), lw=2, gid=f"live-{name}")
    ax.set(xlim=(1, 1024), ylim=(-0.03, 1.05), xlabel="length", ylabel="accuracy", yticks=[0, 0.5, 1])
    plain_ticks(ax.xaxis, [1, 4, 16, 64, 256, 1024])
    ax.set_title(f"It {kind(facts)}").set_gid("live-kind")
    return fig


def words(facts: Facts) -> str:
    at = {T: expected_accuracy(facts.keep, facts.flip, T, SEEN) for T in (16, 256)}
    return (
        f"A unit that multiplies its state by {facts.keep:g} at an input of 0 and by {facts.flip:g} at an input of "
        f"1: it {kind(facts)}. Its expected accuracy is {at[16]:.2f} at length 16 and {at[256]:.2f} at length 256."
    ).replace("-", "−")


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="parity",
    caption="One linear unit starts at 1 and is multiplied by λ(0) or λ(1), as the input says; an even number of "
    "ones is answered where it is positive. A size below 0.01 is not seen, and a coin is tossed. Left: the two "
    "multipliers; the shaded quarter gives the right sign, its corner (square) keeps the size, too. Right: the "
    "expected accuracy, one line for even lengths and one for odd ones, which mostly coincide.",
    keep=Control(PLACES, label="λ(0)", format=".3f"),
    flip=Control(PLACES, label="λ(1)", format=".3f"),
    live=[counting.__file__, __file__],
    pad=Pad("keep", "flip"),
    start={"keep": 0.98, "flip": -0.98},
    states={
        "λ = 0.98, −0.98": {},
        "λ = 1, −1": {"keep": 1.0, "flip": -1.0},
        "λ = 0.98, 0.5": {"flip": 0.5},
    },
)
