"""The numbers that the chapter on memory and control quotes, and checks of its statements: a module for each part."""

from facts.control import critics, lengths, one_cue, samples


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return one_cue.numbers() | lengths.numbers() | samples.numbers() | critics.numbers()
