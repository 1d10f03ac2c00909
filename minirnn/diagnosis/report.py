"""The report that `diagnose` returns: the findings, the first with its evidence, and the measures.

>>> from minirnn.diagnosis.findings import Finding
>>> print(told(Finding("dead-units", "Units are dead.", "All are 0.", 1.0, "smaller updates", "field-guide", "life")))
dead-units (almost certain, 1.00): Units are dead.
   Evidence: All are 0.
   First: smaller updates
   See: field-guide
   Ruled out by: life
"""

from dataclasses import dataclass
from html import escape

import numpy as np

from minirnn.diagnosis.findings import Finding
from minirnn.diagnosis.measures import Measures, OfLayer
from minirnn.diagnosis.powers import without_e


@dataclass(frozen=True)
class Report:
    """Findings, the most likely first, and the measures; `print` it, or show it in a notebook.

    `by_lag`, `far_share`, `exponent`, `saturated`, … are those of the top layer, which the readout sees; those of the
    others are in the layers of its measures.
    """

    measures: Measures
    findings: tuple[Finding, ...]

    @property
    def top(self) -> OfLayer:
        """The measures of the layer that the readout sees."""
        return self.measures.layers[-1]

    @property
    def loss(self) -> float:
        """E on the batch."""
        return self.measures.loss

    @property
    def by_lag(self) -> np.ndarray:
        """‖d_{s-k}‖/‖d_s‖ by lag k (L,)."""
        return self.top.by_lag.sizes

    @property
    def gradient_overflow(self) -> int | None:
        """The first lag at which the gradient is not finite."""
        return self.top.by_lag.overflow

    @property
    def state_overflow(self) -> int | None:
        """The first step at which a state is not finite."""
        return self.top.units.overflow

    @property
    def far_share(self) -> float:
        """The share of the gradient from lags above half of the longest, or of the one that was given."""
        return self.top.far_share(self.measures.lag)

    @property
    def exponent(self) -> float:
        """The largest exponent along the inputs, nats a step."""
        return self.top.parting.along.value

    @property
    def exponent_error(self) -> float:
        """Its standard error."""
        return self.top.parting.along.error

    @property
    def saturated(self) -> float | None:
        """The share of saturated units; None if the cell does not show them."""
        return self.top.units.saturated

    @property
    def sensitivity(self) -> float:
        """The relative change of the last state for a relative change of the cell's parameters."""
        return self.top.sensitivity

    @property
    def clip_rate(self) -> float | None:
        """The share of updates that were clipped."""
        return None if self.measures.course is None else self.measures.course.clipped

    def __str__(self) -> str:
        return "\n".join([*(f"{n}. {told(found)}" for n, found in enumerate(self.findings, 1)), "", *self._lines()])

    def _lines(self) -> list[str]:
        layers = self.measures.layers
        return batch_lines(self.measures) + [text for each in layers for text in layer_lines(each, len(layers) > 1)]

    def _repr_html_(self) -> str:
        """For notebooks: the first finding in full, the others and the measures to unfold; `minirnn.figures` adds its
        figure, once it is imported."""
        first, *others = map(shown, self.findings)
        folded = [("Other findings", "".join(others))] if others else []
        folded.append(("Measures", f"<pre>{escape(chr(10).join(self._lines()))}</pre>"))
        return first + "".join(f"<details><summary>{name}</summary>{body}</details>" for name, body in folded)


def shown(found: Finding) -> str:
    """A finding as HTML."""
    cause, evidence, remedy, rule = map(escape, (found.cause, found.evidence, found.remedy, found.ruled_out_by))
    return (
        f"<p><strong>{cause}</strong> ({found.words}, {found.confidence:.2f}; <code>{found.name}</code>) {evidence}</p>"
        f"<ul><li>First: {remedy}</li><li>See: {link(found.page)}</li><li>Ruled out by: {rule}</li></ul>"
    )


def link(place: str) -> str:
    """The place of a finding as HTML: a link that works on the pages of the built book, and whose text works elsewhere.

    >>> link("field-guide#dead-units")
    '<a href="field-guide.html#dead-units">field-guide#dead-units</a>'
    """
    page, mark, section = place.partition("#")
    return f'<a href="{page}.html{mark}{section}">{place}</a>'


