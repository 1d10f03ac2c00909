"""A gate that does not see its input is a constant λ = σ(b): the sensitivity of three units to the bias b."""

from typing import Any

from minirnn.theory.parametrizations import MULTIPLIERS
from minirnn.theory.population import leaky, metric, normalized, unscaled

SCALES = {"plain": unscaled, "normalised": normalized, "leaky": leaky}
GATE = MULTIPLIERS["softplus"]  # w -> σ(-w)


def multiplier(b: Any) -> Any:
    """λ = σ(b)."""
    return GATE(-b)


def sensitivity(b: Any, unit: str) -> Any:
    """E(∂y/∂b)² for λ = σ(b), white inputs.

    >>> round(float(sensitivity(7.0, "normalised")), 3)
    0.25
    """
    return metric(multiplier(b), [-GATE.derivative(-b)], scale=SCALES[unit])[0, 0]
