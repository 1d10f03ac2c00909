"""The controls of a reader: a parameter of a drawing, a place in it, and a guess before the figure opens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


def expect(name: str, value: Any, kind: Any, example: str) -> None:
    """Raises TypeError for a value of another kind.

    >>> expect("pad", "x", Pad, 'Pad("x", "y")')
    Traceback (most recent call last):
    TypeError: pad: expected Pad("x", "y"), got 'x'
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name}: expected {example}, got {value!r}")


def as_power(number: str) -> str:
    """A number that a format has written, with a power of ten in place of the machine's exponent.

    >>> as_power("0.5"), as_power("1e-04"), as_power("2.5e+06")
    ('0.5', '10⁻⁴', '2.5·10⁶')
    """
    digits, exponential, exponent = number.partition("e")
    if not exponential:
        return number
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if digits == "1" else f"{digits}·{power}"


@dataclass(frozen=True)
class Control:
    """A parameter of `draw` that the reader moves.

    Numbers become a slider over `values` (which need not be evenly spaced), strings and two numbers a choice, since a
    slider with two stops says nothing of what lies between: see `kind`. `format`
    is a format specification such as ".2f"; `play=True` gives a slider a button, for a parameter that is like time;
    `help` is one short sentence. A `continuous` slider takes every number between the first value and the last with as
    many decimals as they are written with; its values, which must grow, are the steps of the arrow keys. `work` is the
    text of a button: then the values count reports of a run, from 0, which a live figure's script makes while one
    waits (runs.js). Raises ValueError or TypeError for values that cannot be shown or told apart.
    """

    values: Sequence[Any]
    label: str = ""
    unit: str = ""
    format: str = ""
    play: bool = False
    help: str = ""
    continuous: bool = False
    work: str = ""

    def __post_init__(self) -> None:
        for name in ("label", "unit", "format", "help", "work"):
            expect(name, getattr(self, name), str, "a text")
        for name in ("play", "continuous"):
            expect(name, getattr(self, name), bool, "True or False")
        if isinstance(self.values, str | bytes) or not isinstance(self.values, Sequence | np.ndarray):
            raise TypeError(f"expected a sequence of values such as [0.5, 1.0], got {self.values!r}")
        values = tuple(v.item() if isinstance(v, np.generic) else v for v in self.values)
        object.__setattr__(self, "values", values)
        if not values:
            raise ValueError("expected at least one value, got none")
        words = all(isinstance(v, str) for v in values)
        if not words and not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            raise TypeError(f"expected numbers only or strings only, got {list(values)!r}")
        if words and (self.play or self.format):
            raise ValueError(f"play and format are for numbers, got {list(values)!r}")
        if self.work and (words or not all(isinstance(v, int) for v in values) or values[0] != 0):
            raise ValueError(f"work is for counts that begin with 0, got {list(values)!r}")
        if not words and not np.isfinite(values).all():
            raise ValueError(f"expected finite numbers, got {list(values)!r}")
        if self.continuous and (words or any(np.diff(values) <= 0) or "e" in "".join(self.keys)):
            raise ValueError(f"expected growing numbers without exponents, got {', '.join(self.keys)}")
        if min(len(set(self.keys)), len(set(values))) < len(values):
            raise ValueError(f"expected values that can be told apart, got {', '.join(self.keys)}")

    @property
    def numeric(self) -> bool:
        return not isinstance(self.values[0], str)

    @property
    def kind(self) -> str:
        """The kind of control: slider, choice or menu. Markup has it as `data-kind`, and the script depends on it.

        >>> [Control(values).kind for values in ([0.5, 1.0, 2.0], [0.5, 1.0], ["r", "s", "t", "u", "v"])]
        ['slider', 'choice', 'menu']
        """
        if self.numeric and (len(self.values) != 2 or self.continuous or self.play):
            return "slider"
        return "choice" if len(self.values) <= 4 else "menu"

    @cached_property
    def keys(self) -> list[str]:
        """The values as they are written in a link: with as many decimals as the longest of them needs."""
        if not self.numeric:
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
        """The values as they are shown: with a minus sign, powers of ten and the unit."""
        return [self._text(key) for key in self.keys]

    def _text(self, key: str) -> str:
        suffix = re.sub("(?<=..)s$", "", self.suffix) if key in ("1", "-1") else self.suffix  # 1 step, and 1 s
        return re.sub(r"^-", "−", as_power(key) if self.numeric else key) + suffix

    @property
    def suffix(self) -> str:
        """The unit, and the space before it."""
        return ("" if self.unit in ("", "%", "°") else "\u00a0") + self.unit

    @property
    def digits(self) -> int:
        """The decimals with which numbers are written."""
        return max(len(key.partition(".")[2]) for key in self.keys)

    def key(self, place: float) -> str:
        """How the value at a place is written in a link. A place is an index or, of a continuous slider, between two.

        >>> Control([0.5, 1.0, 3.0], continuous=True).key(1.25)
        '1.5'
        """
        if place == int(place):
            return self.keys[int(place)]
        return format(float(np.interp(place, range(len(self.values)), self.values)), f"z.{self.digits}f")

    def text(self, place: float) -> str:
        """How it is shown."""
        return self._text(self.key(place))

    def value(self, place: float) -> Any:
        """The value at a place."""
        if place == int(place):
            return self.values[int(place)]
        whole = all(isinstance(v, int) for v in self.values)
        return (int if whole else float)(self.key(place))

    def index(self, value: Any) -> float:
        """The place of `value`: an index, or for a continuous slider between two. Raises ValueError if it has none."""
        if self.continuous and isinstance(value, int | float | np.number):
            if self.values[0] <= value <= self.values[-1]:
                place = float(np.interp(float(value), self.values, range(len(self.values))))
                return int(place) if place == int(place) else place
            raise ValueError(f"expected a number from {self.keys[0]} to {self.keys[-1]}, got {value!r}")
        if self.numeric and isinstance(value, int | float | np.number):
            nearest = int(np.argmin([abs(v - value) for v in self.values]))
            if np.isclose(self.values[nearest], value, rtol=1e-9, atol=1e-12):
                return nearest
        elif value in self.values:
            return self.values.index(value)
        raise ValueError(f"expected one of {', '.join(self.keys)}, got {value!r}")