def told(found: Finding) -> str:
    """A finding in five lines."""
    lines = [
        f"{found.name} ({found.words}, {found.confidence:.2f}): {found.cause}",
        f"   Evidence: {found.evidence}",
    ]
    lines += [f"   First: {found.remedy}", f"   See: {found.page}", f"   Ruled out by: {found.ruled_out_by}"]
    return "\n".join(lines)


def line(name: str, value: str) -> str:
    """A measure by its name."""
    return f"{name:<27}{without_e(value)}"


def batch_words(m: Measures) -> str:
    """What the batch was taken for: if axes are exchanged, the numbers of steps and sequences are, too."""
    (T, B, inputs), shape = m.shape, () if m.answers is None else m.answers.targets
    parts = [f"{B} sequence{'s' * (B > 1)} of {T} steps, {inputs} input{'s' * (inputs > 1)}"]
    if m.targets is not None:
        parts.append(f"{m.targets.rows} target{'s' * (m.targets.rows > 1)}")
    elif shape:
        parts.append(f"{shape[0]} targets" if len(shape) == 1 else f"targets {shape}")
    return "; ".join(parts)


def batch_lines(m: Measures) -> list[str]:
    """The measures of the batch and of the log."""
    constant = "" if m.baseline is None else f"; of the best constant answer {m.baseline:.4g}"
    lines = [line("batch", batch_words(m)), line("loss", f"{m.loss:.4g}{constant}")]
    means, deviations = np.abs(m.inputs.mean).max(), m.inputs.deviation
    lines.append(
        line("inputs", f"means up to {means:.3g}, deviations {deviations.min():.3g} to {deviations.max():.3g}")
    )
    if m.near is not None:
        text = f"{max(m.near.share, 0.0):.2f} of the targets' variance, from lags 0 to {m.near.lag}"
        lines.append(line("a probe of recent inputs", text))
    if m.course is not None:
        c = m.course
        if c.clipped is not None:
            lines.append(line("clipped updates", f"{100 * c.clipped:.0f} %"))
        if c.step is not None:
            lines.append(line("updates", f"{c.step:.2g} of the parameters"))
        if np.isfinite(c.first):
            lines.append(line("loss over the log", f"{c.first:.4g} to {c.last:.4g} in {c.updates} updates"))
    return lines


def layer_lines(layer: OfLayer, named: bool) -> list[str]:
    """The measures of a layer, under its name where there are several."""
    sizes, along, later, units = layer.by_lag.sizes, layer.parting.along, layer.parting.later, layer.units
    middle, last = len(sizes) // 2, len(sizes) - 1
    lines = [f"-- {layer.name}"] if named else []
    if layer.by_lag.errors:
        text = f"{sizes[middle]:.2g} at lag {middle}, {sizes[-1]:.2g} at lag {last}"
        lines.append(line("gradient, lag 0 being 1", text))
        lines.append(line("far share of the gradient", f"{layer.far_share():.2g}"))
    else:
        lines.append(line("gradient", "none reaches this layer"))
    lines.append(
        line("largest exponent", f"{along.value:+.3f} ± {along.error:.3f} a step; 1/T is {1 / layer.steps:.3f}")
    )
    if later is not None:
        lines.append(line("  later on", f"{later.value:+.3f} ± {later.error:.3f}"))
    lines.append(line("drive by the inputs", f"{layer.drive.deviation:.2g}, by their mean {layer.drive.shift:.2g}"))
    shares = [("saturated units", units.saturated), ("dead units", units.dead)]
    lines += [line(name, "not visible" if s is None else f"{100 * s:.0f} %") for name, s in shares]
    if units.gates:
        opened = ", ".join(f"{key} {np.median(gate):.2g}" for key, gate in units.gates.items())
        lines.append(line("gates, open to", opened))
    lines.append(line("sensitivity", f"{layer.sensitivity:.3g}"))
    if units.overflow is not None:
        lines.append(line("first state not finite", f"step {units.overflow}"))
    if layer.by_lag.overflow is not None:
        lines.append(line("gradient not finite", f"from {layer.by_lag.overflow} steps back on"))
    return lines
