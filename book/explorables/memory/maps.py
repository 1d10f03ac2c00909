"""The four maps from a weight to a rate, in the hues that they have in all figures of the chapter."""

from matplotlib.axes import Axes

from minirnn.figures.theme import color

MAPS = {"direct": "exploding", "exp": "vanishing", "softplus": "chaotic", "best": "critical"}


def label_maps(ax: Axes, heights: tuple[float, float, float, float]) -> None:
    """The names of the maps to the right of a panel, at these shares of its height."""
    for (name, hue), height in zip(MAPS.items(), heights, strict=True):
        ax.text(1.03, height, name, transform=ax.transAxes, color=color(hue), weight=600, va="center")
