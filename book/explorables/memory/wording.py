"""Numbers as this chapter writes them."""


def percent(error: float) -> str:
    """An error in percent, with two digits that count."""
    if error < 1e-4:
        return "below 0.01\u00a0%"
    return f"{100 * error:.2g}\u00a0%" if error < 0.995 else "100\u00a0%"
