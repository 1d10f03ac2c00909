"""The numbers that the chapter on chaos and the Lipschitz constant quotes, and checks of its statements: four parts."""

from facts.chaos import costs, networks, single_steps, states


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return states.numbers() | single_steps.numbers() | costs.numbers() | networks.numbers()
