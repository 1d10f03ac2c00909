"""The numbers that the chapter on parallel computation quotes, and checks of its statements: five parts."""

from facts.parallel import counting, damped, first_figure, rounds, two_units


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return first_figure.numbers() | rounds.numbers() | two_units.numbers() | damped.numbers() | counting.numbers()
