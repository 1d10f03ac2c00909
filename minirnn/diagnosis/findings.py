"""What the measures of a report suggest."""

from minirnn.diagnosis.report import Finding, Report


def suggest(report: Report, T: int, growing: bool) -> list[Finding]:
    """What the measures suggest, the most certain first; one finding that all is well if nothing else is found."""
    found = []
    if report.state_overflow is not None:
        cause = f"The states overflow, first at step {report.state_overflow}."
        found.append(Finding(cause, "smaller recurrent weights, or a bounded activation", "exploding"))
    elif report.gradient_overflow is not None:
        cause = f"The gradient overflows {report.gradient_overflow} steps back, while all states are finite."
        found.append(Finding(cause, "smaller recurrent weights; a clip cannot mend inf or nan", "exploding"))
    elif report.exponent - 2 * report.exponent_error > 1 / T and not growing:
        cause = "The network is chaotic: nearby states part, and gradients grow with the lag."
        found.append(Finding(cause, "scale the recurrent weights down until the exponent is near 0", "chaos"))
    elif report.by_lag[-1] > 1e3 or growing:
        cause = "The gradient explodes: it grows with the lag."
        found.append(
            Finding(cause, "clip by norm, at the median of past norms or above; smaller weights", "exploding")
        )
    if report.saturated > 0.5:
        cause = f"{100 * report.saturated:.0f} % of the units are saturated: their slope is nearly 0."
        found.append(Finding(cause, "smaller weights or inputs; inputs of mean 0 and variance 1", "vanishing"))
    if report.state_overflow is report.gradient_overflow is None and report.far_share < 1e-3:
        cause = "The gradient vanishes: what lies far back has no say."
        remedy = "orthogonal or identity weights, a gated cell with a forget bias near log T, or an LRU"
        found.append(Finding(cause, remedy, "vanishing"))
    if report.clip_rate is not None and report.clip_rate > 0.9:
        cause = (
            f"{100 * report.clip_rate:.0f} % of the updates are clipped: the threshold is the learning rate now."
        )
        found.append(Finding(cause, "a higher threshold, near the median of the norms", "exploding"))
    if not found and report.sensitivity > T:
        cause = "The states react violently to small changes of the weights, although no gradient explodes."
        found.append(Finding(cause, "normalise the input of slow units; a smaller rate; Adam", "elementwise"))
    healthy = Finding(
        "Nothing here stands in the way of learning.", "look at the data, the rate and the loss", "field-guide"
    )
    return found or [healthy]
