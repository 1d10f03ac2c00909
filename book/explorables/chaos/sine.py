"""The limits of contractive models: a free LSTM learns to draw a wave, a contractive one draws a transient."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.panels import side_by_side
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

HUES = {"contractive": "vanishing", "free": "critical"}


class Facts(NamedTuple):
    """The runs of both kinds, a seed each; the updates at which they were looked at; mean amplitudes at the end."""

    runs: dict[str, list[dict[str, Any]]]
    checkpoints: np.ndarray
    amplitude: dict[str, float]


def compute() -> Facts:
    record = load("sine_waves")
    runs = record["results"]
    last = {kind: float(np.mean([np.mean(run["amplitude"][-1]) for run in runs[kind]])) for kind in runs}
    return Facts(runs, np.array(record["settings"]["checkpoints"]), last)


@styled
def draw(facts: Facts) -> Figure:
    """Loss and amplitude over updates for free and contractive LSTM, and what they draw at the end."""
    fig, (loss, size, wave) = side_by_side(3.2, widths=(1, 1, 1), left=0.6, between=0.65, beside=0.1)
    for kind, hue in HUES.items():
        draw_runs(loss, size, facts, kind)
        wave.plot(facts.runs[kind][0]["wave"], color=color(hue), lw=1.2)
    loss.set(xlabel="update", ylabel="loss", title="Loss", xscale="log", yscale="log", ylim=(1e-5, 1))
    decades(loss.yaxis, -4, 0, 2)
    size.set(
        xlabel="update", title="Amplitude after 1000 steps", xscale="log", ylim=(-0.05, 1.3), yticks=[0, 0.5, 1]
    )
    for ax in (loss, size):
        decades(ax.xaxis, 1, 3)
    size.text(6, 1.12, "free", color=color("critical"), weight=600)
    size.text(60, 0.06, "contractive", color=color("vanishing"), weight=600)
    wave.axvline(64, color=color("line"), lw=0.9)
    wave.set(xlabel="step", title="What they draw", ylim=(-1.3, 1.3), yticks=[-1, 0, 1], xlim=(0, 192))
    wave.set_xticks([0, 64, 128, 192])
    return fig


def draw_runs(loss: Axes, size: Axes, facts: Facts, kind: str) -> None:
    """Loss, of which every fifth is saved, and amplitude of each seed; update 0 lies at 4 of a logarithmic axis."""
    for run in facts.runs[kind]:
        loss.plot(5 * np.arange(1, len(run["loss"]) + 1), run["loss"], color=color(HUES[kind]), lw=0.8)
        updates, amplitude = np.maximum(facts.checkpoints, 4), np.mean(run["amplitude"], axis=1)
        size.plot(updates, amplitude, color=color(HUES[kind]), lw=0.8)


def words(facts: Facts) -> str:
    return (
        "Three panels for 5 seeds each. The loss of the free LSTM falls far below that of the contractive one. "
        "The amplitude of its oscillation after 1000 steps jumps from 0 to about 1 early in training and ends at "
        f"{facts.amplitude['free']:.2f}; that of the contractive LSTM stays {facts.amplitude['contractive']:.2f}. "
        "The last panel: a wave that goes on, and one that dies out."
    )


def picture() -> Picture:
    facts = compute()
    return show(draw(facts), words(facts))
