"""Small questions inside chapters, of which each has a number or a formula for an answer: a module for each chapter.

`QUESTIONS` of a module is {key: Question}, and the page shows one by the directive `ask` with that key. What is right
is computed here, by the book's own functions; the page holds its values at some points, and compares there what a
reader types. So a formula may be written in any way, and nobody types the right number into a page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

POINTS = 5  # at which formulas are compared
Range = tuple[float, float]  # of whole numbers where both ends are whole numbers of Python


@dataclass(frozen=True)
class Question:
    """A question whose answer is a number, or a formula in `names`.

    right      what is right, as a function of the names
    typed      a right formula, as a reader may type it: the page folds it, and a test compares it with `right`
    mistakes   (formula, message): what readers are likely to type, and what they are told; at least three.
               A formula has the signs + - * / ^, brackets, names, and the functions that book/_static/ask.js knows
    names      the names of a formula, each with the range of its values; none where a number is asked for
    tol        how far an answer may be off, as a share of what is right; for numbers the text says to how many digits
    """

    right: Callable[..., float]
    mistakes: tuple[tuple[str | float, str], ...]
    typed: str = ""
    names: Mapping[str, Range] = field(default_factory=dict)
    tol: float = 0.01

    def points(self, key: str) -> list[list[float]]:
        """Values of the names: the same at each build, others for another key."""
        if not self.names:
            return [[]]
        rng = np.random.default_rng(int.from_bytes(sha256(key.encode()).digest()[:8], "big"))
        return [[draw(rng, *ends) for ends in self.names.values()] for _ in range(POINTS)]

    def asked(self, key: str) -> dict[str, object]:
        """What the page's script needs."""
        points = self.points(key)
        return {
            "names": list(self.names),
            "points": points,
            "right": [float(self.right(*values)) for values in points],
            "tol": 1e-6 if self.names else self.tol,
            "mistakes": [
                [wrong if isinstance(wrong, str) else repr(float(wrong)), said] for wrong, said in self.mistakes
            ],
        }

    def answer(self) -> str:
        """A right answer, as one may type it."""
        return self.typed or f"{float(self.right()):.4g}"


def draw(rng: np.random.Generator, low: float, high: float) -> float:
    if isinstance(low, int) and isinstance(high, int):
        return int(rng.integers(low, high + 1))
    return round(float(rng.uniform(low, high)), 3)
