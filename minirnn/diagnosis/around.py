"""Evidence for causes around a network: its inputs, its readout and targets. See `inside` and `logged`."""

from math import exp, log

import numpy as np

from minirnn.diagnosis.measures import Measures
from minirnn.diagnosis.strengths import Evidence, log_ramp, percent, ramp

# --- inputs ---------------------------------------------------------------------------------------------------------


def large_inputs(m: Measures) -> Evidence | None:
    """The evidence for `inputs-too-large`."""
    drive, feature = m.layers[0].drive, int(np.argmax(m.inputs.deviation))
    if m.inputs.bad:
        return None
    # inputs of deviation 1 and usual weights give 1; at 3 half of the tanh units are saturated, at 10 nearly all.
    # If the inputs themselves have a usual size, the weights are large
    return Evidence(
        min(log_ramp(drive.deviation, 4, 15), log_ramp(m.inputs.deviation[feature], 2, 6)),
        f"Inputs move the pre-activations by {drive.deviation:.3g}; 1 is usual. "
        f"Feature {feature} has the largest deviation, {m.inputs.deviation[feature]:.3g}.",
    )


def small_inputs(m: Measures) -> Evidence | None:
    """The evidence for `inputs-too-small`."""
    drive = m.layers[0].drive
    if m.inputs.still or (m.inputs.alike and m.inputs.deviation.max() == 0):
        return None
    text = f"The largest input moves a pre-activation by {drive.peak:.2g}; 1 is usual."
    # networks learn from inputs of deviation 0.1, hardly from 0.001; if inputs have a usual size, the weights are small
    return Evidence(min(log_ramp(drive.peak, 0.05, 0.003), log_ramp(m.inputs.deviation.max(), 0.03, 0.003)), text)


def shifted_inputs(m: Measures) -> Evidence | None:
    """The evidence for `inputs-shifted`."""
    drive = m.layers[0].drive
    if m.inputs.still or drive.deviation == 0:
        return None
    ratio = drive.shift / drive.deviation
    text = f"The inputs' mean moves pre-activations by {drive.shift:.3g}, what varies in them by {drive.deviation:.2g}."
    # pixels and one-hot symbols have a ratio of about 1, and a shift below 1 acts like a bias
    return Evidence(log_ramp(ratio, 2.5, 8) * log_ramp(drive.shift, 1, 3), text)


def constant_inputs(m: Measures) -> Evidence | None:
    """The evidence for `inputs-constant`."""
    if m.inputs.bad:
        return None
    if m.inputs.still:
        varied = m.targets is None or not m.targets.constant
        return Evidence(1.0 if varied else 0.5, "The inputs are the same at every step of every sequence.")
    if m.inputs.alike and (m.targets is None or not m.targets.constant):
        return Evidence(0.95, "All sequences of the batch are alike.")
    return None


def bad_inputs(m: Measures) -> Evidence | None:
    """The evidence for `inputs-not-finite`."""
    return Evidence(1.0, f"{m.inputs.bad} entries of the inputs are inf or nan.") if m.inputs.bad else None


# --- readout, loss and targets --------------------------------------------------------------------------------------


def dead_readout(m: Measures) -> Evidence | None:
    """The evidence for `readout-dead`: weights that pass nothing and stay so, or an error that is lost above."""
    r = m.readout
    if r.size is not None and np.isfinite(r.size) and r.gradient is not None:
        # a readout of zeros with a gradient is not 0 after one update; states that are 0 give it none, nor does a
        # readout that nobody trains
        stays = log_ramp(r.gradient, 1e-3, 1e-6)
        # at a hundredth of a usual start the readout grows to its size before the cell has moved, which costs little
        strength = log_ramp(r.size, 1e-2, 1e-3) * stays
        if strength > 0:
            text = f"The weights of the readout are {r.size:.1g} of what a usual start would give"
            return Evidence(strength, f"{text}, and their gradient is {r.gradient:.1g} of the loss: they stay.")
    if r.passes is None:
        return None
    # of a squared error it is 2 over the error's size; states above 1 make larger answers, of which less is due to each
    size = (
        1.0
        if m.targets is None or m.targets.classes
        else max(1.0, float(np.hypot(m.targets.mean, m.targets.deviation)))
    )
    text = f"Of a loss of {m.loss:.3g} an error of {r.passes:.1g} reaches the states; of its own size is usual."
    return Evidence(log_ramp(r.passes * size * max(1.0, r.states), 1e-4, 1e-7), text)


def ignoring_loss(m: Measures) -> Evidence | None:
    """The evidence for `loss-ignores-sequence`."""
    solved = m.loss == 0 and not (m.baseline == 0 and m.targets is not None and not m.targets.constant)
    if m.readout.size == 0 or solved or any(layer.error != 0 for layer in m.layers):
        return None
    if m.readout.gradient == 0:
        return Evidence(
            1.0, "The derivative of the loss by every state and by the readout is 0: it is lost above both."
        )
    return Evidence(1.0, "The derivative of the loss by every state is 0, although the readout could pass one.")


