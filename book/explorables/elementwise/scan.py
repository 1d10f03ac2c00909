"""The scan of h_t = a_t h_{t-1} + b_t, round by round, in two ways: which inputs each entry has taken in so far."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.elementwise.scans import WAYS
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import counted, side_by_side
from minirnn.figures.theme import color, styled

T = 16


class Progress(NamedTuple):
    first: np.ndarray  # (T,): the first input that each entry has taken in
    before: np.ndarray  # the same a round ago
    joins: int
    needed: int  # rounds

    @property
    def complete(self) -> int:
        """Entries that have taken in all inputs up to their own."""
        return int((self.first == 1).sum())


class Facts(NamedTuple):
    rounds: int
    ways: dict[str, Progress]


def compute(rounds: int) -> Facts:
    ways = {}
    for way, scan in WAYS.items():
        first, joins, needed = scan(T, rounds)
        ways[way] = Progress(first, scan(T, max(rounds - 1, 0)).first, joins, needed)
    return Facts(rounds, ways)


@styled
def draw(facts: Facts) -> Figure:
    fig, panels = side_by_side(3.5, between=0.5, sharey=True)
    for ax, (way, progress) in zip(panels, facts.ways.items(), strict=True):
        draw_progress(ax, progress)
        done = "done" if progress.complete == T else f"{progress.complete} of {T} done"
        ax.set_title(f"{way.capitalize()}: {done}, {counted(progress.joins, 'join')}")
    panels[0].set_ylabel("entry t")
    return fig


def draw_progress(ax: Axes, progress: Progress) -> None:
    """What each entry has taken in so far, as bars; those that are done in green."""
    for last, begin, earlier in zip(range(1, T + 1), progress.first, progress.before, strict=True):
        bar: dict[str, Any] = {"color": color("critical" if begin == 1 else "muted"), "lw": 8}
        ax.plot([earlier - 0.42, last + 0.42], [last, last], alpha=0.85, solid_capstyle="butt", **bar)
        if begin < earlier:
            ax.plot([begin - 0.42, earlier - 0.42], [last, last], alpha=0.4, solid_capstyle="butt", **bar)
    marks = [1, 4, 8, 12, 16]
    ax.set(
        xlim=(0.3, T + 0.7), ylim=(T + 0.7, 0.3), xlabel="inputs that it has taken in", xticks=marks, yticks=marks
    )


def words(facts: Facts) -> str:
    ways = "; ".join(
        f"{way}, {p.complete} of {T} entries done, with {counted(p.joins, 'join')} of two maps, after "
        f"{min(facts.rounds, p.needed)} of {p.needed} rounds"
        for way, p in facts.ways.items()
    )
    return (
        f"A recurrence of {T} steps in two ways, after {counted(facts.rounds, 'round')}: {ways}. Each entry is a bar "
        "from the first to the last input that it has taken in; once it has all up to its own it is done."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="scan",
    caption=f"h_t = a_t h_{{t−1}} + b_t for {T} steps, one by one (left) and by doubling (right). Each row is one h_t: "
    "the bar spans the inputs that have been joined into it so far, pale where this round joined them, and is green "
    "once they reach back to the first. All joins of a round could be made at the same time.",
    rounds=Control(range(T), label="round", play=True),
    start={"rounds": 2},
    states={"round 4": {"rounds": 4}, "round 15": {"rounds": 15}},
)
