"""A memory kernel and its best fit by m units: multipliers that may oscillate fit kernels that decaying ones cannot.

    K̂[k] = Σ_i c_i λ_i^k        i = 1 … m

beside the relative error over m for both classes of multipliers, above the bound that is proved in the text.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.memory import saved_fits
from experiments.memory.saved_fits import UNITS
from explorables.memory.wording import percent
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import counted, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks
from minirnn.theory.memory import KERNELS, Fit

HUES = {"real": "vanishing", "any": "critical"}
KIND_WORDS = {"real": "real and positive", "any": "any, complex ones too"}


class Facts(NamedTuple):
    m: int
    kernel: str
    kind: str
    target: np.ndarray
    fit: Fit  # the best that was found
    errors: dict[str, np.ndarray]  # of both kinds, for each number of UNITS
    bounds: np.ndarray


def compute(m: int, kernel: str, kind: str) -> Facts:
    target, fit = saved_fits.target(kernel), saved_fits.saved_fit(kernel, m, kind)
    errors = {name: saved_fits.errors(kernel, name) for name in HUES}
    return Facts(m, kernel, kind, target, fit, errors, saved_fits.bounds(kernel))


@styled
def draw(facts: Facts) -> Figure:
    fig, (ax, over) = side_by_side(widths=(1.25, 1))
    draw_kernel(ax, facts)
    draw_errors(over, facts)
    return fig


def draw_kernel(ax: Axes, facts: Facts) -> None:
    """The kernel and its fit; on logarithmic axes where both only decay."""
    if facts.kernel in ("delay", "Airy"):
        k = x = np.arange(0, 121, 2)
        ax.axhline(0, color=color("line"), lw=0.8)
        ax.set(xlim=(0, 120), xlabel="lag k, steps")
        airy = facts.kernel == "Airy"
        ax.set(ylim=(-0.65, 0.8) if airy else (-0.3, 1.35), yticks=[-0.5, 0, 0.5] if airy else [0, 0.5, 1])
    else:
        x = np.unique(np.geomspace(1, 1000, 60).astype(int))
        k = x - 1
        ax.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1e-4, 2), xlabel="lag k + 1, steps")
        decades(ax.xaxis, 0, 3)
        decades(ax.yaxis, -4, 0)
    hue = color(HUES[facts.kind])
    ax.plot(x, facts.target[k], color=color("ink"), lw=4, alpha=0.25)
    ax.plot(x, facts.fit.kernel[k], color=hue, lw=1.8)
    ax.set_ylabel("weight of the input k steps ago")
    ax.set_title(f"Kernel (grey) and {counted(facts.m, 'unit')}: error {percent(facts.fit.error)}", color=hue)


def draw_errors(ax: Axes, facts: Facts) -> None:
    """The errors of both kinds over the number of units, above the bound."""
    ax.fill_between(UNITS, 1e-7, np.maximum(facts.bounds, 1e-7), color=color("line"), alpha=0.55, lw=0)
    for kind, errors in facts.errors.items():
        width = 2.2 if kind == facts.kind else 1.1
        ax.loglog(UNITS, np.maximum(errors, 1e-7), color=color(HUES[kind]), lw=width)
    ax.plot(facts.m, max(facts.fit.error, 1e-7), "o", ms=8, color=color(HUES[facts.kind]))
    ax.set(xlim=(0.9, 28), ylim=(1e-6, 2), xlabel="units m", ylabel="relative error")
    decades(ax.yaxis, -6, 0, 2)
    plain_ticks(ax.xaxis, [1, 2, 4, 8, 16, 24])
    ax.set_title("Grey: no linear network can be here", color=color("muted"))


def words(facts: Facts) -> str:
    at = UNITS.index(facts.m)
    real, every, chosen = (percent(facts.errors[kind][at]) for kind in ("real", "any", facts.kind))
    units = "1 unit, its multiplier" if facts.m == 1 else f"{facts.m} units, their multipliers"
    return (
        f"The kernel {facts.kernel} over 1000 steps, fitted by {units} "
        f"{KIND_WORDS[facts.kind]}: relative error {chosen}. Beside it, the error over the number of units from 1 to "
        f"24. At {facts.m}: real multipliers {real}, any linear network {every}; the bound that none can "
        f"pass is {percent(facts.bounds[at])}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="fit",
    caption="Left: a memory kernel (grey) and the best fit found by m units. Right: the error relative to the "
    "kernel, in the sense of least squares over 1000 steps. Blue: real positive multipliers, m decaying "
    "exponentials. Green: any linear network of m units, also with complex eigenvalues. Grey: below the bound that "
    "is proved in the text. All multipliers and weights are optimised, from several starts. Airy is a piece of Airy's "
    "function, Ai(k/10 − 6).",
    m=Control(UNITS, label="units m"),
    kernel=Control(list(KERNELS), label="kernel"),
    kind=Control(list(HUES), label="multipliers"),
    pad=Pad("m", axes=1),
    start={"kernel": "delay", "m": 8, "kind": "real"},
    states={
        "power law, 4 units": {"kernel": "power-law", "m": 4},
        "delay, 4 units": {"m": 4},
        "delay, 16 units": {"m": 16, "kind": "any"},
    },
)
