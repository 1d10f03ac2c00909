"""Evidence for causes inside a network: its weights, its states and gradients through time, its units and gates.

An evidence function takes the measures and returns a strength from 0 to 1 with a sentence that has the numbers, or None
if nothing points to its cause. Each judges its cause alone; `findings` decides which cause explains another.
`ramp(x, none, all)` goes from 0 at `none` to 1 at `all`; the reason for each pair stands beside it.
"""

from collections.abc import Callable

import numpy as np

from minirnn.diagnosis.measures import Measures, OfLayer
from minirnn.diagnosis.strengths import Evidence, log_ramp, percent, ramp, worst

# --- what is not finite: a fact, of strength 1 ----------------------------------------------------------------------


def bad_weights(m: Measures) -> Evidence | None:
    """The evidence for `weights-not-finite`."""
    bad = {key: w.bad for key, w in m.weights.items() if w.bad}
    counts = ", ".join(f"{key} holds {count}" for key, count in bad.items())
    return Evidence(1.0, f"Entries that are inf or nan: {counts}.") if bad else None


def overflowing_states(m: Measures) -> Evidence | None:
    """The evidence for `states-overflow`."""

    def judge(layer: OfLayer) -> Evidence | None:
        if layer.units.overflow is not None:
            return Evidence(1.0, f"The states overflow, first at step {layer.units.overflow}.")
        grown = "In the last quarter the states are more than 100 times as large as in the second."
        return Evidence(0.9, grown) if layer.units.growing else None

    return worst(m, judge)


# --- the gradient through time --------------------------------------------------------------------------------------


def exploding(m: Measures) -> Evidence | None:
    """The evidence for `gradient-explodes`."""

    def judge(layer: OfLayer) -> Evidence | None:
        sizes = layer.by_lag.sizes
        if layer.units.overflow is not None:  # a gradient through states of inf means nothing
            return None
        if layer.by_lag.overflow is not None:
            return Evidence(
                1.0, f"The gradient overflows {layer.by_lag.overflow} steps back, while all states are finite."
            )
        peak = int(np.argmax(np.where(np.isfinite(sizes), sizes, 0.0)))
        # in an LSTM that remembers 400 steps the gradient grows a hundredfold on its way, and the LSTM learns
        strength = log_ramp(float(sizes[peak]), 100, 3000)
        return Evidence(
            strength, f"The gradient grows with the lag: at lag {peak} it is {sizes[peak]:.2g} of that at 0."
        )

    return worst(m, judge)


def vanishing(m: Measures) -> Evidence | None:
    """The evidence for `gradient-vanishes`."""
    if m.lag == 0:
        return None

    def judge(layer: OfLayer) -> Evidence | None:
        if layer.by_lag.errors == 0 or layer.by_lag.overflow is not None:
            return None
        share = layer.far_share(m.lag, m.quiet)
        # below 1e-3 the book's networks learned nothing from distant inputs, in 33 runs of 33; above it they did
        strength = log_ramp(share, 2e-3, 5e-4)
        lag = layer.half(m.lag, m.quiet)
        return Evidence(strength, f"{share:.1g} of the gradient comes from lags of {lag} and more.")

    # a distant input reaches the output through any layer that keeps it, so all of them must forget
    every = [found for found in map(judge, m.layers) if found is not None]
    found = min(every, key=lambda found: found.strength, default=None)
    if found is None or m.lag is not None:
        return found
    if m.near is None:
        # a loss that asks everywhere has much to learn near by, and nobody knows what else
        return found._replace(strength=found.strength * (1 - 0.7 * ramp(m.asked, 0.5, 0.8)))
    # half of the targets' variance may come from near inputs although the task is about the other half; 99 % may not
    rest = 1 - ramp(m.near.share, 0.3, 0.6)
    if m.near.every_step:  # as a language's next symbol: what is near is learned first, and the network moves on
        rest *= 1 - 0.7 * ramp(m.near.share, 0.02, 0.06)
    return found._replace(strength=found.strength * rest)


