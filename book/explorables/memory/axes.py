"""Ticks at powers of ten."""

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator


def powers_of_ten(ax: Axes, which: str, exponents: range) -> None:
    """A logarithmic axis with these ticks, and no others."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    labels = [{0: "1", 1: "10", 2: "100", -1: "0.1"}.get(e, f"$10^{{{e}}}$") for e in exponents]
    axis.set_ticks([10.0**e for e in exponents], labels=labels)
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
