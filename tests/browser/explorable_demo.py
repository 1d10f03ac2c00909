"""Explorable figures for the tests: every kind of control, a pad, a prediction."""

import numpy as np
from matplotlib.figure import Figure

from minirnn.figures.artists import name_points
from minirnn.figures.explorables import Control, Explorable, Pad, Prediction, explorable
from minirnn.figures.labels import label_line
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import row_names


@styled
def curve(gain: float, T: int, kind: str) -> Figure:
    fig, (left, right) = figure(7.2, 2.6, 1, 2)
    t = np.arange(T + 1)
    y = gain**t if kind == "linear" else np.tanh(gain**t)
    for ax in (left, right):
        ax.plot(t, y, color=color("vanishing" if gain < 1 else "exploding"))
        ax.set(xlim=(0, 40), ylim=(0, 4), xlabel="steps")
    right.set_ylim(0, 40)
    label_line(left, 1, 3.5, f"{kind} & <gain> {gain:.2f}", "chaotic")
    return fig


def describe_curve(gain: float, T: int, kind: str) -> str:
    return f'A {kind} curve over {T} steps that "{"falls" if gain < 1 else "grows"}" at gain {gain:.2f} </script>.'


@styled
def powers(re: float, im: float, color_of: str) -> Figure:
    fig, ax = figure(4.0, 3.0)
    z = (re + 1j * im) ** np.arange(12)
    ax.plot(z.real, z.imag, ".-", color=color(color_of))
    ax.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
    return fig


def describe_powers(re: float, im: float, color_of: str) -> str:
    return f"Powers of {re:.1f} + {im:.1f}i in the hue {color_of}."


unrolled = explorable(
    curve,
    words=describe_curve,
    name="unrolled",
    caption="Move the gain past 1 & see.",
    gain=Control(np.linspace(0.8, 1.2, 5), play=True, help="What each step multiplies by."),
    T=Control([10, 40], unit="steps"),
    kind=["linear", "tanh"],
    start={"gain": 0.9},
    states={"past one": {"gain": 1.1}},
)
place = explorable(
    powers,
    words=describe_powers,
    name="place",
    re=Control([-1.0, -0.5, 0.0, 0.5, 1.0], label="Re λ"),
    im=Control([-1.0, 0.0, 1.0], label="Im λ"),
    color_of=["vanishing", "critical", "exploding", "chaotic", "ink"],
    start={"re": 0.5},
    pad=Pad("re", "im"),
)
guess = explorable(
    curve,
    words=describe_curve,
    name="guess",
    gain=Control([0.9, 1.0, 1.1]),
    T=[20],
    kind=["linear"],
    predict=Prediction(
        "What happens below 1?",
        {"It falls": "Yes: a little less at each step.", "It grows": "That is what happens above 1."},
        "It falls",
        "Now move the gain.",
    ),
)
FIGURES = {e.name: e for e in (unrolled, place, guess)}
HEIGHTS = {"first": 3.0, "second": 1.0, "third": 2.0}


@styled
def rows(chosen: str, side: str) -> Figure:
    """Marks with names on the left, and rows to choose from on the right."""
    fig, (left, right) = figure(7.2, 2.6, 1, 2, gaps=(1.0, 0.7))
    (marks,) = left.plot(range(3), HEIGHTS.values(), "o")
    name_points(marks, [f"{name} mark" for name in HEIGHTS])
    left.set(xlim=(-1, 3), ylim=(0, 4))
    for row, (name, value) in zip(row_names(right, list(HEIGHTS)), HEIGHTS.items(), strict=True):
        right.plot(value, row, "o", ms=9 if name == chosen else 4, color=color("ink" if side == "one" else "muted"))
    right.set_xlim(0, 4)
    return fig


choose = explorable(
    rows,
    words=lambda chosen, side: f"The {chosen} of three rows, {side}.",
    name="choose",
    chosen=list(HEIGHTS),
    side=["one", "other"],
    pad=Pad(rows="chosen", axes=1),
)


def page(*figures: Explorable, prose: str = "") -> str:
    """A page that loads its script as the book does: deferred, in the head."""
    return (
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Demo</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="explorable.css">'
        '<script defer src="explorable.js"></script><style>body { margin: 0 1rem }</style></head>'
        f"<body><main>{prose}{''.join(f.html() for f in figures)}</main></body></html>"
    )
