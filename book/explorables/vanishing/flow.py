"""The flow of errors through a network while it learns, with Ω and without: the record `flow_of_errors`.

The map shows ‖(∂h_t/∂h_k)ᵀ v‖ for errors v of length 1.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.bptt.term_maps import by_lag, regime_at
from experiments.record import load
from experiments.vanishing.saved import flow_maps
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.marks import decade_bar, heat_map
from minirnn.figures.panels import readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

SNAPSHOTS = [0, 100, 200, 400, 800, 1500, 2000, 2500, 3000]
STRIDE = load("flow_of_errors")["settings"]["stride"]  # every second step is measured


class Facts(NamedTuple):
    updates: int
    method: str
    error: float  # percent of the sequences
    logs: np.ndarray  # log10 of the lengths, [t, k]
    profile: np.ndarray  # their mean by lag, every STRIDE steps
    before: np.ndarray  # the same before training

    def at(self, lag: int) -> float:
        """The length at a lag in steps."""
        return float(self.profile[lag // STRIDE])


def compute(updates: int, method: str) -> Facts:
    done, errors, logs = flow_maps(method)
    now = done.index(updates)
    return Facts(updates, method, 100 * errors[now], logs[now], by_lag(logs[now]), by_lag(logs[0]))


@styled
def draw(facts: Facts) -> Figure:
    """The map over (k, t) at one time in training, and its mean by lag with that before training."""
    fig, (heat, curve) = side_by_side(widths=(1, 1.15))
    first, last = STRIDE / 2, STRIDE * (len(facts.logs) + 0.5)
    image = heat_map(heat, facts.logs, -6, 6, extent=(first, last, first, last))
    decade_bar(image, [-6, 0, 6], (0.52, 0.2, 0.42, 0.035))
    heat.set(xlabel="step k", ylabel="step t of the error")
    heat.set_title("How much of an error arrives")
    lags, hue = STRIDE * np.arange(len(facts.logs)), color(regime_at(facts.at(40)))
    curve.axhline(1, color=color("line"), lw=0.9)
    curve.semilogy(lags, facts.before, color=color("muted"), lw=1.2, ls=(0, (4, 3)))
    curve.plot(lags, facts.profile, color=hue, lw=2.2)
    curve.set(xlim=(0, lags[-1]), ylim=(1e-9, 1e3), xlabel="lag t - k, steps", ylabel="length, relative to lag 0")
    decades(curve.yaxis, -9, 3, 3)
    label_line(curve, 1, 3e-9, "dashed: before training", "muted")
    curve.set_title(f"At lag 40: {readable(facts.at(40))}; errors {facts.error:.0f} %", color=hue)
    return fig


def words(facts: Facts) -> str:
    return (
        f"{facts.method} after {facts.updates} updates on the temporal-order task with T = 50. Left, a triangle: the "
        f"length that a unit error at step t has at step k. Right, its mean by lag: {facts.at(10):.2g} at lag 10, "
        f"{facts.at(20):.2g} at lag 20 and {facts.at(40):.2g} at lag 40; before training it was "
        f"{facts.before[40 // STRIDE]:.2g} at lag 40. The network is wrong for {facts.error:.1f} percent of the "
        "sequences."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="flow",
    caption="What remains of an error of length 1 at step t when it arrives at step k, geometric mean over random "
    "errors and 20 sequences. A network of 50 units (basic tanh, one seed, rate 0.1) learns temporal order with "
    "T = 50 steps, with clipping (SGD-C), or with clipping and Ω (SGD-CR).",
    updates=Control(SNAPSHOTS, label="updates", play=True),
    method=Control(["SGD-C", "SGD-CR"], label="method"),
    start={"updates": 0, "method": "SGD-CR"},
    states={"start": {}, "SGD-C, 3000": {"updates": 3000, "method": "SGD-C"}, "SGD-CR, 3000": {"updates": 3000}},
)
