"""Panels: figures of fixed margins by the names of their layouts, numbers as readers write them.

    fig, ax = single(beside=0.9)                              # one panel, and room for the labels of its lines
    fig, (terms, sums) = side_by_side(3.4, widths=(1.25, 1))
    fig, (states, distance) = stacked(4.1)                    # one above the other, with one x axis

Lengths are in inches.
"""

from collections.abc import Sequence
from typing import Any

from minirnn.figures.theme import styled
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


WIDTH = 7.2  # inches: as wide as the text of a page
LEFT, BOTTOM, RIGHT, TOP = 0.7, 0.5, 0.2, 0.4  # room for ticks and a label, at the right half a tick, a title above


def single(
    height: float = 3.4, *, left: float = LEFT, beside: float = RIGHT, **subplots: Any
) -> tuple[Figure, Axes]:
    """A figure of the text's width and its one panel.

    `left` and `beside` are inches kept free at its sides: more at the left for names of rows, at the right for
    labels at the ends of lines.
    """
    return figure(WIDTH, height, margins=(left, BOTTOM, beside, TOP), **subplots)


def side_by_side(
    height: float = 3.5,
    *,
    widths: Sequence[float] = (1, 1),
    left: float = LEFT,
    between: float = 0.8,
    beside: float = RIGHT,
    **subplots: Any,
) -> tuple[Figure, tuple[Axes, ...]]:
    """A figure of the text's width and a row of panels with these widths, relative to each other.

    Inches kept free: `left`, `between` two panels and `beside`, at the right. Where panels share their y axis
    (sharey=True) each has its ticks' labels, since a phone shows them one below the other.

    >>> fig, (terms, sums) = side_by_side(widths=(2, 1))
    >>> f"{terms.get_position().width / sums.get_position().width:.2f}"
    '2.00'
    """
    fig, axes = figure(
        WIDTH,
        height,
        1,
        len(widths),
        margins=(left, BOTTOM, beside, TOP),
        gaps=(between, 0),
        width_ratios=widths,
        **subplots,
    )
    for ax in axes:
        ax.tick_params(labelleft=True)
    return fig, tuple(axes)


def stacked(
    height: float = 4.1,
    *,
    heights: Sequence[float] = (1, 1),
    left: float = LEFT,
    between: float = 0.55,
    beside: float = RIGHT,
    **subplots: Any,
) -> tuple[Figure, tuple[Axes, ...]]:
    """A figure of the text's width and panels one above the other that share their x axis, with these heights,
    relative to each other. Inches kept free are as in `side_by_side`; 0.55 `between` is enough for a title.
    """
    fig, axes = figure(
        WIDTH,
        height,
        len(heights),
        1,
        margins=(left, BOTTOM, beside, TOP),
        gaps=(0, between),
        height_ratios=heights,
        **{"sharex": True} | subplots,
    )
    return fig, tuple(axes)


def readable(value: float) -> str:
    """A number for a title or a label: two digits, with a power of ten (mathtext) where it is far from 1.

    >>> readable(0.12), readable(99.7), readable(3.7e-05)
    ('0.12', '100', '$3.7·10^{-5}$')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return _plain(value)
    digits, exponent = f"{value:.1e}".split("e")
    return f"${digits}·10^{{{int(exponent)}}}$"


def spoken(value: float) -> str:
    """The same for a text alternative, in words where `readable` has a power.

    >>> spoken(0.12), spoken(3.7e-05)
    ('0.12', '3.7 times ten to the minus 5')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return _plain(value)
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} times ten to the {'minus ' * (int(exponent) < 0)}{abs(int(exponent))}"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus. What is 0 as it is written has none.

    >>> signed(-0.125), signed(0.5, 1), signed(-0.004)
    ('−0.12', '+0.5', '0.00')
    """
    text = f"{value:+.{digits}f}"
    return (text if float(text) else text[1:]).replace("-", "−")


def counted(count: int, noun: str) -> str:
    """A number of things in words, for a noun whose plural ends in s.

    >>> counted(0, "step"), counted(1, "step"), counted(20, "step")
    ('0 steps', '1 step', '20 steps')
    """
    return f"{count} {noun}{'s' * (count != 1)}"


def _plain(value: float) -> str:
    """Two digits, and below 100 no more; 99.7 is 100, not 1e+02."""
    short = f"{value:.2g}"
    return short if abs(float(short)) < 100 else f"{value:.0f}"
