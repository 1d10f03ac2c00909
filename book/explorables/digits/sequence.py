"""A digit as a recurrent network sees it, and as one number: the state of a slow linear unit.

    h_t = λ h_{t-1} + x_t        λ = exp(-1/64)

What that state holds of a pixel fades with the steps since.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from experiments.digits.readers import TASKS
from experiments.digits.slow_unit import SCALE, example, left_over, states, steps_of_pixels
from explorables.digits.wording import TASK_WORDS
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import color, styled

DIGITS = [0, 3, 4, 8]
CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


class Facts(NamedTuple):
    digit: int
    task: str
    T: int
    now: int  # the step
    pixels: np.ndarray  # (64,)
    at: np.ndarray  # (64,) the step at which each pixel is seen
    kept: np.ndarray  # (64,) what the unit's state holds of each
    steps: np.ndarray  # until now
    h: np.ndarray  # the unit's states at these steps

    @property
    def seen(self) -> np.ndarray:
        return self.at <= self.now

    @property
    def share(self) -> float:
        """What the state holds of all ink."""
        return float((self.kept * self.pixels).sum() / self.pixels.sum())


def compute(digit: int, task: str, rows: int) -> Facts:
    T, x = TASKS[task]["T"], example(digit)
    now, (steps, h) = rows * (T // 8), states(task, x)
    until = steps <= now
    return Facts(digit, task, T, now, x, steps_of_pixels(task), left_over(task, rows), steps[until], h[until])


@styled
def draw(facts: Facts) -> Figure:
    """Above: the sequence, and the slow unit. Below: what has been read of the digit, and what the unit keeps of it."""
    fig, panels = figure(7.2, 4.3, 2, 2, margins=(0.6, 0.15, 0.15, 0.4), gaps=(0.8, 0.95), height_ratios=[1, 2])
    (sequence, unit), (read, left) = panels
    draw_sequence(sequence, facts)
    draw_unit(unit, facts)
    for panel in (sequence, unit):
        panel.set(xlim=(0, facts.T + 1), xlabel=f"step, from 1 to {facts.T}", xticks=[1, facts.T // 2, facts.T])
    image(read, facts.pixels, "What has been read", "line")
    squares(read, np.where(facts.seen, facts.pixels, 0.0), "vanishing")
    share = f"What the slow unit holds: {100 * facts.share:.0f} %"
    image(left, facts.kept * facts.pixels, share, "critical")
    return fig


def draw_sequence(ax: Axes, facts: Facts) -> None:
    """The pixels in their order; those to come are pale."""
    for mask, hue in ((facts.seen, "vanishing"), (~facts.seen, "line")):
        ax.vlines(facts.at[mask], 0, facts.pixels[mask], color=color(hue), lw=2 if facts.T == 64 else 1)
    ax.plot([facts.now + 0.5] * 2, [0, 1.1], color=color("exploding"), lw=1.6)
    ax.set(ylim=(0, 1.15), yticks=[0, 1], ylabel="pixel")
    ax.set_title(f"After step {facts.now} of {facts.T}", color=color("exploding"))


def draw_unit(ax: Axes, facts: Facts) -> None:
    hue, last = color("critical"), facts.h[-1]
    ax.plot(facts.steps, facts.h.round(2), color=hue, lw=1.6)
    ax.plot(facts.now, last, "o", ms=5, color=hue)
    ax.set(ylim=(0, 20), yticks=[0, 20], ylabel="state h")
    ax.set_title(f"A slow unit: h = {last:.1f}", color=hue)


def squares(ax: Axes, values: np.ndarray, hue: str) -> None:
    """64 values from 0 to 1 as squares of one hue."""
    inked = [(k, round(float(v), 2)) for k, v in enumerate(values) if v >= 0.005]
    places = [CORNERS + np.array([k % 8, k // 8]) for k, _ in inked]
    ax.add_collection(PolyCollection(places, facecolors=[(color(hue), v) for _, v in inked], linewidths=0))


def image(ax: Axes, values: np.ndarray, title: str, hue: str) -> None:
    """An 8×8 image in a frame."""
    squares(ax, values, hue)
    ax.set(xlim=(0, 8), ylim=(8, 0), aspect="equal", anchor="W", xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    ax.set_title(title, color=color("critical" if hue == "critical" else "vanishing"))


def words(facts: Facts) -> str:
    first = readable(float(facts.kept[facts.at.argmin()])).replace("$", "")
    return (
        f"A picture of the digit {facts.digit}, in {TASK_WORDS[facts.task]}. After step {facts.now} of {facts.T}, "
        f"{int(facts.seen.sum())} of its 64 pixels have been read. Of all ink, {100 * facts.share:.0f} % is left in a "
        f"unit that forgets over {SCALE} steps; the first pixel that was read counts {first} times as much as one that "
        "is read now."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="sequence",
    caption="A digit as a recurrent network sees it. Left: one pixel at a step, the orange line is now; and what "
    "has been read. Right: the state of a linear unit h_t = λ h_{t-1} + x_t with a time scale of 64 steps, λ = "
    "exp(−1/64); and what that number still holds of each pixel, with the share of all ink.",
    rows=Control(list(range(1, 9)), label="rows read", play=True),
    digit=Control(DIGITS, label="digit"),
    task=Control(list(TASKS), label="steps"),
    start={"digit": 3, "task": "64", "rows": 5},
    states={
        "64 steps, at the end": {"rows": 8},
        "permuted, half way": {"task": "64 permuted", "rows": 4},
        "784 steps, at the end": {"task": "784", "rows": 8},
    },
)
