"""A network that the reader trains, beside one that differs in one thing: loss, gradients, clips and exponent, live."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.exploding import two_runs
from experiments.exploding.two_runs import BATCH, CHANGES, UNITS, curves, run
from experiments.in_page import descent, gru_units, lru_units, tanh_units, tasks
from experiments.in_page.descent import Report, regime
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import counted, figure, readable, signed, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

UPDATES, LONGEST, FAR = 300, 60, 1e5  # FAR: beyond all axes
NAMES = {"latch": "the latch", "order": "temporal order", "adding": "adding"}


class Facts(NamedTuple):
    settings: dict[str, Any]
    clip: float
    beside: str
    update: int
    own: list[Report]
    other: list[Report]  # none, where nothing is beside


def compute(
    task: str, cell: str, gain: float, clip: float, rate: float, length: int, seed: int, beside: str, update: int
) -> Facts:
    settings: dict[str, Any] = dict(task=task, cell=cell, gain=gain, clip=clip, rate=rate, length=length, seed=seed)
    own = run(update + 1, **settings)
    other = run(update + 1, **settings | CHANGES[beside]) if CHANGES[beside] else []
    return Facts(settings, clip, beside, update, own, other)


@styled
def draw(facts: Facts) -> Figure:
    """Loss, gradient over lag, gradient norm and exponent, of one network and of the one beside it."""
    fig, ((loss, lag), (norm, exponent)) = figure(7.2, 4.7, 2, 2, margins=(0.7, 0.5, 0.15, 0.35), gaps=(0.8, 0.85))
    own, task = curves(facts.own, facts.settings["task"]), facts.settings["task"]
    hue = color(regime(own.exponent[-1]))
    for name, c, style in (
        ("other", curves(facts.other or facts.own, task), dict(color=color("muted"), lw=1.0)),
        ("own", own, dict(color=color("ink"), lw=2.0)),
    ):
        for ax, part in ((loss, "loss"), (lag, "lags"), (norm, "norm"), (exponent, "exponent")):
            values = np.minimum(getattr(c, part), FAR)
            if part == "lags":
                values = np.where(
                    values > 0, values, np.nan
                )  # no place on a logarithmic axis, in the script a gap too
            line = ax.plot(values, gid=f"live-{part}-{name}", **style)[0]
            if name == "own" and part in ("lags", "exponent"):
                line.set_color(hue)
            line.set_visible(name == "own" or bool(facts.other))
    loss.set(ylim=(0, 1.6), ylabel="loss, 1 is a guess")
    loss.text(
        0.98, 0.96, legend(facts), transform=loss.transAxes, ha="right", va="top", color=color("muted")
    ).set_gid("live-legend")
    loss.axhline(1, color=color("line"), lw=0.9)
    loss.set_title(f"Loss {told(own.loss[-1])}, {own.right:.0f} % right").set_gid("live-title-loss")
    lag.axhline(1, color=color("line"), lw=0.9)
    lag.set(
        yscale="log", ylim=(1e-7, 1e4), xlim=(0, LONGEST), xlabel="lag, steps back", ylabel="gradient, relative"
    )
    decades(lag.yaxis, -6, 3, 3)
    lag.set_title(f"At lag {len(own.lags) - 1}: ×{told(own.lags[-1])}").set_gid("live-title-lags")
    draw_norm(norm, facts)
    exponent.axhline(0, color=color("line"), lw=0.9)
    exponent.set(ylim=(-1, 0.6), ylabel="exponent, nats/step", xlabel="update", xlim=(0, UPDATES))
    exponent.set_title(f"Exponent {exponent_text(own.exponent[-1])}").set_gid("live-title-exponent")
    for ax in (loss, norm):
        ax.set(xlim=(0, UPDATES), xlabel="update")
    return fig


def draw_norm(ax: Axes, facts: Facts) -> None:
    """The scale of the norms, the threshold, and how often it was passed."""
    ax.plot([0, UPDATES], [facts.clip] * 2, color=color("ink"), lw=1, ls=(0, (4, 3)), gid="live-threshold")
    ax.plot(
        UPDATES, facts.clip, "o", ms=8, mfc=color("paper"), mec=color("ink"), mew=2, clip_on=False, gid="live-clip"
    )
    ax.set(yscale="log", ylim=(1e-3, 1e2), ylabel="gradient's norm")
    decades(ax.yaxis, -3, 2, 1)
    ax.set_title(f"Clipped: {clipped(facts)} of {len(facts.own)}").set_gid("live-title-norm")


def clipped(facts: Facts) -> int:
    return sum(r.norm > facts.clip for r in facts.own)


def told(value: float, tell: Callable[[float], str] = readable) -> str:
    return tell(value) if np.isfinite(value) else "∞"


def exponent_text(value: float) -> str:
    return signed(value) if np.isfinite(value) else "−∞"


def legend(facts: Facts) -> str:
    return f"grey: with {facts.beside}" if facts.other else ""


def words(facts: Facts) -> str:
    s, own = facts.settings, curves(facts.own, facts.settings["task"])
    after = f"After {counted(facts.update, 'update')}"
    text = (
        f"{'An' if s['cell'] == 'LRU' else 'A'} {s['cell']} network on {NAMES[s['task']]}, {s['length']} steps, "
        f"gain {s['gain']:.2f}, rate {s['rate']:.2f}, clip {facts.clip:.2f}, seed {s['seed']}. {after} the loss is "
        f"{told(own.loss[-1], spoken)} of that of a guess, and {own.right:.0f} percent of the sequences are right. "
        f"At lag {len(own.lags) - 1} the gradient is {told(own.lags[-1], spoken)} of that at lag 0. "
        f"The exponent is {exponent_text(own.exponent[-1])} nats a step. "
        f"{clipped(facts)} of {len(facts.own)} gradients were clipped."
    )
    if facts.other:
        other = curves(facts.other, s["task"])
        text += (
            f" In grey, with {facts.beside}: loss {told(other.loss[-1], spoken)}, {other.right:.0f} percent right, "
            f"exponent {exponent_text(other.exponent[-1])}."
        )
    return text


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="trainer",
    caption=f"A network of {UNITS} units that your browser trains by SGD, on {BATCH} new sequences an update; loss, "
    "accuracy and exponent are means of the last ten batches. The gradient is that in the state, over its distance "
    "from the end. Dashed: the threshold; drag it. Grey: the same network on the same sequences, with the one thing "
    "changed that you choose. Of an LRU the gain is the largest |λ|, at most 0.999. Blue: the exponent is below −0.1; "
    "green: up to 0; pink: above.",
    update=Control(list(range(0, UPDATES + 1, 10)), label="updates", work="Train"),
    task=Control(list(NAMES), label="task"),
    cell=Control(["tanh", "GRU", "LRU"], label="cell"),
    gain=Control([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0], label="gain", format=".2f"),
    clip=Control([0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 30], label="clip at", format=".2f"),
    rate=Control([0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0], label="rate", format=".2f"),
    length=Control(list(range(10, LONGEST + 1, 5)), label="length", unit="steps"),
    seed=Control(list(range(1, 11)), label="seed"),
    beside=Control(list(CHANGES), label="beside it, with"),
    start={"task": "order", "gain": 1.2, "clip": 1, "rate": 0.3, "length": 20, "beside": "no clip"},
    live=[str(m.__file__) for m in (draws, tasks, descent, tanh_units, gru_units, lru_units, two_runs)]
    + [__file__],
    states={"after 300 updates": {"update": 300}},
)
