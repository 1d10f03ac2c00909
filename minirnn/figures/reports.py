"""The figure of a report of `diagnose`, which a notebook shows once `minirnn.figures` is imported.

The report itself is data and does not import this module: IPython finds the figure by the name of the report's type.
"""

import sys
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from minirnn.figures.panels import figure
from minirnn.figures.pictures import show
from minirnn.figures.theme import color, styled
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.figure import Figure


class Suggestion(Protocol):
    """The attributes of a finding that this module reads."""

    @property
    def cause(self) -> str: ...


class Measured(Protocol):
    """The attributes of a report that this module reads."""

    @property
    def by_lag(self) -> np.ndarray: ...
    @property
    def exponent(self) -> float: ...
    @property
    def findings(self) -> Sequence[Suggestion]: ...
    def _repr_html_(self) -> str: ...


@styled
def draw(report: Measured) -> Figure:
    """The gradient by lag, beside the rates at which it should fall or grow for the measured exponent."""
    lags = np.arange(len(report.by_lag))
    fig, ax = figure(7.2, 2.8, margins=(0.8, 0.5, 1.4, 0.3))
    drawable = np.isfinite(report.by_lag) & (report.by_lag > 0)
    shown = np.where(drawable, report.by_lag, np.nan)
    explodes = not np.isfinite(report.by_lag).all() or report.by_lag.max() > 10
    ax.axhline(1, color=color("line"), lw=1)
    ax.semilogy(lags, shown, color=color("exploding" if explodes else "vanishing"), lw=1.8)
    if not drawable.any():
        ax.text(0.5, 0.5, "no gradient", transform=ax.transAxes, ha="center", va="center", color=color("muted"))
    if np.isfinite(report.exponent):
        with np.errstate(over="ignore"):
            rate = np.exp(report.exponent * lags)
        ax.semilogy(lags, np.where(np.isfinite(rate), rate, np.nan), color=color("muted"), lw=1, ls=(0, (4, 3)))
    ax.set(xlabel="lag k, steps back", ylabel="gradient, of that at lag 0")
    ax.text(1.02, 0.9, "gradient by lag", transform=ax.transAxes, weight=600)
    ax.text(1.02, 0.75, "dashed: the rate\nof the exponent", transform=ax.transAxes, color=color("muted"), va="top")
    return fig


def html(report: Measured) -> str:
    """The figure, and the report in words.

    >>> from minirnn import VanillaRNN
    >>> from minirnn.learning import losses
    >>> from minirnn.diagnosis import diagnose
    >>> rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=4)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> loss = losses.at_end(losses.squared_error, rng.standard_normal((2, 1)))
    >>> page = html(diagnose(cell, params, rng.standard_normal((20, 2, 1)), loss))
    >>> "<svg" in page, "largest exponent" in page
    (True, True)
    """
    picture = show(draw(report), f"Gradient by lag, on a logarithmic axis. {report.findings[0].cause}")
    return f"{picture._repr_html_()}{report._repr_html_()}"


def register() -> None:
    """A notebook shows reports by `html` from now on; nothing happens outside of IPython."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        formatter.for_type_by_name("minirnn.diagnosis.report", "Report", html)
