"""Step 3 of the proof as blocks: what the two differences of derivatives share is one row times one stacked column.

H_{t+1} = F_x H_t + [F_x - F̃_x, F_θ - F̃_θ] · [Ã_t over 1],   H_t = A_t - Ã_t     (thm. smooth)
"""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from minirnn.figures.panels import figure
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled

STATE, PARAMETERS = 2.5, 3.4  # sides of the blocks: numbers of the state, parameters


class Block(NamedTuple):
    """A box with its left edge, its top (the state's blocks begin at 0), its width, height, text and hue."""

    left: float
    top: float
    width: float
    height: float
    text: str
    hue: str


BLOCKS = [
    Block(0.0, 0.0, PARAMETERS, STATE, "H, step t + 1", "ink"),
    Block(4.6, 0.0, STATE, STATE, "∂f/∂x", "ink"),
    Block(7.3, 0.0, PARAMETERS, STATE, "H, step t", "ink"),
    Block(11.9, 0.0, STATE, STATE, "change of\n∂f/∂x", "exploding"),
    Block(14.4, 0.0, PARAMETERS, STATE, "change of\n∂f/∂θ", "exploding"),
    Block(18.0, 0.0, PARAMETERS, STATE, "Ã, step t", "chaotic"),
    Block(18.0, -STATE, PARAMETERS, PARAMETERS, "identity", "chaotic"),
]
SIGNS = [(4.0, "="), (11.3, "+")]
BOUNDS = [  # middle, below the blocks: its norm is at most
    (5.85, -STATE, "L", "ink"),
    (14.85, -STATE, "L′ √(S+1) Δ", "exploding"),
    (19.7, -STATE - PARAMETERS, "√(S+1)", "chaotic"),
]


def draw_block(ax: Axes, block: Block) -> None:
    bottom = block.top - block.height
    edge = Rectangle((block.left, bottom), block.width, block.height, fc=color("wash"), ec=color(block.hue), lw=1.2)
    ax.add_patch(edge)
    x, y = block.left + block.width / 2, bottom + block.height / 2
    lines = block.text.split("\n")
    for row, line in enumerate(lines):  # a text for each, centred in any font
        down = 0.7 * (row - (len(lines) - 1) / 2)
        ax.text(x, y - down, line, ha="center", va="center", color=color(block.hue), size=10)


@styled
def draw() -> Figure:
    fig, ax = figure(7.2, 2.5, margins=(0.05, 0.05, 0.05, 0.05))
    ax.set_axis_off()
    for block in BLOCKS:
        draw_block(ax, block)
    for x, sign in SIGNS:
        ax.text(x, -STATE / 2, sign, ha="center", va="center", size=14)
    for x, y, bound, hue in BOUNDS:
        ax.text(x, y - 0.25, f"norm ≤ {bound}", ha="center", va="top", color=color(hue), size=10)
    ax.set(xlim=(-0.1, 21.5), ylim=(-7.0, 0.1), aspect="equal")
    return fig


WORDS = (
    "Matrices as boxes. The difference H of step t plus 1, as high as the state and as wide as the parameters, is "
    "df by dx times H of step t, plus a row times a column. The row has two boxes side by side, the changes of "
    "df by dx and of df by d theta; its norm is at most L prime times the square root of S plus 1, times Delta. The "
    "column has two boxes, one above the other, A tilde and the identity; its norm is at most the square root of S "
    "plus 1. The norm of df by dx is at most L."
)


def picture() -> Picture:
    return show(draw(), WORDS)
