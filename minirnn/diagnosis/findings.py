"""The causes with evidence, in order: a finding that explains another one stands before it.

The confidence of a finding is the strength of its evidence. It falls if another finding explains it, and if the network
does its task nevertheless. `nothing-found` and `cannot-tell` are answers too.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from minirnn.diagnosis.causes import CAUSES, SAY_LAG
from minirnn.diagnosis.measures import Measures
from minirnn.diagnosis.powers import without_e

SHOWN = 0.35  # the confidence from which a finding is shown
WEAK = 0.15  # from here on it is mentioned as a weak sign
KEPT = 0.35  # the share of its confidence that a finding keeps if another one explains it for certain

# facts after which nothing else can be measured, and the causes that can still be named beside them
FACTS = ("weights-not-finite", "inputs-not-finite", "targets-not-finite", "loss-not-finite")
REGARDLESS = (
    *FACTS,
    "states-overflow",
    "rate-too-high",
    "answers-are-probabilities",
)  # what is no better for a loss that is low
OF_THE_LOG = ("rate-too-high", "clip-too-low")

GATES = {"forget-gate-closed", "input-gate-closed", "output-gate-closed"}
FLOW = {"gradient-explodes", "gradient-vanishes", "curse-of-memory", "chaotic"}
UNITS = {"saturated-units", "dead-units"}
SYMPTOMS = {"constant-answer", "frozen-parameters", "loss-ignores-sequence"}
EXPLAINS: dict[str, set[str]] = {
    "axes-swapped": {"inputs-constant", "reads-padding", *FLOW, *SYMPTOMS},
    "answers-are-probabilities": {"readout-dead", "rate-too-low", "clip-too-low", "constant-answer"},
    "states-overflow": {"gradient-vanishes", "curse-of-memory", "chaotic", *UNITS, *SYMPTOMS},
    "chaotic": {"gradient-explodes", "curse-of-memory", "saturated-units", *SYMPTOMS},
    "gradient-explodes": {"states-overflow", "curse-of-memory", *SYMPTOMS},
    "inputs-constant": {"inputs-too-small", "inputs-shifted", *FLOW, *UNITS, *SYMPTOMS},
    "inputs-shifted": {"inputs-too-large", "states-overflow", *FLOW, *UNITS, *GATES, *SYMPTOMS},
    "inputs-too-large": {"states-overflow", *FLOW, *UNITS, *GATES, *SYMPTOMS},
    "inputs-too-small": {*FLOW, *SYMPTOMS},
    "saturated-units": {"gradient-vanishes", "gradient-explodes", *SYMPTOMS},
    "dead-units": {"gradient-vanishes", "curse-of-memory", *SYMPTOMS},
    "forget-gate-closed": {"gradient-vanishes", *SYMPTOMS},
    "input-gate-closed": {"gradient-vanishes", "inputs-too-small", "curse-of-memory", *SYMPTOMS},
    "output-gate-closed": {"gradient-vanishes", "gradient-explodes", "curse-of-memory", *SYMPTOMS},
    "readout-dead": {"gradient-vanishes", *SYMPTOMS},
    "loss-ignores-sequence": {"gradient-vanishes", "frozen-parameters", "constant-answer"},
    "reads-padding": {"gradient-vanishes", "constant-answer"},
    "targets-constant": {"gradient-vanishes", "constant-answer"},
    "targets-off-scale": {"rate-too-high", "rate-too-low", "clip-too-low", *FLOW, *UNITS, *SYMPTOMS},
    "rate-too-high": {"clip-too-low", "states-overflow", *FLOW, *UNITS, *GATES, *SYMPTOMS},
    "rate-too-low": {"constant-answer"},
    "clip-too-low": {"rate-too-low", "constant-answer"},
    "gradient-vanishes": {"constant-answer"},
}


class Finding(NamedTuple):
    """A likely cause by its stable name, its evidence and the strength of it (0 to 1), the first thing to change, the
    page of the book that explains it, maybe with its section as page#section, and an observation that would rule it
    out."""

    name: str
    cause: str
    evidence: str
    confidence: float
    remedy: str
    page: str
    ruled_out_by: str

    @property
    def words(self) -> str:
        """The confidence in words."""
        steps = ((0.9, "almost certain"), (0.7, "likely"), (SHOWN, "possible"))
        return next((text for least, text in steps if self.confidence >= least), "weak")


def rank(m: Measures) -> tuple[Finding, ...]:
    """The findings, the first the most likely; `nothing-found` or `cannot-tell` where there is none."""
    every = {name: cause.evidence(m) for name, cause in CAUSES.items()}
    strengths = {name: found.strength for name, found in every.items() if found is not None and found.strength > 0}
    strengths, unsolved = beside_facts(strengths), 1 - m.solved
    strengths = {name: s if name in REGARDLESS else s * unsolved for name, s in strengths.items()}
    confidences = {name: explained(name, strengths) for name in strengths}
    ordered = sorted(confidences, key=lambda name: -confidences[name])
    findings = tuple(finding(name, every[name].text, confidences[name]) for name in ordered)  # type: ignore[union-attr]
    shown = tuple(found for found in findings if found.confidence >= SHOWN)
    shown = shown or (nothing(m, [found.name for found in findings if found.confidence >= WEAK]),)
    return tuple(found._replace(evidence=without_e(found.evidence)) for found in shown)


def finding(name: str, evidence: str, confidence: float) -> Finding:
    """The finding of a cause."""
    cause = CAUSES[name]
    return Finding(name, cause.sentence, evidence, confidence, cause.remedy, cause.page, cause.ruled_out_by)


def beside_facts(strengths: dict[str, float]) -> dict[str, float]:
    """The findings if weights, inputs or targets are not finite: these facts, and causes that the log alone shows."""
    fact = next((name for name in FACTS if name in strengths), None)
    if fact is None:
        return strengths
    return {name: strength for name, strength in strengths.items() if name in FACTS or name in OF_THE_LOG}


def explained(name: str, strengths: dict[str, float]) -> float:
    """The confidence that is left of a strength beside what explains it."""
    by = (strength for other, strength in strengths.items() if name in EXPLAINS.get(other, ()))
    if name in OF_THE_LOG and any(fact in strengths for fact in FACTS):
        return 0.9 * strengths[name]
    return strengths[name] * (1 - (1 - KEPT) * max(by, default=0.0))


def nothing(m: Measures, weak: list[str]) -> Finding:
    """The answer if no cause is found: that all looks well, or that the measures do not decide."""
    missing = unseen(m)
    hidden = f" Not seen: {', '.join(missing)}." if missing else ""
    signs = f" Weak signs: {', '.join(weak)}." if weak else ""
    for reason, remedy, rule in undecided(m, weak):
        return Finding(
            "cannot-tell", "The measures do not decide.", f"{reason}{signs}{hidden}", 0.5,
            remedy, "field-guide#cannot-tell", rule,
        )  # fmt: skip
    task = " The loss is far below that of a constant answer." if m.solved > 0.5 else ""
    text = f"All measures look as those of networks that learn.{task}{signs}{hidden}"
    return Finding(
        "nothing-found", "Nothing here stands in the way of learning.", text, 0.5 + 0.4 * m.solved,
        "look at the data, the rate and the loss", "field-guide#nothing-found",
        "a training log in which the loss does not fall",
    )  # fmt: skip


def undecided(m: Measures, weak: list[str]) -> Iterator[tuple[str, str, str]]:
    """What the measures leave open, what to do about it, and what would settle it."""
    for layer in m.layers:  # an exponent may as well mean calm as chaos, in a network that has not solved its task
        low, high = layer.parting.low * layer.steps, layer.parting.high * layer.steps
        if m.solved < 0.5 and np.isfinite(low) and low < 1 and high > 6:
            yield (
                "The exponent's interval holds both calm and chaos.",
                "a longer batch, or more sequences",
                "an exponent whose interval is narrow",
            )
    if "gradient-vanishes" in weak and m.near is None:
        yield (
            "Distant inputs barely change the gradient, and nothing here says whether the task needs them.",
            f"say by {SAY_LAG} how many steps back the task reaches",
            "a task that needs only the last steps",
        )
    c = m.course
    if (
        c is not None
        and c.updates >= 10
        and m.baseline is not None
        and m.baseline < min(c.first / 0.85, c.last / 0.92)
    ):
        yield (
            f"Over the log the loss stays at {c.last:.3g}, that of the best constant answer {m.baseline:.3g}, and no "
            "measure says why.",
            "fit a few examples first: if that fails, something is broken; if not, look at the data and their labels",
            "a loss below that of the best constant",
        )


def unseen(m: Measures) -> list[str]:
    """The inputs of the diagnosis that were missing, by name."""
    missing = [] if m.targets is not None else ["targets"]
    missing += [] if m.course is not None else ["a training log"]
    missing += [f"the gradient through {layer.name}" for layer in m.layers if not layer.by_lag.errors]
    hidden = [layer.name for layer in m.layers if layer.units.saturated is None]
    return missing + [f"the slopes of units in {name}" for name in hidden]
