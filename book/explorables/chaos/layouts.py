"""The layout that two figures of the chapter share: a column of two panels, and a tall one beside it."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minirnn.figures.panels import BOTTOM, LEFT, RIGHT, TOP, WIDTH, figure


def two_and_one(
    height: float,
    *,
    widths: tuple[float, float],
    heights: tuple[float, float],
    between: float = 0.6,
    beside: float = RIGHT,
) -> tuple[Figure, Axes, Axes, Axes]:
    """A figure, its two panels one above the other, which share their x axis, and the tall one at their right.

    `widths` and `heights` are relative to each other; `between` and `beside` are inches, as in `side_by_side`.
    """
    fig, grid = figure(
        WIDTH,
        height,
        2,
        2,
        margins=(LEFT, BOTTOM, beside, TOP),
        gaps=(between, 0.55),
        width_ratios=widths,
        height_ratios=heights,
        sharex="col",
    )
    tall = fig.add_subplot(grid[0, 1].get_gridspec()[:, 1])
    for ax in grid[:, 1]:
        ax.remove()
    return fig, grid[0, 0], grid[1, 0], tall
