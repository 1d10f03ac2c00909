"""Five kinds of students learn from dense linear teachers whose memory grows: one function, five coordinate systems."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise.best_rates import at_chosen_rates, chosen_rates, student_losses
from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line, spaced
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

HUES = {"dense": "exploding", "2×2": "muted", "diagonal": "chaotic", "+ γ": "vanishing", "LRU": "critical"}


class Student(NamedTuple):
    losses: np.ndarray  # the share not explained, [rate, seed], at the memory that is shown
    chosen: np.ndarray  # which rate each seed gets there
    ends: np.ndarray  # [ν₀, seed], each seed at the rate that it gets


class Facts(NamedTuple):
    nu0: float
    memories: list[float]
    rates: np.ndarray
    students: dict[str, Student]


def compute(nu0: float) -> Facts:
    results = load("teachers")["results"]
    memories, students = results["nu0"], {}
    for name in HUES:
        losses = student_losses(name)
        here = losses[memories.index(nu0)]
        students[name] = Student(here, chosen_rates(here), at_chosen_rates(losses))
    return Facts(nu0, memories, np.array(results["rate"]), students)


@styled
def draw(facts: Facts) -> Figure:
    """The share not explained at the chosen rates over all memories, and over the rate at this one."""
    fig, (over, ax) = side_by_side(3.9, widths=(1.25, 1), left=0.75, between=0.6, beside=0.85, sharey=True)
    draw_rates(ax, facts)
    draw_memories(over, facts)  # it sets the ticks of the axis that both share: last
    return fig


def draw_memories(ax: Axes, facts: Facts) -> None:
    x, at = np.arange(len(facts.memories)), facts.memories.index(facts.nu0)
    for (name, student), shift in zip(facts.students.items(), np.linspace(-0.16, 0.16, len(HUES)), strict=True):
        hue, losses = color(HUES[name]), student.ends
        ax.plot(x + shift, np.median(losses, axis=-1), color=hue, lw=1.8)
        dots = np.minimum(losses, 1.5).ravel()  # a run that diverged stands at the upper edge
        ax.plot(np.repeat(x + shift, losses.shape[1]), dots, "o", ms=2.6, color=hue, alpha=0.75, mew=0)
    ax.axvspan(at - 0.35, at + 0.35, color=color("wash"), lw=0, zorder=0)
    ax.set(yscale="log", ylim=(1e-8, 3), ylabel="share of the teacher not explained", xlabel="teacher's memory: ν₀")
    ax.set_xticks(x, labels=[f"{m:g}"[1:] for m in facts.memories])
    ax.set_xlim(-0.7, x[-1] + 0.7)
    decades(ax.yaxis, -8, 0, 2)
    ax.set_title("Each seed at the others' best rate")


def draw_rates(ax: Axes, facts: Facts) -> None:
    least = []
    for name, student in facts.students.items():
        medians, hue = np.median(student.losses, axis=-1), color(HUES[name])
        stable = medians < 10
        ax.loglog(facts.rates[stable], medians[stable], color=hue, lw=1.4)
        chosen = np.unique(student.chosen)
        ax.plot(facts.rates[chosen], medians[chosen], "o", ms=7, color=hue)
        least.append(np.log10(medians[chosen].min()))
    ax.set(xlim=(2e-4, 0.5), xlabel="learning rate")
    decades(ax.xaxis, -3, -1)
    ax.set_title(f"Over the rate, at ν₀ = {facts.nu0:g}")
    for name, exponent in zip(HUES, spaced(least, 0.62), strict=True):  # beside the height of each one's dot
        label_line(ax, 0.62, 10.0**exponent, name, HUES[name], va="center", annotation_clip=False)


def words(facts: Facts) -> str:
    ends, at = [], facts.memories.index(facts.nu0)
    for name, student in facts.students.items():
        low, middle, high = (f"{f(student.ends[at]):.1e}" for f in (np.min, np.median, np.max))
        rates = " or ".join(f"{rate:g}" for rate in facts.rates[np.unique(student.chosen)])
        ends.append(f"{name} {middle} (from {low} to {high}, rate {rates})")
    seeds = facts.students["dense"].losses.shape[1]
    return (
        f"Students of teachers with ν₀ = {facts.nu0:g}. Share of the teacher's output not explained, each seed at the "
        f"rate that is best for the others, median and range over {seeds} seeds: {'; '.join(ends)}. Left, the same "
        "for all memories."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="students",
    caption="The share that students leave unexplained of a random teacher with eigenvalues from ν_0 to 1, after "
    "3000 updates of Adam on the exact loss, T = 300; lines are medians of 5 seeds, dots are seeds, at the upper "
    "edge if they diverged. All students of a seed start as the same function, up to γ; all have the same grid of "
    "seven rates, and each seed the rate that is best for the other four. Right: medians below 10; dots mark the "
    "chosen rates.",
    nu0=Control([0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99], label="teacher's memory ν₀"),
    start={"nu0": 0.99},
    states={"ν₀ = 0.36": {"nu0": 0.36}, "ν₀ = 0.99": {"nu0": 0.99}},
)
