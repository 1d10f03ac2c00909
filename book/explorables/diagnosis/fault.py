"""One fault of growing strength: the measures and the findings of `diagnose`.

Which sign had the first of T = 40 inputs N(0, 1)? A network of 24 units before training, on 16 sequences: a tanh
network with recurrent weights of some gain, or an LSTM whose forget bias of ln T is moved, or whose inputs are.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minirnn import LSTM, VanillaRNN, diagnose
from minirnn.core import initializers
from minirnn.diagnosis import Finding
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, row_names
from minirnn.learning import losses

T, B, N, LEAST = 40, 16, 24, 1e-20
STRENGTHS: dict[str, tuple[float, ...]] = {
    "gain of a tanh network": (0.5, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0),
    "forget bias of an LSTM": (6.0, float(np.log(T)), 2.0, 0.0, -2.0, -4.0, -6.0),
    "mean of an LSTM's inputs": (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0),
    "scale of an LSTM's inputs": (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1000.0),
}
GAIN, BIAS, MEAN, SCALE = STRENGTHS
SHORT = dict(zip(STRENGTHS, ("gain", "bias", "mean", "scale"), strict=True))
HUES = {"gradient-vanishes": "vanishing", "chaotic": "chaotic", "nothing-found": "critical"}


class Facts(NamedTuple):
    """by_lag (T,); shares from 0 to 1 by name: saturated units, gates; the exponent times T."""

    fault: str
    value: float
    by_lag: np.ndarray
    shares: dict[str, float]
    growth: float
    findings: tuple[Finding, ...]


def compute(fault: str, strength: int) -> Facts:
    value, rng = STRENGTHS[fault][strength - 1], np.random.default_rng(0)
    cell = VanillaRNN(m=1, n=N) if fault == GAIN else LSTM(m=1, n=N)
    X = rng.standard_normal((T, B, 1))
    target = (X[0, :, 0] > 0).astype(int)
    if isinstance(cell, VanillaRNN):
        params = cell.init(rng, recurrent=partial(initializers.fan_in, gain=value))
    else:
        params = cell.init(rng, forget_bias=value if fault == BIAS else np.log(T))
    X = X + value if fault == MEAN else X * value if fault == SCALE else X
    params |= losses.init_readout(rng, cell, outputs=2)
    report = diagnose(cell, params, X, losses.at_end(losses.softmax_cross_entropy, target))
    shares = {"saturated": report.saturated or 0.0}
    shares |= {f"{name} gate": float(np.median(gate)) for name, gate in (report.top.units.gates or {}).items()}
    return Facts(fault, value, report.by_lag, shares, T * report.exponent, report.findings[:3])


@styled
def draw(facts: Facts) -> Figure:
    fig, (lags, shares, found) = side_by_side(3.2, widths=(1.25, 0.8, 1.0), between=1.15)
    lags.semilogy(np.maximum(facts.by_lag, LEAST), color=color("ink"))
    lags.axhline(1, color=color("line"), lw=1)
    lags.set(xlim=(0, T - 1), ylim=(LEAST, 1e8), xlabel="lag", ylabel="gradient, lag 0 being 1")
    decades(lags.yaxis, -20, 5, 5)
    lags.set_title(f"Gradient; λT = {readable(facts.growth)}".replace("-", "−"))
    bars(shares, list(facts.shares), list(facts.shares.values()), ["muted"] * len(facts.shares), 4)
    shares.set_title("Share, or opening")
    names = [finding.name for finding in facts.findings]
    hues = [HUES.get(name, "exploding") for name in names]
    bars(found, [name.replace("-", "\n", 1) for name in names], [f.confidence for f in facts.findings], hues, 3)
    found.set_title(f"Findings, {SHORT[facts.fault]} {readable(facts.value)}".replace("-", "−"))
    return fig


def bars(ax: Axes, names: list[str], values: list[float], hues: list[str], places: int) -> None:
    """Horizontal bars from 0 to 1, the first at the top, of which there is room for so many."""
    rows = row_names(ax, names + [""] * (places - len(names)))
    for y, value, hue in zip(rows, values, hues, strict=False):
        ax.barh(y, value, height=0.5, color=color(hue))
        ax.text(min(value, 1) + 0.04, y, f"{value:.2f}", va="center", fontsize=9.5, clip_on=False)
    ax.set(xlim=(0, 1.25), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])


def words(facts: Facts) -> str:
    shares = ", ".join(f"{name} {share:.2g}" for name, share in facts.shares.items())
    findings = ", then ".join(f"{finding.name} ({finding.confidence:.2f})" for finding in facts.findings)
    return (
        f"The {facts.fault} is {spoken(facts.value)}. At lag {T - 1} the gradient is {spoken(facts.by_lag[-1])} of "
        f"that at lag 0; the largest exponent, times T, is {spoken(facts.growth)}. Shares and openings: {shares}. "
        f"First finding: {findings}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="fault",
    caption="A network before training, whose task is to tell the sign of the first of 40 inputs. Left: the "
    "gradient by lag; above it the largest exponent times T. Middle: the share of saturated units, and how far "
    "gates are open, at their median. Right: the findings of diagnose, with their confidence.",
    fault=Control(list(STRENGTHS), label="fault"),
    strength=Control(list(range(1, 8)), label="setting"),
    start={"fault": BIAS, "strength": 4},
    states={
        "bias ln T": {"strength": 2},
        "bias −6": {"strength": 7},
        "inputs of mean 30": {"fault": MEAN, "strength": 5},
        "gain 2": {"fault": GAIN, "strength": 5},
        "gain 4": {"fault": GAIN, "strength": 7},
        "inputs × 0.01": {"fault": SCALE, "strength": 2},
    },
)
