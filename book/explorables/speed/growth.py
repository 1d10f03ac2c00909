"""How the cost of one gradient grows along length, batch and units: measured, and one fit for each cell.

time ≈ T (a + b·B·n + c·B·n²)                                                                (eq-cost)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.record import load
from explorables.speed.measurements import CELLS
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

LABELS = {"T": "length T, steps", "B": "batch B, sequences", "n": "units n"}


class Line(NamedTuple):
    label: str
    x: np.ndarray
    ms: np.ndarray
    fine: np.ndarray  # the same range as x
    fitted: np.ndarray  # ms over `fine`


class Facts(NamedTuple):
    cell: str
    along: str
    fixed: str  # the third of T, B and n, and its value
    lines: list[Line]  # for three values of another
    fit: dict[str, float]  # a, b and c by their units
    worst: float  # the largest error of the fit over the grid, a factor


def compute(cell: str, along: str) -> Facts:
    cost = load("bench")["results"]["cost"][cell]
    grid, ms = dict(zip("TBn", np.array(cost["grid"]).T, strict=True)), np.array(cost["ms"])
    other = "B" if along == "n" else "n"
    (fixed,) = {*grid} - {along, other}
    middle, lines = np.unique(grid[fixed])[1], []
    for value in np.unique(grid[other]):
        chosen = (grid[other] == value) & (grid[fixed] == middle)
        x = grid[along][chosen]
        fine = np.geomspace(x[0], x[-1], 50)
        fitted = fitted_ms(cost["fit"], **{along: fine, other: value, fixed: middle})
        lines.append(Line(f"{other} = {value}", x, ms[chosen], fine, fitted))
    return Facts(cell, along, f"{fixed} = {middle}", lines, cost["fit"], cost["worst"])


def fitted_ms(fit: dict[str, float], T: np.ndarray, B: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Milliseconds by the fit: T·(a + b·B·n + c·B·n²)."""
    a, b, c = fit.values()
    return T * (a * 1e-3 + b * 1e-6 * B * n + c * 1e-6 * B * n**2)


@styled
def draw(facts: Facts) -> Figure:
    """Measured times along one of T, B and n, for three values of another, and the fit as lines."""
    fig, ax = single(3.4, left=0.8, beside=1.1)
    for line, hue in zip(facts.lines, ("vanishing", "critical", "exploding"), strict=True):
        ax.loglog(line.fine, line.fitted, color=color(hue), lw=1.2, label=line.label)
        ax.plot(line.x, line.ms, "o", ms=5, color=color(hue))
    ax.set(xlabel=LABELS[facts.along], ylabel="time of one gradient, ms", ylim=(0.05, 5000))
    ax.set_title(f"{facts.cell}: measured (points) and fitted (lines), {facts.fixed}")
    plain_ticks(ax.xaxis, facts.lines[0].x)
    decades(ax.yaxis, -1, 3)
    label_ends(ax)
    return fig


def words(facts: Facts) -> str:
    fit = ", ".join(f"{value:g} {unit}" for unit, value in facts.fit.items())
    return (
        f"Time of one gradient of {facts.cell} along {facts.along}, measured as points on lines of the fitted "
        f"cost, on logarithmic axes. The fit: {fit}. Its largest error over the grid is a factor of "
        f"{facts.worst:g}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="growth",
    caption="Time of one gradient in float64, one thread, m = 4. The lines are one fit for each cell, "
    "T·(a + b·B·n + c·B·n²): what a step costs by itself, by the entries of the state, by the entries of W.",
    cell=Control(CELLS, label="cell"),
    along=Control(list(LABELS), label="along"),
)
