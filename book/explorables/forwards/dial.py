"""The strength of forcing on three known systems: where orbits meet the data, and where gradients stop exploding.

Both change by λ₁ + ln(1 - α) nats a step, so both change their fate at α* = 1 - e^{-λ₁}.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.forwards import pulled
from experiments.forwards.pulled import SYSTEMS
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

ALPHAS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75]
VIEWS = {"logistic": ("x now", "x next"), "Hénon": ("x", "y"), "Lorenz": ("x", "z")}
LOWEST, HIGHEST = 1e-16, 1e16


class Facts(NamedTuple):
    name: str
    alpha: float
    rate: float  # λ₁ + ln(1 - α)
    threshold: float
    data: np.ndarray  # (steps, 2), what is drawn of the states
    orbit: np.ndarray
    distances: np.ndarray  # after 0 … steps
    products: np.ndarray  # ln of the norms after 1 … steps

    @property
    def is_level(self) -> bool:
        return abs(self.rate) < 5e-4


def view(name: str, states: np.ndarray) -> np.ndarray:
    """Two numbers of each state (steps, n): of one variable, its value and the next."""
    if name == "logistic":
        return np.column_stack([states[:-1, 0], states[1:, 0]])
    return states[:, [0, states.shape[1] - 1]]


def compute(system: str, alpha: float) -> Facts:
    name = system
    known = SYSTEMS[name]
    rate, threshold = known.exponent + float(np.log1p(-alpha)), float(-np.expm1(-known.exponent))
    forced = pulled.forced_orbit(name, alpha)
    distances = np.linalg.norm(forced - pulled.data(name)[:, 0], axis=1)
    shown = view(name, pulled.data(name)[1:, 0]), view(name, forced[1:])
    return Facts(name, alpha, rate, threshold, *shown, distances, pulled.products(name, alpha))


@styled
def draw(facts: Facts) -> Figure:
    fig, (plane, over) = side_by_side(3.5, widths=(1, 1.3))
    draw_plane(plane, facts)
    draw_growth(over, facts)
    return fig


def draw_plane(ax: Axes, facts: Facts) -> None:
    """The data in grey, the second half of the forced orbit in pink."""
    late, size = facts.orbit[len(facts.orbit) // 2 :], 1.2 if facts.name == "Lorenz" else 2.5
    every = 5 if facts.name == "Lorenz" else 1
    ax.plot(*facts.data[::every].T, "o", ms=size + 1.5, color=color("line"), mew=0)
    ax.plot(*late[::every].T, "o", ms=size, color=color("chaotic"), mew=0)
    across, up = VIEWS[facts.name]
    ax.set(xlabel=across, ylabel=up, xticks=[], yticks=[])
    low, high = facts.data.min(0), facts.data.max(0)
    ax.set(xlim=(low[0] - 0.12 * (high - low)[0], high[0] + 0.12 * (high - low)[0]))
    ax.set(ylim=(low[1] - 0.12 * (high - low)[1], high[1] + 0.12 * (high - low)[1]))
    end = facts.distances[len(facts.distances) // 2 :].max()
    ax.set_title("It meets the data" if end < 1e-6 else "It stays apart" if end > 1e-3 else "Undecided")


def draw_growth(ax: Axes, facts: Facts) -> None:
    steps = np.arange(len(facts.distances))
    shown = slice(None, None, max(1, len(steps) // 200))
    line = np.exp(np.clip(facts.rate * steps, np.log(LOWEST), np.log(HIGHEST)))
    sizes = np.exp(np.clip(facts.products, np.log(LOWEST), np.log(HIGHEST)))
    ax.semilogy(steps[shown], line[shown], color=color("line"), lw=4)
    ax.plot(steps[1:][shown], sizes[shown], color=color("exploding"), lw=1.8)
    apart = np.clip(facts.distances, LOWEST, HIGHEST) / pulled.APART
    ax.plot(steps[shown], np.maximum(apart, LOWEST)[shown], color=color("chaotic"), lw=1.2)
    ax.set(xlim=(0, len(steps) - 1), ylim=(LOWEST, HIGHEST), xlabel="steps", ylabel="relative to the start")
    decades(ax.yaxis, -16, 16, 8)
    hue = "critical" if facts.is_level else "exploding" if facts.rate > 0 else "vanishing"
    value = "0" if facts.is_level else f"{'+' if facts.rate > 0 else '−'}{abs(facts.rate):.3f}"
    ax.set_title(f"λ₁ + ln(1 − α) = {value}", color=color(hue))
    low = facts.rate > 0 or facts.is_level
    label_line(ax, 0.03 * len(steps), 1e-10 if low else 1e11, "orange: the product", "exploding")
    label_line(ax, 0.03 * len(steps), 1e-14 if low else 1e14, "pink: the distance", "chaotic")


def words(facts: Facts) -> str:
    grows = "grows" if facts.rate > 0 else "shrinks"
    slope = f"{'minus ' * (facts.rate < 0)}{abs(facts.rate):.3f} nats a step"
    along = "stays near a level line" if facts.is_level else f"{grows} along a line of slope {slope}"
    end = facts.distances[len(facts.distances) // 2 :].max()
    meets = (
        "meets the data"
        if end < 1e-6
        else "stays apart from them"
        if end > 1e-3
        else "neither meets them nor leaves them by then"
    )
    return (
        f"The {facts.name} system, forced towards an orbit of its own with a strength α of {facts.alpha:g}; α* is "
        f"{facts.threshold:.3g}. A forced orbit that starts beside the data {meets}. Over the steps, on a logarithmic "
        f"axis, the product of the Jacobians {along}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="dial",
    caption="A known system that its own noise-free orbit pulls along with the strength α. Left: the data (grey) and "
    "the second half of a forced orbit that started 0.001 beside them (pink). Right, on a logarithmic axis: the norm "
    "of the product of the forced Jacobians along the data (orange), the distance of the two orbits (pink), and the "
    "line of slope λ₁ + ln(1 − α) (grey), all relative to the start. Lorenz: steps of 0.01.",
    system=Control(list(SYSTEMS), label="system"),
    alpha=Control(ALPHAS, label="strength α"),
    start={"system": "logistic", "alpha": 0.4},
    states={"logistic, α = 0.4": {}, "logistic, α = 0.6": {"alpha": 0.6}},
    predict=Prediction(
        question="For the logistic map at r = 4 gradients double at each step. Feed back a mixture of the model's "
        "state and the datum. How much of the datum does it take to stop the explosion?",
        choices={
            "Anything above nothing": "The factor 1 − α must undo the growth by 2.",
            "One half": "(1 − ½)·2 = 1.",
            "All of it": "That stops it too, and forgets the model's own state entirely.",
        },
        answer="One half",
        reveal="At the same strength the forced orbit begins to meet the data.",
    ),
)
