"""The plot of a `Watcher`: what a notebook shows of a watched training loop, once `minirnn.figures` is imported."""

import sys
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from minirnn.figures.panels import stacked
from minirnn.figures.pictures import show
from minirnn.figures.theme import color, styled
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Watched(Protocol):
    """What this module reads of a watcher: rows (update, loss, norm, size, …), and births with their updates."""

    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def births(self) -> Sequence[tuple[int, object]]: ...
    def _repr_html_(self) -> str: ...


@styled
def draw_watch(watcher: Watched) -> Figure:
    """The loss above; below the gradient's norm, and the update's size relative to that of the parameters."""
    fig, (above, below) = stacked(4.2, beside=1.5)
    updates = np.array([row.update for row in watcher.rows])
    curve(above, updates, [row.loss for row in watcher.rows], "critical", "loss")
    curve(below, updates, [row.norm for row in watcher.rows], "exploding", "gradient's norm")
    curve(below, updates, [row.size for row in watcher.rows], "vanishing", "update over\nparameters")
    for update, _ in watcher.births:
        for ax in (above, below):
            ax.axvline(update, color=color("chaotic"), lw=1.2, ls=(0, (4, 3)))
        text = f"not finite at {update}"
        above.text(1, 1.05, text, transform=above.transAxes, color=color("chaotic"), ha="right")
    below.set(xlabel="update")
    return fig


def curve(ax: Axes, updates: np.ndarray, values: Sequence[float], hue: str, name: str) -> None:
    """The positive finite values on a logarithmic axis, and the name at the end of their line."""
    sizes = np.array(values, float)
    drawable = np.isfinite(sizes) & (sizes > 0)
    ax.semilogy(
        updates, np.where(drawable, sizes, np.nan), color=color(hue), lw=1.8, marker="." * (len(sizes) == 1)
    )
    if drawable.any():
        last = np.flatnonzero(drawable)[-1]
        ax.annotate(
            name,
            (updates[last], sizes[last]),
            (8, 0),
            textcoords="offset points",
            color=color(hue),
            va="center",
            annotation_clip=False,
        )


def watch_words(watcher: Watched) -> str:
    """What the plot shows.

    >>> from minirnn.diagnosis.watcher import Row, Watcher
    >>> watcher = Watcher()
    >>> watcher.rows += [Row(10, 2.0, 1.0, 0.01, 0.5, 0.0), Row(20, 1.0, 0.5, 0.01, 0.5, 0.0)]
    >>> watch_words(watcher)
    'Loss, gradient and size of the updates, 10 to 20: the loss goes from 2 to 1.'
    """
    first, last = watcher.rows[0], watcher.rows[-1]
    births = "".join(f" At update {update}: {birth}" for update, birth in watcher.births)
    span = f"Loss, gradient and size of the updates, {first.update} to {last.update}"
    return f"{span}: the loss goes from {first.loss:.3g} to {last.loss:.3g}.{births}"


def watch_html(watcher: Watched) -> str:
    """The plot, and the table folded below it."""
    if not watcher.rows:
        return watcher._repr_html_()
    picture = show(draw_watch(watcher), watch_words(watcher))
    return f"{picture._repr_html_()}<details><summary>Rows</summary>{watcher._repr_html_()}</details>"


def register_watchers() -> None:
    """A notebook shows watchers by `watch_html` from now on; nothing happens outside of IPython."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        formatter.for_type_by_name("minirnn.diagnosis.watcher", "Watcher", watch_html)
