"""The strength of evidence for a cause: from 0 to 1, by ramps between two numbers, each with its reason."""

from collections.abc import Callable
from math import isnan, log10
from typing import NamedTuple

from minirnn.diagnosis.measures import Measures, OfLayer


class Evidence(NamedTuple):
    """The strength of the evidence for a cause, from 0 to 1, and a sentence with its numbers."""

    strength: float
    text: str


def ramp(x: float, none: float, all: float) -> float:
    """0 at `none`, 1 at `all`, linear between them; 1 for nan, which is always a bad sign.

    >>> ramp(3.0, 2.0, 4.0), ramp(1e-9, 1e-3, 1e-6), ramp(float("nan"), 0.0, 1.0)
    (0.5, 1.0, 1.0)
    """
    return 1.0 if isnan(x) else min(max((x - none) / (all - none), 0.0), 1.0)


def log_ramp(x: float, none: float, all: float) -> float:
    """`ramp` on a logarithmic scale.

    >>> round(log_ramp(100.0, 10.0, 1000.0), 6), log_ramp(0.0, 1e-3, 1e-6)
    (0.5, 1.0)
    """
    return 1.0 if isnan(x) else ramp(log10(min(max(x, min(none, all)), max(none, all))), log10(none), log10(all))


def percent(x: float) -> str:
    """A share as a text.

    >>> percent(0.256)
    '26 %'
    """
    return f"{100 * x:.0f} %"


def worst(m: Measures, judge: Callable[[OfLayer], Evidence | None]) -> Evidence | None:
    """The strongest evidence among the layers, with the layer's name if there are several."""
    every = [(layer.name, judge(layer)) for layer in m.layers]
    present = [(name, evidence) for name, evidence in every if evidence is not None]
    if not present:
        return None
    name, evidence = max(present, key=lambda pair: pair[1].strength)
    return evidence if len(m.layers) == 1 else Evidence(evidence.strength, f"In {name}: {evidence.text}")
