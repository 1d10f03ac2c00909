"""The numbers that each way to a gradient stores, over the length of the sequence.

    BPTT  nT        checkpoints  2n√T        RTRL  np        UORO  n + p        traces  n(m + 2)

A plain network of n units and m inputs has p = n(n + m + 1) parameters; traces are those of an IndRNN.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.forwards.online_cost import numbers
from minirnn.figures.explorables import Control, Pad, Prediction, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

M, LENGTHS = 4, np.unique(np.geomspace(1, 1e7, 141).round().astype(int))
HUES = {"BPTT": "vanishing", "checkpoints": "muted", "RTRL": "exploding", "UORO": "chaotic", "traces": "critical"}
LABELS = {"BPTT": "BPTT", "checkpoints": "√T checkpoints", "RTRL": "RTRL", "UORO": "UORO", "traces": "traces"}


class Facts(NamedTuple):
    n: int
    T: int
    parameters: int
    kept: dict[str, int]  # numbers that each way keeps at T
    curves: dict[str, np.ndarray]  # and at LENGTHS


def compute(n: int, T: int) -> Facts:
    tables = [numbers(n, M, int(length)) for length in LENGTHS]
    curves = {name: np.array([table[name] for table in tables]) for name in HUES}
    return Facts(n, T, n * (n + M + 1), {name: numbers(n, M, T)[name] for name in HUES}, curves)


def spaced(count: int) -> str:
    """A count with spaces between thousands, from 10 000 on."""
    return f"{count:,}".replace(",", "\u00a0" if count >= 10_000 else "")


@styled
def draw(facts: Facts) -> Figure:
    fig, ax = single(3.6, beside=1.35)
    for name, hue in HUES.items():
        ax.loglog(LENGTHS, facts.curves[name], color=color(hue), label=LABELS[name], lw=2.2)
        ax.plot(facts.T, facts.kept[name], "o", ms=6.5, color=color(hue))
    ax.axvline(facts.parameters, color=color("line"), lw=1)
    ax.annotate("T = p", (facts.parameters, 3e8), ha="center", va="bottom", color=color("muted"), fontsize=10.5)
    ax.set(xlim=(10, 1e7), ylim=(10, 3e8), xlabel="steps T of the sequence", ylabel="numbers kept")
    decades(ax.xaxis, 1, 7)
    decades(ax.yaxis, 1, 8)
    label_ends(ax)
    return fig


def words(facts: Facts) -> str:
    counts = ", ".join(f"{LABELS[name]} {spaced(count)}" for name, count in facts.kept.items())
    least = min(facts.kept, key=lambda name: facts.kept[name] if name in ("BPTT", "RTRL") else 1 << 60)
    return (
        f"Numbers that are kept for the gradient of a network of {facts.n} units with {spaced(facts.parameters)} "
        f"parameters over {spaced(facts.T)} steps, on logarithmic axes: {counts}. Of BPTT and RTRL {least} keeps less. "
        "Only the first two grow with the length."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="keep",
    caption="How many numbers are kept for the gradient, over the length of the sequence, for one sequence with four "
    "inputs. Blue: the states of backpropagation. Grey: those at √T checkpoints and of one segment. Orange: the "
    "whole influence of real-time recurrent learning. Pink: one random product in its place. Green: one trace for each "
    "parameter of an element-wise network, which is exact.",
    T=Control([100, 1000, 10_000, 100_000, 1_000_000], label="steps T", format=".0f"),
    n=Control([8, 32, 128], label="units n"),
    pad=Pad("T", axes=0),
    start={"n": 32, "T": 1000},
    states={"1000 steps": {}, "100 000 steps": {"T": 100_000}, "1000 steps, 8 units": {"n": 8}},
    predict=Prediction(
        question="A network of 32 units reads a sequence of 1000 steps. Which gradient keeps fewer numbers: the one "
        "that goes back through all states, or the one that goes forwards and keeps no past state?",
        choices={
            "The one that goes forwards, as it keeps no past": "It keeps no past state, but for each parameter its "
            "influence on every unit.",
            "The one that goes back": "32 numbers for each step, against 32 for each of 1184 parameters.",
            "Both keep the same": "They do at one length: where there are as many steps as parameters.",
        },
        answer="The one that goes back",
        reveal="The one that goes forwards keeps fewer once T exceeds the number of parameters.",
    ),
)
