"""Memory and time of one gradient over the length, of plain backpropagation and with checkpoints: a still picture."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.labels import label_line
from minirnn.figures.panels import side_by_side
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks


class Route(NamedTuple):
    """A value for each length."""

    mb: list[float]
    ms: list[float]


class Facts(NamedTuple):
    T: list[int]
    plain: Route
    checkpointed: Route

    @property
    def less_memory(self) -> float:
        """At the longest, by this factor."""
        return self.plain.mb[-1] / self.checkpointed.mb[-1]

    @property
    def more_time(self) -> float:
        return self.checkpointed.ms[-1] / self.plain.ms[-1]


def compute() -> Facts:
    record = load("bench")["results"]["checkpointing"]
    return Facts(record["T"], Route(**record["bptt"]), Route(**record["checkpointed_bptt"]))


@styled
def draw(facts: Facts) -> Figure:
    fig, (memory, time) = side_by_side(3.2, between=0.9)
    draw_routes(memory, facts.T, facts.plain.mb, facts.checkpointed.mb)
    draw_routes(time, facts.T, facts.plain.ms, facts.checkpointed.ms)
    memory.set_ylabel("memory, MB")
    time.set_ylabel("time of one gradient, ms")
    decades(memory.yaxis, 0, 2)
    decades(time.yaxis, 0, 3)
    memory.set_title(f"At {facts.T[-1]:,} steps 1/{facts.less_memory:.0f} of the memory".replace(",", " "))
    time.set_title(f"for {facts.more_time:.2f} times the time")
    return fig


def draw_routes(ax: Axes, T: list[int], plain: list[float], checkpointed: list[float]) -> None:
    upper = max(plain[2], checkpointed[2])
    for name, values, hue in (("all states", plain, "exploding"), ("checkpoints", checkpointed, "vanishing")):
        ax.loglog(T, values, "-o", ms=4, color=color(hue))
        offset, side = ((-10, 8), "right") if values[2] == upper else ((8, -14), "left")
        label_line(ax, T[2], values[2], name, hue, xytext=offset, textcoords="offset points", ha=side)
    ax.set_xlabel("length T, steps")
    plain_ticks(ax.xaxis, T)


def words(facts: Facts) -> str:
    plain, kept = facts.plain, facts.checkpointed
    return (
        f"Two panels over the length T, to {facts.T[-1]} steps, on logarithmic axes. There, memory is "
        f"{plain.mb[-1]:.0f} MB with all states and {kept.mb[-1]:.1f} MB with checkpoints; time is "
        f"{plain.ms[-1]:.0f} ms and {kept.ms[-1]:.0f} ms."
    )


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
