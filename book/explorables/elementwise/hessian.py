"""One function in two coordinate systems: the Hessian of a dense network at a perfect fit, and of it diagonalised.

H = JᵀJ, where J holds the derivatives of the impulse response in all 25 parameters.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, YAxis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.elementwise import hessians
from experiments.elementwise.hessians import COORDINATES
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.marks import heat_map
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import PALETTE, color, styled
from minirnn.figures.ticks import decades
from minirnn.theory.population import participation

INK = LinearSegmentedColormap.from_list("ink", [PALETTE["paper"][0], "#9cc4de", PALETTE["vanishing"][0], "#002b4d"])
HUES = {"dense": "exploding", "diagonal": "vanishing"}
GROUPS = {  # how many rows belong to each parameter
    "dense": {"W": 16, "u": 4, "v": 4, "D": 1},
    "diagonal": {"λ": 8, "b": 8, "c": 8, "D": 1},
}
MATTER = 9  # eigenvalues that are not 0


class Hessian(NamedTuple):
    sizes: np.ndarray  # (25, 25): |H| over its largest entry
    values: np.ndarray  # (MATTER,) eigenvalues
    vectors: np.ndarray  # (25, MATTER): |v|, columns
    spread: np.ndarray  # (MATTER,) participation ratios


class Facts(NamedTuple):
    number: int  # of the chosen eigenvalue, from 1
    nu0: float
    by: dict[str, Hessian]  # coordinates


@cache
def computed(coordinates: str, nu0: float) -> Hessian:
    H = hessians.hessian(coordinates, nu0, seed=0)
    values, vectors = hessians.spectrum(H)
    leading = vectors[:, :MATTER]
    return Hessian(np.abs(H) / np.abs(H).max(), values[:MATTER], np.abs(leading), participation(leading))


def compute(number: int, nu0: float) -> Facts:
    return Facts(number, nu0, {coordinates: computed(coordinates, nu0) for coordinates in COORDINATES})


@styled
def draw(facts: Facts) -> Figure:
    """A row for each coordinate system: the Hessian as a map, and the chosen eigenvector; between, all eigenvalues."""
    fig, grid = figure(
        7.2, 4.4, 2, 3, margins=(0.35, 0.5, 0.15, 0.35), gaps=(0.6, 0.75), width_ratios=[1.25, 1, 1.35]
    )
    spectrum = fig.add_subplot(grid[0, 1].get_gridspec()[:, 1])
    for row, (coordinates, of) in enumerate(facts.by.items()):
        draw_entries(grid[row, 0], coordinates, of.sizes)
        draw_vector(grid[row, 2], coordinates, of, facts.number)
        grid[row, 1].remove()
    draw_spectrum(spectrum, facts)
    return fig


def name_parameters(axis: Axis, coordinates: str) -> None:
    """A name in the middle of each group; beside the rows, which are narrow, none for D, the last one."""
    names, counts = list(GROUPS[coordinates]), np.array(list(GROUPS[coordinates].values()))
    labels = [*names[:-1], ""] if isinstance(axis, YAxis) else names
    axis.set_ticks(np.cumsum(counts) - counts / 2 - 0.5, labels=labels)
    axis.set_tick_params(length=0)


def draw_entries(ax: Axes, coordinates: str, sizes: np.ndarray) -> None:
    heat_map(ax, np.clip(np.log10(np.maximum(sizes, 1e-5)), -4, 0).round(1), -4, 0, colors=INK, origin="upper")
    for axis in (ax.xaxis, ax.yaxis):
        name_parameters(axis, coordinates)
    ax.set_title(f"Entries of H, {coordinates}")


def draw_spectrum(ax: Axes, facts: Facts) -> None:
    """The eigenvalues that are not 0, in both systems; a ring around the chosen ones."""
    ax.axvline(facts.number, color=color("line"), lw=1)
    for shift, (coordinates, of) in zip((-0.12, 0.12), facts.by.items(), strict=True):
        hue = color(HUES[coordinates])
        ax.semilogy(np.arange(1, MATTER + 1) + shift, of.values, "o", ms=5, color=hue)
        ax.plot(facts.number + shift, of.values[facts.number - 1], "o", ms=10, mfc="none", mec=hue, mew=1.6)
    ax.set(xlim=(0.3, MATTER + 0.7), ylim=(1e-3, 1e7), xlabel="eigenvalue, by size", xticks=[1, 5, 9])
    decades(ax.yaxis, -2, 6, 4)
    ax.set_title("Eigenvalues of H")
    for y, coordinates in zip((2e6, 3e5), COORDINATES, strict=True):
        label_line(ax, 5.4, y, coordinates, HUES[coordinates])


def draw_vector(ax: Axes, coordinates: str, of: Hessian, number: int) -> None:
    """The chosen eigenvector, a bar for each parameter."""
    entries = of.vectors[:, number - 1]
    ax.bar(range(len(entries)), entries, 0.8, color=color(HUES[coordinates]), lw=0)
    for edge in np.cumsum(list(GROUPS[coordinates].values()))[:-1]:
        ax.axvline(edge - 0.5, color=color("line"), lw=0.8)
    name_parameters(ax.xaxis, coordinates)
    ax.set(xlim=(-0.7, len(entries) - 0.3), ylim=(0, 1), yticks=[0, 1])
    value = readable(of.values[number - 1])
    ax.set_title(f"Of {value}: {of.spread[number - 1]:.1f} entries", color=color(HUES[coordinates]))


def words(facts: Facts) -> str:
    text = (
        f"The Hessian of a network with eigenvalues of magnitude from {facts.nu0:g} to "
        f"{facts.nu0 + 0.3 * (1 - facts.nu0):.4g}, 25 by 25 entries, in two coordinate systems."
    )
    for coordinates, of in facts.by.items():
        entries, value = of.vectors[:, facts.number - 1], of.values[facts.number - 1]
        ends = np.cumsum(list(GROUPS[coordinates].values()))
        parts = dict(zip(GROUPS[coordinates], np.split(entries**2, ends[:-1]), strict=True))
        shares = ", ".join(f"{100 * part.sum():.0f} percent in {name}" for name, part in parts.items())
        text += (
            f" {coordinates.capitalize()}: nine eigenvalues are not 0, from {of.values[0]:.3g} down to "
            f"{of.values[-1]:.2g}. Number {facts.number} is {value:.3g}; its eigenvector spreads over "
            f"{of.spread[facts.number - 1]:.1f} entries, with {shares} of its square."
        )
    return text


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="hessian",
    caption="The Hessian of the loss at a perfect fit, for a random network of 4 units with one input, one output and "
    "a feed-through, in dense coordinates and diagonalised; the function is the same. Left: |H| relative to its "
    "largest entry, from 10⁻⁴ (the background) to 1. Right: the sizes of the entries of the chosen eigenvector, and "
    "its participation ratio. Point at an eigenvalue to choose it.",
    number=Control(range(1, MATTER + 1), label="eigenvalue"),
    nu0=Control([0.5, 0.99], label="magnitudes from", format=".2f"),
    pad=Pad("number", axes=4, hover=True),
    start={"nu0": 0.99},
    states={"the largest": {}, "the fifth": {"number": 5}, "short memory": {"nu0": 0.5}},
)
