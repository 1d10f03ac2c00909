"""The states of a figure, which its controls reach, and what stands around its picture."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from minirnn.figures.controls import Control, Pad, Prediction
from minirnn.figures.frames import Point


@dataclass(frozen=True)
class States:
    """A state is a tuple of indices, one for each control; `start` is the first one, and `states` have names."""

    name: str
    caption: str
    controls: dict[str, Control]
    start: tuple[int, ...]
    states: dict[str, tuple[int, ...]]
    pad: Pad | None
    predict: Prediction | None

    def point(self, state: Sequence[int]) -> Point:
        """The arguments of `draw` at a state."""
        return {k: c.values[i] for (k, c), i in zip(self.controls.items(), state, strict=True)}

    def state(self, **values: Any) -> tuple[int, ...]:
        """The state with these values, and the start's for the rest. Raises ValueError for an unknown one."""
        if unknown := values.keys() - self.controls:
            raise ValueError(f"{self.name}: expected controls {list(self.controls)}, got {sorted(unknown)}")
        try:
            return tuple(
                c.index(values[k]) if k in values else i
                for (k, c), i in zip(self.controls.items(), self.start, strict=True)
            )
        except ValueError as error:
            raise ValueError(f"{self.name}: {values}: {error}") from None

    def link(self, **values: Any) -> str:
        """The link that moves the figure to these values: "#unrolled?gain=1.20". Raises as `state` does."""
        state = dict(zip(self.controls, self.state(**values), strict=True))
        return f"#{self.name}?" + urlencode({k: self.controls[k].keys[state[k]] for k in values})

    def all_states(self) -> list[tuple[int, ...]]:
        """Every state, the last control moving fastest."""
        return list(itertools.product(*(range(len(c.values)) for c in self.controls.values())))

    def points(self) -> list[Point]:
        """The arguments of `draw` at every state."""
        return [self.point(s) for s in self.all_states()]
