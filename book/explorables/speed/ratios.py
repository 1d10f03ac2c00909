"""Who is faster: each peer's time for one gradient as a multiple of ours, for each size."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from explorables.speed import measurements
from explorables.speed.measurements import CELLS, Spread, machine
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks, row_names

LOOKS = {  # hue and marker
    "PyTorch": ("exploding", "o"),
    "JAX": ("chaotic", "s"),
    "autograd": ("critical", "D"),
    "matrix products": ("muted", "|"),
}


class Facts(NamedTuple):
    cell: str
    dtype: str
    by_size: dict[str, dict[str, Spread]]  # for each size, of each peer


def compute(cell: str, dtype: str) -> Facts:
    rows = measurements.rows(cell, dtype)
    return Facts(cell, dtype, {measurements.size(row): measurements.ratios(row) for row in rows})


@styled
def draw(facts: Facts) -> Figure:
    """A row for each size; each peer's median and quartiles."""
    fig, ax = figure(7.2, 3.9, margins=(1.75, 0.5, 0.2, 0.95))
    ax.axvline(1, color=color("ink"), lw=1)
    heights = row_names(ax, list(facts.by_size))
    for y, ratios in zip(heights, facts.by_size.values(), strict=True):
        ax.axhline(y, color=color("line"), lw=0.5, zorder=0)
        for peer, (middle, low, high) in ratios.items():
            hue, marker = LOOKS[peer]
            ax.plot([low, high], [y, y], color=color(hue), lw=1.2)
            ax.plot(middle, y, marker, ms=11 if marker == "|" else 6, color=color(hue))
    name_peers(ax)
    ax.set(xscale="log", xlim=(0.15, 200), xlabel="time, as a multiple of ours")
    plain_ticks(ax.xaxis, [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
    fig.text(0.012, 0.945, f"{facts.cell}, {facts.dtype}: to the right of 1, ours is faster", weight=600)
    return fig


def name_peers(ax: Axes) -> None:
    """Above the panel in two rows, each beside its mark."""
    for i, (peer, (hue, marker)) in enumerate(LOOKS.items()):
        x, y = 0.5 * (i % 2), 1.17 - 0.095 * (i // 2)
        ax.plot(x, y, marker, ms=6, color=color(hue), transform=ax.transAxes, clip_on=False)
        ax.text(x + 0.03, y, peer, color=color(hue), weight=600, va="center", transform=ax.transAxes)


def words(facts: Facts) -> str:
    texts = []
    for size, ratios in facts.by_size.items():
        medians = ", ".join(f"{peer} {middle:.2g}" for peer, (middle, _, _) in ratios.items())
        texts.append(f"{size}: {medians}")
    return (
        f"{facts.cell} in {facts.dtype}. Time as a multiple of the library's, for each size. "
        + "; ".join(texts)
        + "."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="ratios",
    caption="Medians of one gradient's time by turns, divided by ours; the lines are the quartiles. “Matrix products” "
    f"are those that no implementation can avoid. {machine()}.",
    cell=Control(CELLS, label="cell"),
    dtype=Control(["float64", "float32"], label="numbers"),
)
