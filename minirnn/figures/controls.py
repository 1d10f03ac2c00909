"""What a reader moves: a parameter of a drawing, a place in it, and a guess before it shows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Control:
    """A parameter of `draw` that the reader moves.

    Numbers become a slider over `values` (which need not be evenly spaced), strings a choice: see `kind`. `format`
    is a format specification such as ".2f"; `play=True` gives a slider a button, for a parameter that is like time;
    `help` is one short sentence. Raises ValueError or TypeError for values that cannot be shown or told apart.
    """

    values: Sequence[Any]
    label: str = ""
    unit: str = ""
    format: str = ""
    play: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        values = tuple(v.item() if isinstance(v, np.generic) else v for v in self.values)
        object.__setattr__(self, "values", values)
        if not values:
            raise ValueError("expected at least one value, got none")
        words = all(isinstance(v, str) for v in values)
        if not words and not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            raise TypeError(f"expected numbers only or strings only, got {list(values)!r}")
        if min(len(set(self.keys)), len(set(values))) < len(values):
            raise ValueError(f"expected values that can be told apart, got {', '.join(self.keys)}")

    @property
    def kind(self) -> str:
        """How it is moved. Markup has it as `data-kind`; all that differs between the kinds is decided by it.

        >>> [Control(values).kind for values in ([0.5, 1.0], ["tanh", "relu"], ["r", "s", "t", "u", "v"])]
        ['slider', 'choice', 'menu']
        """
        if not isinstance(self.values[0], str):
            return "slider"
        return "choice" if len(self.values) <= 4 else "menu"

    @cached_property
    def keys(self) -> list[str]:
        """The values as they are written in a link: with as many decimals as the longest of them needs."""
        if self.kind != "slider":
            return list(self.values)
        if self.format:
            return [format(v, self.format) for v in self.values]
        tiny = 1e-9 * max(map(abs, self.values))
        for digits in range(5):  # "z": a rounding error below zero is not -0.0
            written = [format(float(v), f"z.{digits}f") for v in self.values]
            exact = all(abs(float(w) - v) <= tiny for w, v in zip(written, self.values, strict=True))
            if exact and len(set(written)) == len(written):
                return written
        return [format(v, ".4g") for v in self.values]

    @property
    def texts(self) -> list[str]:
        """The values as they are shown: with a minus sign and the unit."""
        space = "" if self.unit in ("", "%", "°") else "\u00a0"
        return [re.sub(r"^-", "−", k) + space + self.unit for k in self.keys]

    def index(self, value: Any) -> int:
        """Where `value` is among the values. Raises ValueError if it is not."""
        if self.kind == "slider" and isinstance(value, int | float | np.number):
            nearest = int(np.argmin([abs(v - value) for v in self.values]))
            if np.isclose(self.values[nearest], value, rtol=1e-9, atol=1e-12):
                return nearest
        elif value in self.values:
            return self.values.index(value)
        raise ValueError(f"expected one of {', '.join(self.keys)}, got {value!r}")


@dataclass(frozen=True)
class Pad:
    """Two sliders `x` and `y` that are a place in axes number `axes` of the figure, and can be dragged there."""

    x: str
    y: str
    axes: int = 0


@dataclass(frozen=True)
class Prediction:
    """A guess that the reader makes before the figure opens.

    `choices` maps each choice to the verdict that speaks to it, `answer` is the right one, and `reveal` is said
    to everyone afterwards.
    """

    question: str
    choices: Mapping[str, str]
    answer: str
    reveal: str = ""

    def __post_init__(self) -> None:
        if self.answer not in self.choices:
            raise ValueError(f"answer: expected one of {', '.join(self.choices)}, got {self.answer!r}")
