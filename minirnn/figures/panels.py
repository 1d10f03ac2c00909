"""Panels: a figure of fixed margins, numbers as readers write them, labels beside lines."""

from typing import Any

from minirnn.figures.theme import color, styled
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def figure(
    width: float = 7.2,
    height: float = 3.0,
    nrows: int = 1,
    ncols: int = 1,
    *,
    margins: tuple[float, float, float, float] = (0.6, 0.5, 0.15, 0.35),
    gaps: tuple[float, float] = (0.6, 0.7),
    **gridspec: Any,
) -> tuple[Figure, Any]:
    """A Figure of width × height inches and its Axes (one, or an array), belonging to no window or pyplot state.

    `margins` (left, bottom, right, top) and `gaps` (between columns, between rows) are in inches and fixed, so
    that panels stay where they are from frame to frame; `gridspec` goes to `Figure.subplots`. Call it from a
    `styled` function: artists take their style when they are made.
    """
    left, bottom, right, top = margins
    fig = Figure(figsize=(width, height))
    panel_width = (width - left - right - gaps[0] * (ncols - 1)) / ncols
    panel_height = (height - bottom - top - gaps[1] * (nrows - 1)) / nrows
    grid = {
        "left": left / width,
        "right": 1 - right / width,
        "bottom": bottom / height,
        "top": 1 - top / height,
        "wspace": gaps[0] / panel_width,
        "hspace": gaps[1] / panel_height,
    }
    return fig, fig.subplots(nrows, ncols, gridspec_kw=grid | gridspec.pop("gridspec_kw", {}), **gridspec)


def readable(value: float) -> str:
    """A number for a title or a label: two digits, with a power of ten (mathtext) where it is far from 1.

    >>> readable(0.12), readable(3.7e-05)
    ('0.12', '$3.7·10^{-5}$')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"${digits}·10^{{{int(exponent)}}}$"


def label_line(ax: Axes, x: float, y: float, text: str, name: str = "ink", **kwargs: Any) -> None:
    """Writes a direct label in a hue of the palette at (x, y) of the data, instead of a legend."""
    ax.annotate(text, (x, y), color=color(name), fontsize=10.5, fontweight=600, **kwargs)
