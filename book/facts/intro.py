"""What the first page says of its figure, and the numbers that it quotes."""

from functools import cache

import numpy as np

from explorables.intro.knob import compute, runs
from facts import power, thousands


@cache
def learned() -> np.ndarray:
    """The gains at which all seeds end above 95 %."""
    r = runs()
    return r["gain"][r["accuracy"].min(axis=1) > 0.95]


def best(gain: float) -> float:
    """The accuracy of the best seed at the gain."""
    return float(runs()["accuracy"][np.argmin(np.abs(runs()["gain"] - gain))].max())


def numbers() -> dict[str, str]:
    return {
        "shrunk": power(1 / compute(0.5).sizes[-1]),
        "grown": thousands(compute(2.5).sizes[-1]),
        "window-low": f"{learned().min():.1f}",
        "window-high": f"{learned().max():.1f}",
        "seeds": str(runs()["accuracy"].shape[1]),
    }


def check_at_low_gain_the_beginning_is_forgotten_and_nothing_is_learned() -> None:
    assert compute(0.5).sizes[-1] < 1e-15
    assert compute(0.5).exponent < -0.5
    assert best(0.5) < 0.6


def check_at_high_gain_the_gradient_has_grown() -> None:
    assert compute(2.5).sizes[-1] > 1e3
    assert compute(2.5).exponent > 0


def check_between_lies_one_window_in_which_all_seeds_learn() -> None:
    assert np.all(np.diff(learned()) < 0.11), "the window has gaps"
