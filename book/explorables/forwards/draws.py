"""Estimates of UORO around the gradient: means of a few draws in a plane, and their variance over the length.

The plane has the gradient as one axis, in units of its norm; the other is one fixed direction at right angles to it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.forwards import spread
from experiments.forwards.spread import GAINS, LENGTHS, MEANS
from experiments.record import load
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import counted, readable, side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import plain_ticks

SHOWN, CLOUD, REACH = [1, 10, 100], 20, 14.0  # steps; points of the cloud; half a side of the plane


class Facts(NamedTuple):
    k: int  # draws in a mean
    gain: float
    T: int
    cloud: np.ndarray  # (CLOUD, 2), in units of the norm of the gradient
    cosine: float
    variance: dict[
        float, np.ndarray
    ]  # of one draw, over LENGTHS, for each gain; of the last gain the first of them


@cache
def means_of(gain: float, T: int) -> tuple[dict[int, np.ndarray], np.ndarray]:
    """For each k CLOUD means of k draws (CLOUD, p), of the same draws, and the gradient (p,)."""
    draws, g = spread.rows(gain, T, 0, draws=max(MEANS) * CLOUD)
    return {k: draws[: k * CLOUD].reshape(CLOUD, k, -1).mean(1) for k in MEANS}, g


def compute(k: int, gain: float, T: int) -> Facts:
    by_k, g = means_of(gain, T)
    means, size = by_k[k], np.linalg.norm(g)
    across = np.random.default_rng(1).standard_normal(len(g))
    across -= (across @ g) / size**2 * g
    plane = np.stack([g / size, np.sqrt(len(g) - 1) * across / np.linalg.norm(across)], axis=1)
    cosine = float((means @ g / np.linalg.norm(means, axis=1)).mean() / size)
    saved = load("spread")["results"]
    variance = {a: np.array([geometric(r["variance"]) for r in saved if r["gain"] == a]) for a in GAINS}
    return Facts(k, gain, T, means @ plane / size, cosine, variance)


def geometric(values: list[float]) -> float:
    """Their mean on the figure's axis, which is logarithmic."""
    return float(np.exp(np.mean(np.log(values))))


@styled
def draw(facts: Facts) -> Figure:
    fig, (plane, over) = side_by_side(3.5, beside=0.75)
    draw_plane(plane, facts)
    draw_variance(over, facts)
    return fig


def draw_plane(ax: Axes, facts: Facts) -> None:
    shown = np.clip(facts.cloud, -REACH, REACH)
    ax.axhline(0, color=color("line"), lw=0.8)
    ax.axvline(0, color=color("line"), lw=0.8)
    ax.plot(*shown.T, "o", ms=4.5, alpha=0.7, color=color("chaotic"))
    ax.annotate("", (1, 0), (0, 0), arrowprops=dict(arrowstyle="-|>", color=color("ink"), lw=2))
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    ax.set(xlabel="along the gradient", ylabel="across it, all directions")
    ax.set_xticks([-10, 0, 10])
    ax.set_yticks([-10, 0, 10])
    ax.set_title(f"Mean cosine {facts.cosine:.2f}", color=color("chaotic"))


def draw_variance(ax: Axes, facts: Facts) -> None:
    for gain, values in facts.variance.items():
        chosen, T = gain == facts.gain, LENGTHS[: len(values)]
        ax.loglog(T, values, color=color("chaotic" if chosen else "line"), lw=2.4 if chosen else 1.2)
        hue = "chaotic" if chosen else "muted"
        label_line(ax, 1.3 * T[-1], values[-1], f"{gain:g}", hue, va="center", annotation_clip=False)
    here = facts.variance[facts.gain][LENGTHS.index(facts.T)]
    ax.plot(facts.T, here, "o", ms=7, color=color("chaotic"))
    ax.set(xlim=(0.9, 340), ylim=(9, 900), xlabel="steps T", ylabel="variance / square of the gradient")
    plain_ticks(ax.xaxis, [1, 10, 100])
    plain_ticks(ax.yaxis, [10, 20, 50, 100, 200, 500])
    ax.set_title(f"One draw: {readable(here)}")


def words(facts: Facts) -> str:
    here = facts.variance[facts.gain][LENGTHS.index(facts.T)]
    many = f"Means of {facts.k} draws" if facts.k > 1 else "Single draws"
    return (
        f"{many} of UORO for one network of 16 units with gain {facts.gain:g} over {counted(facts.T, 'step')}, "
        "as points in a plane with the gradient as an arrow of length 1: their mean cosine with it is "
        f"{facts.cosine:.2f}. Beside it the variance of one draw, divided by the square of the gradient, over the "
        f"number of steps, for six gains, the geometric mean of five networks: here {here:.0f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="draws",
    caption="Left: 20 estimates of UORO, or means of so many draws, around the gradient (arrow, of length 1). Upright: "
    "one direction at right angles, stretched so that its spread is that of all of them together; points beyond the "
    "frame stand at its edge. Right: the variance of one draw over the length, for six gains, geometric mean of five "
    "networks, the first of which is drawn.",
    k=Control(MEANS, label="draws in a mean"),
    gain=Control(GAINS, label="gain"),
    T=Control(SHOWN, label="steps T"),
    pad=Pad("T", axes=1),
    start={"k": 1, "gain": 0.9, "T": 100},
    states={"one draw": {}, "100 draws": {"k": 100}, "100 draws, gain 1.5": {"k": 100, "gain": 1.5}},
)
