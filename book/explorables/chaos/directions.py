"""One step of Benettin's method on a GRU of two units: the Jacobian tilts two directions, QR puts them right again.

Q_t R_t = J_t Q_{t-1},   λ_i = mean of ln R_ii over t     (eq. lyapunov)
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.chaos.gru_directions import STEPS, angles, directions
from experiments.record import load
from explorables.chaos.wording import nats
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.panels import side_by_side
from minirnn.figures.theme import color, styled

HUES = ("chaotic", "vanishing")  # of the first and the second direction
AROUND = np.linspace(0, 2 * np.pi, 81)
CIRCLE = np.array([np.cos(AROUND), np.sin(AROUND)])


class Facts(NamedTuple):
    """Of step t, as columns: the directions before it, their images and the directions after it; the plain product's
    columns before it, of length 1, and the degrees between them; R_ii, and the means of ln R_ii over 1 … t steps."""

    t: int
    before: np.ndarray
    image: np.ndarray
    after: np.ndarray
    product: np.ndarray
    apart: float
    lengths: np.ndarray
    means: np.ndarray


def compute(t: int) -> Facts:
    steps = directions()
    product = steps.product[t - 2] if t > 1 else np.eye(2)
    means = np.log(steps.lengths[:t]).cumsum(axis=0) / np.arange(1, t + 1)[:, None]
    return Facts(
        t,
        steps.before[t - 1],
        steps.image[t - 1],
        steps.after[t - 1],
        product / np.linalg.norm(product, axis=0),
        float(angles()[t - 2]) if t > 1 else 90.0,
        steps.lengths[t - 1],
        means,
    )


@styled
def draw(facts: Facts) -> Figure:
    """The two directions before the step; their images and what QR keeps of them; the means of all steps so far."""
    fig, (before, after, means) = side_by_side(3, widths=(1, 1, 1.15), left=0.1, between=0.75, beside=0.4)
    draw_plane(before, CIRCLE, 1.35, f"Before step {facts.t}")
    draw_plane(after, CIRCLE, 3.5, f"After it: {facts.lengths[0]:.2f} and {facts.lengths[1]:.2f}", "line")
    after.plot(*facts.image @ facts.before.T @ CIRCLE, color=color("muted"), lw=0.9)
    for column in facts.product.T:
        arrow(before, column, "muted", 3.5, alpha=0.45)
    for i, hue in enumerate(HUES):
        arrow(before, facts.before[:, i], hue, 1.8)
        after.plot(*np.outer(facts.after[:, i], [0, facts.lengths[i]]), color=color(hue), lw=5, alpha=0.35)
        arrow(after, facts.image[:, i], hue, 1.4)
        for ax, tip, gap in ((before, facts.before[:, i], 0.2), (after, facts.image[:, i], 0.45)):
            place = tip * (1 + gap / np.hypot(*tip))
            ax.text(place[0], place[1], str(i + 1), color=color(hue), weight=600, ha="center", va="center")
    second = np.array([facts.image[:, 1], facts.after[:, 1] * facts.lengths[1]])  # and what QR keeps of it
    after.plot(*second.T, color=color("muted"), lw=0.9, ls=(0, (1, 2)))
    draw_means(means, facts)
    return fig


def draw_plane(ax: Axes, curve: np.ndarray, reach: float, title: str, hue: str = "muted") -> None:
    """A plane without axes, with the unit circle."""
    ax.plot(*curve, color=color(hue), lw=0.9)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.axis("off")
    ax.set_title(title, loc="center")


def arrow(ax: Axes, to: np.ndarray, hue: str, width: float, alpha: float = 1) -> None:
    """From the origin."""
    look = {"arrowstyle": "-|>", "color": color(hue), "lw": width, "alpha": alpha, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (to[0], to[1]), (0, 0), arrowprops=look)


def draw_means(ax: Axes, facts: Facts) -> None:
    """The mean of ln R_ii over the steps so far, and the exponents of a long run."""
    known = load("lstm_scales")["results"]["spectra"]["GRU"]["mean"]
    for exponent, means, hue, name in zip(known, facts.means.T, HUES, ("λ₁", "λ₂"), strict=True):
        ax.axhline(exponent, color=color("muted"), lw=1, ls=(0, (1, 2)))
        ax.text(1.35 * STEPS, exponent, name, color=color(hue), weight=600, va="center")
        ax.semilogx(np.arange(1, facts.t + 1), means, color=color(hue), lw=1.6)
        ax.plot(facts.t, means[-1], "o", ms=6, color=color(hue))
    ax.set(xlim=(0.85, 1.2 * STEPS), ylim=(-1, 0.7), xlabel="step t", ylabel="mean of ln R, nats/step")
    ax.set_xticks([1, 10, 100], labels=["1", "10", "100"])
    ax.set_yticks([-1, -0.5, 0, 0.5])
    ax.set_title(" and ".join(nats(mean, 2) for mean in facts.means[-1]).replace("-", "−"))


def words(facts: Facts) -> str:
    (a, b), (first, second) = facts.lengths, facts.means[-1]
    return (
        f"Step {facts.t}. Before it, two arrows of length 1 at a right angle in the unit circle; the columns of "
        f"the product of all Jacobians so far are {facts.apart:.2g} degrees apart. The step makes an ellipse of "
        f"the circle. QR keeps the length {a:.2f} of the first image, and {b:.2f} of the second, the part at a "
        f"right angle to the first. The means of their logarithms over the steps so far are {nats(first, 2)} and "
        f"{nats(second, 2)}; over a long run they are 0.22 and -0.54."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="directions",
    caption="Left: two directions at a right angle (1, 2), and in grey the columns of the plain product, which "
    "soon lie on one line. Middle: what the Jacobian makes of both, and the unit circle. QR keeps the length "
    "of the first, and of the second only the part at a right angle to the first (broad). Right: the means of the "
    "logarithms of both lengths, and the exponents of a long run (dotted). The GRU of the first figure, s = 1, on "
    "its attractor.",
    t=Control([1, 2, 3, 4, 5, 6, 8, 11, 30, STEPS], label="step t", play=True),
    pad=Pad("t", axes=2),
    start={"t": 3},
    states={"step 1": {"t": 1}, "step 3": {}, "step 300": {"t": STEPS}},
)
