"""Axes for what grows without bound with a unit's memory 1/(1-|λ|): those of `sensitive` and of `disc`."""

import numpy as np
from matplotlib.axes import Axes

from minirnn.figures.ticks import decades, plain_ticks

MEMORY = np.geomspace(1.5, 500, 40)


def memory_axes(ax: Axes, first: float, least: float, title: str) -> None:
    """From a memory of `first` to 500 steps, and from `least` to 10^12; both logarithmic already."""
    ax.set(xlim=(first, 500), ylim=(least, 1e12))
    plain_ticks(ax.xaxis, [2, 10, 50, 200])
    decades(ax.yaxis, 0, 12, 4)
    ax.set_title(title)
