"""A network that learned the Hénon map under one kind of forcing: its free run beside the true attractor.

The record `henon_forcing` has the measures of five seeds, and the free run of the first.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.forwards import henon_forcing, pupils
from experiments.forwards.henon_forcing import MODES, NOISES
from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks, row_names

TRUE = 0.419


class Facts(NamedTuple):
    mode: str
    noise: float
    row: dict[str, Any]
    divergences: dict[str, list[float]]  # of all modes
    truth: np.ndarray


def compute(mode: str, noise: float) -> Facts:
    results = load("henon_forcing")["results"]
    divergences = {name: pupils.line(results, name, noise)["divergence"] for name in MODES}
    return Facts(
        mode, noise, pupils.line(results, mode, noise), divergences, pupils.data(henon_forcing.LESSON)[:800]
    )


@styled
def draw(facts: Facts) -> Figure:
    fig, (plane, rows) = side_by_side(3.7, widths=(1, 1), between=1.35)
    draw_plane(plane, facts)
    draw_rows(rows, facts)
    return fig


def draw_plane(ax: Axes, facts: Facts) -> None:
    """The truth in grey, the free run of the first seed in pink."""
    states = np.array(facts.row["states"])[:300]
    ax.plot(*facts.truth.T, "o", ms=2.4, color=color("line"), mew=0)
    ax.plot(*np.clip(states, -2.6, 2.6).T, "o", ms=3 if np.ptp(states) > 0.1 else 8, color=color("chaotic"), mew=0)
    ax.set(xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), xlabel="x, standardised", ylabel="y, standardised", aspect="equal")
    ax.set_xticks([-2, 0, 2], labels=["−2", "0", "2"])
    ax.set_yticks([-2, 0, 2], labels=["−2", "0", "2"])
    exponent = facts.row["exponent"][0]
    ax.set_title(f"λ₁ = {'−' * (exponent < 0)}{abs(exponent):.2f}, true {TRUE:.2f}", color=color("chaotic"))


def draw_rows(ax: Axes, facts: Facts) -> None:
    """The divergence of each seed, a row for each mode."""
    heights = row_names(ax, list(MODES))
    ax.set_xscale("log")
    for (name, values), y in zip(facts.divergences.items(), heights, strict=True):
        shade = color("chaotic" if name == facts.mode else "muted")
        ax.plot(values, np.full(len(values), y), "o", ms=6 if name == facts.mode else 4, alpha=0.6, color=shade)
    ax.set(xlim=(0.05, 20), xlabel="divergence KL, nats")
    plain_ticks(ax.xaxis, [0.1, 1, 10])
    ax.set_title(f"One step: rmse {readable(np.mean(facts.row['rmse']))}")


def words(facts: Facts) -> str:
    row, exponents = facts.row, facts.row["exponent"]
    low, high = (f"{'minus ' * (e < 0)}{abs(e):.2f}" for e in (min(exponents), max(exponents)))
    return (
        f"A network that learned the Hénon map with the forcing {facts.mode}, from data with noise {facts.noise:g}. "
        f"Its free run, beside the true attractor, has a largest exponent from {low} to {high} over five seeds, where "
        f"the true one is 0.42. The divergence of the data from that run is {np.mean(row['divergence']):.2g} nats in "
        f"the mean, the error of one step {np.mean(row['rmse']):.2g}. Beside it those of all kinds of forcing."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="pupil",
    caption="Networks that learned the Hénon map from its orbit. Left: the truth (grey) and the free run of the first "
    "network (pink; a point where it ends in one). Right: the Kullback–Leibler divergence of the data from the free "
    "run, for each kind of forcing and five seeds. τ: from the data at each τ-th step; α: the weight of the data.",
    mode=Control(list(MODES), label="forcing"),
    noise=Control(NOISES, label="noise"),
    start={"mode": "free, clipped", "noise": 0.0},
    states={"clipped": {}, "α = 0.6": {"mode": "α = 0.6"}, "α = 0.1": {"mode": "α = 0.1"}},
)
