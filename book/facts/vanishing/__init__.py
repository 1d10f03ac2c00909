"""The numbers that the chapter on vanishing gradients quotes, and checks of its statements: two parts."""

from facts.vanishing import products, runs


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return products.numbers() | runs.numbers()
