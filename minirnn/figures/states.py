"""The states of a figure, which its controls reach, and the texts around its picture."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from minirnn.figures.controls import Control, Pad, Prediction
from minirnn.figures.frames import Point

State = tuple[float, ...]


@dataclass(frozen=True)
class States:
    """A state is a tuple of indices, one for each control; `start` is the first one, and `states` have names.

    A figure is live if it has `scripts`: then its sliders are continuous, and a state may lie between indices; `stored`
    is what its page keeps for them.
    """

    name: str
    caption: str
    controls: dict[str, Control]
    start: State
    states: dict[str, State]
    pad: Pad | None
    predict: Prediction | None
    scripts: tuple[Path, ...]
    stored: dict[str, Any]

    def point(self, state: Sequence[float]) -> Point:
        """The arguments of `draw` at a state."""
        return {k: c.value(i) for (k, c), i in zip(self.controls.items(), state, strict=True)}

    def state(self, **values: Any) -> State:
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
        return f"#{self.name}?" + urlencode({k: self.controls[k].key(state[k]) for k in values})

    def all_states(self) -> list[State]:
        """Every state, the last control moving fastest. Of a live figure the first state, those with names, and the
        corners: all that its sliders' ends and its choices make, or where these are more than 64 those of each control
        alone. Of a run's length the first is enough."""
        if not self.scripts:
            return list(itertools.product(*(range(len(c.values)) for c in self.controls.values())))
        steps = (
            len(c.values) if c.work else len(c.values) - 1 if c.continuous else 1 for c in self.controls.values()
        )
        ends = [
            range(0, len(c.values), max(1, step)) for c, step in zip(self.controls.values(), steps, strict=True)
        ]
        corners = list(itertools.product(*ends)) if math.prod(map(len, ends)) <= 64 else self._alone(ends)
        return list(dict.fromkeys([self.start, *self.states.values(), *corners]))

    def _alone(self, places: Sequence[Sequence[int]]) -> list[State]:
        """The first state with one control moved."""
        return [(*self.start[:i], place, *self.start[i + 1 :]) for i, some in enumerate(places) for place in some]

    def points(self) -> list[Point]:
        """The arguments of `draw` at every state."""
        return [self.point(s) for s in self.all_states()]
