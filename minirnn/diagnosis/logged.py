"""Evidence for causes in a training log: its rate, its clip, and a loss that stays. See `around` and `inside`."""

from collections.abc import Iterator

import numpy as np

from minirnn.diagnosis.measures import Measures
from minirnn.diagnosis.strengths import Evidence, log_ramp, percent, ramp
from minirnn.diagnosis.updates import Course


def learned(m: Measures) -> float:
    """How far the loss has fallen over the log, below its start and that of a constant: 0 not at all, 1 to a third. It
    may have fallen before the log began."""
    c = m.course
    if c is None or not c.first > 0 or np.isnan(c.last):
        return 0.0
    constant = np.inf if m.baseline is None or not m.baseline > 0 else m.baseline
    return max(ramp(c.last / min(c.first, constant), 0.9, 0.3), ramp(c.last / constant, 0.4, 0.2))


def stride(m: Measures, c: Course) -> float | None:
    """The median size of the updates over that of the parameters; over that of a usual start, where they have grown: to
    large weights large updates look small."""
    ratios = [w.size / w.usual for w in m.weights.values() if np.isfinite(w.size) and np.isfinite(w.usual)]
    return None if c.step is None else c.step * max(1.0, float(np.median(ratios)) if ratios else 1.0)


def high_rate(m: Measures) -> Evidence | None:
    """The evidence for `rate-too-high`: several weak signs may be strong together; the text names the strongest."""
    if m.course is None:
        return None
    step = stride(m, m.course)
    signs = [*of_the_loss(m, m.course, step), *of_the_updates(m, m.course, step)]
    strength, text = max(signs, key=lambda sign: sign[0], default=(0.0, ""))
    together = 1 - float(np.prod([1 - each for each, _ in signs]))
    return Evidence(together, f"{text[:1].upper()}{text[1:]}{at_rate(m.course)}.") if strength else None


def at_rate(c: Course) -> str:
    """The learning rate as part of a sentence, where it is known.

    >>> from minirnn.diagnosis.updates import course
    >>> from minirnn.learning import TrainingLog
    >>> at_rate(course(TrainingLog(np.ones(5), np.ones(5), rate=0.1)))
    ', at a rate of 0.1'
    """
    return "" if c.rate is None else f", at a rate of {c.rate:.3g}"


def of_the_loss(m: Measures, c: Course, step: float | None) -> Iterator[tuple[float, str]]:
    """Signs of a rate that is too high in the course of the loss."""
    if c.overflow is not None and c.overflow > 0:
        yield 1.0, f"the loss or its gradient was finite until update {c.overflow} of the log"
    if not c.first > 0 or c.rows < 5:
        return
    yield (1 - learned(m)) * log_ramp(c.last / c.first, 1.2, 3), f"the loss went from {c.first:.3g} to {c.last:.3g}"
    brisk = 1.0 if step is None else log_ramp(step, 0.002, 0.01)  # else it is the batches that differ
    yield (
        (1 - learned(m)) * brisk * ramp(c.jumps, 0.08, 0.25),
        f"the loss doubled at {percent(c.jumps)} of the updates",
    )
    rise = (1 - learned(m)) * log_ramp(c.highest / c.first, 3, 30)
    yield rise, f"the loss went from {c.first:.3g} up to {c.highest:.3g}"
    if step is not None:
        restless = ramp(c.scatter / c.last, 0.15, 0.35) * log_ramp(step, 0.01, 0.03) if c.last > 0 else 0.0
        text = f"the loss scatters by {c.scatter:.2g} around {c.last:.3g}, under updates of {step:.2g}"
        yield (1 - learned(m)) * restless, text
    if m.baseline is not None and m.baseline > 0 and step is not None:
        above = log_ramp(c.last / m.baseline, 1.1, 1.6) * ramp(c.last / c.first, 0.45, 0.8)
        text = f"the loss stays at {c.last:.3g}, a constant's being {m.baseline:.3g}, under updates of {step:.2g}"
        yield above * log_ramp(step, 0.003, 0.012), text  # of weights that have grown already


def of_the_updates(m: Measures, c: Course, step: float | None) -> Iterator[tuple[float, str]]:
    """Signs of it in the size of updates; a network that learns nevertheless weakens them."""
    if step is not None and c.largest is not None:
        # updates of a hundredth of the weights are brisk; of a tenth, ten of them make another network
        yield (1 - learned(m)) * log_ramp(step, 0.03, 0.15), f"updates are {step:.2g} of usual parameters"
        shares = [layer.units.saturated for layer in m.layers if layer.units.saturated is not None]
        share = max([share for share in shares if not np.isnan(share)], default=0.0)
        text = f"{percent(share)} of the units are saturated, after updates of {step:.2g} of usual parameters"
        yield (1 - learned(m)) * ramp(share, 0.4, 0.8) * log_ramp(step, 0.01, 0.03), text
        largest = (1 - learned(m)) * log_ramp(c.largest, 0.1, 0.4)
        yield largest, f"the largest update was {c.largest:.2g} of the parameters"


def low_rate(m: Measures) -> Evidence | None:
    """The evidence for `rate-too-low`."""
    c = m.course
    if c is None or c.rows < 5 or c.step is None:
        return None
    moved = abs(c.last - c.first) / c.first if c.first > 0 else 0.0
    text = (
        f"Updates are {c.step:.1g} of the parameters, and {c.updates} of them changed the loss by "
        f"{percent(moved)}{at_rate(c)}."
    )
    # ten thousand updates of 1e-5 move a parameter by a tenth of itself
    return Evidence(log_ramp(c.step, 1e-3, 1e-4) * (1 - ramp(moved, 0.05, 0.3)), text)


def low_clip(m: Measures) -> Evidence | None:
    """The evidence for `clip-too-low`."""
    c = m.course
    if c is None or c.clipped is None or np.isnan(c.clipped):
        return None
    text = f"{percent(c.clipped)} of the updates are clipped to {c.clip:.2g}{at_rate(c)}"
    if c.excess is None:
        return Evidence(0.6 * ramp(c.clipped, 0.85, 0.95), f"{text}.")
    # good training runs often clip norms of a few times the threshold; at twenty times the clip sets the rate
    size = log_ramp(c.excess, 2, 20) * (1 - learned(m))
    if c.step is not None:  # Adam divides by the size of gradients: its updates have a usual size nevertheless
        size *= log_ramp(c.step, 5e-3, 1e-3)
    return Evidence(ramp(c.clipped, 0.85, 0.95) * size, f"{text}, at a norm {c.excess:.2g} times the threshold.")


def stuck(m: Measures) -> Evidence | None:
    """The evidence for `constant-answer`."""
    c = m.course
    if c is None or m.baseline is None or not m.baseline > 0 or c.updates < 50 or np.isnan(c.last):
        return None
    text = f"After {c.updates} updates the loss is {c.last:.3g}, that of the best constant answer {m.baseline:.3g}."
    return Evidence(0.5 * ramp(c.last / m.baseline, 0.9, 0.97), text)