def scaled_targets(m: Measures) -> Evidence | None:
    """The evidence for `targets-off-scale`."""
    t = m.targets
    if t is None or t.classes or t.bad or t.constant:
        return None
    size = float(np.hypot(t.mean, t.deviation))
    # an output starts near 1 and moves by a rate of 1e-3 to 1e-1 an update: to 10 it takes a hundred to ten thousand
    large, small = log_ramp(size, 8, 40), log_ramp(t.deviation, 0.03, 0.003)
    text = f"Targets have a mean of {t.mean:.3g} and a deviation of {t.deviation:.3g}; outputs start near 1."
    return Evidence(max(large, small), text)


def read_padding(m: Measures) -> Evidence | None:
    """The evidence for `reads-padding`: errors that come from full sequences alone, or that begin far behind the end of
    what they are about."""
    p, T = m.padding, m.layers[-1].steps
    if p.deaf_short > 0.9 and p.deaf_full < 0.1:
        text = f"No error comes from {percent(p.deaf_short)} of the sequences that end before the longest"
        return Evidence(0.95, f"{text}, and one from {percent(1 - p.deaf_full)} of the others.")
    run = int(np.median(p.steps))
    if m.lag is not None or not np.isnan(p.deaf_short) or m.targets is None or not m.targets.at_end or run < 2:
        return None
    share = min(layer.share_from(run) for layer in m.layers)
    text = (
        f"The last {run} of {T} steps are alike in all sequences, and {share:.1g} of the gradient comes from before"
    )
    # a delay that is meant looks the same, so that this is no more than possible
    return Evidence(0.6 * ramp(run / T, 0.25, 0.5) * log_ramp(share, 2e-3, 5e-4), f"{text} them.")


def constant_targets(m: Measures) -> Evidence | None:
    """The evidence for `targets-constant`."""
    if m.targets is None or not m.targets.constant or m.targets.rows < 2:
        return None
    return Evidence(ramp(m.targets.rows, 1, 4), f"All {m.targets.rows} targets of the batch are the same.")


def bad_targets(m: Measures) -> Evidence | None:
    """The evidence for `targets-not-finite`."""
    bad = m.targets is not None and m.targets.bad
    return Evidence(1.0, f"{m.targets.bad} entries of the targets are inf or nan.") if bad and m.targets else None


def bad_loss(m: Measures) -> Evidence | None:
    """The evidence for `loss-not-finite`: the loss is not finite, although all that it is computed from is."""
    targets = m.targets is not None and m.targets.bad
    states = any(layer.units.overflow is not None for layer in m.layers)
    if np.isfinite(m.loss) or m.inputs.bad or targets or states or any(w.bad for w in m.weights.values()):
        return None
    return Evidence(1.0, f"The loss is {m.loss}; parameters, inputs, targets and states are finite.")


def swapped_axes(m: Measures) -> Evidence | None:
    """The evidence for `axes-swapped`: the answer to example k reads step k, of the same sequence for all k."""
    a, (T, B, _) = m.answers, m.shape
    if a is None or a.own_step == 0:
        return None
    # chance gives a quarter of four answers; batch norm over N answers leaves an answer 1 - 2/N of what it reads
    strength = ramp(a.own_step * (1 - a.own_sequence), 0.4, 0.7)
    # answers at each step that look at all sequences together may be meant, those that look at one sequence hardly
    whence = f"{a.sequences:.0f} of the {B} sequences" if a.sequences > 1.5 else "one sequence"
    text = f"The answer to example k reads step k of {whence}: the {T} examples were taken for steps"
    return Evidence(
        (0.95 if a.sequences > 1.5 else 0.99) * strength, f"{text}, and each depends on those before it."
    )


def answered_probabilities(m: Measures) -> Evidence | None:
    """The evidence for `answers-are-probabilities`: a fact, since scores never add up to 1 in each row, and are no
    sigmoid's."""
    if m.answers is None or m.answers.of_probabilities is None:
        return None
    name, classes = m.answers.of_probabilities
    if classes == 1:
        most = f"a target of 1 costs at least {log(1 + exp(-1)):.3g} so, one of 0 at least {log(2):.3g}"
        return Evidence(1.0, f"{name} was given what a sigmoid has made; {most}; the loss is {m.loss:.3g}.")
    least = log(exp(1) + classes - 1) - 1 if name == "cross_entropy" else -1.0
    text = f"{name} was given rows of {classes} numbers from 0 to 1 that add up to 1"
    return Evidence(
        1.0, f"{text}; the least loss that such answers can reach is {least:.3g}; the loss is {m.loss:.3g}."
    )


def frozen(m: Measures) -> Evidence | None:
    """The evidence for `frozen-parameters`."""
    if m.readout.size == 0 and m.readout.gradient:  # what lies below a readout of zeros moves after one update
        return None
    if not any(w.gradient for w in m.weights.values()) and any(layer.by_lag.terms.any() for layer in m.layers):
        return Evidence(0.9, "No parameter has a gradient, though an error reaches the states: all are frozen.")
    moving = {key: w for key, w in m.weights.items() if w.gradient is None or w.gradient > 0}
    still = [key for key, w in m.weights.items() if w.gradient is None or w.gradient == 0]
    if not still or len(still) == len(m.weights) or not any(w.gradient for w in moving.values()):
        return None
    early = [layer.name for layer in m.layers if layer.steps > 1 and len(layer.by_lag.sizes) == 1]
    where = f" The loss reads {', '.join(early)} at the first step alone, whose state has no past." if early else ""
    return Evidence(0.9, f"No gradient reaches {', '.join(still)}, while others have one.{where}")
