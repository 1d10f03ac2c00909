"""Marks that several figures share: intervals through points, bands, heat maps with a scale of decades."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from minirnn.figures.theme import PALETTE, color
from minirnn.figures.ticks import power_of_ten
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, LinearSegmentedColormap
    from matplotlib.image import AxesImage

Numbers = float | Sequence[float] | np.ndarray

BLUES = LinearSegmentedColormap.from_list("blues", ["#eceff2", "#9cc4de", PALETTE["vanishing"][0]])
HEAT = LinearSegmentedColormap.from_list(
    "heat", [PALETTE["vanishing"][0], "#9cc4de", "#eceff2", "#f0b48a", PALETTE["exploding"][0]]
)


def intervals(
    ax: Axes, x: Numbers, y: Numbers, low: Numbers, high: Numbers, hue: str, *, size: float = 6, width: float = 1.4
) -> None:
    """Points (x, y) as dots of `size` points, each with a paler upright bar from low to high, `width` points wide."""
    ax.vlines(x, low, high, color=color(hue), lw=width, alpha=0.7)
    ax.plot(x, y, "o", ms=size, color=color(hue))


def row_intervals(
    ax: Axes, x: Numbers, y: Numbers, low: Numbers, high: Numbers, hue: str, *, size: float = 6, width: float = 1.4
) -> None:
    """The same with bars that lie: intervals of x, for values in rows (`ticks.row_names`)."""
    ax.hlines(y, low, high, color=color(hue), lw=width, alpha=0.7)
    ax.plot(x, y, "o", ms=size, color=color(hue))


def band(
    ax: Axes, x: Sequence[float] | np.ndarray, low: Numbers, high: Numbers, hue: str, *, alpha: float = 0.2
) -> None:
    """The range from low to high over x, without an edge."""
    ax.fill_between(x, low, high, color=color(hue), alpha=alpha, lw=0)


def arrow_outline(v: Sequence[float] | np.ndarray, width: float) -> np.ndarray:
    """The outline (8, 2) of an arrow from the origin to v, for `Axes.fill`: its shaft is `width` wide, its head five
    times as long, in the units of v, and shorter where v is. For panels whose units are the same on both axes.

    >>> arrow_outline([2.0, 0.0], 0.1)[3]
    array([2., 0.])
    """
    length = max(float(np.hypot(*v)), 1e-12)
    head = min(5 * width, length)
    side = np.array([[0, width / 2], [length - head, width / 2], [length - head, 0.4 * head]])
    outline = np.vstack([side, [length, 0], side[::-1] * [1, -1], side[0]])
    (x, y) = np.asarray(v) / length
    return outline @ np.array([[x, y], [-y, x]])


def heat_map(
    ax: Axes,
    values: np.ndarray,
    low: float,
    high: float,
    *,
    colors: Colormap = HEAT,
    origin: Any = "lower",
    extent: tuple[float, float, float, float] | None = None,
) -> AxesImage:
    """Values (rows, columns) as squares of flat colour, from `low` to `high`; nan stays empty.

    `HEAT` runs from vanishing to exploding and is pale in the middle, `BLUES` from pale to vanishing. The first row
    lies at the bottom unless origin="upper"; `extent` is (left, right, bottom, top) in data.
    """
    return ax.imshow(
        values, cmap=colors, vmin=low, vmax=high, origin=origin, extent=extent, aspect="auto", interpolation="none"
    )


def decade_bar(image: AxesImage, exponents: Sequence[int], place: tuple[float, float, float, float]) -> None:
    """A flat scale within a heat map of log10 values, at `place` (left, bottom, width, height), in shares of the
    panel.
    """
    ax: Any = image.axes
    bar = ax.figure.colorbar(image, cax=ax.inset_axes(place), orientation="horizontal")
    bar.set_ticks(list(exponents), labels=[power_of_ten(e) for e in exponents])
    bar.ax.tick_params(labelsize=9, length=2)
    bar.outline.set_visible(False)
