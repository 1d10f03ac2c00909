"""The numbers that the prose quotes, and checks of its statements: a module for each chapter.

`numbers()` of a module returns the texts that {glue:text} puts into its page, by key; functions `check_…` assert the
statements of passages, and the tests run them all. A page needs one hidden cell for both:

    from facts import tell, vanishing

    tell(vanishing.numbers())

The cells of a page are read here too, for the facts, which run them, for the build, which needs their imports, and for
the tests.
"""

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.intervals import of_mean

BOOK = Path(__file__).parents[1]
# options stand between two lines of dashes, or each after a colon
CELL = re.compile(r"^```\{code-cell\}.*\n(---\n(?:.*\n)*?---\n|(?::.*\n)*)((?:.*\n)*?)```$", re.MULTILINE)


def tell(numbers: Mapping[str, str]) -> None:
    """Gives the page that is run its numbers: {glue:text}`key` in the prose shows numbers[key]."""
    from myst_nb import glue  # of the build: cells of a page as a notebook import this package where there is none

    for key, text in numbers.items():
        glue(key, text, display=False)


def percent(share: float) -> str:
    """A share in percent, with a space that does not break.

    >>> percent(0.19)
    '19\xa0%'
    """
    return f"{100 * share:.0f}\u00a0%"


def averaged(values: np.ndarray | list[float], digits: int = 2) -> str:
    """The mean of several runs and its 95 % interval; the mean alone where they are equal as they are written.

    >>> averaged([1.0, 2.0, 3.0], 1), averaged([1.0, 1.0])
    ('2.0 (−0.5 to 4.5)', '1.00')
    """
    low, high = (f"{end:.{digits}f}" for end in of_mean(np.asarray(values)))
    mean = f"{np.mean(values):.{digits}f}"
    return (mean if low == high else f"{mean} ({low} to {high})").replace("-", "−")


def thousands(number: float) -> str:
    """A whole number with spaces that do not break.

    >>> thousands(28859.2)
    '28\xa0859'
    """
    return f"{number:,.0f}".replace(",", "\u00a0")


def power(number: float | np.floating[Any], digits: int = 1) -> str:
    """A number of so many digits and its power of ten.

    >>> power(61234.0), power(0.00123, 2)
    ('6·10⁴', '1.2·10⁻³')
    """
    digit, exponent = f"{number:.{digits - 1}e}".split("e")
    return f"{digit}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def short(number: float | np.floating[Any], digits: int = 2) -> str:
    """A number that a cell prints: plain from a thousandth to ten thousand, and with a power of ten beyond.

    >>> short(0.25), short(1234.5), short(99.7), short(3.7e-5), short(61234.0, 3), short(0), short(math.inf)
    ('0.25', '1200', '100', '3.7·10⁻⁵', '6.12·10⁴', '0', 'inf')
    """
    size = abs(float(number))
    if size == 0 or 1e-3 <= size < 1e4 or not math.isfinite(size):
        return f"{float(f'{number:.{digits}g}'):g}"  # 1200, where .2g alone writes 1.2e+03
    return power(number, digits)


class Cell(NamedTuple):
    """A cell: the line of the page at which its code begins, its options, its code."""

    line: int
    options: str
    code: str

    @property
    def is_shown(self) -> bool:
        """Do readers see its code?"""
        return not re.search("remove-(cell|input)", self.options)


def cells(text: str) -> list[Cell]:
    r"""The cells of a page, in its order.

    >>> cells("# Title\n\n```{code-cell} ipython3\n:tags: [remove-cell]\nx = 1\n```\n")
    [Cell(line=5, options=':tags: [remove-cell]\n', code='x = 1\n')]
    """
    return [Cell(text.count("\n", 0, cell.start(2)) + 1, cell[1], cell[2]) for cell in CELL.finditer(text)]


@cache
def shown(chapter: str) -> list[str]:
    """The code of the page's cells that readers see."""
    return [cell.code for cell in cells((BOOK / f"{chapter}.md").read_text(encoding="utf-8")) if cell.is_shown]


def ran(chapter: str, *texts: str) -> dict[str, Any]:
    """The names that are defined after some of the page's cells ran, in this order: for each text the cell that has it.

    So the facts check the code that readers run, and no copy of it. The output of these cells is not shown.
    """
    names: dict[str, Any] = {"__name__": f"{chapter}.md", "print": lambda *_: None}
    for text in texts:
        having = [code for code in shown(chapter) if text in code]
        assert len(having) == 1, f"{chapter}.md: expected one cell with {text!r}, got {len(having)}"
        exec(compile(having[0], f"{chapter}.md", "exec"), names)
    return names
