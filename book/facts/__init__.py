"""The numbers that the prose quotes, and what must hold of them: a module for each chapter.

`numbers()` of a module gives the texts that {glue:text} puts into its page, by key; functions `check_…` assert
what passages say, and the tests run them all. A page needs one hidden cell for both:

    from facts import tell, vanishing

    tell(vanishing.numbers())
"""

from collections.abc import Mapping

from myst_nb import glue


def tell(numbers: Mapping[str, str]) -> None:
    """Gives the page that is run its numbers: {glue:text}`key` in the prose shows numbers[key]."""
    for key, text in numbers.items():
        glue(key, text, display=False)
