"""The numbers that the chapter on the curse of memory quotes, and checks of its statements: three parts."""

from facts.memory import kernels, moves, waiting


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return kernels.numbers() | waiting.numbers() | moves.numbers()
