"""Direct labels: in a panel, or beside the ends of lines, where none covers another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from minirnn.figures.theme import color
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.axes import Axes
    from matplotlib.colors import to_hex


def label_line(ax: Axes, x: float, y: float, text: str, name: str = "ink", **kwargs: Any) -> None:
    """Writes a direct label in a hue of the palette at (x, y) of the data, instead of a legend."""
    ax.annotate(text, (x, y), color=color(name), fontsize=10.5, fontweight=600, **kwargs)


def label_ends(ax: Axes, *, gap: float = 13.0, away: float = 5.0, **text: Any) -> None:
    """Writes each line's `label` beside its end, in its colour, where `ax.legend()` would write it into a box.

    Call it last, when scales and limits are set. Labels keep `gap` points from each other and stand `away` points to
    the right of the ends; a line that leaves the panel has its label at the border. `text` goes to `Axes.annotate`.
    A line in the hue "line", too pale for words, has its label in "muted".

    >>> from minirnn.figures.panels import single
    >>> fig, ax = single(beside=0.8)
    >>> _ = ax.plot([0, 1], [0, 1.0], label="gate"), ax.plot([0, 1], [0, 1.001], label="no gate")
    >>> label_ends(ax)
    >>> [label.get_text() for label in ax.texts]
    ['gate', 'no gate']
    """
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    if not lines:
        raise ValueError('label_ends: expected lines that were drawn with label="…", got none')
    to_panel = ax.transData - ax.transAxes
    places = []
    for line in lines:
        points = to_panel.transform(np.column_stack(line.get_data(orig=False)))
        places.append(np.clip(points[np.isfinite(points).all(axis=1)][-1], 0, 1))
    height = ax.bbox.height * 72 / ax.figure.dpi
    x, y = np.array(places).T
    style: dict[str, Any] = {"va": "center", "fontsize": 10.5, "fontweight": 600, "annotation_clip": False} | text
    for line, place in zip(lines, zip(x, spaced(y, gap / height), strict=True), strict=True):
        hue = to_hex(line.get_color())
        style["color"] = color("muted") if hue == color("line") else hue
        name, system = str(line.get_label()), "axes fraction"
        ax.annotate(name, place, (away, 0), xycoords=system, textcoords="offset points", **style)


def spaced(places: Sequence[float] | np.ndarray, gap: float) -> np.ndarray:
    """The places moved as little as possible, in the sense of least squares, until any two differ by `gap`.

    In their order the places less 0, gap, 2·gap, … must not decrease: where they do, neighbours move to their mean
    (isotonic regression by pooling).

    >>> spaced([0.0, 5.0, 0.5], 1.0).tolist()
    [-0.25, 5.0, 0.75]
    """
    order, steps = np.argsort(places, kind="stable"), gap * np.arange(len(places))
    means: list[float] = []
    sizes: list[int] = []
    for value in np.asarray(places, float)[order] - steps:
        means.append(value)
        sizes.append(1)
        while len(means) > 1 and means[-2] > means[-1]:
            mean, size = means.pop(), sizes.pop()
            means[-1] = (means[-1] * sizes[-1] + mean * size) / (sizes[-1] + size)
            sizes[-1] += size
    moved = np.empty(len(places))
    moved[order] = np.repeat(means, sizes) + steps
    return moved
