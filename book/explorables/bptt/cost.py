"""The time of a gradient by two routes, over the length of the sequence, as measured in the record `cost`."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

ROUTES = {"by hand": "vanishing", "autograd": "chaotic", "autograd, stack": "exploding"}


class Facts(NamedTuple):
    B: int
    n: int
    T: list[int]
    ms: dict[str, np.ndarray]  # of each route, for the first lengths or all

    @property
    def ratio(self) -> float:
        """Of autograd's time to that by hand, at the longest sequence."""
        return float(self.ms["autograd"][-1] / self.ms["by hand"][-1])


def compute(B: int, n: int) -> Facts:
    results = load("cost")["results"]
    return Facts(B, n, results["T"], {route: np.array(results["ms"][f"{route}, B={B}, n={n}"]) for route in ROUTES})


@styled
def draw(facts: Facts) -> Figure:
    """Measured time of one gradient over T: by hand, by autograd, and by autograd with the states stacked."""
    fig, ax = single(beside=1.4)
    for route, ms in facts.ms.items():
        ax.loglog(facts.T[: len(ms)], ms, "-o", ms=4, color=color(ROUTES[route]), label=route)
    ax.set(xlabel="sequence length T, steps", ylabel="time of one gradient, ms", ylim=(0.05, 3000))
    ax.set_title(f"At T = {facts.T[-1]} the recording costs {facts.ratio:.1f} times the work")
    plain_ticks(ax.xaxis, facts.T)
    decades(ax.yaxis, -1, 3)
    label_ends(ax, away=8)
    return fig


def words(facts: Facts) -> str:
    hand, auto, stack = facts.ms.values()
    last = len(stack) - 1
    return (
        f"Batch {facts.B}, {facts.n} units. Time of one gradient over the sequence length, on logarithmic axes. At "
        f"{facts.T[-1]} steps: by hand {hand[-1]:.3g} ms, by autograd {auto[-1]:.3g} ms, {facts.ratio:.1f} times as "
        f"long. A third line, autograd with the states stacked instead of joined, ends at {facts.T[last]} steps with "
        f"{stack[last]:.3g} ms, {stack[last] / auto[last]:.1f} times autograd."
    )


def caption() -> str:
    """What was measured, when and on what."""
    record = load("cost")
    return (
        "Compare the slopes of the lines, and their distances. A point is the median time of one gradient of a tanh "
        f"network in float64, measured on {record['date']} ({record['machine']}, "
        f"{record['settings']['cores']} cores, NumPy {record['versions']['numpy']}, "
        f"autograd {record['versions']['autograd']}). Other machines give other times, but similar ratios."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="cost",
    caption=caption(),
    B=Control([1, 8, 32], label="batch B", unit="sequences"),
    n=Control([16, 64], label="units n"),
    start={"B": 8},
)
