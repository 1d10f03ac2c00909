"""Does clipping decide? How many runs on temporal order succeed at each threshold, and the norms of two of them."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.exploding.outcomes import Outcome, outcomes
from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import intervals
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

GROUPS = {c: f"clip {c}" for c in ("0.1", "0.3", "1", "3", "10")} | {"none": "no clip"}
SETTINGS = load("clipping")["settings"]


class Facts(NamedTuple):
    """What became of the runs at each threshold, and of those at the chosen one."""

    threshold: str
    outcomes: dict[str, Outcome]
    chosen: Outcome


def compute(threshold: str) -> Facts:
    by_threshold = {c: outcomes()[name] for c, name in GROUPS.items()}
    return Facts(threshold, by_threshold, by_threshold[threshold])


@styled
def draw(facts: Facts) -> Figure:
    """Share of runs that succeed, over the threshold; and the norms of two runs at the chosen one."""
    fig, (share, norms) = side_by_side()
    draw_shares(share, facts)
    draw_norms(norms, facts)
    return fig


def draw_shares(ax: Axes, facts: Facts) -> None:
    for i, (c, outcome) in enumerate(facts.outcomes.items()):
        hue, size = ("critical", 9) if c == facts.threshold else ("muted", 6)
        intervals(ax, i, outcome.share, *outcome.interval, hue, size=size)
    ax.set(xlabel="threshold", ylabel="runs that succeed, %", ylim=(-4, 104), xlim=(-0.5, 5.5), yticks=[0, 50, 100])
    ax.set_xticks(range(6), labels=list(GROUPS))
    needed = facts.chosen.needed
    median = f", median {np.median(needed):.0f} updates" if needed else ""
    ax.set_title(f"{len(needed)} of {len(facts.chosen.runs)}{median}", color=color("critical"))


def draw_norms(ax: Axes, facts: Facts) -> None:
    for run, hue in zip(facts.chosen.runs[:2], ("muted", "critical"), strict=True):
        ax.semilogy(1 + 10 * np.arange(len(run["norm"])), run["norm"], color=color(hue), lw=0.9)
    if facts.threshold != "none":
        ax.axhline(float(facts.threshold), color=color("ink"), lw=1, ls=(0, (4, 3)))
    ax.set(xlabel="update", ylabel="gradient norm before the clip", ylim=(0.02, 200), xlim=(1, 4000), xscale="log")
    decades(ax.xaxis, 0, 3)
    decades(ax.yaxis, -1, 2)
    ax.set_title("Two of the runs")


def share(percent: float) -> str:
    """A share in percent as a whole number, which is 0 or 100 where none or all is meant.

    >>> share(0.7), share(36.6), share(99.7), share(100)
    ('Less than 1', '37', 'More than 99', '100')
    """
    if 0 < percent < 1:
        return "Less than 1"
    return "More than 99" if 99 < percent < 100 else f"{percent:.0f}"


def words(facts: Facts) -> str:
    chosen = facts.chosen
    low, high = chosen.interval
    median = f" They needed {np.median(chosen.needed):.0f} updates in the median." if chosen.needed else ""
    often = "" if facts.threshold == "none" else f" {share(chosen.clipped)} percent of the gradients were clipped."
    succeed = "succeeds" if len(chosen.needed) == 1 else "succeed"
    return (
        f"Setting: {GROUPS[facts.threshold]}. {len(chosen.needed)} of {len(chosen.runs)} runs {succeed} (95 percent "
        f"interval {low:.0f} to {high:.0f} percent).{median}{often} The largest gradient norm of all runs was "
        f"{chosen.largest_norm:.0f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="threshold",
    caption=f"Left: how many of {len(SETTINGS['seeds'])} runs succeed at each threshold, with 95 % Wilson intervals. "
    "Right: gradient norms of seeds 0 and 1, every 10 updates; dashed, the threshold. A tanh network of "
    f"{SETTINGS['n']} units learns temporal order with {SETTINGS['L']} steps by SGD with rate {SETTINGS['lr']}, batch "
    f"{SETTINGS['batch']} and at most {SETTINGS['updates']} updates (the paper: 0.01 and 5 million). A run succeeds "
    f"when it errs on less than 1 % of 10 000 fresh sequences, tested every {SETTINGS['test_every']} updates.",
    threshold=Control(list(GROUPS), label="threshold"),
    start={"threshold": "1"},
    states={"threshold 1": {}, "no clip": {"threshold": "none"}},
)
