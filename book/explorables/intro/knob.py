"""One knob, four consequences: how much of an error comes back, whether neighbours part, the loss, what is learned.

Random tanh networks with recurrent weights N(0, gain²/n), for each gain. Every number is from the record `gains`.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import band
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

SENSE = {"vanishing": "forgets", "critical": "is near the edge", "chaotic": "is chaotic"}


@cache
def runs() -> dict[str, np.ndarray]:
    """The saved results of `experiments.intro.gains`, as arrays whose first axis is the gain."""
    return {key: np.array(value) for key, value in load("gains")["results"].items()}


class Facts(NamedTuple):
    gain: float
    regime: str
    sizes: np.ndarray  # of the adjoint at lags 0 … 59, relative to lag 0
    exponent: float  # the largest, mean of the seeds, nats a step
    loss: np.ndarray  # along a random direction
    right: float  # percent of new sequences after training, mean of the seeds


def compute(gain: float) -> Facts:
    """What was measured at the gain; the exponent decides the regime."""
    at = {key: values[np.argmin(np.abs(runs()["gain"] - gain))] for key, values in runs().items() if key != "step"}
    exponent = at["exponent"].mean()
    return Facts(gain, regime(exponent), np.exp(at["lag"]), exponent, at["slice"], 100 * at["accuracy"].mean())


def regime(exponent: float) -> str:
    """The hue of a state by its mean largest exponent, in nats a step: within 0.1 below zero counts as critical."""
    return "vanishing" if exponent < -0.1 else "critical" if exponent <= 0 else "chaotic"


@styled
def draw(facts: Facts) -> Figure:
    """Four linked panels: adjoint over lag, largest exponent over gain, a slice of the loss, accuracy over gain."""
    hue, r = color(facts.regime), runs()
    fig, ((lag, lyapunov), (loss, learned)) = figure(
        7.2, 4.5, 2, 2, margins=(0.65, 0.5, 0.15, 0.35), gaps=(0.75, 0.85)
    )
    lag.axhline(1, color=color("line"), lw=0.9)
    lag.semilogy(facts.sizes, color=hue)
    lag.set(ylim=(1e-13, 1e13), xlim=(0, 60), xlabel="lag, steps back", ylabel="gradient, relative")
    decades(lag.yaxis, -12, 12, 6)
    lag.set_title(f"At lag 59 the gradient is ×{readable(facts.sizes[-1])}")

    draw_over_gain(lyapunov, r["exponent"], 0)
    lyapunov.plot(facts.gain, facts.exponent, "o", ms=8, color=hue)
    lyapunov.set(ylabel="exponent λ₁, nats/step", ylim=(-0.9, 0.45))
    lyapunov.set_title("Nearby states meet" if facts.exponent < 0 else "Nearby states part")

    loss.plot(r["step"], facts.loss, color=hue, lw=1.3)
    loss.set(xlabel="step in a random direction", ylabel="loss, nats", ylim=(0.4, 1.6), xlim=(-0.5, 0.5))
    loss.set_title("The loss around the start")

    draw_over_gain(learned, 100 * r["accuracy"], 50)
    learned.plot(facts.gain, facts.right, "o", ms=8, color=hue)
    learned.set(ylabel="accuracy, %", ylim=(42, 104))
    learned.set_title(f"After training: {facts.right:.0f} % right")
    return fig


def draw_over_gain(ax: Axes, values: np.ndarray, level: float) -> None:
    """Mean over the seeds of values (gains, seeds), from the worst to the best as a band, and a level to compare."""
    band(ax, runs()["gain"], values.min(axis=1), values.max(axis=1), "line", alpha=0.45)
    ax.plot(runs()["gain"], values.mean(axis=1), color=color("muted"), lw=1.3)
    ax.axhline(level, color=color("line"), lw=0.9)
    ax.set_xlabel("gain")


def words(facts: Facts) -> str:
    return (
        f"Gain {facts.gain:.1f}: the network {SENSE[facts.regime]}. Over 59 steps back the gradient is multiplied by "
        f"{facts.sizes[-1]:.2g}. The largest Lyapunov exponent is {facts.exponent:+.2f} nats a step. Around the start "
        f"the loss lies between {facts.loss.min():.2f} and {facts.loss.max():.2f}. After training {facts.right:.0f} "
        f"percent of new sequences are classified rightly, mean of {runs()['accuracy'].shape[1]} seeds."
    )


def caption() -> str:
    """What was run, and what the panels show."""
    s = load("gains")["settings"]
    return (
        f"Random tanh networks of {s['n']} units, recurrent weights N(0, gain²/{s['n']}). The task: after {s['T']} "
        f"steps of noise, which sign had the first input? Before training, on the task's inputs: the gradient is a "
        f"random error sent back, its geometric mean over {len(s['seeds'])} seeds; the exponent is their mean; the "
        f"loss is of one of them. Accuracy after {s['updates']} updates of SGD (rate "
        f"{s['lr']}, batch {s['batch']}, clipped at norm 1); bands reach from the worst seed to the best."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="knob",
    caption=caption(),
    gain=Control([float(g) for g in runs()["gain"]], label="gain"),
    start={"gain": 1.3},
    states={
        "gain 0.5: it forgets": {"gain": 0.5},
        "gain 1.3: it learns": {"gain": 1.3},
        "gain 2.5: it is chaotic": {"gain": 2.5},
    },
)
