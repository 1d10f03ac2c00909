"""The scan of h_t = a_t h_{t-1} + b_t, round by round: which inputs have been joined into each entry so far."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.elementwise.scans import WAYS
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled


class Facts(NamedTuple):
    T: int
    rounds: int
    way: str
    first: np.ndarray  # (T,): the first input that each entry has taken in
    before: np.ndarray  # the same a round ago
    complete: int  # entries that have taken in all inputs up to their own
    joins: int
    needed: int  # rounds


def compute(T: int, rounds: int, way: str) -> Facts:
    first, joins, needed = WAYS[way](T, rounds)
    before = WAYS[way](T, max(rounds - 1, 0)).first
    return Facts(T, rounds, way, first, before, int((first == 1).sum()), joins, needed)


@styled
def draw(facts: Facts) -> Figure:
    """What each entry has taken in so far, as bars; those that are done in green."""
    T = facts.T
    fig, ax = single(3.5)
    for last, begin, earlier in zip(range(1, T + 1), facts.first, facts.before, strict=True):
        bar: dict[str, Any] = {"color": color("critical" if begin == 1 else "muted"), "lw": 130 / T}
        ax.plot([earlier - 0.42, last + 0.42], [last, last], alpha=0.85, solid_capstyle="butt", **bar)
        if begin < earlier:
            ax.plot([begin - 0.42, earlier - 0.42], [last, last], alpha=0.4, solid_capstyle="butt", **bar)
    ax.set(xlim=(0.3, T + 0.7), ylim=(T + 0.7, 0.3), xlabel="inputs that it has taken in", ylabel="entry t")
    marks = [k for k in (1, 4, 8, 12, 16) if k <= T]
    ax.set_xticks(marks)
    ax.set_yticks(marks)
    left = max(facts.needed - facts.rounds, 0)
    ax.set_title(f"{facts.complete} of {T} done, {facts.joins} joins made, {left} round{'s' * (left != 1)} to go")
    return fig


def words(facts: Facts) -> str:
    return (
        f"A recurrence of {facts.T} steps, {facts.way}, after {min(facts.rounds, facts.needed)} of {facts.needed} "
        f"rounds: {facts.complete} entries have taken in all inputs up to their own, with {facts.joins} joins of "
        "two maps. Each entry is a bar from the first to the last input that it has taken in."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="scan",
    caption="h_t = a_t h_{t−1} + b_t for T steps. Each row is one h_t: the bar spans the inputs that have been "
    "joined into it so far, pale where this round joined them, and is green once they reach back to the first. All "
    "joins of a round could be made at the same time.",
    rounds=Control(range(16), label="round", play=True),
    way=Control(list(WAYS), label="way"),
    T=Control([8, 16], label="length T", unit="steps"),
    start={"T": 16, "rounds": 2, "way": "doubling"},
    states={"doubling, round 4": {"rounds": 4}, "sequential, round 4": {"way": "sequential", "rounds": 4}},
)
