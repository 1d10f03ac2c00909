"""The numbers that the prose quotes, and what must hold of them: a module for each chapter.

`numbers()` of a module gives the texts that {glue:text} puts into its page, by key; functions `check_…` assert
what passages say, and the tests run them all. A page needs one hidden cell for both:

    from facts import tell, vanishing

    tell(vanishing.numbers())
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from myst_nb import glue

BOOK = Path(__file__).parents[1]
CELL = re.compile(r"^```\{code-cell\} ipython3\n(?!:tags:)(.*?)^```$", re.MULTILINE | re.DOTALL)


def tell(numbers: Mapping[str, str]) -> None:
    """Gives the page that is run its numbers: {glue:text}`key` in the prose shows numbers[key]."""
    for key, text in numbers.items():
        glue(key, text, display=False)


def percent(share: float) -> str:
    """A share in percent, with a space that does not break.

    >>> percent(0.19)
    '19\xa0%'
    """
    return f"{100 * share:.0f}\u00a0%"


def thousands(number: float) -> str:
    """A whole number with spaces that do not break.

    >>> thousands(28859.2)
    '28\xa0859'
    """
    return f"{number:,.0f}".replace(",", "\u00a0")


def power(number: float) -> str:
    """A number of one digit and its power of ten.

    >>> power(61234.0)
    '6·10⁴'
    """
    digit, exponent = f"{number:.0e}".split("e")
    return f"{digit}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


@cache
def shown(chapter: str) -> list[str]:
    """The code of the page's cells that readers see."""
    return CELL.findall((BOOK / f"{chapter}.md").read_text(encoding="utf-8"))


def ran(chapter: str, *texts: str) -> dict[str, Any]:
    """The names that stand after some of the page's cells ran, in this order: the one cell that has each text.

    So what is checked is what readers run, and no copy of it. What these cells print is not shown.
    """
    names: dict[str, Any] = {"__name__": f"{chapter}.md", "print": lambda *_: None}
    for text in texts:
        cells = [code for code in shown(chapter) if text in code]
        assert len(cells) == 1, f"{chapter}.md: expected one cell with {text!r}, got {len(cells)}"
        exec(compile(cells[0], f"{chapter}.md", "exec"), names)
    return names
