"""The numbers that the chapter on element-wise recurrence quotes, and checks of its statements: two parts."""

from facts.elementwise import networks, one_unit


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return one_unit.numbers() | networks.numbers()
