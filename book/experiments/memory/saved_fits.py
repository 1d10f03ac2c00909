"""The fits that the record `approximation` holds, and the errors below which no network can come."""

from functools import cache
from typing import Any

import numpy as np

from experiments.memory.approximation import UNITS
from experiments.record import load
from minirnn.theory.memory import KERNELS, Fit, project


@cache
def approximation() -> dict[str, Any]:
    return load("approximation")["results"]


@cache
def target(kernel: str) -> np.ndarray:
    """The kernel (1000,) that is fitted."""
    return KERNELS[kernel](1000)


@cache
def saved_fit(kernel: str, m: int, kind: str) -> Fit:
    """The best that was found, its weights solved for again."""
    saved = approximation()[kernel][kind][UNITS.index(m)]
    lam = np.array(saved["re"]) + 1j * np.array(saved["im"])
    return project(target(kernel), lam if lam.imag.any() else lam.real)


def errors(kernel: str, kind: str) -> np.ndarray:
    """The relative error of the best fit for each number of UNITS."""
    return np.array([saved["error"] for saved in approximation()[kernel][kind]])


def bounds(kernel: str) -> np.ndarray:
    """For each number of UNITS a relative error below which no linear network can be."""
    return np.array(approximation()[kernel]["bound"])


def error(kernel: str, m: int, kind: str = "any") -> float:
    """The relative error of the best fit by m units."""
    return float(errors(kernel, kind)[UNITS.index(m)])


def bound(kernel: str, m: int) -> float:
    """The relative error that m units cannot beat."""
    return float(bounds(kernel)[UNITS.index(m)])
