"""Policies that learn the delayed cue from episodes, with and without noise in the blank steps.

From the record of `sampled_cue`: how many seeds the gradient and the natural gradient solve, and when.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled

LENGTHS = [5, 10, 20, 40]
POLICIES = {"r0.5": "r = 0.5", "r0.9": "r = 0.9"}
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


def compute(policy: str, noisy: float) -> Facts:
    times = {
        run["method"]: np.array(run["iterations"], float)
        for run in load("sampled_cue")["results"]
        if (run["policy"], run["noise"]) == (POLICIES[policy], noisy)
    }
    return Facts(POLICIES[policy], noisy, {m: np.where(np.isnan(times[m]), np.inf, times[m]) for m in METHODS})


@styled
def draw(facts: Facts) -> Figure:
    """Seeds solved over the length, for both methods; and the iterations of those that were."""
    fig, (ax, over) = side_by_side(3.3, left=0.6)
    for place, (method, (_, hue)) in enumerate(METHODS.items()):
        x = np.arange(4) + 0.4 * place - 0.2
        ax.bar(x, facts.solved[method], 0.36, color=color(hue), alpha=0.85, lw=0)
        for at, count, times in zip(x, facts.solved[method], facts.iterations[method], strict=True):
            ax.text(at, count + 0.25, str(count), ha="center", color=color(hue), weight=600, size=10)
            draw_seeds(over, at, times, hue)
        label_line(ax, -0.45 + 0.75 * place, 11.3, method, hue, va="center")
    ax.set(xlim=(-0.6, 3.6), ylim=(0, 12), xlabel="blank steps L", ylabel="solved of 10")
    over.set(xlim=(-0.6, 3.6), ylim=(0, 104), xlabel="blank steps L", ylabel="iterations of 50 episodes")
    for panel in (ax, over):
        panel.set_xticks(range(4), labels=[str(L) for L in LENGTHS])
        panel.tick_params(axis="x", length=0)
    ax.set_yticks([0, 5, 10])
    over.set_yticks([0, 50, 100])
    noise = "without noise" if facts.noise == 0 else f"noise {facts.noise:g} in the blank steps"
    ax.set_title(f"{facts.policy}, {noise}")
    over.set_title("Those that were solved")
    return fig


def draw_seeds(ax: Axes, at: float, times: np.ndarray, hue: str) -> None:
    """A dot for each seed that was solved, side by side."""
    ended = np.sort(times[np.isfinite(times)])
    spread = at + np.linspace(-0.12, 0.12, len(ended)) if len(ended) > 1 else np.full(len(ended), at)
    ax.plot(spread, ended, "o", ms=4, color=color(hue), alpha=0.6, mew=0)


def words(facts: Facts) -> str:
    rows = []
    for method, (name, _) in METHODS.items():
        counts = (f"{count} at {L}" for count, L in zip(facts.solved[method], LENGTHS, strict=True))
        rows.append(f"{name}: {', '.join(counts)}")
    noise = "no noise" if facts.noise == 0 else f"noise of {facts.noise:g}"
    return (
        f"Learning from episodes, policy {facts.policy}, {noise} in the blank steps. Seeds of ten that were "
        f"solved within 100 iterations of 50 episodes, by the number of blank steps. {'. '.join(rows)}. Beside it "
        "a dot for each solved seed."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="sampled",
    caption="Policies learn from 50 episodes an iteration, for 100 iterations, until the mean reward exceeds 0.85. "
    "Blue: gradient. Green: natural gradient with κ = 10⁻³, from the same episodes. 10 seeds; one step "
    "size for all lengths, tuned on two other seeds.",
    policy=Control(list(POLICIES), label="policy"),
    noisy=Control([0.0, 0.1], label="noise", format=".1f"),
    states={"no noise": {"policy": "r0.5"}, "noise 0.1": {"policy": "r0.5", "noisy": 0.1}},
)
