"""The numbers that the chapter on learning without going back quotes, and checks of its statements: two parts."""

from facts.forwards import forcing, gradients


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return gradients.numbers() | forcing.numbers()
