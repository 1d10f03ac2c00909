"""Depth and work of the loop and of Newton's rounds, counted in multiplications of a dense network.

    loop                 depth T               work T n²
    rounds, full         depth i (1 + log₂ T)  work i T (2n² + n³ log₂ T): f and J at all steps, and a doubling scan
    rounds, diagonal     depth i (1 + log₂ T)  work i T (n² + n + n log₂ T)

Depth counts operations of which each waits for the one before: the sum of a product of n numbers counts as one.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import counted, readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, row_names

HUES = {"loop": "muted", "full": "critical", "diagonal": "vanishing"}
NAMES = ["the loop", "rounds with J", "with its diagonal"]


class Facts(NamedTuple):
    n: int
    T: int
    rounds: int
    depth: dict[str, float]
    work: dict[str, float]
    processors: float  # from which rounds with J are ahead: their work, divided by the T steps of the loop


def compute(n: int, T: int, rounds: int) -> Facts:
    levels = float(np.ceil(np.log2(T)))
    depth = {"loop": float(T), "full": rounds * (1 + levels), "diagonal": rounds * (1 + levels)}
    work = {
        "loop": float(T * n**2),
        "full": rounds * T * (2 * n**2 + n**3 * levels),
        "diagonal": rounds * T * (n**2 + n + n * levels),
    }
    return Facts(n, T, rounds, depth, work, work["full"] / T)


@styled
def draw(facts: Facts) -> Figure:
    fig, (depth, work) = side_by_side(2.6, left=1.4, between=0.5)
    bars(depth, facts.depth, "operations that wait", 5)
    bars(work, facts.work, "multiplications", 14)
    row_names(depth, NAMES)
    work.set_yticks([])
    work.set_ylim(depth.get_ylim())
    depth.set_title(f"Depth: {compared(facts.depth)}")
    work.set_title(f"Work: {compared(facts.work)}")
    return fig


def compared(values: dict[str, float]) -> str:
    """Rounds with the Jacobian against the loop.

    >>> compared({"loop": 100.0, "full": 20.0}), compared({"loop": 100.0, "full": 150.0})
    ('5 times less', '1.5 times more')
    """
    ratio = values["full"] / values["loop"]
    return f"{readable(ratio)} times more" if ratio >= 1 else f"{readable(1 / ratio)} times less"


def bars(ax: Axes, values: dict[str, float], what: str, most: int) -> None:
    heights = np.arange(len(values))[::-1]
    ax.barh(heights, list(values.values()), height=0.55, color=[color(HUES[name]) for name in values])
    ax.set_xscale("log")
    ax.set(xlim=(1, 10.0**most), xlabel=what)
    decades(ax.xaxis, 0, most, 1 if most < 6 else 4)


def words(facts: Facts) -> str:
    return (
        f"A dense network of {counted(facts.n, 'unit')}, {facts.T} steps, "
        f"{counted(facts.rounds, 'round')}. The loop has a depth of {facts.T} and {spoken(facts.work['loop'])} "
        f"multiplications. Rounds with the Jacobian have a depth of {facts.depth['full']:.0f} and "
        f"{spoken(facts.work['full'])} multiplications, with its diagonal {spoken(facts.work['diagonal'])}. With the "
        f"Jacobian they are ahead of the loop if more than {spoken(facts.processors)} multiplications can be made at a "
        "time."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="depth",
    caption="What must wait, and what must be done, for the states of a dense network: by the loop (grey), by "
    "rounds of Newton's method with the Jacobian (green) and with its diagonal (blue), each with a doubling scan. "
    "Depth counts operations of which each needs the result of the one before; work counts multiplications.",
    n=Control([1, 4, 16, 64], label="units n"),
    T=Control([256, 4096, 65536], label="length T", unit="steps"),
    rounds=Control([1, 5, 20, 100], label="rounds"),
    start={"n": 16, "T": 4096, "rounds": 5},
    states={"16 units": {}, "1 unit": {"n": 1}},
)
