"""What the figure `diagram` shows of its systems, in numbers and in words."""

from typing import NamedTuple

import numpy as np

from experiments.chaos.orbit_windows import (
    FIRST,
    HEIGHTS,
    LAST,
    LONGEST,
    Attractor,
    Window,
    attractor,
    columns,
    strokes,
    window,
)
from explorables.chaos.wording import nats


class Facts(NamedTuple):
    """At the scale s the attractor; in the window strokes of the diagram and λ₁ by column; strokes of the whole."""

    system: str
    s: float
    zoom: float
    window: Window
    attractor: Attractor
    orbits: np.ndarray
    rates: np.ndarray
    whole: np.ndarray

    @property
    def place(self) -> float:
        """Of s in the window, from 0 to 1 within it."""
        return (self.s - self.window.left) / (self.window.right - self.window.left)


def compute(system: str, s: float, zoom: float, middle: float, level: float) -> Facts:
    shown, (low, high) = window(system, zoom, middle, level), HEIGHTS[system]
    values, rates = columns(system, shown.left, shown.right, shown.burn_in)
    orbits, whole = strokes(values, shown.low, shown.high), columns(system, FIRST, LAST, 300)[0]
    return Facts(system, s, zoom, shown, attractor(system, s), orbits, rates, strokes(whole, low, high))


def number(facts: Facts, value: float) -> str:
    """An end of an axis, with more decimals in a small window."""
    return f"{value:.{2 if facts.zoom < 4 else 3 if facts.zoom < 20 else 4}f}".replace("-", "−")


def rate_text(rate: float) -> str:
    """An exponent; -∞ where a direction is annihilated."""
    return nats(rate).replace("-", "−") if rate > -20 else "−∞"


def knob(facts: Facts) -> str:
    return f"s = {facts.s:g}" if facts.system == "LSTM" else f"r = 2s = {2 * facts.s:g}"


def kind(a: Attractor) -> str:
    if a.period:
        return "Fixed point" if a.period == 1 else f"Period {a.period}"
    return (
        "Strange attractor"
        if a.exponent > 5e-3
        else "No period, λ₁ near 0"
        if a.exponent >= -5e-3
        else "Not settled yet"
    )


ENDS = {
    "Fixed point": "ends on a fixed point",
    "Strange attractor": "ends on a strange attractor",
    "No period, λ₁ near 0": f"shows no period up to {LONGEST}, and no chaos",
    "Not settled yet": "has not settled after 2500 steps",
}


def words(facts: Facts) -> str:
    name = (
        f"The LSTM with weights times {facts.s:g}"
        if facts.system == "LSTM"
        else f"The logistic map with r = {2 * facts.s:g}"
    )
    end, shown = kind(facts.attractor), facts.window
    rate = facts.attractor.exponent
    size = f"{nats(rate)} nats a step" if rate > -20 else "minus infinity"
    return (
        f"{name} {ENDS.get(end) or f'ends on a cycle of {end.lower()}'}; its largest exponent is {size}. The "
        f"window shows scales from {shown.left:.4f} to {shown.right:.4f}, magnified {facts.zoom:g} times, and "
        f"states from {shown.low:.3f} to {shown.high:.3f}. In {100 * np.mean(facts.rates > 0):.0f} percent of it "
        "the exponent is positive."
    )
