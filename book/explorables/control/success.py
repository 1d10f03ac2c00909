"""How many iterations each policy needs until it uses a delayed cue, by the gradient and by natural gradients.

From the records of `delayed_cue` and `small_steps`: θ <- θ + η (F + κI)⁻¹∇J, or η∇J, until J > 0.86 or 600 iterations.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.control import solved
from experiments.control.delayed_cue import CAP
from explorables.control.policies import LENGTHS, POLICIES
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

METHODS = {  # by their names in the records: label and hue
    "PG": ("PG", "vanishing"),
    "NPG, damped": ("NPG $10^{-4}$", "critical"),
    "NPG": ("NPG $10^{-8}$", "exploding"),
}
SIZES = {
    "up-to-1": "one step size of at most 1 for all lengths",
    "any": "one step size of any size for all lengths",
    "each": "a step size of any size for each length",
}


class Facts(NamedTuple):
    """By method, the iterations of `policy` (lengths, seeds), inf for a failure; by method and policy, how many of ten
    seeds are solved (lengths,)."""

    policy: str
    sizes: str
    iterations: dict[str, np.ndarray]
    solved: dict[str, dict[str, np.ndarray]]


def compute(policy: str, sizes: str) -> Facts:
    iterations = {method: solved.iterations(POLICIES[policy], method, sizes) for method in METHODS}
    counts = {
        method: {name: solved.solved(name, method, sizes) for name in POLICIES.values()} for method in METHODS
    }
    return Facts(POLICIES[policy], SIZES[sizes], iterations, counts)


@styled
def draw(facts: Facts) -> Figure:
    """Iterations over the length for the methods; how many seeds each policy solves."""
    fig, (ax, counts) = side_by_side(3.7, widths=(1, 1.65), left=0.6, between=0.2, beside=0.05)
    for place, (method, (_, hue)) in enumerate(METHODS.items()):
        draw_iterations(ax, facts.iterations[method], place, hue)
    draw_counts(counts, facts)
    ax.axhline(CAP, color=color("line"), lw=1)
    ax.set(xscale="log", yscale="log", xlim=(3.8, 105), ylim=(0.8, 6500), xlabel="blank steps L")
    ax.set_ylabel("iterations; failed")
    plain_ticks(ax.xaxis, LENGTHS)
    decades(ax.yaxis, 0, 2)
    ax.set_title(f"{facts.policy}: iterations to J > 0.86")
    return fig


def draw_iterations(ax: Axes, times: np.ndarray, place: int, hue: str) -> None:
    """Median and quartiles of one method over the length; above the cap, how many runs failed."""
    x = np.array(LENGTHS) * 1.12 ** (place - 1)
    low, high = (np.quantile(times, q, axis=1, method="inverted_cdf") for q in (0.25, 0.75))
    middle = np.median(times, axis=1)
    finite = np.isfinite(middle)
    ax.plot(x[finite], np.maximum(middle[finite], 1), color=color(hue), marker="o", ms=5)
    ax.vlines(x, np.maximum(low, 0.9), np.minimum(high, 900), color=color(hue), lw=1.4, alpha=0.7)
    for at, failed in zip(x, np.isinf(times).sum(axis=1), strict=True):
        if failed:
            y = 1050 * 1.85**place
            ax.text(at, y, str(failed), ha="center", va="center", color=color(hue), weight=600, size=9.5)


def draw_counts(ax: Axes, facts: Facts) -> None:
    """For each method a field for each policy and length: how many of ten seeds were solved."""
    centred: dict[str, Any] = dict(ha="center", va="center")
    for block, (method, (label, hue)) in enumerate(METHODS.items()):
        left = 5.7 * block
        for row, (name, counts) in enumerate(facts.solved[method].items()):
            weight = 600 if name == facts.policy else 400
            for column, count in enumerate(counts):
                corner, share = (left + column + 0.03, row + 0.05), 0.03 + 0.037 * count
                ax.add_patch(Rectangle(corner, 0.94, 0.9, fc=color(hue), alpha=share, lw=0))
                ax.text(left + column + 0.5, row + 0.5, str(count), size=9.5, weight=weight, **centred)
        for column, L in enumerate(LENGTHS):
            ax.text(left + column + 0.5, 5.3, str(L), size=9, color=color("muted"), **centred)
        ax.text(left, -0.25, label, color=color(hue), weight=600, size=10.5)
    for row, name in enumerate(POLICIES.values()):
        look: dict[str, Any] = dict(weight=600) if name == facts.policy else dict(color=color("muted"))
        ax.text(-0.25, row + 0.5, name, ha="right", va="center", size=10, **look)
    ax.text(8.2, 5.95, "solved of 10, by L", size=10, color=color("muted"), **centred)
    ax.set(xlim=(-2.7, 16.5), ylim=(6.1, -0.45))
    ax.axis("off")


def words(facts: Facts) -> str:
    medians, counts = [], []
    for method, (name, _) in METHODS.items():
        label = name.replace("$10^{-", "ten to the minus ").replace("}$", "")
        rows = zip(LENGTHS, facts.iterations[method], strict=True)
        medians.append(f"{label}: " + ", ".join(f"{median_words(row)} at {L}" for L, row in rows))
        each = "; ".join(f"{name} {', '.join(map(str, row))}" for name, row in facts.solved[method].items())
        counts.append(f"{label} solves of ten seeds: {each}")
    return (
        f"Median iterations until J exceeds 0.86, of ten seeds, for the policy {facts.policy} with {facts.sizes}. "
        f"{'. '.join(medians)}. At 5, 10, 20, 40, 80 steps {'. '.join(counts)}."
    )


def median_words(times: np.ndarray) -> str:
    """The median of one length and how many failed."""
    middle, failed = float(np.median(times)), int(np.isinf(times).sum())
    return (f"{middle:g}" if np.isfinite(middle) else "none") + (f" ({failed} failed)" if failed else "")


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="success",
    caption="Left: iterations until the expected reward exceeds 0.86, median and quartiles of 10 seeds; above the "
    "line, how many of them failed within 600. Right: how many of 10 are solved, for every policy and length. "
    "Blue: gradient (PG). Green and orange: natural gradient (NPG) with κ = 10⁻⁴ and 10⁻⁸. Exact gradients; step "
    "sizes are tuned on three other seeds.",
    policy=Control(list(POLICIES), label="policy"),
    sizes=Control(list(SIZES), label="step size"),
    states={
        "r = 0.5, steps up to 1": {},
        "r = 0.5, any step": {"sizes": "any"},
        "GRU, steps up to 1": {"policy": "GRU"},
    },
)
