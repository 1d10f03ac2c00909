"""The figure that carries the book: one knob, four consequences. Every number is from the saved runs."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from experiments.record import RESULTS, load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import color, styled

DATA_FILES = (RESULTS / "one_knob.json",)


@cache
def runs() -> dict[str, np.ndarray]:
    """The saved results of `experiments.intro.gains`, as arrays whose first axis is the gain."""
    return {key: np.array(value) for key, value in load("gains")["results"].items()}


def regime(exponent: float) -> str:
    """The hue of a state by its mean largest exponent, in nats a step: within 0.1 below zero counts as critical."""
    return "vanishing" if exponent < -0.1 else "critical" if exponent <= 0 else "chaotic"


def at(gain: float) -> tuple[int, float, str]:
    """Index of the gain, its mean largest exponent, its regime."""
    i = int(np.argmin(np.abs(runs()["gain"] - gain)))
    exponent = runs()["exponent"][i].mean()
    return i, exponent, regime(exponent)


@styled
def draw_knob(gain: float) -> Figure:
    """Four linked panels: adjoint over lag, largest exponent over gain, a slice of the loss, accuracy over gain."""
    r, (i, exponent, name) = runs(), at(gain)
    hue = color(name)
    fig, ((lag, lyapunov), (slice_, learned)) = figure(
        7.2, 4.5, 2, 2, margins=(0.65, 0.5, 0.15, 0.35), gaps=(0.75, 0.85)
    )
    sizes = np.exp(r["lag"][i])
    lag.axhline(1, color=color("line"), lw=0.9)
    lag.semilogy(sizes, color=hue)
    lag.set(ylim=(1e-13, 1e13), xlim=(0, 60), xlabel="lag, steps back", ylabel="gradient, relative")
    lag.set_yticks([1e-12, 1e-6, 1, 1e6, 1e12], labels=["$10^{-12}$", "$10^{-6}$", "1", "$10^6$", "$10^{12}$"])
    lag.yaxis.set_minor_locator(NullLocator())
    lag.set_title(f"At lag 59 the gradient is ×{readable(sizes[-1])}")

    curve(lyapunov, r["gain"], r["exponent"])
    lyapunov.axhline(0, color=color("line"), lw=0.9)
    lyapunov.plot(gain, exponent, "o", ms=8, color=hue)
    lyapunov.set(xlabel="gain", ylabel="exponent λ₁, nats/step", ylim=(-0.9, 0.45))
    lyapunov.set_title("Nearby states meet" if exponent < 0 else "Nearby states part")

    slice_.plot(r["step"], r["slice"][i], color=hue, lw=1.3)
    slice_.set(xlabel="step in a random direction", ylabel="loss, nats", ylim=(0.4, 1.6), xlim=(-0.5, 0.5))
    slice_.set_title("The loss around the start")

    curve(learned, r["gain"], 100 * r["accuracy"])
    learned.axhline(50, color=color("line"), lw=0.9)
    learned.plot(gain, 100 * r["accuracy"][i].mean(), "o", ms=8, color=hue)
    learned.set(xlabel="gain", ylabel="accuracy, %", ylim=(42, 104))
    learned.set_title(f"After training: {100 * r['accuracy'][i].mean():.0f} % right")
    return fig


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


def curve(ax, gain: np.ndarray, values: np.ndarray) -> None:
    """Mean over the seeds (gains, seeds) as a line, all between the worst and the best seed as a band."""
    ax.fill_between(gain, values.min(axis=1), values.max(axis=1), color=color("line"), alpha=0.45, lw=0)
    ax.plot(gain, values.mean(axis=1), color=color("muted"), lw=1.3)


def describe_knob(gain: float) -> str:
    r, (i, exponent, name) = runs(), at(gain)
    sense = {"vanishing": "forgets", "critical": "is near the edge", "chaotic": "is chaotic"}[name]
    low, high = r["slice"][i].min(), r["slice"][i].max()
    right, growth = 100 * r["accuracy"][i].mean(), np.exp(r["lag"][i][-1])
    return (
        f"Gain {gain:.1f}: the network {sense}. Over 59 steps back the gradient is multiplied by {growth:.2g}. The "
        f"largest Lyapunov exponent is {exponent:+.2f} nats a step. Around the start the loss lies between {low:.2f} "
        f"and {high:.2f}. After training {right:.0f} percent of new sequences are classified rightly, mean of "
        f"{r['accuracy'].shape[1]} seeds."
    )


knob = explorable(
    draw_knob,
    words=describe_knob,
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
