"""What `diagnose` returns: the measures, and what they suggest."""

from dataclasses import dataclass
from html import escape

import numpy as np


@dataclass(frozen=True)
class Finding:
    """A likely cause, what to change first, and the page of the book that explains it."""

    cause: str
    remedy: str
    page: str


@dataclass(frozen=True)
class Report:
    """What `diagnose` measured; `print` it, or show it in a notebook."""

    loss: float
    by_lag: np.ndarray
    far_share: float
    exponent: float
    exponent_error: float
    saturated: float
    sensitivity: float
    clip_rate: float | None
    state_overflow: int | None
    gradient_overflow: int | None
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        T = len(self.by_lag)
        middle, end = self.by_lag[T // 2], self.by_lag[-1]
        lines = [
            f"loss                       {self.loss:.4g}",
            f"gradient, lag 0 being 1    {middle:.2g} at lag {T // 2}, {end:.2g} at lag {T - 1}",
            f"far share of the gradient  {self.far_share:.2g}",
            f"largest exponent           {self.exponent:+.3f} ± {self.exponent_error:.3f} a step; 1/T is {1 / T:.3f}",
            f"saturated units            {100 * self.saturated:.0f} %",
            f"sensitivity                {self.sensitivity:.3g}",
        ]
        if self.clip_rate is not None:
            lines.append(f"clipped updates            {100 * self.clip_rate:.0f} %")
        if self.state_overflow is not None:
            lines.append(f"first state not finite     step {self.state_overflow}")
        if self.gradient_overflow is not None:
            lines.append(f"gradient not finite        from {self.gradient_overflow} steps back on")
        for finding in self.findings:
            lines.append(f"-> {finding.cause}\n   First: {finding.remedy}\n   See: {finding.page}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The text, for notebooks; `minirnn.figures` shows its figure there, once it is imported."""
        return f"<pre>{escape(str(self))}</pre>"
