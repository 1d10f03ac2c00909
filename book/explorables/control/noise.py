"""Signal and noise of one episode's policy gradient before training, for three groups of parameters.

Signal: the squared norm of the true gradient. Noise: the total variance of the estimates. The noise over the signal is
the number of episodes whose mean has a signal as large as its noise.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from explorables.control.policies import LENGTHS, POLICIES
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

MOST = 1e12  # episodes; more are beyond the panel
GROUPS = [("the cell's weights", "exploding"), ("V", "vanishing"), ("c", "chaotic")]  # as in the record


class Facts(NamedTuple):
    """Medians of ten seeds for each of GROUPS; by policy, the episodes that are needed (lengths, seeds)."""

    L: int
    policy: str
    signal: np.ndarray
    noise: np.ndarray
    episodes: dict[str, np.ndarray]

    @property
    def medians(self) -> np.ndarray:
        """Episodes that `policy` needs, for each length."""
        return np.median(self.episodes[self.policy], axis=1)


def compute(L: int, policy: str) -> Facts:
    results = load("gradient_noise")["results"]
    signal, noise = (np.array(results[kind]) for kind in ("signal", "noise"))  # (policies, lengths, seeds, groups)
    place = list(POLICIES).index(policy), LENGTHS.index(L)
    needed = noise.sum(axis=-1) / signal.sum(axis=-1)
    episodes = dict(zip(POLICIES.values(), needed, strict=True))
    return Facts(L, POLICIES[policy], np.median(signal[place], axis=0), np.median(noise[place], axis=0), episodes)


@styled
def draw(facts: Facts) -> Figure:
    """Signal and noise by group at one length; the episodes that are needed, over the length."""
    fig, (ax, over) = side_by_side(between=0.85)
    draw_groups(ax, facts)
    for name, needed in facts.episodes.items():
        hue, width = ("critical", 2.4) if name == facts.policy else ("line", 1)
        over.loglog(LENGTHS, np.median(needed, axis=1), color=color(hue), lw=width)
    quartiles = (np.quantile(facts.episodes[facts.policy], q, axis=1) for q in (0.25, 0.75))
    over.vlines(LENGTHS, *quartiles, color=color("critical"), lw=1.4)
    middle = facts.medians[LENGTHS.index(facts.L)]
    if middle < MOST:
        over.plot(facts.L, middle, "o", ms=8, color=color("critical"))
    else:  # a mark at the border that points to it
        over.plot(facts.L, MOST / 3, "^", ms=9, color=color("critical"))
    over.set(xlim=(4.3, 95), ylim=(0.3, MOST), xlabel="blank steps L", ylabel="episodes for signal = noise")
    plain_ticks(over.xaxis, LENGTHS)
    decades(over.yaxis, 0, 12, 3)
    over.set_title(f"{facts.policy}, {facts.L} steps: {readable(middle)}", color=color("critical"))
    return fig


def draw_groups(ax: Axes, facts: Facts) -> None:
    """Bars of noise and signal, for each group of parameters."""
    for i, (_, hue) in enumerate(GROUPS):
        for value, shift, alpha in ((facts.noise[i], -0.19, 0.3), (facts.signal[i], 0.19, 1.0)):
            ax.bar(i + shift, max(value, 1e-14) - 1e-14, 0.34, bottom=1e-14, color=color(hue), alpha=alpha, lw=0)
    ax.set_yscale("log")
    ax.set(xlim=(-0.6, 2.6), ylim=(1e-12, 1e3), ylabel="squared size")
    ax.set_xticks(range(3), labels=[label for label, _ in GROUPS])
    ax.tick_params(axis="x", length=0)
    decades(ax.yaxis, -12, 3, 3)
    label_line(ax, 2.19, 2e-12, "0", "chaotic", ha="center")
    ax.set_title("Noise (pale) and signal (full)")


def words(facts: Facts) -> str:
    by_group = zip(GROUPS, facts.signal, facts.noise, strict=True)
    parts = "; ".join(f"{label} {spoken(signal)} and {spoken(noise)}" for (label, _), signal, noise in by_group)
    rows = ", ".join(f"{spoken(needed)} at {L}" for L, needed in zip(LENGTHS, facts.medians, strict=True))
    return (
        f"One episode's policy gradient before training, policy {facts.policy}, {facts.L} blank steps. Squared signal "
        f"and noise, medians of ten seeds: {parts}. Episodes that must be averaged until the whole signal is as "
        f"large as the noise: {rows}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="noise",
    caption="The gradient that one episode gives before training, with a baseline. Left: the squared norm of the "
    "true gradient (full) and the total variance (pale), for three groups of parameters. Right: their ratio for "
    "all together, the number of episodes whose mean has a signal as large as its noise; median and quartiles of "
    "10 seeds (grey: the other policies). A triangle: the number is beyond the panel.",
    L=Control(LENGTHS, label="blank steps L", unit="steps"),
    policy=Control(list(POLICIES), label="policy"),
    pad=Pad("L", axes=1),
    start={"L": 10, "policy": "r0.5"},
    states={
        "r = 0.5, 10 steps": {},
        "r = 0.9, 40 steps": {"policy": "r0.9", "L": 40},
        "GRU, 80 steps": {"policy": "GRU", "L": 80},
    },
)
