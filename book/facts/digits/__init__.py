"""The numbers that the chapter on digits quotes, and checks of its statements: a module for each part."""

from facts.digits import foretold, start, trained


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return start.numbers() | trained.numbers() | foretold.numbers()
