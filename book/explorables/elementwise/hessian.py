"""One function in two coordinate systems: the Hessian of a dense network at a perfect fit, and of it diagonalised.

H = JᵀJ, where J holds the derivatives of the impulse response in all 25 parameters.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.elementwise import hessians
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import heat_map
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import PALETTE, color, styled
from minirnn.figures.ticks import decades
from minirnn.theory.population import participation

INK = LinearSegmentedColormap.from_list("ink", [PALETTE["paper"][0], "#9cc4de", PALETTE["vanishing"][0], "#002b4d"])
HUES = {"dense": "exploding", "diagonal": "vanishing"}
GROUPS = {  # how many rows belong to each parameter
    "dense": {"W": 16, "u": 4, "v": 4, "D": 1},
    "diagonal": {"λ": 8, "b": 8, "c": 8, "D": 1},
}


class Facts(NamedTuple):
    coordinates: str
    nu0: float
    seed: int
    sizes: np.ndarray  # |H| over its largest entry
    values: np.ndarray  # the nine eigenvalues that are not 0
    vectors: np.ndarray  # the first five eigenvectors, as columns
    spread: np.ndarray  # their participation ratios


@cache
def compute(coordinates: str, nu0: float, seed: int) -> Facts:
    H = hessians.hessian(coordinates, nu0, seed)
    values, vectors = hessians.spectrum(H)
    leading = vectors[:, : hessians.TOP]
    return Facts(coordinates, nu0, seed, np.abs(H) / np.abs(H).max(), values[:9], leading, participation(leading))


@styled
def draw(facts: Facts) -> Figure:
    """The Hessian as a map, its eigenvalues, and its first five eigenvectors."""
    fig, (heat, ax, leading) = side_by_side(3.5, widths=(1.3, 1, 0.75), left=0.3, between=0.7)
    draw_entries(heat, facts)
    ax.semilogy(np.arange(1, 10), facts.values, "o", ms=6, color=color(HUES[facts.coordinates]))
    ax.set(xlim=(0, 10), ylim=(1e-3, 1e7), xlabel="eigenvalue, by size")
    ax.set_xticks([1, 5, 9])
    decades(ax.yaxis, -2, 6, 4)
    ax.set_title(f"Largest: {readable(facts.values[0])}")
    draw_vectors(leading, facts)
    return fig


def draw_entries(ax: Axes, facts: Facts) -> None:
    logarithms = np.clip(np.log10(np.maximum(facts.sizes, 1e-5)), -4, 0).round(1)
    heat_map(ax, logarithms, -4, 0, colors=INK, origin="upper")
    groups = GROUPS[facts.coordinates]
    counts = np.array(list(groups.values()))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(np.cumsum(counts) - counts / 2 - 0.5, labels=list(groups))
        axis.set_tick_params(length=0)
    ax.set_title(f"Entries of H, {facts.coordinates}")


def draw_vectors(ax: Axes, facts: Facts) -> None:
    heat_map(ax, np.abs(facts.vectors).round(2), 0, 0.8, colors=INK, origin="upper")
    ax.set_xticks(range(len(facts.spread)), labels=[f"{p:.0f}" for p in facts.spread])
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.set_xlabel("spread over, entries")
    ax.set_title("Eigenvectors")


def words(facts: Facts) -> str:
    spread = ", ".join(f"{p:.1f}" for p in facts.spread)
    return (
        f"The Hessian of a network with eigenvalues of magnitude from {facts.nu0:g} to "
        f"{facts.nu0 + 0.3 * (1 - facts.nu0):.4g}, network {facts.seed}, in {facts.coordinates} coordinates: 25 "
        f"by 25 entries. Nine eigenvalues are not 0, from {facts.values[0]:.3g} down to {facts.values[8]:.2g}. "
        f"The first five eigenvectors spread over {spread} entries."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="hessian",
    caption="The Hessian of the loss at a perfect fit, for a random network of 4 units with one input, one output "
    "and a feed-through, in dense coordinates or diagonalised; the function is the same. Left: |H| relative to its "
    "largest entry, from 10⁻⁴ (white) to 1. Right: the first five eigenvectors as columns, with their "
    "participation ratios.",
    coordinates=Control(["dense", "diagonal"], label="coordinates"),
    nu0=Control([0.5, 0.9, 0.99], label="magnitudes from"),
    seed=Control([0, 1], label="network"),
    start={"nu0": 0.99},
    states={"dense": {"nu0": 0.99}, "diagonal": {"nu0": 0.99, "coordinates": "diagonal"}},
)
