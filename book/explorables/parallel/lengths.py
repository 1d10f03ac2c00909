"""Training at lengths up to 40, tests at lengths up to 256: saved runs of four cells."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.parallel import tracking
from experiments.record import load
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.labels import label_ends
from minirnn.figures.panels import single
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

CELLS = {"MinGRU": "vanishing", "signed": "exploding", "rotation": "critical", "GRU": "muted"}
NAMES = {"MinGRU": "in [0, 1]", "signed": "in [−1, 1]", "rotation": "on the circle", "GRU": "GRU"}
READ = {"at every step": "every", "at the end": "end"}


@cache
def record() -> dict[str, Any]:
    return load("tracking")["results"]


class Facts(NamedTuple):
    modulus: int
    read: str
    accuracy: dict[str, np.ndarray]  # (seeds, lengths) by cell


def compute(modulus: int, read: str) -> Facts:
    runs = record()[str(modulus)][READ[read]]
    return Facts(modulus, read, {name: np.array([run["accuracy"] for run in runs[name]]) for name in CELLS})


@styled
def draw(facts: Facts) -> Figure:
    fig, ax = single(3.5, left=0.95, beside=1.1)
    T = tracking.LENGTHS
    ax.axvspan(2, 40, color=color("wash"))
    ax.axhline(1 / facts.modulus, color=color("line"), lw=0.9)
    for name, hue in CELLS.items():
        ax.semilogx(T, facts.accuracy[name].T, color=color(hue), lw=0.7, alpha=0.5)
        ax.semilogx(T, facts.accuracy[name].mean(axis=0), color=color(hue), lw=2.2, label=NAMES[name])
    ax.set(xlim=(4.5, 270), ylim=(0.1, 1.04), xlabel="length", ylabel="accuracy", yticks=[1 / facts.modulus, 1])
    ax.set_yticklabels(["chance", "1"])
    plain_ticks(ax.xaxis, T)
    ax.set_title(f"Sums modulo {facts.modulus}, with the loss {facts.read}")
    label_ends(ax)
    return fig


def words(facts: Facts) -> str:
    at = [tracking.LENGTHS.index(T) for T in (40, 256)]
    ends = "; ".join(
        f"{NAMES[name]} {a[:, at[0]].mean():.2f} at 40 and {a[:, at[1]].mean():.2f} at 256"
        for name, a in facts.accuracy.items()
    )
    return (
        f"Accuracy over the length for sums modulo {facts.modulus}, trained with the loss {facts.read} on lengths "
        f"from 2 to 40, means of 5 seeds. Cells by their multipliers: {ends}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="lengths",
    caption="Accuracy over the length of sequences, for sums modulo 2 (parity) or 3. Shaded: the lengths of "
    "training. Thin lines are seeds, thick ones their means. Multipliers in [0, 1] (MinGRU, blue), in [−1, 1] (its "
    "signed twin, orange), on the unit circle (green), and GRU, which is not linear (grey).",
    modulus=Control([2, 3], label="modulus"),
    read=Control(list(READ), label="loss"),
    start={"modulus": 2, "read": "at every step"},
    states={"parity": {}, "modulo 3": {"modulus": 3}},
    predict=Prediction(
        question="Parity, the loss at every step: the signed cell is right at all lengths of its training, up to "
        "40. What is its accuracy at 256?",
        choices={
            "Near 1": "It would be with multipliers of 1 and −1. Ask what in the loss wants them exactly so.",
            "Near one half": "Its multipliers are near 1 and −1, and a power of them is what is left.",
            "Near 0": "A wrong answer at every length would be as hard to keep as a right one.",
        },
        answer="Near one half",
        reveal="Being able is not having learned: what the state keeps of its start falls by a factor at each "
        "step.",
    ),
)