@dataclass(frozen=True)
class Pad:
    """Two sliders `x` and `y` that are a place in axes number `axes` of the figure, and can be dragged there; without
    `y`, one that is a place along its x axis. Of stored frames the nearest shows. With `hover` a mouse need only point.
    Or `rows` alone: a control of words, each a row of these axes (`ticks.row_names`), which a click chooses.
    """

    x: str = ""
    y: str = ""
    axes: int = 0
    hover: bool = False
    rows: str = ""

    def __post_init__(self) -> None:
        expect("pad", self.axes, int, "the number of its axes, 0 for the first,")
        expect("pad", self.hover, bool, "hover=True or hover=False")
        if self.rows and (self.x or self.y or self.hover):
            raise ValueError(f"pad: expected rows={self.rows!r} alone, or x and y, got both")
        if not self.rows and self.x == self.y:
            raise ValueError(f"pad: expected two controls, got {self.x!r} twice")


@dataclass(frozen=True)
class Prediction:
    """A guess that the reader makes before the figure opens.

    `choices` maps each choice to the verdict on it, `answer` is the right choice, and every reader sees `reveal`
    afterwards.
    """

    question: str
    choices: Mapping[str, str]
    answer: str
    reveal: str = ""

    def __post_init__(self) -> None:
        expect("choices", self.choices, Mapping, "a dict of each choice and the verdict on it")
        if self.answer not in self.choices:
            raise ValueError(f"answer: expected one of {', '.join(self.choices)}, got {self.answer!r}")