def chaotic(m: Measures) -> Evidence | None:
    """The evidence for `chaotic`."""

    def judge(layer: OfLayer) -> Evidence | None:
        along, later, low = layer.parting.along, layer.parting.later, layer.parting.low * layer.steps
        if later is None or not np.isfinite(low) or layer.units.growing:
            return None
        # e^1 over the sequence harms nobody, and a forget bias of ln T comes up to e^0.5
        text = (
            f"λ₁ is {along.value:+.3f} ± {along.error:.3f} a step and stays {later.value:+.3f} ± {later.error:.3f}"
        )
        return Evidence(
            ramp(low, 1, 2), f"{text}: over {layer.steps} steps differences grow e^{low:.1f}-fold at least."
        )

    return worst(m, judge)


def violent(m: Measures) -> Evidence | None:
    """The evidence for `curse-of-memory`."""

    def judge(layer: OfLayer) -> Evidence | None:
        # a relative change of 1 in each parameter has its full effect at each of T steps: this is a curse if the memory
        # lasts far beyond the sequence (that of a healthy LRU ends within it), and if T is long
        beyond = ramp(abs(layer.parting.along.value) * layer.steps, 0.2, 0.1)
        strength = 0.8 * beyond * log_ramp(layer.sensitivity / layer.steps, 0.6, 1.2)
        strength *= log_ramp(layer.sensitivity, 20, 60)
        text = f"A relative change of the weights changes the last state {layer.sensitivity:.0f}-fold"
        return Evidence(
            strength, f"{text}, and λ₁ is {layer.parting.along.value:+.1g}: memory outlasts the sequence."
        )

    return worst(m, judge)


# --- units and gates ------------------------------------------------------------------------------------------------


def saturated(m: Measures) -> Evidence | None:
    """The evidence for `saturated-units`."""

    def judge(layer: OfLayer) -> Evidence | None:
        share = layer.units.saturated
        if share is None or np.isnan(share):
            return None
        text = f"{percent(share)} of the units are saturated: their slope is below a twentieth of the largest."
        return Evidence(ramp(share, 0.4, 0.8), text)  # trained tanh networks are saturated to a fifth or a third

    return worst(m, judge)


def dead(m: Measures) -> Evidence | None:
    """The evidence for `dead-units`."""

    def judge(layer: OfLayer) -> Evidence | None:
        share, ways = layer.units.dead, layer.units.directions
        if not share:
            return None
        text = f"{percent(share)} of the units are 0 for every input of the batch"
        if (
            share >= 0.3 and 0 < ways < 1.1
        ):  # ReLU networks at rest lose half of their units and learn with the rest
            return Evidence(
                max(0.7, ramp(share, 0.5, 0.9)), f"{text}, and the others differ in one direction only."
            )
        return Evidence(ramp(share, 0.6, 0.9), f"{text}.")

    return worst(m, judge)


def closed(
    m: Measures, name: str, openness: Callable[[OfLayer], np.ndarray | None], none: float, all: float
) -> Evidence | None:
    """A gate is closed where the openness that the layer shows, of three units in four, is small."""

    def judge(layer: OfLayer) -> Evidence | None:
        opened = openness(layer)
        if opened is None:
            return None
        most = float(np.quantile(opened, 0.75))  # the others of a quarter may learn
        return Evidence(
            log_ramp(most, none, all), f"The {name} of three units in four is open to less than {most:.1g}."
        )

    return worst(m, judge)


def forget_gate(m: Measures) -> Evidence | None:
    """The evidence for `forget-gate-closed`."""
    # at 0.05 a cell keeps 1/400 over two steps; f = 0.5, a bias of 0, is not closed
    return closed(m, "forget gate", lambda layer: layer.units.gates.get("forget"), 0.15, 0.05)


def input_gate(m: Measures) -> Evidence | None:
    """The evidence for `input-gate-closed`."""

    def let_in(layer: OfLayer) -> np.ndarray | None:
        i, f = (layer.units.gates.get(key) for key in ("input", "forget"))
        if i is None or f is None:
            return None
        # at a bias of -6 over 20 steps, 0.06, gates open again while Adam trains; at -8 they do not;
        # a unit that keeps for 1/(1 - f) steps needs an input gate that is open to 1 - f only, as with `chrono`
        return i * np.minimum(layer.steps, 1 / np.maximum(1 - f, 1e-12))

    return closed(m, "input gate, over the steps that the cell remembers,", let_in, 0.05, 0.008)


def output_gate(m: Measures) -> Evidence | None:
    """The evidence for `output-gate-closed`."""
    return closed(m, "output gate", lambda layer: layer.units.gates.get("output"), 0.05, 0.01)
