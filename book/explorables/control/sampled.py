"""Policies that learn the delayed cue from episodes, with and without noise in the blank steps.

From the record of `sampled_cue`: how many seeds the gradient and the natural gradient solve, and when.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.panels import figure
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled

LENGTHS = [5, 10, 20, 40]
CASES = [("r = 0.5", 0.0), ("r = 0.5", 0.1), ("r = 0.9", 0.0), ("r = 0.9", 0.1)]  # policies, and noise
METHODS = {"PG": ("Gradient", "vanishing"), "NPG": ("Natural gradient", "critical")}


class Facts(NamedTuple):
    """By method, the iterations until a run was solved (lengths, seeds), inf for a failure."""

    policy: str
    noise: float
    iterations: dict[str, np.ndarray]

    @property
    def solved(self) -> dict[str, list[int]]:
        """By method, how many of ten seeds at each length."""
        return {method: np.isfinite(times).sum(axis=1).tolist() for method, times in self.iterations.items()}


def compute(policy: str, noise: float) -> Facts:
    times = {
        run["method"]: np.array(run["iterations"], float)
        for run in load("sampled_cue")["results"]
        if (run["policy"], run["noise"]) == (policy, noise)
    }
    return Facts(policy, noise, {m: np.where(np.isnan(times[m]), np.inf, times[m]) for m in METHODS})


@styled
def draw(cases: list[Facts]) -> Figure:
    """A panel a case: a dot for each seed that was solved, and above the dots how many were."""
    fig, panels = figure(7.2, 4.6, 2, 2, margins=(0.7, 0.5, 0.15, 0.35), gaps=(0.6, 0.6), sharex=True, sharey=True)
    for ax, facts in zip(panels.flat, cases, strict=True):
        draw_case(ax, facts)
        ax.tick_params(labelleft=True)  # a phone shows each column for itself
    for ax in panels[:, 0]:
        ax.set_ylabel("iterations until solved")
    for ax in panels[-1]:
        ax.set_xlabel("blank steps L")
    panels[0, 0].set(xlim=(-0.75, 3.5), ylim=(0, 132), yticks=[0, 50, 100])
    panels[0, 0].set_xticks(range(4), labels=[str(L) for L in LENGTHS])
    panels[0, 0].text(-0.7, 124, "solved of 10:", size=9.5, color=color("muted"), va="center")
    return fig


def draw_case(ax: Axes, facts: Facts) -> None:
    ax.axhline(104, color=color("line"), lw=0.8)
    style: dict[str, Any] = {"ha": "center", "va": "center", "weight": 600, "size": 10}
    for shift, (method, (_, hue)) in zip((-0.17, 0.17), METHODS.items(), strict=True):
        for at, (count, times) in enumerate(zip(facts.solved[method], facts.iterations[method], strict=True)):
            ax.text(at + shift, 113, str(count), color=color(hue), **style)
            draw_seeds(ax, at + shift, times, hue)
    ax.tick_params(axis="x", length=0)
    ax.set_title(f"{facts.policy}, {'no noise' if facts.noise == 0 else f'noise {facts.noise:g}'}")


def draw_seeds(ax: Axes, at: float, times: np.ndarray, hue: str) -> None:
    """Dots side by side."""
    ended = np.sort(times[np.isfinite(times)])
    spread = at + np.linspace(-0.12, 0.12, len(ended)) if len(ended) > 1 else np.full(len(ended), at)
    ax.plot(spread, ended, "o", ms=4, color=color(hue), alpha=0.6, mew=0)


def words(cases: list[Facts]) -> str:
    text = (
        "Learning from episodes: seeds of ten that were solved within 100 iterations of 50 episodes, by the number of "
        "blank steps, and a dot for the iterations of each."
    )
    for facts in cases:
        noise = "no noise" if facts.noise == 0 else f"noise of {facts.noise:g}"
        text += f" Policy {facts.policy}, {noise} in the blank steps."
        for method, (name, _) in METHODS.items():
            counts = (f"{count} at {L}" for count, L in zip(facts.solved[method], LENGTHS, strict=True))
            text += f" {name}: {', '.join(counts)}."
    return text


def picture() -> Picture:
    cases = [compute(*case) for case in CASES]
    return show(draw(cases), words(cases))
