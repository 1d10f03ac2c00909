"""The hue of a largest exponent, the same in all figures of the chapter."""


def hue(exponent: float) -> str:
    """Chaotic above 0, vanishing below, critical within 0.01 of it (nats a step)."""
    return "critical" if abs(exponent) < 0.01 else "chaotic" if exponent > 0 else "vanishing"
