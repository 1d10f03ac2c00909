"""Random tanh networks against mean-field theory: whole spectra, and the largest exponent over the gain.

q = g²⟨tanh²(√q z)⟩ and λ₁ = ½ ln(g²⟨sech⁴(√q z)⟩), z normal, for n → ∞; ln g ignores saturation.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.record import load
from explorables.chaos.hues import hue
from explorables.chaos.wording import nats
from minirnn.dynamics.maps import mean_field
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled


class Facts(NamedTuple):
    """Exponents (n,), mean of 4 networks; by gain the largest of each network; the theory's λ₁ at this gain."""

    gain: float
    n: int
    exponents: np.ndarray
    largest: dict[float, np.ndarray]
    theory: float

    @property
    def first(self) -> float:
        """The mean of the largest exponents at this gain."""
        return float(self.largest[self.gain].mean())

    @property
    def positive(self) -> int:
        return int((self.exponents > 0).sum())

    @property
    def dimension(self) -> float:
        """Of the attractor, by Kaplan and Yorke: exponents that sum to 0, the last of them in part."""
        sums = np.cumsum(self.exponents)
        whole = int((sums >= 0).sum())
        return float(whole + sums[whole - 1] / -self.exponents[whole]) if whole else 0.0


@cache
def saved() -> dict[str, Any]:
    return load("tanh_spectra")["results"]


def compute(gain: float, n: int) -> Facts:
    largest = {g: np.array(saved()["largest"][f"{g}, {n}"]) for g in saved()["gain"]}
    return Facts(gain, n, np.array(saved()["spectrum"][f"{gain}, {n}"]), largest, mean_field(gain)[1])


@cache
def theory() -> tuple[np.ndarray, np.ndarray]:
    """Gains and the mean-field λ₁."""
    g = np.linspace(0.5, 3, 51)
    return g, np.array([mean_field(float(v))[1] for v in g])


@styled
def draw(facts: Facts) -> Figure:
    """The whole spectrum over its index, and λ₁ over the gain against mean field and against ln g."""
    fig, (whole, largest) = side_by_side(3.4, between=0.85, beside=0.6)
    draw_spectrum(whole, facts)
    draw_theory(largest)
    draw_largest(largest, facts)
    return fig


def draw_spectrum(ax: Axes, facts: Facts) -> None:
    share, values = (np.arange(facts.n) + 0.5) / facts.n, facts.exponents
    positive = values > 0
    ax.axhline(0, color=color("line"), lw=0.9)
    ax.plot(share, values, color=color(hue(facts.first)), lw=1.6)
    ax.fill_between(share[positive], 0, values[positive], color=color("chaotic"), alpha=0.35, lw=0)
    ax.set(xlabel="index i / n", ylabel="λ, nats/step", xlim=(0, 1), ylim=(-2.5, 0.4), yticks=[-2, -1, 0])
    ax.set_title(f"{facts.positive} of {facts.n} exponents are positive")


def draw_theory(ax: Axes) -> None:
    g, limit = theory()
    ax.axhline(0, color=color("line"), lw=0.9)
    ax.plot(g, limit, color=color("ink"), lw=1.2)
    beside: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "size": 10}
    ax.annotate("mean field", (3, limit[-1]), (-4, 10), weight=600, **beside)
    ax.plot(g, np.log(g), color=color("muted"), lw=1, ls=(0, (2, 2)))
    ax.annotate("ln g", (1.6, np.log(1.6)), (-5, 0), color=color("muted"), **beside)


def draw_largest(ax: Axes, facts: Facts) -> None:
    """Mean and range of the networks at every gain."""
    for gain, values in facts.largest.items():
        shade = color(hue(values.mean()))
        ax.plot([gain, gain], [values.min(), values.max()], color=shade, lw=1)
        ax.plot(gain, values.mean(), "o", ms=8 if gain == facts.gain else 4, color=shade)
    ax.set(xlabel="gain g", ylabel="λ₁, nats/step", ylim=(-0.8, 0.6), xlim=(0.4, 3.1), yticks=[-0.5, 0, 0.5])
    ax.set_title(
        f"λ₁ = {nats(facts.first)}, mean field {nats(facts.theory)}".replace("-", "−"),
        color=color(hue(facts.first)),
    )


def words(facts: Facts) -> str:
    return (
        f"Random tanh networks of {facts.n} units with gain {facts.gain:g}: {facts.positive} of {facts.n} "
        f"exponents are positive, the largest is {nats(facts.first)} nats a step, mean of 4 networks, where mean "
        f"field predicts {nats(facts.theory)}. By the formula of Kaplan and Yorke the attractor has dimension "
        f"{facts.dimension:.1f}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="spectra",
    caption="Random tanh networks without input, weights N(0, g²/n). Left: all n exponents in descending order, "
    "mean of 4 networks. Right: the largest, mean and range of 4 networks, against mean-field theory for n → ∞ "
    "and against ln g, which ignores saturation.",
    gain=Control(saved()["gain"], label="gain g"),
    n=Control(saved()["N"], label="units n"),
    pad=Pad("gain", axes=1),
    start={"gain": 1.5, "n": 100},
    states={"g = 0.7": {"gain": 0.7}, "g = 1.5": {"gain": 1.5}, "g = 3": {"gain": 3.0}},
)
