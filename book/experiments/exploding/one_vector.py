"""Three clips on one vector in the plane, and on the saved gradients of a run: how they change the direction."""

from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.exploding.clipping import norm_and_cosine
from experiments.record import load
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value

KINDS = ("norm", "value", "adaptive")
WEIGHTS = {"g": np.array([2.0, 0.5])}  # two rows of one entry


def towards(angle: float, length: float) -> np.ndarray:
    """The vector of this length at an angle in degrees."""
    return length * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def three_clips(g: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """The vector g (2,) after each clip: bound threshold/√2 by value, λ = threshold/2 for the adaptive one."""
    gradient = {"g": g}
    return {
        "norm": clip_by_norm(gradient, threshold)[0]["g"],
        "value": clip_by_value(gradient, threshold / np.sqrt(2))["g"],
        "adaptive": clip_adaptive(gradient, WEIGHTS, threshold / 2)["g"],
    }


def turns(g: np.ndarray, threshold: float) -> dict[str, float]:
    """By how many degrees each clip turns the vector g (2,)."""
    cosines = {kind: norm_and_cosine(g, v)[1] for kind, v in three_clips(g, threshold).items()}
    return {kind: float(np.degrees(np.arccos(min(1.0, cosine)))) for kind, cosine in cosines.items()}


class Run(NamedTuple):
    """Of every second gradient of a run: its norm, and by the clip's name the cosine between before and after."""

    before: np.ndarray
    cosines: dict[str, np.ndarray]


@cache
def kept_run(threshold: float) -> Run:
    saved = load("clipping")["results"]["clips"]
    return Run(np.array(saved["before"]), {kind: np.array(saved[f"{kind}, {threshold:g}"][1]) for kind in KINDS})
