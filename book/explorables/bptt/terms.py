"""The (t, k) map of the norms of all terms of the gradient, and what is left of them by lag.

∂E/∂W = Σ_t Σ_{k<=t} ∂E_t/∂h_t · ∂h_t/∂h_k · ∂⁺h_k/∂W
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.bptt.term_maps import LENGTH, by_lag, regime_at, term_map
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import decade_bar, heat_map
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades


class Facts(NamedTuple):
    gain: float
    cell: str
    logs: np.ndarray  # log10 of the norm of each term, (LENGTH, LENGTH)
    sizes: np.ndarray  # their mean by lag


def compute(gain: float, cell: str) -> Facts:
    logs = term_map(cell, gain)
    return Facts(gain, cell, logs, by_lag(logs))


@styled
def draw(facts: Facts) -> Figure:
    """The norms of all terms as a map over (k, t), and their mean over t by lag."""
    fig, (heat, curve) = side_by_side(widths=(1, 1.15))
    whole = (0.5, LENGTH + 0.5, 0.5, LENGTH + 0.5)
    decade_bar(heat_map(heat, facts.logs, -4, 4, extent=whole), [-4, 0, 4], (0.52, 0.2, 0.42, 0.035))
    heat.set(xlabel="step k of the use", ylabel="step t of the error")
    heat.set_title("The norm of every term")
    hue = color(regime_at(facts.sizes[20]))
    curve.axhline(1, color=color("line"), lw=0.9)
    curve.semilogy(np.arange(LENGTH), facts.sizes, color=hue)
    curve.set(ylim=(1e-9, 1e5), xlim=(0, LENGTH), xlabel="lag t - k, steps", ylabel="norm, relative to lag 0")
    curve.set_title(f"At lag 20: {readable(facts.sizes[20])}", color=hue)
    decades(curve.yaxis, -8, 4, 4)
    return fig


def words(facts: Facts) -> str:
    return (
        f"A {facts.cell} network with recurrent gain {facts.gain:g}. Left, a triangle of the norms of all terms of the "
        f"gradient, by the step t of the error and the step k of the use. Right, their mean by lag: relative to lag 0 "
        f"it is {facts.sizes[10]:.2g} at lag 10, {facts.sizes[20]:.2g} at lag 20 and {facts.sizes[-1]:.2g} at lag "
        f"{LENGTH - 1}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="terms",
    caption="Norms of the terms of the double sum, for the weights W. Left: each pair (t, k). Right: their mean over "
    "t, by lag. Means of the logarithm over 4 random networks at initialisation, relative to lag 0; inputs N(0, 1), "
    "recurrent weights N(0, gain²/24), LSTM and GRU with a bias of 1 towards keeping.",
    gain=Control([0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0], label="gain"),
    cell=Control(["tanh", "LSTM", "GRU"], label="cell"),
    start={"gain": 1.0},
    states={"tanh, gain 1": {"gain": 1.0}, "LSTM, gain 1": {"gain": 1.0, "cell": "LSTM"}},
)
