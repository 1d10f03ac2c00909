"""One linear unit with the log-odds s = v u λ^L: how fast they move along the gradient and the natural gradient.

    ds/dt = (2p - 1) q   or   (2p - 1) q/(κ + q),   q = σ'(s)‖∇s‖²

Where q ≫ κ the natural gradient's speed does not depend on L; beyond the wall q = κ it falls like the gradient's.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.control import one_unit
from experiments.control.one_unit import P
from minirnn.figures.explorables import Control, Pad, Prediction, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import counted, readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

LENGTHS = range(1, 81)


class Flow(NamedTuple):
    """The speed of the log-odds before training, at LENGTHS and at L; J over the time; when J exceeds 0.86."""

    speeds: np.ndarray
    speed: float
    t: np.ndarray
    J: np.ndarray
    arrival: float


class Facts(NamedTuple):
    L: int
    lam: float
    damping: float
    gradient: Flow
    natural: Flow
    wall: float


def compute(L: int, lam: float, damping: float) -> Facts:
    gradient, natural = (flow(L, lam, kappa) for kappa in (None, damping))
    return Facts(L, lam, damping, gradient, natural, one_unit.wall(lam, damping))


def flow(L: int, lam: float, damping: float | None) -> Flow:
    speeds = np.array([one_unit.speed(one_unit.start(lam), n, damping) for n in LENGTHS])
    arrival = one_unit.time_to(lam, L, damping)
    return Flow(speeds, speeds[L - 1], *one_unit.flow(lam, L, damping), arrival)


@styled
def draw(facts: Facts) -> Figure:
    """How fast the log-odds move at the start, over L; and J over the time of both flows."""
    fig, (ax, over) = side_by_side()
    for way, hue in ((facts.gradient, "vanishing"), (facts.natural, "critical")):
        ax.semilogy(LENGTHS, np.maximum(way.speeds, 1e-30), color=color(hue))
        ax.plot(facts.L, max(way.speed, 1e-30), "o", ms=7, color=color(hue))
        over.semilogx(way.t, way.J, color=color(hue), lw=2.2)
    if facts.wall < 80:
        ax.axvline(facts.wall, color=color("exploding"), lw=1.2)
        label_line(ax, facts.wall + 1.5, 4e1, f"q = κ at L = {facts.wall:.0f}", "exploding", va="center")
    ax.set(xlim=(0, 82), ylim=(1e-12, 3e2), xlabel="blank steps L", ylabel="speed of the log-odds")
    decades(ax.yaxis, -12, 0, 3)
    ax.set_xticks([0, 20, 40, 60, 80])
    ax.set_title(f"At the start: {readable(facts.gradient.speed)} and {readable(facts.natural.speed)}")
    over.axhline(P, color=color("line"), lw=1)
    over.set(xlim=(0.1, 1e8), ylim=(0.47, 0.93), xlabel="time of the flow", ylabel="expected reward J")
    decades(over.xaxis, 0, 8, 2)
    over.set_yticks([0.5, 0.7, 0.9])
    over.set_title("Blue: gradient. Green: natural")
    return fig


def words(facts: Facts) -> str:
    ways = (facts.gradient, facts.natural)
    by_gradient, by_natural = (
        f"at {spoken(way.arrival)}" if np.isfinite(way.arrival) else "not by ten to the 8" for way in ways
    )
    where = f"at L = {facts.wall:.0f}" if facts.wall < 80 else "beyond 80 steps"
    return (
        f"One linear unit with multiplier {facts.lam:g} and a cue {counted(facts.L, 'step')} ago. The "
        f"log-odds move with speed {spoken(facts.gradient.speed)} along the gradient and {spoken(facts.natural.speed)} "
        f"along the natural gradient with damping {facts.damping:g}; its Fisher information falls below the damping "
        f"{where}. The expected reward exceeds 0.86 {by_gradient} along the gradient, {by_natural} along the "
        "natural one."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="scalar",
    caption="One linear unit chooses what it saw with the log-odds v·u·λ to the power L; v, u and λ are all "
    "learned, from v = u = 0.3. Left: how fast the log-odds move at the start, over L (blue: gradient, green: "
    "natural gradient with damping κ; orange: where the Fisher information q falls below κ). Right: the expected "
    "reward along both flows.",
    L=Control([1, 5, 10, 20, 30, 40, 60, 80], label="blank steps L", unit="steps"),
    lam=Control([0.5, 0.7, 0.9, 1.0], label="multiplier λ"),
    damping=Control([1e-2, 1e-4, 1e-8, 1e-12], label="damping κ", format=".0e"),
    pad=Pad("L", axes=0),
    start={"L": 10, "lam": 0.7, "damping": 1e-4},
    states={
        "10 steps": {},
        "40 steps": {"L": 40},
        "40 steps, κ = 10⁻¹²": {"L": 40, "damping": 1e-12},
    },
    predict=Prediction(
        question="λ = 0.7 and a damping of 10⁻⁴. The cue moves from 10 to 40 steps ago. What becomes of the natural "
        "gradient's speed?",
        choices={
            "It stays the same": "It would without damping, for then it does not depend on L at all.",
            "It falls by a factor of about 4": "That would be in proportion to the length. The memory falls "
            "geometrically.",
            "It falls by a factor of a million or more": "Beyond the wall the damping wins, and what is left is the "
            "gradient, divided by κ.",
        },
        answer="It falls by a factor of a million or more",
        reveal="The wall stands where the Fisher information, which holds λ to the 2L, falls below κ.",
    ),
)
