"""The causes that a report can name, each with its evidence, a first remedy, and an observation that would rule it out.

>>> sorted(CAUSES)[:3]
['answers-are-probabilities', 'axes-swapped', 'chaotic']
"""

from collections.abc import Callable
from typing import NamedTuple

from minirnn.diagnosis import around, inside, logged
from minirnn.diagnosis.measures import Measures
from minirnn.diagnosis.strengths import Evidence

SAY_LAG = "lag=…"  # how texts name the option; the command line has another word for it


class Cause(NamedTuple):
    """A cause: a sentence, the function that computes its evidence, the first thing to change, the page of the book,
    maybe with a section, and an observation that would rule it out."""

    sentence: str
    evidence: Callable[[Measures], Evidence | None]
    remedy: str
    page: str
    ruled_out_by: str


CAUSES: dict[str, Cause] = {
    "weights-not-finite": Cause(
        "A parameter is not finite.",
        inside.bad_weights,
        "load the last parameters that were finite; an update made these: the rate was too high, or a gradient "
        "exploded",
        "exploding",
        "all parameters being finite",
    ),
    "inputs-not-finite": Cause(
        "The inputs are not finite.",
        around.bad_inputs,
        "find and replace the missing values before the network sees them",
        "field-guide#inputs-not-finite",
        "all inputs being finite",
    ),
    "targets-not-finite": Cause(
        "The targets are not finite.",
        around.bad_targets,
        "find and leave out the missing values",
        "field-guide#targets-not-finite",
        "all targets being finite",
    ),
    "loss-not-finite": Cause(
        "The loss is not finite, although all that it is computed from is.",
        around.bad_loss,
        "look for a logarithm or a division of 0 and for exp of a large number, in the readout and in the loss",
        "field-guide#loss-not-finite",
        "a loss that is finite on the same states",
    ),
    "axes-swapped": Cause(
        "A recurrent layer takes the examples for steps, and the steps for sequences.",
        around.swapped_axes,
        "batch_first=True for inputs (B, T, m), and batch_first=False for (T, B, m)",
        "field-guide#axes-swapped",
        "an answer at every step that is meant to read all sequences together",
    ),
    "answers-are-probabilities": Cause(
        "The loss takes scores, and is given probabilities.",
        around.answered_probabilities,
        "leave out the softmax or the sigmoid: cross_entropy and binary_cross_entropy_with_logits take the scores, "
        "nll_loss their log_softmax",
        "field-guide#answers-are-probabilities",
        "answers below 0 or above 1",
    ),
    "states-overflow": Cause(
        "The states overflow, or grow without end.",
        inside.overflowing_states,
        "smaller recurrent weights, or a bounded activation",
        "exploding",
        "states that stay bounded on longer inputs",
    ),
    "gradient-explodes": Cause(
        "The gradient explodes: it grows with the lag.",
        inside.exploding,
        "clip by norm, at about the median norm while the loss falls; smaller weights (no clip mends inf or nan)",
        "exploding",
        "a gradient by lag that stays below ten",
    ),
    "gradient-vanishes": Cause(
        "The gradient vanishes: distant inputs barely change it.",
        inside.vanishing,
        "orthogonal or identity weights, a gated cell with a forget bias near log T, or an LRU",
        "vanishing",
        f"a task that needs only the last steps: say so by {SAY_LAG}; or a loss far below that of a constant",
    ),
    "chaotic": Cause(
        "The network is chaotic: nearby states part, and gradients grow with the lag.",
        inside.chaotic,
        "scale the recurrent weights down until the exponent is near 0",
        "chaos",
        "an exponent that falls to 0 on longer inputs: a transient",
    ),
    "saturated-units": Cause(
        "Units are saturated: their slope is nearly 0.",
        inside.saturated,
        "smaller weights or biases; inputs of mean 0 and variance 1",
        "vanishing",
        "slopes above a twentieth in most units",
    ),
    "dead-units": Cause(
        "Units are dead: they are 0 for every input.",
        inside.dead,
        "biases of 0 or above and smaller updates; inputs of mean 0; a leaky slope",
        "field-guide#dead-units",
        "units that wake on another batch",
    ),
    "inputs-too-large": Cause(
        "The inputs are too large.",
        around.large_inputs,
        "inputs of mean 0 and variance 1, feature by feature",
        "field-guide#inputs-too-large",
        "input weights that are small to match",
    ),
    "inputs-too-small": Cause(
        "The inputs are too small to be seen.",
        around.small_inputs,
        "inputs of mean 0 and variance 1, feature by feature",
        "field-guide#inputs-too-small",
        "input weights that are large to match",
    ),
    "inputs-shifted": Cause(
        "The inputs' mean is far from 0, against what varies in them.",
        around.shifted_inputs,
        "subtract the mean of each feature and divide by its deviation",
        "field-guide#inputs-shifted",
        "biases that take the mean away",
    ),
    "inputs-constant": Cause(
        "The inputs carry no information.",
        around.constant_inputs,
        "look at the data, and at what is done to them",
        "field-guide#inputs-constant",
        "a task that has no inputs",
    ),
    "forget-gate-closed": Cause(
        "The forget gates are closed: the cells forget at once.",
        inside.forget_gate,
        "a forget bias of 1 or more, near log T for lags of T",
        "elementwise",
        "a task that needs one step",
    ),
    "input-gate-closed": Cause(
        "The input gates are closed: nothing enters.",
        inside.input_gate,
        "an input-gate bias near 0 (GRU: a smaller update bias)",
        "elementwise",
        "gates that open on other inputs",
    ),
    "output-gate-closed": Cause(
        "The output gates are closed: nothing leaves.",
        inside.output_gate,
        "an output-gate bias near 0",
        "elementwise",
        "gates that open on other inputs",
    ),
    "readout-dead": Cause(
        "The readout passes no gradient to the states.",
        around.dead_readout,
        "readout weights N(0, 1/n), and trained; no saturated unit above them",
        "field-guide#readout-dead",
        "a gradient of the states that is not small, or of the readout's own weights",
    ),
    "loss-ignores-sequence": Cause(
        "The loss does not depend on the states.",
        around.ignoring_loss,
        "let the loss read the states; look for a detached or overwritten output, and for a dead unit at the output",
        "bptt",
        "a loss that changes where a state does",
    ),
    "reads-padding": Cause(
        "The loss reads the states behind the ends of sequences.",
        around.read_padding,
        "read each sequence's state at its own end: states[arange(B), lengths - 1], or the last state of a packed one",
        "field-guide#reads-padding",
        f"a task whose delay is meant: say so by {SAY_LAG}",
    ),
    "targets-off-scale": Cause(
        "The targets are far from what the readout can reach soon.",
        around.scaled_targets,
        "targets of mean 0 and variance 1; undo it where they are used",
        "field-guide#targets-off-scale",
        "a readout whose bias and weights start at the targets' scale",
    ),
    "targets-constant": Cause(
        "Every target is the same.",
        around.constant_targets,
        "look at the labels, and at how the batch is drawn",
        "field-guide#targets-constant",
        "another batch whose targets differ",
    ),
    "rate-too-high": Cause(
        "The learning rate is too high.",
        logged.high_rate,
        "a rate three to ten times smaller",
        "exploding",
        "a loss that does not fall at a tenth of the rate either",
    ),
    "rate-too-low": Cause(
        "The learning rate is too low.",
        logged.low_rate,
        "a rate ten times larger",
        "field-guide#rate-too-low",
        "a loss that does not fall at ten times the rate either",
    ),
    "clip-too-low": Cause(
        "Nearly all updates are clipped: the threshold is the learning rate now.",
        logged.low_clip,
        "a higher threshold, at about the median norm while the loss falls",
        "exploding",
        "a loss that falls as fast as without a clip",
    ),
    "frozen-parameters": Cause(
        "Some parameters do not move.",
        around.frozen,
        "let the loss depend on them, at a step that has a past in each direction, and hand them to the optimizer",
        "bptt",
        "parameters that are meant to stay",
    ),
    "curse-of-memory": Cause(
        "The states react violently to small changes of the weights, although no gradient explodes.",
        inside.violent,
        "normalise the input of slow units; a smaller rate; Adam",
        "elementwise",
        "a loss that falls smoothly",
    ),
    "constant-answer": Cause(
        "The network does no better than a constant.",
        logged.stuck,
        "fit a few examples first; look at the data",
        "field-guide#constant-answer",
        "a loss below that of the best constant",
    ),
}
