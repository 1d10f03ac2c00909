"""The numbers that the chapter on parallel computation quotes, and checks of its statements: four parts."""

from facts.parallel import counting, damped, first_figure, rounds


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return first_figure.numbers() | rounds.numbers() | damped.numbers() | counting.numbers()
