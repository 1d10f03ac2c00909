"""Ticks: powers of ten and plain numbers on logarithmic axes, names of rows. All figures write them in one way.

    ax.semilogy(norms)
    decades(ax.yaxis, -12, 6, 6)

An axis has the ticks that it is given, and no minor ones.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from minirnn.figures.theme import color
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.ticker import NullFormatter, NullLocator


def power_of_ten(exponent: int) -> str:
    """10^exponent as a tick: plain from 0.01 to 1000, as mathtext beyond.

    >>> [power_of_ten(e) for e in (-12, -2, 0, 3, 4)]
    ['$10^{-12}$', '0.01', '1', '1000', '$10^{4}$']
    """
    return f"{10.0**exponent:g}" if -2 <= exponent <= 3 else f"$10^{{{exponent}}}$"


def plain_number(value: float) -> str:
    """A number as it is written, with a true minus sign, and spaces between thousands from 10 000 on.

    >>> plain_number(0.5), plain_number(-1), plain_number(1000), plain_number(100_000)
    ('0.5', '−1', '1000', '100 000')
    """
    text = f"{value:g}" if abs(value) < 1e4 else f"{value:,.0f}".replace(",", " ")
    return text.replace("-", "−")


def decades(axis: Axis, low: int, high: int, step: int = 1) -> None:
    """Ticks of a logarithmic axis at 10^low, then at every `step`-th power of ten up to 10^high; no minor ones.

    >>> from minirnn.figures.panels import figure
    >>> fig, ax = figure(3, 2)
    >>> ax.set_yscale("log")
    >>> decades(ax.yaxis, -6, 0, 3)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['$10^{-6}$', '$10^{-3}$', '1']
    """
    if axis.get_scale() != "log":
        raise ValueError(f"decades: expected a logarithmic axis, got a {axis.get_scale()} one; set its scale first")
    exponents = range(low, high + 1, step)
    _only(axis, [10.0**e for e in exponents], [power_of_ten(e) for e in exponents])


def plain_ticks(axis: Axis, values: Iterable[float]) -> None:
    """Ticks at these values as they are written, and no minor ones: for lengths and sizes on a logarithmic axis."""
    values = list(values)
    _only(axis, values, [plain_number(value) for value in values])


def _only(axis: Axis, places: Sequence[float], labels: Sequence[str]) -> None:
    axis.set_ticks(places, labels=labels)
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def row_names(ax: Axes, names: Sequence[str]) -> np.ndarray:
    """Gives the y axis a row for each name, the first at the top, and returns their heights from the first to the
    last.
    """
    heights = np.arange(len(names))[::-1]
    ax.set_yticks(heights, labels=names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.tick_params(axis="y", length=0, labelcolor=color("ink"))
    return heights
