"""The guess closes in on the trajectory, round by round: states of a random tanh network by Newton's method."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws, exact
from experiments.parallel import closing
from experiments.parallel.closing import RIGHT, Course, course
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import counted, figure, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

MOST, UNIT, REACH, BEFORE = 150, 0, 1.6, 3  # steps; the unit that shows, and as far as it does; earlier rounds
FLOOR, ROOF = 1e-17, 1e3  # errors of 0 are drawn at the floor


class Facts(NamedTuple):
    made: int
    gain: float
    T: int
    course: Course
    right: int  # states that are right to RIGHT
    front: int  # of these, how many from the left without a gap


def compute(made: int, gain: float, T: int) -> Facts:
    found = course(gain, T)
    right = found.errors(made) < RIGHT
    return Facts(made, gain, T, found, int(right.sum()), T if right.all() else int(np.argmin(right)))


def hue(exponent: float) -> str:
    return "chaotic" if exponent > 0 else "critical" if exponent > -0.1 else "vanishing"


@styled
def draw(facts: Facts) -> Figure:
    """The guess of one unit over its states; and the largest error of all units, with those of earlier rounds pale."""
    margins = (0.7, 0.5, 0.2, 0.4)  # of a figure that a phone shows without scrolling
    fig, (states, error) = figure(
        4.95, 4.3, 2, 1, margins=margins, gaps=(0, 0.55), height_ratios=(1, 1.15), sharex=True
    )
    draw_states(states, facts)
    draw_errors(error, facts)
    return fig


def draw_states(ax: Axes, facts: Facts) -> None:
    t, c = np.arange(1, facts.T + 1), facts.course
    ax.plot(t, c.states[:, UNIT], color=color("line"), lw=3.5, gid="live-states")
    guess = c.guess(facts.made)[:, UNIT].clip(-REACH, REACH)
    ax.plot(t, guess, color=color(hue(c.exponent)), lw=1.4, gid="live-guess")
    ax.set(ylim=(-1.7, 1.7), yticks=[-1, 0, 1], ylabel="state of a unit")
    title = f"Gain {facts.gain:g}, λ₁ = {c.exponent:+.2f}: the guess after {counted(facts.made, 'round')}"
    ax.set_title(title.replace("-", "−")).set_gid("live-title")


def draw_errors(ax: Axes, facts: Facts) -> None:
    t, c = np.arange(1, facts.T + 1), facts.course
    for back in range(BEFORE, 0, -1):
        earlier = c.errors(max(facts.made - back, 0)).clip(FLOOR, ROOF)
        line = ax.semilogy(t, earlier, color=color("line"), lw=1.1, gid=f"live-before-{back}")[0]
        line.set_visible(facts.made >= back)
    ax.semilogy(t, c.errors(facts.made).clip(FLOOR, ROOF), color=color(hue(c.exponent)), lw=2, gid="live-error")
    ax.axhline(RIGHT, color=color("muted"), lw=0.8, ls=(0, (4, 3)))
    end = ax.plot(facts.T, RIGHT, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, gid="live-end")[0]
    end.set_zorder(4)
    ax.set(ylim=(FLOOR, ROOF), xlim=(0, MOST + 2), xlabel="step t", ylabel="largest error")
    decades(ax.yaxis, -16, 0, 8)
    title = f"{facts.right} of {facts.T} states are right; all after {counted(c.needed, 'round')}"
    ax.set_title(title).set_gid("live-right")


def words(facts: Facts) -> str:
    c, largest = facts.course, facts.course.errors(facts.made).max()
    return (
        f"A tanh network of gain {facts.gain:g} with a largest Lyapunov exponent of {c.exponent:+.2f}, {facts.T} "
        f"steps at once. After {counted(facts.made, 'round')} the largest error is {spoken(largest)}; {facts.right} "
        f"states are right to eight digits, the first {facts.front} without a gap. All of them are after "
        f"{counted(c.needed, 'round')}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="front",
    caption="All states of a random tanh network of 16 units are guessed to be 0, and corrected by Newton's "
    "method. Above: one unit, its true states (grey) and the guess. Below: the largest error of all units at each "
    "step, in this round and in the three before (grey); the dashed line is the eighth digit, and its ring the "
    "last step, which you can drag. Blue: λ₁ well below 0; green: near 0; pink: above 0, chaos.",
    made=Control([0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 20, 30, 40, 60, 80, 100], label="rounds", play=True),
    gain=Control([0.5, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0], label="gain", format=".3f"),
    T=Control([10, 20, 40, 60, 80, 100, 120, MOST], label="length T"),
    start={"gain": 2.0, "made": 12, "T": 100},
    live=[draws.__file__, exact.__file__, closing.__file__, __file__],
    states={
        "gain 0.8, round 3": {"gain": 0.8, "made": 3},
        "gain 2, round 12": {},
        "gain 3, round 12": {"gain": 3.0},
    },
)
