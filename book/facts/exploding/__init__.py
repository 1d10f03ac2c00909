"""The numbers that the chapter on exploding gradients quotes, and checks of its statements: four parts."""

from facts.exploding import clips, curvature, surface, trained


def numbers() -> dict[str, str]:
    """The texts of the page, by key."""
    return surface.numbers() | clips.numbers() | curvature.numbers() | trained.numbers()
